"""Private keys: made once, for the owner's eyes, and never replaced."""

import re
import sqlite3
from pathlib import Path

import pytest

from tests.commands.answers import call, refused, refused_start, write
from tests.processes import Installation

NAMES = {"blog.pem", "blog-ed25519.pem", "instance.pem"}


async def test_the_first_start_makes_the_keys_for_their_owner_alone(place: Installation) -> None:
    assert "There are no keys" in refused(await call(place, "keys"))
    async with place.serving():
        made = contents(place.keys)
    assert set(made) == NAMES
    assert all(pem.startswith(b"-----BEGIN PRIVATE KEY-----") for pem in made.values())
    assert modes(place.keys) == {".": 0o700} | dict.fromkeys(NAMES, 0o600)
    async with place.serving() as server:
        assert contents(place.keys) == made
        while_it_runs = await call(place, "keys")
    told = await call(place, "keys")
    assert told == while_it_runs
    assert told.code == 0, told.errors
    for expected in (
        f"{server.origin}/users/blog#main-key",
        f"{server.origin}/users/blog#ed25519-key",
        f"{server.origin}/actor#main-key",
    ):
        assert expected in told.output
    assert str(place.keys / "blog.pem") in told.output
    assert len(re.findall(r"fingerprint  (?:[0-9a-f]{4} ?){16}$", told.output, re.M)) == 3
    assert "PRIVATE KEY-----" not in told.output


@pytest.mark.parametrize("name", sorted(NAMES))
async def test_a_key_that_is_missing_later_is_no_reason_to_make_another(
    embedded: Installation, name: str
) -> None:
    await start_once(embedded)
    kept = contents(embedded.keys)
    remove(embedded.keys / name)
    refusals = [refused(await call(embedded, command)) for command in ("block", "keys")]
    for sentence in [*refusals, await refused_start(embedded)]:
        assert f"The key {embedded.keys / name} is missing" in sentence
        assert "backup" in sentence
    assert contents(embedded.keys) == {each: kept[each] for each in kept if each != name}


async def test_when_both_keys_are_missing_later_none_is_made(embedded: Installation) -> None:
    await start_once(embedded)
    remove(embedded.keys / "blog.pem")
    remove(embedded.keys / "instance.pem")
    left = contents(embedded.keys)
    assert "is missing, but this blog has been in use" in await refused_start(embedded)
    assert contents(embedded.keys) == left


async def test_one_key_without_the_other_is_refused_at_the_first_start_too(
    embedded: Installation, tmp_path: Path
) -> None:
    other = Installation(tmp_path / "other", f"sqlite://{tmp_path}/other/fediblog.sqlite")
    make_folder(other.folder)
    await start_once(other)
    make_folder(embedded.keys)
    (other.keys / "instance.pem").rename(embedded.keys / "instance.pem")
    kept = contents(embedded.keys)
    sentence = await refused_start(embedded)
    assert sentence == f"The key {embedded.keys}/blog.pem is missing. Put it back from a backup."
    assert contents(embedded.keys) == kept


async def test_keys_of_an_earlier_installation_are_taken_over(
    embedded: Installation, tmp_path: Path
) -> None:
    await start_once(embedded)
    kept = contents(embedded.keys)
    again = Installation(tmp_path, f"sqlite://{tmp_path}/new/fediblog.sqlite")
    await start_once(again)
    assert contents(embedded.keys) == kept


async def test_a_key_that_others_can_read_is_refused(embedded: Installation) -> None:
    await start_once(embedded)
    path, kept = embedded.keys / "blog.pem", contents(embedded.keys)
    path.chmod(0o644)
    assert await refused_start(embedded) == (
        f"Others can read the key {path}. Run: chmod 600 {path}"
    )
    assert contents(embedded.keys) == kept


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "cannot be read"), (b"no key at all", "cannot be read"), (None, "cannot be read")],
)
async def test_a_key_that_cannot_be_read_is_refused_and_left_alone(
    embedded: Installation, content: bytes | None, words: str
) -> None:
    await start_once(embedded)
    path = embedded.keys / "instance.pem"
    remove(path)
    if content is None:
        make_folder(path)
    else:
        write(path, content)
        path.chmod(0o600)
    assert words in await refused_start(embedded)
    assert content is None or path.read_bytes() == content


async def test_a_blog_that_is_older_than_proofs_gets_its_key_once(embedded: Installation) -> None:
    await start_once(embedded)
    kept, path = contents(embedded.keys), embedded.keys / "blog-ed25519.pem"
    remove(path)
    with sqlite3.connect(embedded.database_url.removeprefix("sqlite://")) as database:
        database.execute("DELETE FROM setting WHERE name = 'proof_key'")
    await start_once(embedded)
    made = contents(embedded.keys)
    assert {name for name in NAMES if made[name] != kept[name]} == {path.name}
    remove(path)
    assert f"The key {path} is missing" in refused(await call(embedded, "block"))


async def test_the_key_is_rotated_while_the_server_runs_and_while_it_does_not(
    place: Installation,
) -> None:
    async with place.serving() as server:
        rotated = await call(place, "keys", "rotate")
        assert rotated.code == 0, rotated.errors
        assert f"{server.origin}/users/blog#key-2" in rotated.output
        assert str(place.keys / "blog-2.pem") in rotated.output
        assert rotated.output in (await call(place, "keys")).output
    again = await call(place, "keys", "rotate")
    assert again.code == 0, again.errors
    assert "/users/blog#key-3" in again.output
    assert set(contents(place.keys)) == NAMES | {"blog-2.pem", "blog-3.pem"}
    assert set(modes(place.keys).values()) == {0o600, 0o700}


async def start_once(place: Installation) -> None:
    """What any first command does: tables, keys, and the blog's own actor."""
    done = await call(place, "block")
    assert done.code == 0, done.errors


def contents(folder: Path) -> dict[str, bytes]:
    """What is in the folder's files."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def modes(folder: Path) -> dict[str, int]:
    """Who may do what with the folder and its files."""
    found = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    return {".": folder.stat().st_mode & 0o777, **found}


def remove(path: Path) -> None:
    """Lose a file."""
    path.unlink()


def make_folder(path: Path) -> None:
    """Make an empty folder."""
    path.mkdir(parents=True)
