"""Makes the project's environment (.venv) where it is missing, then becomes a command in it.

Runs on a bare Python 3.11 or later and needs nothing but its standard library. The second run finds
its stamps and installs nothing.
"""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PROGRAMS = ENVIRONMENT / "bin"
BASE = "base"
CANNOT_INSTALL = 69


def ties() -> str:
    """What an environment cannot outlive: the Python that it runs on, and its place.

    Not the Python that runs this: a shell and a service manager may well find different ones.
    """
    return f"{(PROGRAMS / 'python').resolve()}\n{ROOT}\n"


def requirements() -> str:
    """A fingerprint of what the project asks to be installed."""
    return hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()


def says(stamp: str, expected: str) -> bool:
    """Tell whether the environment's stamp of that name holds what is expected."""
    try:
        return (ENVIRONMENT / stamp).read_text() == expected
    except FileNotFoundError:
        return False


def is_made() -> bool:
    """Tell whether there is an environment that still has its Python and its place."""
    return (PROGRAMS / "python").exists() and says("made-for", ties())


def is_ready(extra: str) -> bool:
    """Tell whether the environment works and holds what the project asks for."""
    return is_made() and says(f"installed-{extra}", requirements())


@contextlib.contextmanager
def installing_alone() -> Iterator[None]:
    """Hold the lock that lets one first run at a time install."""
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def say(sentence: str) -> None:
    """Tell what takes so long; on stderr, because a command's stdout belongs to the command."""
    print(f"fediblog: {sentence}", file=sys.stderr, flush=True)


def create() -> None:
    """Make an empty environment, in place of a stale one."""
    say(f"making an environment in {ENVIRONMENT} (Python {sys.version.split()[0]})")
    try:
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
    except subprocess.CalledProcessError:
        say("Python cannot make an environment here. On Debian: apt install python3-venv")
        sys.exit(CANNOT_INSTALL)
    (ENVIRONMENT / "made-for").write_text(ties())


def install(extra: str) -> None:
    """Install the package in place with what it needs, and what the extra of that name adds."""
    say("installing what fediblog needs; only the first run takes this long")
    package = str(ROOT) if extra == BASE else f"{ROOT}[{extra}]"
    pip = [str(PROGRAMS / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run([*pip, "install", "-qq", "--editable", package], stdout=sys.stderr)
    if done.returncode != 0:
        say("the installation failed; what pip says above tells why")
        sys.exit(CANNOT_INSTALL)
    for name in {BASE, extra}:
        (ENVIRONMENT / f"installed-{name}").write_text(requirements())


def prepare(extra: str) -> None:
    """Make the environment unless it is there, and install what is missing in it."""
    if is_ready(extra):
        return
    with installing_alone():
        if is_ready(extra):
            return
        if not is_made():
            create()
        install(extra)


def main(arguments: list[str]) -> None:
    """Prepare the environment and replace this process by the command."""
    extra = BASE
    if arguments[0] == "--extra":
        extra, arguments = arguments[1], arguments[2:]
    prepare(extra)
    os.environ["VIRTUAL_ENV"] = str(ENVIRONMENT)
    os.environ["PATH"] = f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    program = PROGRAMS / arguments[0]
    os.execv(program, [str(program), *arguments[1:]])


if __name__ == "__main__":
    main(sys.argv[1:])
