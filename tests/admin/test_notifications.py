"""What the author gets to know: told once, answered in place, in a feed that nobody else finds."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import cycle
from urllib.parse import urlsplit

import feedparser
import pytest

from fediblog.actions.answer import answer_reply
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.protocol.keys import PrivateKey
from fediblog.worker.housekeeping import keep_house
from tests.admin.desk import Desk, reply_to
from tests.admin.page import read
from tests.bench import RunningBlog

PAGE = "/admin/notifications"
HOW = "/admin/settings/notifications"


@pytest.fixture
async def town(blog: RunningBlog, people_keys: tuple[PrivateKey, ...]) -> AsyncIterator[DemoServer]:
    """A server with the blog's clock."""
    keys = cycle(people_keys)
    async with running(clock=blog.clock, new_key=lambda: next(keys)) as server:
        yield server


async def told(desk: Desk, state: str = "all") -> list[str]:
    """The headings on the page, the newest first."""
    page = (await desk.get(f"{PAGE}?state={state}")).text.partition('<ol class="notices">')[2]
    found = re.findall(r"<h2>(.*?)</h2>", page.partition("</ol>")[0], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", each).split()) for each in found]


async def test_each_thing_that_happens_is_told_once(desk: Desk, town: DemoServer) -> None:
    blog = desk.blog
    await town.follow("alice", blog.actor)
    await town.follow("bob", blog.actor)
    await blog.settled()
    post = await blog.publish("Fog")
    await blog.delivered()
    note, number = await reply_to(blog, town, post, "<p>How nice.</p>")
    await town.reply("bob", blog.article(post), "<p>For you.</p>", to="direct")
    await town.quote("chiyo", blog.article(post), "<p>Read this.</p>")
    await town.report(blog.actor, [note.id], "rude")
    await blog.settled()
    # Not again: an edit, a second Follow, what the author says, and that somebody goes.
    await town.edit(note, "<p>How very nice.</p>")
    await town.follow("alice", blog.actor)
    await town.undo_follow("bob", blog.actor)
    await town.follow("bob", blog.actor)
    await blog.settled()
    await answer_reply(blog.blog, number, "Thank you.")
    assert sorted(await told(desk)) == sorted(
        [
            "Unread: Alice Okafor follows you",
            "Unread: Bob 🚲 follows you",
            "Unread: Alice Okafor replied to Fog",
            "Unread: Bob 🚲 wrote to you alone about Fog",
            "Unread: 千代 quotes Fog",
            f"Unread: {urlsplit(town.origin).netloc} reports something",
        ]
    )
    assert len(await told(desk, "replies")) == 2
    assert await told(desk, "followers") != await told(desk, "reports") != []


async def test_likes_and_boosts_are_one_line_for_a_post_and_a_day(
    desk: Desk, town: DemoServer
) -> None:
    blog = desk.blog
    post = await blog.publish("Fog")
    await town.like("alice", blog.article(post))
    await blog.settled()
    assert await told(desk) == ["Unread: Alice Okafor likes Fog"]
    await town.like("bob", blog.article(post))
    await town.announce("chiyo", blog.article(post))
    await blog.settled()
    assert await told(desk) == ["Unread: 2 people like and 1 person boosted Fog"]
    await town.undo_like("alice", blog.article(post))
    await town.undo_like("bob", blog.article(post))
    await blog.settled()
    assert await told(desk) == ["Unread: 1 person boosted Fog"]
    await blog.later(timedelta(days=1))
    await town.like("dana", blog.article(post))
    await blog.settled()
    assert (await told(desk))[0] == "Unread: دانة likes Fog"
    assert len(await told(desk)) == 2


async def test_a_reply_is_answered_hidden_and_shown_where_it_is_told_of(
    desk: Desk, town: DemoServer
) -> None:
    post = await desk.blog.publish("Fog")
    await reply_to(desk.blog, town, post, "<p>How nice.</p>")
    page = await desk.page(PAGE)
    answer = next(link for link in page.links if "/answer" in link)
    refused = await desk.submit(answer, body=" ")
    assert refused.status_code == 422
    assert "body" in read(refused).errors
    typed = await desk.submit(answer, body="x" * 200_000)
    assert read(typed).values["body"].startswith("xxx")
    there = (await desk.submit(answer, body="Thank you.")).headers["location"]
    assert there.startswith(f"{PAGE}?state=all&notice=answered#notification-")
    assert "Thank you." in (await desk.page(f"/admin/posts/{post.key}/thread")).text
    assert await told(desk, "unread") == []
    hide = next(link for link in page.links if "/hide" in link)
    assert (await desk.submit(hide)).status_code == 303
    assert "How nice." not in (await desk.blog.page(f"/articles/{post.key}")).text
    assert (await desk.submit(hide.replace("/hide", "/show"))).status_code == 303
    assert "How nice." in (await desk.blog.page(f"/articles/{post.key}")).text
    for deed in ("answer", "hide", "show"):
        assert (await desk.submit(f"{PAGE}/999/{deed}", body="?")).status_code == 404


async def test_what_is_deleted_is_told_no_more(desk: Desk, town: DemoServer) -> None:
    post = await desk.blog.publish("Fog")
    note, _ = await reply_to(desk.blog, town, post, "<p>My secret.</p>")
    await town.delete(note)
    await desk.blog.settled()
    assert await told(desk) == ["Unread: Alice Okafor replied, and it has been deleted since"]
    assert "secret" not in (await desk.get(PAGE)).text


async def test_all_are_read_but_what_has_come_since(desk: Desk, town: DemoServer) -> None:
    blog = desk.blog
    post = await blog.publish("Fog")
    await town.like("alice", blog.article(post))
    await reply_to(blog, town, post, "<p>One.</p>")
    page = await desk.page(PAGE)
    assert "(2) Notifications" in page.text
    assert "2 unread" in (await desk.page("/admin/")).text
    await blog.later(timedelta(seconds=1))
    await town.like("bob", blog.article(post))
    await reply_to(blog, town, post, "<p>Two.</p>")
    values = {name: page.values[name] for name in ("newest", "seen")}
    assert (await desk.submit(f"{PAGE}/read", **values)).status_code == 303
    left = await told(desk, "unread")
    assert [line.partition(" ")[2] for line in left] == [
        "Alice Okafor replied to Fog",
        "2 people like Fog",
    ]
    assert (await desk.submit(f"{PAGE}/read", newest="many", seen="")).status_code == 303
    assert await told(desk, "unread") == left


async def test_what_could_not_be_delivered_is_one_line_for_a_post(
    desk: Desk, town: DemoServer
) -> None:
    blog = desk.blog
    await town.follow("alice", blog.actor)
    await blog.settled()
    await blog.delivered()
    town.status_for_inbox = lambda inbox: 403
    post = await blog.publish("Fog")
    await blog.delivered()
    assert await told(desk, "failures") == ["Unread: Could not be brought to a server: Fog"]
    assert "403" in (await desk.page(f"{PAGE}?state=failures")).text
    await town.like("alice", blog.article(post))
    await blog.settled()
    assert len(await told(desk, "failures")) == 1


async def test_the_list_goes_on_by_pages_and_is_bounded(desk: Desk, town: DemoServer) -> None:
    blog = desk.blog
    async with blog.blog.db.transaction() as tx:
        await tx.execute_many(
            "INSERT INTO notification (kind, mark, words, changed_at) "
            "VALUES ('health', $1, $2, $3)",
            [(f"n{number}", f"line {number}", blog.blog.now_ms()) for number in range(10_040)],
        )
    page = await desk.get(PAGE)
    assert page.text.count('id="notification-') == 30
    assert "99+" in page.text
    older = next(link for link in read(page).links if "before=" in link)
    assert "line 10009" in (await desk.page(older)).text
    await keep_house(blog.blog)
    count = "SELECT count(*) AS n, min(id) AS low FROM notification"
    assert (await blog.blog.db.rows(count))[0]["n"] == 10_000
    await blog.later(timedelta(days=91))
    await keep_house(blog.blog)
    assert (await blog.blog.db.rows(count))[0]["n"] == 0


async def test_the_feed_is_found_by_its_address_alone(desk: Desk, town: DemoServer) -> None:
    blog = desk.blog
    post = await blog.publish("Fog & mist")
    await reply_to(blog, town, post, "<p>How <em>nice</em> &lt;b&gt;.</p>")
    assert (await blog.http.get("/notifications/.atom")).status_code == 404
    assert (await blog.http.get("/notifications/x.atom")).status_code == 404
    page = (await desk.submit(f"{HOW}/feed")).text
    address = re.findall(r"/notifications/[\w-]{40,}\.atom", page)[0]
    response = await blog.http.get(address)
    assert response.headers["cache-control"] == "no-store"
    assert "noindex" in response.headers["x-robots-tag"]
    feed = feedparser.parse(response.content)
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == ["Alice Okafor replied to “Fog & mist”"]
    assert "How nice &lt;b&gt;." in feed.entries[0].content[0].value
    assert feed.entries[0].link.startswith(f"{blog.origin}{PAGE}")

    kept = await blog.blog.db.rows("SELECT value FROM setting WHERE name = 'notification_feed'")
    assert kept[0]["value"] not in address
    assert address not in (await desk.get(HOW)).text
    again = re.findall(r"/notifications/[\w-]+\.atom", (await desk.submit(f"{HOW}/feed")).text)[0]
    assert (await blog.http.get(address)).status_code == 404
    assert (await blog.http.get(again)).status_code == 200
    assert (await desk.submit(f"{HOW}/feed", action="remove")).status_code == 303
    assert (await blog.http.get(again)).status_code == 404
