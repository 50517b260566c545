"""A backup is the whole blog: restored on an empty machine, it answers as it did."""

import asyncio
import io
import itertools
import shutil
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest

from fediblog.actions.answer import answer_post
from fediblog.actions.make_backup import make_backup
from fediblog.actions.restore_backup import read_manifest, restore_backup
from fediblog.clock import utc_now
from fediblog.demo.server import DemoServer
from fediblog.domain.backups import MANIFEST
from fediblog.errors import FediblogError, StoreError
from fediblog.settings import Settings
from tests.admin.desk import Desk
from tests.bench import Bench, RunningBlog, SettableClock, until
from tests.provision.postgres import drop_database, fresh_database
from tests.web.everywhere import Address, busy

#: They tell of the moment at which they are made.
_OWN = {"date", "etag", "last-modified", "x-request-id"}


@pytest.fixture
def empty(bench: Bench, postgres: str | None, tmp_path: Path) -> Iterator[Bench]:
    """Another machine, with nothing on it but an empty database of the same kind."""
    folder = tmp_path / "elsewhere"
    if postgres is None:
        yield Bench(folder, f"sqlite://{folder}/data/fediblog.sqlite")
        return
    url = fresh_database(postgres)
    yield Bench(folder, url)
    drop_database(url)


async def test_the_restored_blog_answers_at_every_address_as_before(
    bench: Bench, empty: Bench, town: DemoServer
) -> None:
    file, clock = bench.folder / "blog.tar", SettableClock()
    async with bench.start(clock=clock) as blog, busy(blog, town) as addresses:
        await _indexed(blog)
        manifest = await make_backup(blog.blog.settings, file, blog.clock())
        clock.fixed = blog.clock()
        before = [await _ask(blog, address) for address in addresses]
        origin, key = blog.origin, await _own_key(blog)
    await _restore(empty, file, origin)
    async with empty.start(clock=clock, FEDIBLOG_URL=origin) as restored:
        await _indexed(restored)
        after = [await _ask(restored, address) for address in addresses]
        for address, first, second in zip(addresses, before, after, strict=True):
            assert second.status_code == first.status_code, address
            assert second.content == first.content, address
            assert _kept(second) == _kept(first), address
        assert await _own_key(restored) == key
        number = (await restored.blog.db.rows("SELECT count(*) AS n FROM reply"))[0]["n"]
        assert manifest.tables["reply"] == number > 0
        # Numbers go on after the last one, so nothing new gets in the way of what is there.
        post = await restored.publish("After the restoring")
        await answer_post(restored.blog, post.key, "Still here.")
        listed = (await restored.document(f"/articles/{post.key}/replies")).json()
        assert listed["totalItems"] == 1


async def test_a_backup_goes_from_one_kind_of_database_into_the_other(
    bench: Bench, postgres: str | None, town: DemoServer, tmp_path: Path
) -> None:
    if postgres is None:
        pytest.skip("without PostgreSQL there is only one kind; it runs with --database postgres")
    url = fresh_database(postgres)
    embedded, served = tmp_path / "embedded", tmp_path / "served"
    one = Bench(embedded, f"sqlite://{embedded}/data/fediblog.sqlite")
    other = Bench(served, url)
    async with bench.start() as blog, busy(blog, town):
        page = (await blog.page("/archive")).text
        await make_backup(blog.blog.settings, tmp_path / "1.tar", utc_now())
        origin = blog.origin
    await _restore(one, tmp_path / "1.tar", origin)
    async with one.start(FEDIBLOG_URL=origin) as blog:
        assert (await blog.page("/archive")).text == page
        await make_backup(blog.blog.settings, tmp_path / "2.tar", utc_now())
    await _restore(other, tmp_path / "2.tar", origin)
    async with other.start(FEDIBLOG_URL=origin) as blog:
        assert (await blog.page("/archive")).text == page
    first = await read_manifest(tmp_path / "1.tar")
    second = await read_manifest(tmp_path / "2.tar")
    assert {t: n for t, n in first.tables.items() if t not in _MOVING} == {
        t: n for t, n in second.tables.items() if t not in _MOVING
    }
    drop_database(url)


#: What a running blog empties or fills by itself.
_MOVING = {"search_due", "arrival", "picture", "picture_use"}


