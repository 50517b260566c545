"""scripts/checks.py: what fails is run again, alone; what fails each time fails the run."""

import subprocess
from pathlib import Path

import pytest

from scripts import checks

#: Each test notes that it runs, and passes from its so-many-th time on.
TESTS = """
from pathlib import Path

import pytest


@pytest.mark.parametrize("passes_at", {times})
def test_it(passes_at: int) -> None:
    notes = Path(f"times-{{passes_at}}")
    times = len(notes.read_text()) + 1 if notes.exists() else 1
    notes.write_text("x" * times)
    assert times >= passes_at
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own for the checks, still without tests."""
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    return tmp_path


def test_what_passes_at_the_second_or_third_time_is_named_and_no_failure(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_tests(project, 1, 2, 3)
    checks.run_tests([])
    assert [ran(project, each) for each in (1, 2, 3)] == [1, 2, 3], "only what failed, again"
    told = capfd.readouterr().out.rpartition("Passed only when run again, alone")[2]
    named = [line.strip() for line in told.splitlines()[1:]]
    assert named == ["test_flaky.py::test_it[2]", "test_flaky.py::test_it[3]"]


def test_what_fails_each_time_fails_the_run(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_tests(project, 2, 9)
    with pytest.raises(subprocess.CalledProcessError):
        checks.run_tests([])
    assert ran(project, 9) == 3
    assert "Passed only" not in capfd.readouterr().out


def test_a_run_that_cannot_begin_is_not_tried_again(project: Path) -> None:
    (project / "test_flaky.py").write_text("import nowhere_to_be_found\n")
    with pytest.raises(subprocess.CalledProcessError) as failure:
        checks.run_tests([])
    assert failure.value.returncode != checks.TESTS_FAILED


def write_tests(project: Path, *times: int) -> None:
    """A file of tests, one for each of these times at which one passes."""
    (project / "test_flaky.py").write_text(TESTS.format(times=list(times)))


def ran(project: Path, passes_at: int) -> int:
    """How often a test has run."""
    return len((project / f"times-{passes_at}").read_text())
