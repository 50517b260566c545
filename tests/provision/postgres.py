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


@dataclass(slots=True)
class PostgresServer:
    """A server of one's own. home: its folder."""

    programs: Path
    home: Path
    account: Account
    password: str
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """`postgres://user:password@127.0.0.1:port/`, to which the name of a database is added."""
        return f"postgres://{USER}:{self.password}@127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Start it on a free port, or again on the one that it had. Raises NotProvided."""
        for _ in range(START_ATTEMPTS):
            port = self.port or _free_port()
            self.process = _launch(self.programs, self.home, self.account, port)
            if _answers(self.programs, self.process, port):
                self.port = port
                return
            self.stop()
        raise NotProvided(f"PostgreSQL did not start:\n{(self.home / 'log').read_text()}")

    def stop(self) -> None:
        """End it at once, connected clients or not (SIGINT is its fast shutdown)."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def running_postgres() -> Iterator[str]:
    """Yield `postgres://user:password@127.0.0.1:port/` of a server that ends with the block.

    A server that the environment names in FEDIBLOG_TEST_POSTGRES is used as it is, and left alone.
    """
    given = os.environ.get(GIVEN)
    if given:
        yield given.rstrip("/") + "/"
        return
    with own_postgres() as server:
        yield server.url


@contextlib.contextmanager
def own_postgres() -> Iterator["PostgresServer"]:
    """A server that nobody else uses, whatever the environment says, so that it may be taken away
    and given back; it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="fediblog-pg-") as name:
        home = Path(name)
        account = _account()
        os.chown(home, account.uid, account.gid)
        programs = _reachable(find_programs(), home, account)
        password = secrets.token_hex(16)
        _initialise(programs, home, account, password)
        server = PostgresServer(programs, home, account, password)
        try:
            server.start()
            yield server
        finally:
            server.stop()


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