async def test_what_is_written_meanwhile_is_in_the_backup_whole_or_not_at_all(
    bench: Bench, empty: Bench, town: DemoServer
) -> None:
    file = bench.folder / "blog.tar"
    async with bench.start() as blog:
        post = await blog.publish("Much is said")

        async def talk() -> None:
            for number in itertools.count():
                await town.reply("alice", blog.article(post), f"<p>Reply {number}.</p>")
                if made.is_set():
                    break

        made = asyncio.Event()
        talking = asyncio.create_task(talk())
        await until(lambda: _has_replies(blog, 5))
        await make_backup(blog.blog.settings, file, utc_now())
        made.set()
        await talking
        await blog.settled()
        all_of_them = await blog.blog.db.rows("SELECT count(*) AS n FROM reply")
        origin = blog.origin
    manifest = await read_manifest(file)
    assert 5 <= manifest.tables["reply"] < all_of_them[0]["n"]
    await _restore(empty, file, origin)
    async with empty.start(FEDIBLOG_URL=origin) as restored:
        await restored.settled()
        rows = await restored.blog.db.rows("SELECT count(*) AS n FROM reply WHERE state = 'shown'")
        assert rows[0]["n"] >= manifest.tables["reply"]


async def test_only_its_owner_can_read_a_backup(bench: Bench, blog: RunningBlog) -> None:
    file = bench.folder / "deep" / "blog.tar"
    await make_backup(blog.blog.settings, file, utc_now())
    assert _mode(file) == 0o600
    assert _names(file.parent) == ["blog.tar"]
    with pytest.raises(StoreError, match="is there already"):
        await make_backup(blog.blog.settings, file, utc_now())


@pytest.fixture
async def file(bench: Bench, blog: RunningBlog) -> Path:
    """A backup of a blog with a post."""
    await blog.publish()
    path = bench.folder / "blog.tar"
    await make_backup(blog.blog.settings, path, utc_now())
    return path


async def test_a_backup_that_was_cut_off_is_refused(
    blog: RunningBlog, empty: Bench, file: Path
) -> None:
    whole = file.read_bytes()
    for length in (0, 700, len(whole) // 2, len(whole) - 20_000):
        file.write_bytes(whole[:length])
        with pytest.raises(StoreError, match=r"no backup|not complete"):
            await _restore(empty, file, blog.origin)
        assert not _everything(empty.folder)


async def test_a_backup_that_was_changed_is_refused(
    blog: RunningBlog, empty: Bench, file: Path
) -> None:
    whole = file.read_bytes()
    place = whole.index(b"PRIVATE KEY")
    file.write_bytes(whole[:place] + b"p" + whole[place + 1 :])
    with pytest.raises(StoreError, match=r"is damaged: keys/"):
        await _restore(empty, file, blog.origin)
    assert not _everything(empty.folder)


@pytest.mark.parametrize("name", ["../evil", "keys/../../evil", "/evil", "evil", "keys/.ssh"])
async def test_nothing_is_written_outside_of_its_folder(
    blog: RunningBlog, empty: Bench, file: Path, name: str
) -> None:
    _put_into(file, tarfile.TarInfo(name))
    with pytest.raises(StoreError, match="no backup"):
        await _restore(empty, file, blog.origin)
    assert not [path for path in _everything(empty.folder.parent) if path.name == "evil"]


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE],
)
async def test_what_is_no_file_is_refused(
    blog: RunningBlog, empty: Bench, file: Path, kind: bytes
) -> None:
    entry = tarfile.TarInfo("media/own")
    entry.type, entry.linkname = kind, "/etc/passwd"
    _put_into(file, entry)
    with pytest.raises(StoreError, match="is no file"):
        await _restore(empty, file, blog.origin)
    assert not _everything(empty.folder)


async def test_a_file_with_holes_is_refused_before_anybody_reads_them(
    blog: RunningBlog, empty: Bench, file: Path
) -> None:
    entry = tarfile.TarInfo("media/own/hole.png")
    entry.pax_headers = {
        "GNU.sparse.map": "0,4",
        "GNU.sparse.size": str(2**60),
        "GNU.sparse.name": entry.name,
    }
    _put_into(file, entry)
    with pytest.raises(StoreError, match="is no file"):
        await _restore(empty, file, blog.origin)


