"""What the author sees of what comes and goes, and has done about it: tried, given up, shown."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import cycle

import pytest

from fediblog.actions.blocking import set_blocked
from fediblog.actions.moderate import hide_reply
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.demo.state import InboxAnswer
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.keys import PrivateKey
from fediblog.store.hosts import set_failed
from tests.admin.desk import Desk, reply_to
from tests.bench import RunningBlog
from tests.federation.inbox.senders import Sender
from tests.federation.records import activities, fates, stored


@pytest.fixture
async def town(blog: RunningBlog, people_keys: tuple[PrivateKey, ...]) -> AsyncIterator[DemoServer]:
    """A server with the blog's clock: signatures of tomorrow hold there."""
    keys = cycle(people_keys)
    async with running(clock=blog.clock, new_key=lambda: next(keys)) as server:
        yield server


@pytest.fixture
async def village(
    blog: RunningBlog, people_keys: tuple[PrivateKey, ...]
) -> AsyncIterator[DemoServer]:
    """Another one."""
    keys = cycle(people_keys)
    async with running(clock=blog.clock, new_key=lambda: next(keys)) as server:
        yield server


async def test_a_post_says_how_far_it_is_and_is_tried_or_given_up(
    desk: Desk, town: DemoServer, village: DemoServer
) -> None:
    blog = desk.blog
    for name in ("alice", "bob"):
        await town.follow(name, blog.actor)
    await village.follow("chiyo", blog.actor)
    await blog.settled()
    await blog.delivered()
    village.status_for_inbox = lambda _: InboxAnswer(503, retry_after=3600)
    post = await blog.publish("Far and wide")
    await blog.delivered()

    path = f"/admin/posts/{post.key}/deliveries"
    assert path in (await desk.page("/admin/posts")).links
    page = await desk.page(path)
    assert "1 of 2 servers have it." in page.text
    assert "2 followers reached" in page.text and "1 waiting" in page.text
    assert "The server is not available now" in page.text and "next " in page.text
    waiting = (await desk.page(f"{path}?state=waiting")).text
    assert authority_of(village.origin) in waiting and authority_of(town.origin) not in waiting

    # Its turn would be in an hour.
    village.status_for_inbox = lambda _: None
    answered = await desk.submit(f"{path}/retry", back=path)
    assert answered.headers["location"] == f"{path}?notice=retried"
    await blog.delivered()
    assert len(activities(village, "Create")) == 1
    assert "2 of 2 servers have it." in (await desk.page(path)).text
    nothing = await desk.submit(f"{path}/retry")
    assert nothing.headers["location"].endswith("nothing_to_try")


async def test_what_is_given_up_is_not_tried_until_it_is_wanted_again(
    desk: Desk, town: DemoServer
) -> None:
    blog = desk.blog
    await town.follow("alice", blog.actor)
    await blog.settled()
    await blog.delivered()
    town.status_for_inbox = lambda _: 503
    await blog.publish("Later")
    await blog.delivered()
    [number] = await _numbers(blog, "queued")

    await desk.submit(f"/admin/deliveries/{number}/give-up")
    failed = (await desk.page("/admin/deliveries?state=failed")).text
    assert "given up by you; before that: 503" in failed
    town.status_for_inbox = lambda _: None
    await blog.later(timedelta(days=1))
    await blog.at_rest()
    assert activities(town, "Create") == []

    server = f"/admin/servers/{authority_of(town.origin)}"
    back = await desk.submit(f"/admin/deliveries/{number}/retry", back=server)
    assert back.headers["location"] == f"{server}?notice=retried"
    await blog.delivered()
    assert len(activities(town, "Create")) == 1
    elsewhere = await desk.submit(f"/admin/deliveries/{number}/retry", back="//evil.example/")
    assert elsewhere.headers["location"].startswith("/admin/deliveries?notice=")


