"""What commands answer: JSON, or a sentence on standard error."""

import asyncio
from pathlib import Path
from typing import Any

import orjson
from click.testing import CliRunner

from fediblog.cli import main
from tests.processes import Finished, Installation


async def call(
    place: Installation, *arguments: str, stdin: str = "", **environment: str
) -> Finished:
    """Run a command inside this process, which is ten times as fast as in one of its own.

    Not for two at once: standard output is the process's. An error that is not ours is raised.
    """
    done = await asyncio.to_thread(
        CliRunner().invoke,
        main,
        arguments,
        input=stdin,
        env=place.environ(environment),
        catch_exceptions=False,
    )
    return Finished(done.exit_code, done.stdout, done.stderr)


def printed(done: Finished) -> dict[str, Any]:
    """The JSON that a command printed when it had done its deed."""
    assert done.code == 0, done.errors
    assert done.errors == ""
    answer: dict[str, Any] = orjson.loads(done.output)
    return answer


def refused(done: Finished) -> str:
    """The one sentence with which a command was refused."""
    assert (done.code, done.output) == (1, ""), done
    assert done.errors.startswith("Error: "), done.errors
    assert done.errors.count("\n") == 1, done.errors
    return done.errors.removeprefix("Error: ").strip()


async def refused_start(place: Installation, *options: str, **environment: str) -> str:
    """The one sentence with which a start was refused. It is one on the installation's own port,
    which nobody else has: a port in use would be told before anything else."""
    return refused(await call(place, "serve", f"--port={place.port}", *options, **environment))


def markdown(place: Installation, text: str, name: str = "post.md") -> str:
    """The path of a file with a post's text."""
    return write(place.folder / name, text.encode())


def write(path: Path, content: bytes) -> str:
    """Write a file; its path."""
    path.write_bytes(content)
    return str(path)


async def create(place: Installation, title: str = "A post", *options: str) -> dict[str, Any]:
    """Create a post; what is printed."""
    file = markdown(place, "Some *text*.")
    return printed(await call(place, "post", "create", "--title", title, "--file", file, *options))
