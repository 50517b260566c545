"""Help texts that teach: every command and every option says what it is for."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from fediblog.cli import main


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words that call each command, groups included."""
    yield path
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


def named(path: tuple[str, ...]) -> click.Command:
    """The command that these words call."""
    command: click.Command = main
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    return command


ALL = sorted(commands(main))


def test_every_command_of_the_documents_is_there() -> None:
    assert set(ALL) >= {
        ("serve",),
        ("worker",),
        ("migrate",),
        ("post", "create"),
        ("post", "edit"),
        ("post", "delete"),
        ("admin", "password"),
        ("keys",),
        ("block", "add"),
        ("block", "remove"),
    }


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_a_command_says_what_it_is_for(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(main, [*path, "--help"])
    assert shown.exit_code == 0
    first = (named(path).help or "").strip().splitlines()[0]
    assert len(first) > 15
    assert first in " ".join(shown.output.split())


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_option_says_what_it_does(path: tuple[str, ...]) -> None:
    options = [each for each in named(path).params if isinstance(each, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_it_tells_its_version() -> None:
    shown = CliRunner().invoke(main, ["--version"])
    assert shown.exit_code == 0
    assert shown.output.startswith("fediblog, version ")