async def test_a_file_that_is_said_to_be_larger_than_its_backup_is_refused(
    blog: RunningBlog, empty: Bench, file: Path
) -> None:
    huge = tarfile.TarInfo("media/own/huge.png")
    huge.size = 2**50
    file.write_bytes(huge.tobuf() + file.read_bytes())
    with pytest.raises(StoreError, match=r"no backup|not complete"):
        await _restore(empty, file, blog.origin)
    assert not _everything(empty.folder)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"files": {', b'"files": [], "x": {'),
        (b'"tables": {', b'"tables": 1, "x": {'),
        (b'"migration": "0', b'"migration": 0, "x": "'),
    ],
)
async def test_a_list_in_which_something_is_of_another_kind_is_refused(
    blog: RunningBlog, empty: Bench, file: Path, before: bytes, after: bytes
) -> None:
    _change_manifest(file, before, after.replace(b', "x"', b', "handle_domain"'))
    with pytest.raises(StoreError, match="is no backup"):
        await _restore(empty, file, blog.origin)


async def test_a_blog_that_is_there_is_not_overwritten(
    blog: RunningBlog, bench: Bench, file: Path
) -> None:
    with pytest.raises(StoreError, match="There is a database already"):
        await _restore(bench, file, blog.origin)
    assert "A post" in (await blog.page("/")).text


async def test_keys_that_are_there_are_not_overwritten(
    blog: RunningBlog, bench: Bench, empty: Bench, file: Path
) -> None:
    shutil.copytree(bench.folder / "keys", empty.folder / "keys")
    key = empty.folder / "keys" / "blog.pem"
    key.write_text("another blog's")
    with pytest.raises(StoreError, match="There are keys in"):
        await _restore(empty, file, blog.origin)
    assert key.read_text() == "another blog's"


async def test_a_blog_keeps_its_address(empty: Bench, file: Path) -> None:
    with pytest.raises(StoreError, match="is a backup of http"):
        await _restore(empty, file, "https://new.example")


async def test_a_backup_of_a_newer_version_is_refused(
    blog: RunningBlog, empty: Bench, file: Path
) -> None:
    _change_manifest(file, b'"migration": "0', b'"migration": "9')
    with pytest.raises(StoreError, match="newer fediblog"):
        await _restore(empty, file, blog.origin)


async def test_a_restoring_that_fails_leaves_no_files(
    blog: RunningBlog, empty: Bench, file: Path, postgres: str | None
) -> None:
    if postgres is not None:
        pytest.skip("a database that is served is emptied by whoever runs it")
    manifest = await read_manifest(file)
    settings = _settings(empty, blog.origin)
    wrong = replace(manifest, migration="0001_initial")
    with pytest.raises(StoreError, match="not restored"):
        await restore_backup(settings, file, wrong)
    assert [path.name for path in _everything(empty.folder)] in ([], ["fediblog.sqlite.lock"])
    await _restore(empty, file, blog.origin)


async def test_the_admin_has_one_made_and_takes_it_along(
    blog: RunningBlog, desk: Desk, empty: Bench
) -> None:
    assert "There is none here yet." in (await desk.page("/admin/backup")).text
    made = await desk.submit("/admin/backup/make")
    assert made.headers["location"] == "/admin/backup?notice=backing_up"
    assert await _tells(desk, "One is being made.") or await _tells(desk, "Download")
    await until(lambda: _tells(desk, "Download"))
    assert not await _tells(desk, "One is being made.")
    folder = blog.blog.settings.data / "backups"
    await until(partial(_has_new, folder, []))
    [name] = _names(folder)
    path = folder / name
    assert path.name in (await desk.page("/admin/backup")).text
    got = await desk.get(f"/admin/backup/{path.name}")
    assert got.content == path.read_bytes()
    assert "attachment" in got.headers["content-disposition"]
    assert got.headers["cache-control"] == "no-store"
    await blog.later(timedelta(minutes=11))
    asked = await desk.get(f"/admin/backup/{path.name}")
    assert asked.headers["location"].startswith("/admin/confirm?"), (
        "anybody may have sat down there"
    )
    await desk.submit(f"/admin/backup/{path.name}/delete")
    assert not _names(folder)


async def test_backups_are_made_by_themselves_and_the_newest_are_kept(
    blog: RunningBlog, desk: Desk
) -> None:
    await desk.submit("/admin/backup", every="day", keep="2")
    folder, seen = blog.blog.settings.data / "backups", list[str]()
    for _ in range(3):
        blog.blog.signals.backups.set()
        await until(partial(_has_new, folder, seen))
        seen += _names(folder)
        await blog.later(timedelta(days=1))
    assert len(set(seen)) == 3

    async def newest_are_left() -> bool:
        return _names(folder) == sorted(set(seen))[1:]

    # The oldest goes a moment after the newest has come.
    await until(newest_are_left)


