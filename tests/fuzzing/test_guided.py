"""The fuzzer of `scripts/fuzz` reads the same targets, and says by its status what it has found."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from scripts.fuzzing import prepare
from tests.fuzzing.seeds import SEEDS, WORDS

_ROOT = Path(__file__).parents[2]
_PLANTED = """
import atheris
from tests.fuzzing import guided

@atheris.instrument_func
def stumbles(data):
    if data[:2] == b"<a":
        raise ValueError(data)

guided.TARGETS = {"planted": stumbles}
guided.main(["planted", *ARGUMENTS])
"""

pytestmark = pytest.mark.skipif(find_spec("atheris") is None, reason="no atheris for this Python")


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=_ROOT, capture_output=True, text=True, check=False
    )


def test_a_target_that_is_well_ends_well(tmp_path: Path) -> None:
    ended = _run("-m", "tests.fuzzing.guided", "headers", "-runs=300", "-seed=1", str(tmp_path))
    assert ended.returncode == 0, ended.stderr
    assert "Done 300 runs" in ended.stderr


def test_what_makes_a_target_stumble_is_found_and_kept(tmp_path: Path) -> None:
    arguments = ["-runs=200000", "-seed=1", "-max_len=8", f"-artifact_prefix={tmp_path}/"]
    ended = _run("-c", _PLANTED.replace("ARGUMENTS", repr(arguments)))
    assert ended.returncode != 0
    [kept] = tmp_path.iterdir()
    assert kept.read_bytes()[:2] == b"<a"


def test_it_starts_from_what_each_target_is_made_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.fuzzing.KEPT", tmp_path)
    folder, words = prepare("forms")
    assert {path.read_bytes() for path in folder.iterdir()} == set(SEEDS["forms"])
    assert len(words.read_text().splitlines()) == len(WORDS["forms"])
