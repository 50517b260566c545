"""Pages that belong to no day, from the command line."""

from tests.commands.answers import call, markdown, printed, refused
from tests.processes import Installation


async def test_pages_are_written_listed_edited_and_deleted(place: Installation) -> None:
    async with place.serving() as server:
        file = markdown(place, "I *write*.")
        about = printed(
            await place.run("page", "create", "--title", "About", "--file", file, "--place", "1")
        )
        address = f"{server.origin}/pages/about"
        told = {"slug": "about", "state": "published", "title": "About", "place": 1}
        assert about == {"url": address, **told, "language": "en"}
        assert "I <em>write</em>." in await server.page(address)
        edited = printed(await place.run("page", "edit", "about", "--slug", "me", "--place", "0"))
        assert edited == about | {"url": f"{server.origin}/pages/me", "slug": "me", "place": 0}
        assert (await server.http.get(address)).status_code == 404
        assert await server.stop() == 0

    create = ["page", "create", "--title", "Drafted", "--file", file]
    draft = printed(await call(place, *create, "--draft", "--language", "pt-BR"))
    assert (draft["url"], draft["state"]) == (None, "draft")
    kept = printed(await call(place, "page", "edit", "drafted", "--title", "Still a draft"))
    assert (kept["state"], kept["language"]) == ("draft", "pt-BR")
    published = printed(
        await call(place, "page", "edit", "drafted", "--publish", "--language", "de")
    )
    assert published["url"] and published["language"] == "de"
    assert printed(await call(place, "page", "edit", "me", "--draft"))["state"] == "draft"
    listed = printed(await call(place, "page", "list"))["pages"]
    assert [(page["slug"], page["state"]) for page in listed] == [
        ("me", "draft"),
        ("drafted", "published"),
    ]
    assert printed(await call(place, "page", "delete", "me")) == {"slug": "me", "deleted": True}
    assert refused(await call(place, "page", "delete", "me")) == (
        "There is no page with the slug 'me'."
    )
    assert "place in the menu" in refused(await call(place, *create, "--place", "first"))
