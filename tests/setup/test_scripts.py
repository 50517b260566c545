"""scripts/: found from anywhere, quick the second time, and each argument reaches its command."""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ("serve", "fediblog", "test")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with our scripts, whose package is a program that tells how it was called."""
    root = tmp_path / "a project"
    shutil.copytree(
        ROOT / "scripts", root / "scripts", ignore=shutil.ignore_patterns("__pycache__")
    )
    (root / "pyproject.toml").write_text("[project]\nname = 'fediblog'\n")
    return root


@pytest.fixture
def installed(project: Path) -> Path:
    """The same, with an environment that looks installed, so that no registry is asked."""
    programs = project / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(sys.executable)
    echo = programs / "fediblog"
    echo.write_text('#!/bin/sh\nprintf "%s\\n" "$PWD" "$@"\nexit 7\n')
    echo.chmod(0o755)
    run_python(
        project,
        "import environment\n"
        "stamps = {'made-for': environment.ties(),\n"
        "          'installed-base': environment.requirements()}\n"
        "for name, text in stamps.items():\n"
        "    (environment.ENVIRONMENT / name).write_text(text)\n",
    )
    return project


def run_python(project: Path, code: str) -> None:
    """Run code beside environment.py, in the Python that the scripts find first."""
    subprocess.run(["python3", "-c", code], cwd=project / "scripts", check=True)


def run(
    script: Path, *arguments: str, cwd: Path, path: str | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": path or os.environ["PATH"]}
    return subprocess.run(
        [str(script), *arguments], cwd=cwd, env=environment, capture_output=True, text=True
    )


@pytest.mark.parametrize("name", [*SCRIPTS, "in-environment"])
def test_each_is_posix_shell_that_can_be_run(name: str) -> None:
    script = ROOT / "scripts" / name
    assert os.access(script, os.X_OK)
    assert subprocess.run(["sh", "-n", script]).returncode == 0


def test_arguments_the_folder_and_the_exit_code_are_the_commands(
    installed: Path, tmp_path: Path
) -> None:
    done = run(installed / "scripts" / "fediblog", "post", "--title", "two words", "", cwd=tmp_path)
    assert done.stdout.split("\n")[:5] == [str(tmp_path), "post", "--title", "two words", ""]
    assert done.returncode == 7
    assert done.stderr == ""


def test_serve_passes_its_arguments_to_serve(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "scripts" / "serve", "--port", "9000", cwd=tmp_path)
    assert done.stdout.splitlines()[1:] == ["serve", "--port", "9000"]


def test_the_second_run_is_quick(installed: Path, tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(installed / "scripts" / "fediblog", cwd=tmp_path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1


def test_a_change_of_the_requirements_installs_again(installed: Path, tmp_path: Path) -> None:
    with (installed / "pyproject.toml").open("a") as requirements:
        requirements.write("version = '2'\n")
    done = run(installed / "scripts" / "fediblog", cwd=tmp_path)
    assert "installing" in done.stderr


def test_an_environment_that_was_moved_is_made_anew(installed: Path, tmp_path: Path) -> None:
    moved = installed.rename(tmp_path / "elsewhere")
    (moved / "pyproject.toml").write_text("not toml")
    done = run(moved / "scripts" / "fediblog", cwd=tmp_path)
    assert f"making an environment in {moved / '.venv'}" in done.stderr


def test_a_failed_installation_is_tried_again(installed: Path, tmp_path: Path) -> None:
    (installed / "pyproject.toml").write_text("not toml")
    for _ in range(2):
        done = run(installed / "scripts" / "fediblog", cwd=tmp_path)
        assert done.returncode == 69
        assert "the installation failed" in done.stderr


def test_a_machine_without_a_fitting_python_is_told_so(project: Path, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "dirname"):
        (programs / name).symlink_to(str(shutil.which(name)))
    old = programs / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = run(project / "scripts" / "serve", cwd=tmp_path, path=str(programs))
    assert done.returncode == 69
    assert "needs Python 3.11 or later" in done.stderr


@pytest.mark.long
def test_first_runs_at_the_same_time_install_once(tmp_path: Path) -> None:
    """Two newcomers, or a server and a cron job: one installs, the other waits and goes on."""
    root = tmp_path / "project"
    shutil.copytree(
        ROOT / "scripts", root / "scripts", ignore=shutil.ignore_patterns("__pycache__")
    )
    (root / "pyproject.toml").write_text(MINIMAL)
    (root / "fediblog.py").write_text("def main() -> None:\n    print('ready')\n")
    command = [str(root / "scripts" / "fediblog")]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outputs = [each.communicate(timeout=300) for each in both]
    assert [out for out, _ in outputs] == ["ready\n", "ready\n"]
    assert sum("installing" in said for _, said in outputs) == 1


MINIMAL = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "fediblog"
version = "0"
[project.scripts]
fediblog = "fediblog:main"
[tool.hatch.build.targets.wheel]
include = ["fediblog.py"]
"""
