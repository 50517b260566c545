"""fediblog as its operator runs it: commands and servers in processes of their own."""

import asyncio
import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from fediblog.store.database import Database, open_database

ROOT = Path(__file__).resolve().parents[1]

#: Beneath the ports that outgoing connections get, so that nobody takes it during a restart.
_PORTS = range(20_000, 32_000)
_START_SECONDS = 90.0
_STOP_SECONDS = 60.0
_COMMAND_SECONDS = 120.0


def free_port() -> int:
    """A loopback port that is free now and that no outgoing connection will be given."""
    while True:
        port = random.choice(_PORTS)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@dataclass(frozen=True, slots=True)
class Finished:
    """What a command left: its exit code, and what it said on both streams."""

    code: int
    output: str
    errors: str


@dataclass(frozen=True, slots=True)
class Server:
    """A running `fediblog serve`.

    log: what it prints. http: a client whose base is its address; it follows no redirects.
    """

    process: subprocess.Popen[bytes]
    origin: str
    log: Path
    http: httpx.AsyncClient

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; the exit code. Raises subprocess.TimeoutExpired."""
        self.process.send_signal(number)
        return await asyncio.to_thread(self.process.wait, _STOP_SECONDS)

    async def kill(self) -> None:
        """End it in the middle of whatever it does, without a chance to tidy up."""
        await self.stop(signal.SIGKILL)

    async def page(self, path: str) -> str:
        """What a browser gets, redirects followed."""
        answer = await self.http.get(path, headers={"Accept": "text/html"}, follow_redirects=True)
        answer.raise_for_status()
        return answer.text

    def said(self) -> str:
        """Everything that this and earlier servers of the installation have printed."""
        return self.log.read_text()


@dataclass(frozen=True, slots=True)
class Installation:
    """One blog's folders, database and port, from which servers and commands are started.

    environment: FEDIBLOG_... settings on top of those; an empty one leaves it unset. Nothing comes
    from the settings, or from the settings file, of whoever runs the tests.
    """

    folder: Path
    database_url: str
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def keys(self) -> Path:
        """The folder of the private keys."""
        return self.folder / "keys"

    async def run(self, *arguments: str, stdin: str = "", **environment: str) -> Finished:
        """Run a command to its end."""
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "fediblog", *arguments],
            cwd=ROOT,
            env=self.environ(environment),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=_COMMAND_SECONDS,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    @asynccontextmanager
    async def serving(self, *options: str, **environment: str) -> AsyncIterator[Server]:
        """A server that answers, until the block ends or the test has ended it."""
        log = self.folder / "serve.log"
        process = self._launch(log, ["serve", f"--port={self.port}", *options], environment)
        origin = f"http://127.0.0.1:{self.port}"
        try:
            async with httpx.AsyncClient(base_url=origin, timeout=30, trust_env=False) as http:
                server = Server(process, origin, log, http)
                await _until_it_answers(server)
                yield server
        finally:
            await asyncio.to_thread(_end, process)

    @asynccontextmanager
    async def working(
        self, *options: str, **environment: str
    ) -> AsyncIterator[subprocess.Popen[bytes]]:
        """A `fediblog worker`, until the block ends or the test has ended it."""
        process = self._launch(self.folder / "worker.log", ["worker", *options], environment)
        try:
            yield process
        finally:
            await asyncio.to_thread(_end, process)

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """The database, past the server. While one runs on SQLite, for reading only."""
        db = await open_database(self.database_url)
        try:
            yield db
        finally:
            await db.close()

    def _launch(
        self, log: Path, arguments: Sequence[str], environment: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        with log.open("ab") as printed:
            return subprocess.Popen(
                [sys.executable, "-m", "fediblog", *arguments],
                cwd=ROOT,
                env=self.environ(environment),
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
            )

    def environ(self, more: dict[str, str]) -> dict[str, str]:
        """The environment of a command or a server."""
        nothing = self.folder / "nothing.toml"
        nothing.touch()
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("FEDIBLOG_")
        }
        own = {
            "FEDIBLOG_CONFIG": str(nothing),
            "FEDIBLOG_DATA": str(self.data),
            "FEDIBLOG_KEYS": str(self.keys),
            "FEDIBLOG_DATABASE_URL": self.database_url,
            "FEDIBLOG_UNDO_SECONDS": "0",
        }
        given = inherited | own | self.environment | more
        return {name: value for name, value in given.items() if value}


async def _until_it_answers(server: Server) -> None:
    async with asyncio.timeout(_START_SECONDS):
        while True:
            if server.process.poll() is not None:
                raise AssertionError(f"the server ended at its start:\n{server.said()}")
            with contextlib.suppress(httpx.TransportError):
                await server.http.get("/robots.txt")
                return
            await asyncio.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Make sure that it is gone."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()
