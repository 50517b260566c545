"""The judges that come as packages of npm; `npm/package-lock.json` pins them."""

from pathlib import Path

from tests.provision.node import npm_install

CHECKERS = Path(__file__).parent / "npm"


def package(name: str) -> Path:
    """The folder of an installed package."""
    npm_install(CHECKERS)
    return CHECKERS / "node_modules" / name
