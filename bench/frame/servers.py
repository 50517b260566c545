"""The servers of a benchmark: blogs, bare ones, other servers, each in a process of its own."""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import httpx

from bench.frame.plain_server import LIST
from bench.frame.processes import cpu_seconds, parent, resident_bytes
from bench.frame.report import ROOT
from fediblog.protocol.addresses import Addresses
from fediblog.store.database import Database
from tests.processes import Installation, Server, free_port
from tests.provision.postgres import drop_database, fresh_database

_PATIENCE_SECONDS = 120
#: Replies that are on their pages, for `ServedBlog.counts`.
SHOWN = "reply WHERE state = 'shown'"
TEXT = "Some *text* with a [link](https://example.com/).\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a bare server says at a path. headers: all but those that every answer has."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Process:
    """A server's process. port: where it listens on loopback."""

    pid: int
    port: int

    @property
    def authority(self) -> str:
        """Host and port, as in a Host header."""
        return f"127.0.0.1:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme and authority."""
        return f"http://{self.authority}"

    def cpu(self) -> float:
        """CPU seconds so far, of all its processes."""
        return cpu_seconds(self.pid)

    def resident(self) -> int:
        """Bytes of memory, of all its processes."""
        return resident_bytes(self.pid)


@dataclass(frozen=True, slots=True)
class ServedBlog(Process):
    """A running `fediblog serve`. http: a client whose base is its address."""

    installation: Installation
    http: httpx.AsyncClient

    @property
    def addresses(self) -> Addresses:
        """The blog's addresses."""
        return Addresses(self.origin, "blog")

    def database(self) -> AbstractAsyncContextManager[Database]:
        """The database, past the server; on SQLite for reading only."""
        return self.installation.database()

    async def counts(self, of: str, *, least: int = 0, most: int = 10**9) -> None:
        """Wait until there are at least, or at most, so many rows. of: a table and its condition,
        as they stand behind FROM. Raises TimeoutError."""
        query = f"SELECT count(*) AS n FROM {of}"  # noqa: S608 - from benchmarks alone
        async with self.database() as db, asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                if least <= (await db.rows(query))[0]["n"] <= most:
                    return
                await asyncio.sleep(0.1)

    async def publish(self, title: str, text: str = TEXT) -> str:
        """Publish a post with the command; its key. Raises RuntimeError with what the command
        said."""
        file = self.installation.folder / "post.md"
        file.write_text(text)
        done = await self.installation.run(
            "post", "create", f"--title={title}", f"--file={file}", FEDIBLOG_URL=self.origin
        )
        if done.code:
            raise RuntimeError(f"the post was not published: {done.errors}")
        async with self.database() as db:
            rows = await db.rows("SELECT max(key) AS key FROM post WHERE title = $1", title)
        return str(rows[0]["key"])


@dataclass(frozen=True, slots=True)
class Bench:
    """What a benchmark works with. folder: of its own, gone when it ends. postgres: the server on
    which its databases are made, empty for SQLite."""

    folder: Path
    postgres: str = ""

    @property
    def database(self) -> str:
        """The name of the kind of database."""
        return "postgres" if self.postgres else "sqlite"

    @asynccontextmanager
    async def blog(self, *options: str, **environment: str) -> AsyncIterator[ServedBlog]:
        """A new, empty blog in development mode. options: of `fediblog serve`; environment:
        FEDIBLOG_… settings. Raises AssertionError with what it printed if it does not start."""
        async with (
            self.installation() as installation,
            self.serve(installation, *options, **environment) as blog,
        ):
            yield blog

    @asynccontextmanager
    async def installation(self) -> AsyncIterator[Installation]:
        """The folders and the empty database of a blog, to be filled before it is served."""
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            folder = Path(name)
            if not self.postgres:
                yield Installation(folder, f"sqlite://{folder}/data/fediblog.sqlite")
                return
            url = await asyncio.to_thread(fresh_database, self.postgres)
            try:
                yield Installation(folder, url)
            finally:
                await asyncio.to_thread(drop_database, url)

    @asynccontextmanager
    async def serve(
        self, installation: Installation, *options: str, **environment: str
    ) -> AsyncIterator[ServedBlog]:
        """A server of a blog that is there."""
        server: Server
        async with installation.serving(*options, **environment) as server:
            yield ServedBlog(server.process.pid, installation.port, installation, server.http)

    @asynccontextmanager
    async def plain(
        self, answers: Mapping[str, Answer], *, port: int = 0
    ) -> AsyncIterator[Process]:
        """A bare Starlette server under the configuration of the blog's, which says fixed bytes at
        fixed paths and accepts every POST to them. port: from `free_port`, if it has to be known
        before. Raises RuntimeError if it does not start."""
        port = port or free_port()
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            folder = Path(name)
            for number, answer in enumerate(answers.values()):
                (folder / str(number)).write_bytes(answer.body)
            listed = {path: dict(answer.headers) for path, answer in answers.items()}
            (folder / LIST).write_text(json.dumps(listed))
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bench.frame.plain_server",
                name,
                str(port),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
            )
            try:
                if not await cast(asyncio.StreamReader, process.stdout).readline():
                    raise RuntimeError("the bare server ended at its start")
                yield Process(process.pid, port)
            finally:
                if process.returncode is None:
                    process.terminate()
                await process.communicate()

    async def database_cpu(self, db: Database) -> float:
        """CPU seconds so far of the PostgreSQL server behind a connection; 0 for SQLite, which
        works within the blog's process."""
        if not self.postgres:
            return 0.0
        pid = (await db.rows("SELECT pg_backend_pid() AS pid"))[0]["pid"]
        return cpu_seconds(parent(pid))


def answer_of(response: httpx.Response) -> Answer:
    """What a server has said, to be said by a bare one too."""
    kept = {
        name: value
        for name, value in response.headers.items()
        if name not in {"date", "content-length", "connection", "transfer-encoding"}
    }
    return Answer(response.content, kept)


def path_of(url: str) -> str:
    """The path of an address."""
    return urlsplit(url).path
