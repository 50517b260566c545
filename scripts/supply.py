"""What the blog is made of: locked with hashes, looked up for known faults, listed for others.

Started by scripts/supply. The locks hold names, versions and hashes, and nothing of where they come
from: that is for whoever installs to say.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
BUILD_LOCK = ROOT / "requirements-build.lock"
PROGRAMS = Path(sys.executable).parent
#: The oldest Python that is taken; the locks are good for all later ones, on every system.
PYTHON = "3.11"
PATIENCE = 180


def lock() -> int:
    """Write both locks anew: what the blog needs, and what its wheel is built with."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {
        LOCK: project["project"]["dependencies"],
        BUILD_LOCK: project["build-system"]["requires"],
    }
    command = [str(PROGRAMS / "uv"), "pip", "compile", "--quiet", "--universal", "--upgrade"]
    command += ["--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url"]
    for file, requirements in wanted.items():
        subprocess.run(
            [*command, "--python-version", PYTHON, "--output-file", str(file), "-"],
            input="\n".join(requirements),
            text=True,
            check=True,
        )
    return 0


def audit() -> int:
    """Look up every locked package: 1 if one has a known fault, else 0. Says so where the database
    has not been reached, or knows nothing of some: that is no proof of anything."""
    command = [str(PROGRAMS / "pip-audit"), "--requirement", str(LOCK), "--require-hashes"]
    command += ["--disable-pip", "--progress-spinner", "off", "--format", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        found = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError):
        print("NOT AUDITED: the database of known faults could not be reached.")
        return 0
    print(verdict(found))
    return int(any(each.get("vulns") for each in found))


def verdict(found: Sequence[dict[str, Any]]) -> str:
    """What an audit has to say; found: each package as pip-audit lists it."""
    skipped = sum("skip_reason" in each for each in found)
    lines = [
        f"{each['name']} {each['version']}: {fault['id']}, mended in "
        f"{', '.join(fault['fix_versions']) or 'no version yet'}"
        for each in found
        for fault in each.get("vulns", ())
    ]
    if skipped:
        lines.append(
            f"NOT AUDITED: {skipped} of {len(found)} packages, of which the database of known "
            "faults tells nothing from here."
        )
    looked_up = len(found) - skipped
    return "\n".join([*lines, f"{looked_up} packages looked up, {len(found)} are locked."])


def sbom(file: str) -> int:
    """Write a bill of materials (CycloneDX, JSON) of what is locked, with the licences that the
    packages name which are installed here as they are locked."""
    command = [str(PROGRAMS / "cyclonedx-py"), "requirements", str(LOCK)]
    command += ["--pyproject", str(ROOT / "pyproject.toml"), "--mc-type", "application"]
    done = subprocess.run([*command, "--output-reproducible", "--output-file", file])
    if done.returncode == 0:
        bill = json.loads(Path(file).read_text())
        for component in bill.get("components", ()):
            if found := licence(component["name"], component["version"]):
                component["licenses"] = [found]
        Path(file).write_text(f"{json.dumps(bill, indent=2)}\n")
    return done.returncode


def licence(name: str, version: str) -> dict[str, Any] | None:
    """What a package says of its licence: an SPDX expression, or in words; None if it is another
    version that is here, or it says nothing."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if told["Version"] != version:
        return None
    if "License-Expression" in told:
        return {"expression": told["License-Expression"]}
    classified = [
        each.rpartition(" :: ")[2]
        for each in told.get_all("Classifier", ())
        if each.startswith("License ::")
    ]
    written = str(told["License"]) if "License" in told else ""
    words = ", ".join(classified) or written.partition("\n")[0]
    return {"license": {"name": words}} if words else None


def main(arguments: Sequence[str]) -> int:
    """`lock`, `audit`, or `sbom FILE`."""
    match arguments:
        case ["lock"]:
            return lock()
        case ["audit"]:
            return audit()
        case ["sbom", file]:
            return sbom(file)
        case _:
            print("Usage: scripts/supply lock | audit | sbom FILE", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
