"""What is installed is what was locked, and what was not looked up is not said to be well."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import supply
from scripts.supply import BUILD_LOCK, LOCK, ROOT, licence

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
_ENTRY = re.compile(
    r"[a-z0-9-]+==[a-z0-9.+!]+(?: ; [^\n\\]+)?(?: \\\n    --hash=sha256:[0-9a-f]{64})+"
)


def _locked(text: str) -> dict[str, str]:
    """Versions by name, of what is for this Python."""
    entries = [Requirement(entry.partition(" \\\n")[0]) for entry in _ENTRY.findall(text)]
    return {
        each.name: next(iter(each.specifier)).version
        for each in entries
        if each.marker is None or each.marker.evaluate()
    }


def _missing(requirements: Iterable[str], locked: Mapping[str, str]) -> list[str]:
    """The requirements for this Python that a lock does not meet, and those of what they need."""
    missing, seen = [], set()
    waiting = [Requirement(each) for each in requirements]
    while waiting:
        wanted = waiting.pop()
        if str(wanted) in seen or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        seen.add(str(wanted))
        version = locked.get(canonicalize_name(wanted.name))
        if version is None or not wanted.specifier.contains(version, prereleases=True):
            missing.append(str(wanted))
            continue
        try:
            inner = [Requirement(each) for each in requires(wanted.name) or ()]
        except PackageNotFoundError:
            continue
        extras = {"", *wanted.extras}
        for each in inner:
            if each.marker is None or any(each.marker.evaluate({"extra": x}) for x in extras):
                # The version that is locked may want another one than what is installed here.
                waiting.append(Requirement(each.name))
    return missing


@pytest.mark.parametrize("file", [LOCK, BUILD_LOCK], ids=lambda file: file.name)
def test_a_lock_has_names_versions_and_hashes_only(file: Path) -> None:
    assert re.fullmatch(rf"(?:{_ENTRY.pattern}\n)+", file.read_text())


def test_the_locks_agree_with_the_project() -> None:
    locked = _locked(LOCK.read_text())
    assert _missing(PROJECT["project"]["dependencies"], locked) == []
    assert _missing(PROJECT["build-system"]["requires"], _locked(BUILD_LOCK.read_text())) == []


def test_what_is_not_locked_or_too_old_is_noticed() -> None:
    locked = _locked(LOCK.read_text())
    wanted = PROJECT["project"]["dependencies"]
    [found] = _missing(wanted, locked | {"starlette": "0.1"})
    assert found.startswith("starlette")
    assert _missing(wanted, {name: locked[name] for name in locked if name != "h11"}) == ["h11"]
    assert _missing([*wanted, "nothing-of-this-name"], locked) == ["nothing-of-this-name"]


def test_the_image_is_made_of_what_is_locked() -> None:
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    installs = [line for line in lines if "pip install" in line or "pip wheel" in line]
    for command in re.findall(r"pip (?:install|wheel) [^&]*", " && ".join(installs)):
        assert "--require-hashes" in command or "--no-deps" in command, command
    given = (ROOT / ".dockerignore").read_text().splitlines()
    assert {f"!{LOCK.name}", f"!{BUILD_LOCK.name}"} <= set(given)


@pytest.mark.parametrize(
    ("printed", "status", "said"),
    [
        ({"vulns": []}, 0, "1 packages looked up, 1 are locked."),
        ({"vulns": [{"id": "X-1", "fix_versions": ["2"]}]}, 1, "a 1: X-1, mended in 2"),
        ({"vulns": [{"id": "X-1", "fix_versions": []}]}, 1, "mended in no version yet"),
        ({"skip_reason": "not found"}, 0, "NOT AUDITED: 1 of 1 packages"),
        (None, 0, "NOT AUDITED: the database of known faults could not be reached."),
    ],
)
def test_an_audit_says_what_it_could_not_look_up(
    printed: dict[str, object] | None,
    status: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The auditor in these examples tells what the real one would."""
    found = [] if printed is None else [{"name": "a", "version": "1"} | printed]
    text = "no connection" if printed is None else json.dumps({"dependencies": found})
    program = tmp_path / "pip-audit"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\n")
    program.chmod(0o755)
    monkeypatch.setattr(supply, "PROGRAMS", tmp_path)
    assert supply.audit() == status
    assert said in capsys.readouterr().out


def test_a_bill_names_the_licence_of_what_is_here_as_it_is_locked() -> None:
    here = version("starlette")
    assert licence("starlette", here) in (
        {"expression": "BSD-3-Clause"},
        {"license": {"name": "BSD License"}},
    )
    assert licence("starlette", f"{here}.1") is None
    assert licence("not-a-package-of-anybody", "1") is None