async def test_why_one_was_not_made_is_told(blog: RunningBlog, desk: Desk) -> None:
    (blog.blog.settings.data / "backups").write_text("A file, where a folder should be.")
    await desk.submit("/admin/backup/make")
    await until(lambda: _tells(desk, "was not made: The backup"))


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"every": "hour", "keep": "3"}, "Choose how often."),
        ({"every": "day", "keep": "0"}, "Write a number from 1 to 100."),
        ({"every": "day", "keep": "101"}, "Write a number from 1 to 100."),
        ({"every": "day", "keep": "²"}, "Write a number from 1 to 100."),
    ],
)
async def test_what_cannot_be_set_is_refused(
    desk: Desk, form: dict[str, str], sentence: str
) -> None:
    refused = await desk.submit("/admin/backup", **form)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert f'value="{form["keep"]}"' in refused.text


@pytest.mark.parametrize("name", ["..%2Ffediblog.sqlite", "fediblog.sqlite", "x.tar"])
async def test_nothing_else_can_be_taken_along(desk: Desk, blog: RunningBlog, name: str) -> None:
    folder = blog.blog.settings.data / "backups"
    folder.mkdir()
    (folder / "x.tar").write_text("Something else.")
    assert (await desk.get(f"/admin/backup/{name}")).status_code == 404
    assert (await desk.submit(f"/admin/backup/{name}/delete")).status_code == 404
    assert (folder / "x.tar").exists()


def _settings(bench: Bench, origin: str) -> Settings:
    return bench.settings(8000, FEDIBLOG_URL=origin)


async def _restore(bench: Bench, file: Path, origin: str) -> None:
    await restore_backup(_settings(bench, origin), file, await read_manifest(file))


async def _ask(blog: RunningBlog, address: Address) -> httpx.Response:
    headers = {"Accept": address.accept, "Accept-Encoding": "identity"}
    return await blog.http.get(address.path, headers=headers)


def _kept(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name not in _OWN}


async def _own_key(blog: RunningBlog) -> str:
    return str((await blog.document("/users/blog")).json()["publicKey"]["publicKeyPem"])


async def _indexed(blog: RunningBlog) -> None:
    async def nothing_is_due() -> bool:
        return not await blog.blog.db.rows("SELECT entry FROM search_due LIMIT 1")

    await until(nothing_is_due)


async def _has_replies(blog: RunningBlog, least: int) -> bool:
    return bool((await blog.blog.db.rows("SELECT count(*) AS n FROM reply"))[0]["n"] >= least)


def _mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.tar")) if folder.is_dir() else []


def _everything(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def _has_new(folder: Path, known: list[str]) -> bool:
    return any(name not in known and name.endswith(".tar") for name in _names(folder))


async def _tells(desk: Desk, sentence: str) -> bool:
    return sentence in (await desk.page("/admin/backup")).text


def _put_into(file: Path, entry: tarfile.TarInfo) -> None:
    """A member before all others, with something in it if it is a file."""
    with tarfile.open(file) as archive:
        members = [(each, archive.extractfile(each).read()) for each in archive]  # type: ignore[union-attr]
    body = b"evil"
    entry.size = len(body) if entry.isreg() else 0
    with tarfile.open(file, "w") as archive:
        archive.addfile(entry, io.BytesIO(body))
        for each, content in members:
            archive.addfile(each, io.BytesIO(content))


def _change_manifest(file: Path, before: bytes, after: bytes) -> None:
    with tarfile.open(file) as archive:
        members = [(each, archive.extractfile(each).read()) for each in archive]  # type: ignore[union-attr]
    with tarfile.open(file, "w") as archive:
        for each, content in members:
            changed = content.replace(before, after) if each.name == MANIFEST else content
            assert each.name != MANIFEST or changed != content
            each.size = len(changed)
            archive.addfile(each, io.BytesIO(changed))


async def test_a_database_that_cannot_be_read_is_told(bench: Bench, tmp_path: Path) -> None:
    settings = bench.settings(8000)
    with pytest.raises(FediblogError):
        await make_backup(
            replace(settings, database_url=f"sqlite://{tmp_path}/nowhere.sqlite"),
            tmp_path / "x.tar",
            utc_now(),
        )
    assert not (tmp_path / "x.tar").exists()
