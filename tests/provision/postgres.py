"""A real PostgreSQL server for one run of the tests."""

import contextlib
import os
import pwd
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.provision.errors import NotProvided
from tests.provision.postgres_programs import copy_programs, find_programs

USER = "fediblog"
GIVEN = "FEDIBLOG_TEST_POSTGRES"
START_SECONDS = 60
START_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Account:
    """The system's user that the server runs as; PostgreSQL refuses to be root."""

    uid: int
    gid: int
    groups: tuple[int, ...] | None = None


@contextlib.contextmanager
def running_postgres() -> Iterator[str]:
    """Yield `postgres://user:password@127.0.0.1:port/` of a server that ends with the block.

    A server that the environment names in FEDIBLOG_TEST_POSTGRES is used as it is, and left alone.
    """
    given = os.environ.get(GIVEN)
    if given:
        yield given.rstrip("/") + "/"
        return
    with tempfile.TemporaryDirectory(prefix="fediblog-pg-") as name:
        home = Path(name)
        account = _account()
        os.chown(home, account.uid, account.gid)
        programs = _reachable(find_programs(), home, account)
        password = secrets.token_hex(16)
        _initialise(programs, home, account, password)
        with _serving(programs, home, account) as port:
            yield f"postgres://{USER}:{password}@127.0.0.1:{port}/"


def fresh_database(url: str, template: str = "template1") -> str:
    """Create a database on the server at `url` and return the URL of that database.

    It is empty, or a copy of the database named `template`, to which nobody may be connected.
    """
    name = f"test_{secrets.token_hex(8)}"
    _administer(url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return url + name


def drop_database(url: str) -> None:
    """Remove a database that `fresh_database` made, whoever is still connected to it."""
    server, _, name = url.rpartition("/")
    _administer(f"{server}/", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _account() -> Account:
    """Ourselves, or an account without rights when we are root."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid, groups=())
    raise NotProvided("PostgreSQL does not run as root, and there is no user postgres or nobody")


def _reachable(programs: Path, home: Path, account: Account) -> Path:
    """The programs themselves, or a copy in `home` where the account cannot come to them."""
    with contextlib.suppress(PermissionError):
        _run([programs / "postgres", "--version"], account)
        return programs
    return copy_programs(programs, home)


def _initialise(programs: Path, home: Path, account: Account, password: str) -> None:
    """Make an empty cluster that lets nobody in without the password."""
    secret = home / "password"
    secret.write_text(password)
    os.chown(secret, account.uid, account.gid)
    _run(
        [
            programs / "initdb",
            f"--pgdata={home / 'cluster'}",
            f"--username={USER}",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
        ],
        account,
    )


@contextlib.contextmanager
def _serving(programs: Path, home: Path, account: Account) -> Iterator[int]:
    """Run the server on a free loopback port, and stop it whatever happens in the block."""
    for _ in range(START_ATTEMPTS):
        port = _free_port()
        server = _launch(programs, home, account, port)
        try:
            if _answers(programs, server, port):
                yield port
                return
        finally:
            _stop(server)
    raise NotProvided(f"PostgreSQL did not start:\n{(home / 'log').read_text()}")


def _launch(programs: Path, home: Path, account: Account, port: int) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "port": str(port),
        "max_connections": "200",
        "shared_buffers": "64MB",
    }
    options = [f"--{name}={value}" for name, value in settings.items()]
    with (home / "log").open("wb") as log:
        return subprocess.Popen(
            [programs / "postgres", "-D", home / "cluster", *options],
            cwd=home,
            user=account.uid,
            group=account.gid,
            extra_groups=account.groups,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _answers(programs: Path, server: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the server takes connections; False when it ended instead."""
    question = [str(programs / "pg_isready"), "--quiet", "--host=127.0.0.1", f"--port={port}"]
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        if subprocess.run(question, cwd="/").returncode == 0:
            return True
        time.sleep(0.05)
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End the server at once, connected clients or not (SIGINT is its fast shutdown)."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(command: list[Path | str], account: Account) -> None:
    """Run one of the server's programs as the account, from a folder that everybody may enter."""
    done = subprocess.run(
        command,
        cwd="/",
        user=account.uid,
        group=account.gid,
        extra_groups=account.groups,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise NotProvided(f"{command[0]} failed:\n{done.stderr or done.stdout}")


def _administer(url: str, statement: str) -> None:
    """Run one statement in the server's `postgres` database."""
    command = [str(find_programs() / "psql"), "--no-psqlrc", "--quiet", f"--command={statement}"]
    done = subprocess.run([*command, f"{url}postgres"], capture_output=True, text=True)
    if done.returncode != 0:
        raise NotProvided(f"PostgreSQL refused {statement}:\n{done.stderr}")
