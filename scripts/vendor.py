"""Fetches the custom elements of others that the admin's pages use, each with its licence."""

import subprocess
import tarfile
import tempfile
from pathlib import Path

from tests.provision.node import npm_command

#: Package, version, the file that is served, and the one that says what may be done with it.
PACKAGES = (
    ("@github/markdown-toolbar-element", "2.2.3", "dist/index.js", "LICENSE"),
    ("@github/paste-markdown", "1.5.3", "dist/bundle.js", "LICENSE"),
)
FOLDER = Path(__file__).resolve().parents[1] / "templates" / "static" / "vendor"


def fetch(package: str, version: str, script: str, licence: str) -> None:
    """Put one package's script and licence into the folder, under the package's name."""
    name = package.rpartition("/")[2]
    with tempfile.TemporaryDirectory() as folder:
        command = [*npm_command(), "pack", f"{package}@{version}", "--ignore-scripts", "--silent"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        [packed] = Path(folder).glob("*.tgz")
        with tarfile.open(packed) as archive:
            for member, target in ((script, f"{name}.js"), (licence, f"{name}.LICENSE")):
                file = archive.extractfile(f"package/{member}")
                if file is None:
                    raise SystemExit(f"{package} {version} has no {member}.")
                (FOLDER / target).write_bytes(file.read())


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in PACKAGES:
        fetch(*each)
        print(f"{each[0]} {each[1]}")
