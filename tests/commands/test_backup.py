"""`fediblog backup` and `fediblog restore`, beside a running server and on an empty machine."""

from pathlib import Path

from tests.commands.answers import call, create, printed, refused
from tests.processes import Installation


async def test_a_running_blog_is_backed_up_and_restored_elsewhere(
    embedded: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "blog.tar"
    async with embedded.serving() as server:
        post = await create(embedded)
        made = printed(await call(embedded, "backup", str(file)))
        assert made["origin"] == server.origin
        assert made["rows"]["post"] == 1
        assert "Stop it first." in refused(await call(embedded, "restore", str(file)))
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere = Installation(folder, f"sqlite://{folder}/data/fediblog.sqlite", embedded.port)
    assert printed(await call(elsewhere, "restore", str(file)))["rows"] == made["rows"]
    async with elsewhere.serving() as server:
        assert "A post" in await server.page(post["url"])
        assert (await create(elsewhere))["slug"] == "a-post-2"


async def test_without_a_name_it_lies_among_the_backups(embedded: Installation) -> None:
    await create(embedded)
    made = printed(await call(embedded, "backup"))
    assert Path(made["file"]).parent == embedded.folder / "data" / "backups"


async def test_what_is_no_backup_is_told_in_a_sentence(
    embedded: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "blog.tar"
    file.write_text("This is no backup.")
    assert "is no backup that can be read" in refused(await call(embedded, "restore", str(file)))
