"""Runs every check in order and stops at the first that fails. Started by scripts/test."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.checkers.packages import CHECKERS
from tests.provision.browser import obtain_chromium
from tests.provision.errors import NotProvided
from tests.provision.node import node_path, npm_install
from tests.provision.postgres import GIVEN, running_postgres

ROOT = Path(__file__).resolve().parent.parent
PEER = ROOT / "tests" / "peers" / "fedify"
CHECKS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy --strict": ["mypy"],
    "import rules": ["lint-imports"],
}
SHORT = ["-m", "not long"]
WORKERS = ["-n", "2"]
ROOM = 2_000_000_000
TESTS_FAILED = 1
TIMES_ALONE = 2
ONLY_FAILED = ["--last-failed", "--last-failed-no-failures=none"]


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print a heading, and after a failure what failed and how long it took; the run ends there."""
    print(f"\n── {title} {'─' * (76 - len(title))}", flush=True)
    start = time.monotonic()
    try:
        yield
    except (NotProvided, subprocess.CalledProcessError) as failure:
        code = failure.returncode if isinstance(failure, subprocess.CalledProcessError) else 1
        print(f"FAILED: {title} ({_seconds(start)})", file=sys.stderr)
        if isinstance(failure, NotProvided):
            print(failure, file=sys.stderr)
        sys.exit(code if code > 0 else 1)


@contextmanager
def timed_step(title: str) -> Iterator[None]:
    """A step that also says how long it took; pytest says so itself, as the last line."""
    start = time.monotonic()
    with step(title):
        yield
    print(f"{title}: {_seconds(start)}", flush=True)


def memory_folder() -> dict[str, str]:
    """TMPDIR in memory where the system has such a place and room in it.

    Every commit of the tests is synced to disk, which takes longer than everything else they do;
    they kill processes, not the machine, so nothing that they prove depends on the disk.
    """
    shared = Path("/dev/shm")  # noqa: S108 - tempfile makes folders of its own in it
    if "TMPDIR" in os.environ or not os.access(shared, os.W_OK):
        return {}
    return {"TMPDIR": str(shared)} if shutil.disk_usage(shared).free > ROOM else {}


def run(command: list[str], **environment: str) -> None:
    """Run a program of the project's environment from the root; raises when it does not succeed."""
    program = str(Path(sys.executable).parent / command[0])
    merged = {**os.environ, **environment}
    subprocess.run(
        [program, *command[1:]], cwd=ROOT, env=merged, stdin=subprocess.DEVNULL, check=True
    )


def provide() -> None:
    """Obtain what the tests need beyond Python packages; what is there already costs nothing."""
    node_path()
    if (PEER / "package-lock.json").is_file():
        npm_install(PEER)
    npm_install(CHECKERS)
    obtain_chromium()


def run_tests(options: list[str], **environment: str) -> None:
    """Run the tests side by side; what fails is run again, alone and in the open, up to twice.

    Many of them wait for things that happen between servers, and a machine that is busy with
    something else can be too slow for them. A test that fails each time fails the run; one that
    passes in the end is named as the last thing that is said, to be mended.
    """
    with tempfile.TemporaryDirectory() as cache:
        command = ["pytest", "-o", f"cache_dir={cache}", *options]
        try:
            run([*command, *WORKERS], **environment)
        except subprocess.CalledProcessError as failure:
            if failure.returncode != TESTS_FAILED:
                raise
            again = last_failed(cache)
            run_alone([*command, *ONLY_FAILED], **environment)
            print("\nPassed only when run again, alone, so to be mended:", *again, sep="\n  ")


def run_alone(command: list[str], **environment: str) -> None:
    """Run a command up to `TIMES_ALONE` times, until no test fails; raises when one still does."""
    for time_alone in range(1, TIMES_ALONE + 1):
        print(f"\nAlone, what failed (time {time_alone} of {TIMES_ALONE}):", flush=True)
        try:
            run(command, **environment)
        except subprocess.CalledProcessError as failure:
            if failure.returncode != TESTS_FAILED or time_alone == TIMES_ALONE:
                raise
        else:
            return


def last_failed(cache: str) -> list[str]:
    """The tests that failed in the run that had this cache folder, by their names."""
    found: dict[str, bool] = json.loads(Path(cache, "v", "cache", "lastfailed").read_text())
    return sorted(found)


def test_on_both_databases(options: list[str]) -> None:
    """Run the suite on SQLite, then on a PostgreSQL server that lives as long as that run."""
    with step("tests on SQLite"):
        run_tests(options)
    with step("tests on PostgreSQL"), running_postgres() as url:
        run_tests(["--database=postgres", *options], **{GIVEN: url})


def main(arguments: list[str]) -> None:
    """`[--full] [PYTEST ARGUMENT...]`: all checks, or with pytest's arguments pytest alone."""
    os.environ.update(memory_folder())
    full = "--full" in arguments
    chosen = [each for each in arguments if each != "--full"]
    which = [] if full else SHORT
    with timed_step("what the tests need"):
        provide()
    if chosen:
        with step("tests"):
            run(["pytest", *which, *chosen])
        return
    for title, command in CHECKS.items():
        with timed_step(title):
            run(command)
    with timed_step("known faults of what is locked"):
        run(["python", "-m", "scripts.supply", "audit"])
    test_on_both_databases(which)


def _seconds(start: float) -> str:
    return f"{time.monotonic() - start:.1f} s"


if __name__ == "__main__":
    main(sys.argv[1:])