async def test_a_server_that_is_left_alone_is_asked_at_once_when_the_author_wants(
    desk: Desk, town: DemoServer
) -> None:
    blog = desk.blog
    await town.follow("alice", blog.actor)
    await blog.settled()
    await blog.delivered()
    town.status_for_inbox = lambda _: 500
    await blog.publish("First")
    await blog.delivered()
    for hours in (1, 2, 3, 6):
        await blog.later(timedelta(hours=hours))
        await blog.delivered()
    path = f"/admin/servers/{authority_of(town.origin)}"
    listed = await desk.page("/admin/servers")
    assert path in listed.links and "trouble" in listed.text
    page = (await desk.page(path)).text
    assert "Failures in a row 5" in page and "Left alone until" in page
    assert "1 waiting, 0 failed" in page and "First" in page and "alice" in page
    assert "follows the blog" in page, "what came from it"

    town.status_for_inbox = lambda _: None
    await desk.submit(f"{path}/retry")
    await blog.delivered()
    assert len(activities(town, "Create")) == 1
    assert "well" in (await desk.page(path)).text
    assert (await desk.get("/admin/servers/no%20server")).status_code == 404


async def test_the_page_of_a_post_hears_how_far_it_is(desk: Desk, town: DemoServer) -> None:
    blog = desk.blog
    await town.follow("alice", blog.actor)
    await blog.settled()
    await blog.delivered()
    town.status_for_inbox = lambda _: 503
    post = await blog.publish("Live")
    await blog.delivered()
    town.status_for_inbox = lambda _: None
    async with _events(desk, f"/admin/posts/{post.key}/deliveries/live") as told:
        assert await anext(told) == "0 1 0 0"
        await desk.submit(f"/admin/posts/{post.key}/deliveries/retry")
        assert await anext(told) == "1 0 0 0"


async def test_without_scripts_a_page_loads_itself_again_until_everybody_has_answered(
    desk: Desk, town: DemoServer
) -> None:
    blog = desk.blog
    await town.follow("alice", blog.actor)
    await blog.settled()
    await blog.delivered()
    soon = blog.blog.now_ms() + 3_600_000
    async with blog.blog.db.transaction() as tx:
        await set_failed(
            tx, authority_of(town.origin), failures=5, not_before=soon, answer="no answer"
        )
    path = f"/admin/posts/{(await blog.publish('Fresh')).key}/deliveries"
    assert 'http-equiv="refresh"' in (await desk.get(path)).text
    await blog.later(timedelta(minutes=11))
    assert 'http-equiv="refresh"' not in (await desk.get(path)).text, "not for hours"
    await desk.submit(f"{path}/retry")
    await blog.delivered()
    page = (await desk.get(path)).text
    assert 'http-equiv="refresh"' not in page and "1 of 1</strong> server has it." in page


async def test_incoming_is_looked_through_and_leads_to_what_it_is_about(
    desk: Desk, town: DemoServer, village: DemoServer
) -> None:
    blog = desk.blog
    await town.follow("alice", blog.actor)
    post = await blog.publish("Talked about")
    note, number = await reply_to(blog, town, post, "<p>Hello.</p>")
    await Sender(blog, village, "chiyo").send(Sender(blog, village, "chiyo").view())
    await blog.settled()

    page = await desk.page("/admin/incoming")
    assert f"/admin/replies/{number}" in page.links
    handle = f"@alice@{authority_of(town.origin)}"
    [block] = {link for link in page.links if link.startswith("/admin/blocks?") and "alice" in link}
    assert (await desk.page(block)).values["value"] == handle
    here = await desk.get(f"/admin/replies/{number}")
    assert here.headers["location"].endswith(f"/thread#reply-{number}")
    for query, found in (
        (f"person=@alice@{authority_of(town.origin)}", {"Follow", "Create"}),
        (f"person={town.people['alice'].id}&type=Create", {"Create"}),
        ("person=@nobody@nowhere.example", set()),
        (f"server={authority_of(village.origin)}", {"View"}),
        ("state=ignored", {"View"}),
        ("q=FOLLOWS%20the%20blog", {"Follow"}),
        (f"q={note.id}", {"Create"}),
        ("q=100%25", set()),
        ("type=Like", set()),
    ):
        text = (await desk.page(f"/admin/incoming?{query}")).text
        kinds = {kind for kind in ("Follow", "Create", "View") if f"{kind} from" in text}
        assert kinds == found, query


