"""`serve --demo`: what a newcomer sees; and development mode, in which it lives."""

from pathlib import Path

from fediblog.demo.server import DemoServer
from tests.bench import ACTIVITY_JSON, reply_ids, until
from tests.commands.answers import call, create, refused
from tests.processes import Installation, Server


async def test_the_tree_of_the_demo_fills_within_seconds_and_is_gone_when_it_ends(
    embedded: Installation,
) -> None:
    temporary = make_folder(embedded.folder / "temporary")
    async with embedded.serving("--demo", TMPDIR=str(temporary)) as server:
        assert inside(temporary) != []
        permalink = (await published(server))["url"]

        async def told_to_the_end() -> bool:
            page = await server.page(permalink)
            return len(reply_ids(page)) == 11 and 'class="tombstone"' in page

        await until(told_to_the_end, seconds=120)
        page = await server.page(permalink)
        assert "I read it twice." in page
        assert "I red it twice." not in page
        assert ">edited</time>" in page
        assert page.count('class="tombstone"') == 1
        assert "First!" not in page
        assert "一番ではありませんよ。" in page, "the answer to what was deleted"
        assert "branch level-4" in page, "five levels"
        assert "10 responses" in page
        assert "This is a demo" in server.said()
        assert await server.stop() == 0
    assert "Traceback" not in server.said()
    assert inside(temporary) == []
    assert [*embedded.folder.rglob("*.sqlite")] == [], "it leaves the blog of the settings alone"


async def test_the_demo_is_refused_for_a_public_blog(embedded: Installation) -> None:
    done = await call(embedded, "serve", "--demo", "--port=0", FEDIBLOG_URL="https://blog.example")
    assert "development mode" in refused(done)


async def test_in_development_mode_people_find_each_other_by_handles_with_ports(
    place: Installation, town: DemoServer
) -> None:
    async with place.serving() as server:
        handle = f"blog@127.0.0.1:{place.port}"
        assert f"@{handle}" in server.said()
        webfinger = f"/.well-known/webfinger?resource=acct:{handle}"
        found = (await server.http.get(webfinger)).json()
        assert found["subject"] == f"acct:{handle}"
        (actor,) = [link["href"] for link in found["links"] if link["rel"] == "self"]
        assert actor == f"{server.origin}/users/blog"

        await town.follow("alice", actor)
        await until(lambda: came(town, "Accept"))
        post = await create(place)
        await until(lambda: came(town, "Create"))
        await town.reply("bob", post["id"], "<p>Hello from another port.</p>")

        async def shown() -> bool:
            return f"@{town.person('bob').handle}" in await server.page(post["url"])

        await until(shown)
        assert "Hello from another port." in await server.page(post["url"])


async def came(town: DemoServer, kind: str) -> bool:
    """Whether an activity of a type has come to the other server."""
    return kind in [received.activity["type"] for received in town.received]


async def published(server: Server) -> dict[str, str]:
    """The demo's post, from the outbox."""
    headers = {"Accept": ACTIVITY_JSON}

    async def there() -> bool:
        return bool(
            (await server.http.get("/users/blog/outbox", headers=headers)).json()["totalItems"]
        )

    await until(there)
    page = (await server.http.get("/users/blog/outbox?page=true", headers=headers)).json()
    post: dict[str, str] = page["orderedItems"][0]["object"]
    return post


def make_folder(path: Path) -> Path:
    """Make an empty folder."""
    path.mkdir()
    return path


def inside(folder: Path) -> list[Path]:
    """What is left in the folder of temporary files by fediblog."""
    return list(folder.glob("fediblog-*"))