async def test_what_was_ignored_is_asked_for_again(desk: Desk, town: DemoServer) -> None:
    """The body is gone, so the reply comes from its own server."""
    blog = desk.blog
    post = await blog.publish()
    create = await Sender(blog, town, "alice").create(blog.article(post))
    note = create["object"]["id"]
    await Sender(blog, town, "alice").send(create | {"object": note})
    await blog.settled()
    [number] = await _arrivals(blog, "Create")
    async with blog.blog.db.transaction() as tx:
        await tx.execute("UPDATE arrival SET state = 'ignored' WHERE id = $1", number)
        await tx.execute("DELETE FROM reply")
    again = f"/admin/incoming/{number}/again"
    assert again in (await desk.page("/admin/incoming?state=ignored")).links
    await desk.submit(again)
    await blog.settled()
    assert (await stored(blog, note)).state == "shown"
    assert (await fates(blog))[-1] == ("Create", "done", "asked for again: shown")
    assert again not in (await desk.page("/admin/incoming")).links
    assert (await desk.submit(again)).status_code == 409


async def test_a_hidden_reply_is_shown_from_incoming(desk: Desk, town: DemoServer) -> None:
    post = await desk.blog.publish()
    note, number = await reply_to(desk.blog, town, post, "<p>Hello.</p>")
    show = f"/admin/replies/{number}/show"
    assert show not in (await desk.page("/admin/incoming")).links
    await hide_reply(desk.blog.blog, number)
    assert show in (await desk.page("/admin/incoming")).links
    await desk.submit(show)
    assert (await stored(desk.blog, note.id)).state == "shown"


async def test_what_is_turned_away_is_counted_by_server_and_reason(
    desk: Desk, town: DemoServer, village: DemoServer
) -> None:
    blog = desk.blog
    alice, chiyo = Sender(blog, town, "alice"), Sender(blog, village, "chiyo")
    for _ in range(3):
        assert (await alice.send(alice.view(), signed_body=b"{}")).status_code == 401
    await set_blocked(blog.blog, authority_of(village.origin), True)
    assert (await chiyo.send(chiyo.view())).status_code == 403
    unsigned = await blog.http.post("/inbox", json={}, headers={"Content-Type": "text/plain"})
    assert unsigned.status_code == 415

    page = (await desk.page("/admin/incoming/door")).text
    assert f"{authority_of(town.origin)} 3 × The Digest header does not match the body." in page
    assert f"{authority_of(village.origin)} 1 × This blog takes nothing from this server." in page
    assert "No server was named 1 × Send application/activity+json." in page
    server = (await desk.page(f"/admin/servers/{authority_of(village.origin)}")).text
    assert "blocked" in server and "1 × This blog takes nothing from this server." in server
    await alice.send(alice.view(), signed_body=b"{}")
    assert "4 × The Digest" in (await desk.page("/admin/incoming/door")).text


async def test_a_flood_at_the_door_takes_no_more_room_than_it_may(desk: Desk) -> None:
    blog = desk.blog.blog
    for number in range(3000):
        blog.refusals.count(f"{number}.example", "no", number)
    page = (await desk.page("/admin/incoming/door")).text
    assert "2000 × more servers, or reasons, at once than are counted one by one" in page
    for number in range(500):
        blog.refusals.count(f"late-{number}.example", "no", 10_000 + number)
    await desk.page("/admin/incoming/door")
    rows = await blog.db.rows("SELECT count(*) AS n, min(last_at) AS oldest FROM refusal")
    assert rows[0]["n"] == 1000
    assert rows[0]["oldest"] == 501


async def _numbers(blog: RunningBlog, state: str) -> list[int]:
    rows = await blog.blog.db.rows("SELECT id FROM delivery WHERE state = $1", state)
    return [int(row["id"]) for row in rows]


async def _arrivals(blog: RunningBlog, kind: str) -> list[int]:
    rows = await blog.blog.db.rows("SELECT id FROM arrival WHERE type = $1", kind)
    return [int(row["id"]) for row in rows]


@asynccontextmanager
async def _events(desk: Desk, path: str) -> AsyncIterator[AsyncIterator[str]]:
    """What a stream tells."""
    async with desk.http.stream("GET", path) as response:
        assert response.headers["content-type"].startswith("text/event-stream")

        async def told() -> AsyncIterator[str]:
            async for line in response.aiter_lines():
                if line.startswith("data: "):
                    yield line.removeprefix("data: ")

        yield told()
