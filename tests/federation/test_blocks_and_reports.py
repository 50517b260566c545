"""Somebody blocks the blog (G11), or a server reports something that is on it (G12)."""

from typing import Any

import pytest

from fediblog.actions.answer import answer_reply
from fediblog.demo import activities as demo
from fediblog.demo.server import DemoServer
from fediblog.protocol.outgoing import encode
from fediblog.store.followers import count_followers, list_followers
from fediblog.store.reports import list_reports
from tests.admin.desk import desk_of, number_of
from tests.bench import RunningBlog, secretly
from tests.federation.records import activities, fates, stored


async def test_who_blocks_the_blog_no_longer_follows_and_gets_nothing_more(
    blog: RunningBlog, town: DemoServer
) -> None:
    await town.follow("alice", blog.actor)
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Goodbye</p>")
    await _settle(blog)
    await town.block("alice", blog.actor)
    await _settle(blog)

    assert await count_followers(blog.blog.db) == 0
    before = len(town.received)
    await blog.publish("Another post")
    await answer_reply(blog.blog, (await stored(blog, note.id)).id, "What a pity.")
    await blog.delivered()
    assert len(town.received) == before
    page = (await blog.page(f"/articles/{post.key}")).text
    assert "Goodbye" in page and "block" not in page.lower().replace("blockquote", "")


async def test_what_waits_for_them_is_not_sent_any_more(
    blog: RunningBlog, town: DemoServer
) -> None:
    await town.follow("alice", blog.actor)
    await _settle(blog)
    await secretly(blog.blog.db, "UPDATE actor SET shared_inbox = ''")
    town.status_for_inbox = lambda inbox: 503
    await blog.publish()
    await blog.delivered()
    await town.block("alice", blog.actor)
    await blog.settled()
    rows = await blog.blog.db.rows("SELECT state FROM delivery WHERE state = 'queued'")
    assert rows == []


async def test_an_inbox_that_others_share_still_gets_what_is_for_them(
    blog: RunningBlog, town: DemoServer
) -> None:
    for name in ("alice", "bob"):
        await town.follow(name, blog.actor)
    await _settle(blog)
    await town.block("alice", blog.actor)
    await _settle(blog)
    await blog.publish()
    await blog.delivered()
    assert [each["type"] for each in activities(town, "Create")] == ["Create"]
    assert town.received[-1].inbox == "/inbox"


@pytest.mark.parametrize("by_id", [False, True], ids=["embedded", "by its id"])
async def test_a_block_is_undone_in_either_form(
    blog: RunningBlog, town: DemoServer, by_id: bool
) -> None:
    """G6: afterwards they are like everybody else, and no follower before they say so."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Hello</p>")
    block = await town.block("alice", blog.actor)
    undo = demo.undo(town.person("alice"), block)
    await _post(blog, town, undo | {"object": block["id"]} if by_id else undo)

    assert (await fates(blog))[-1] == ("Undo", "done", "no longer blocks the blog")
    assert await count_followers(blog.blog.db) == 0
    await answer_reply(blog.blog, (await stored(blog, note.id)).id, "Welcome back.")
    await blog.delivered()
    assert len(activities(town, "Create")) == 1


async def test_nobody_undoes_somebody_elses_block(blog: RunningBlog, town: DemoServer) -> None:
    await town.follow("bob", blog.actor)
    block = await town.block("alice", blog.actor)
    bob = town.person("bob")
    undo = demo.undo(bob, block) | {"id": f"{bob.id}#undo/1"}
    for each in (undo, undo | {"id": f"{bob.id}#undo/2", "object": block["id"]}):
        await _post(blog, town, each, name="bob")
        assert (await fates(blog))[-1][1] == "ignored"
    rows = await blog.blog.db.rows("SELECT uri FROM actor WHERE blocks_us_at IS NOT NULL")
    assert [row["uri"] for row in rows] == [town.person("alice").id]


async def test_an_undo_of_another_block_undoes_nothing(blog: RunningBlog, town: DemoServer) -> None:
    block = await town.block("alice", blog.actor)
    alice = town.person("alice")
    other = block | {"object": "https://elsewhere.test/users/x", "id": f"{alice.id}#blocks/x"}
    await _post(blog, town, demo.undo(alice, other))
    await _post(blog, town, demo.undo(alice, other) | {"object": other["id"]})
    rows = await blog.blog.db.rows("SELECT uri FROM actor WHERE blocks_us_at IS NOT NULL")
    assert [row["uri"] for row in rows] == [alice.id]


async def test_who_follows_again_blocks_no_longer(blog: RunningBlog, town: DemoServer) -> None:
    await town.block("alice", blog.actor)
    await town.follow("alice", blog.actor)
    await _settle(blog)
    assert town.following["alice"] == {blog.actor}
    await blog.publish()
    await blog.delivered()
    assert len(activities(town, "Create")) == 1


async def test_a_block_of_somebody_else_changes_nothing(
    blog: RunningBlog, town: DemoServer
) -> None:
    await town.follow("alice", blog.actor)
    await _settle(blog)
    alice = town.person("alice")
    await _post(blog, town, demo.block(alice, f"{alice.id}#blocks/1", f"{blog.origin}/actor"))
    assert len(await list_followers(blog.blog.db, before=None, limit=9)) == 1


async def test_a_report_is_kept_shown_to_the_author_and_closed(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish("The post")
    note = await town.reply("alice", blog.article(post), "<p>Something <b>rude</b></p>")
    await blog.settled()
    await town.report(blog.actor, [blog.article(post), note.id], "This is <i>spam</i>.")
    await blog.settled()

    number = await number_of(blog, note.id)
    async with desk_of(blog) as desk:
        nav = await desk.page("/admin/posts")
        assert "Reports 1 open" in nav.text
        page = await desk.page("/admin/reports")
        for words in ("127.0.0.1", "This is <i>spam</i>.", "Something rude", "The post"):
            assert words in page.text, words
        assert "the server does not say who" in page.text
        assert page.inline == []
        hide = f"/admin/replies/{number}/hide"
        assert hide in page.links
        assert (await desk.submit(hide)).status_code == 303
        page = await desk.page("/admin/reports")
        assert hide not in page.links and "hidden" in page.text

        close = next(link for link in page.links if link.endswith("/close"))
        assert (await desk.submit(close)).headers["location"] == "/admin/reports?notice=closed"
        assert "Nothing is reported" in (await desk.page("/admin/reports")).text
        assert "rude" in (await desk.page("/admin/reports?state=closed")).text
        assert "open" not in (await desk.page("/admin/posts")).text
        assert (await desk.submit("/admin/reports/999/close")).status_code == 404


@pytest.mark.parametrize(
    "objects",
    [
        lambda actor, article: actor,
        lambda actor, article: [actor, article],
        lambda actor, article: [{"type": "Person", "id": actor}, {"type": "Note", "id": article}],
        lambda actor, article: {"id": article, "type": "Article", "content": "<p>x</p>"},
        lambda actor, article: ["https://elsewhere.test/users/x", article],
    ],
    ids=["one id", "ids", "objects", "one object", "among others"],
)
async def test_what_is_reported_may_be_named_in_any_form(
    blog: RunningBlog, town: DemoServer, objects: Any
) -> None:
    """G12: and it needs no id of its own."""
    post = await blog.publish()
    flag = {
        "type": "Flag",
        "actor": town.instance.id,
        "object": objects(blog.actor, blog.article(post)),
    }
    await _flag(blog, town, flag)
    assert (await fates(blog))[-1] == ("Flag", "done", "a report: it is among the reports")
    (report,) = await list_reports(blog.blog.db, closed=False, before=None, limit=9)
    assert "elsewhere" not in report.objects


async def test_a_report_of_nothing_that_is_here_is_ignored(
    blog: RunningBlog, town: DemoServer
) -> None:
    draft = "20260101-draft"
    for uri in (
        "https://elsewhere.test/1",
        blog.blog.addresses.article(draft),
        f"{blog.origin}/2026/01/%00",
        blog.origin,
    ):
        await _flag(blog, town, {"type": "Flag", "actor": town.instance.id, "object": uri})
        assert (await fates(blog))[-1] == ("Flag", "ignored", "a report of nothing that is here")


async def test_the_same_report_is_kept_once(blog: RunningBlog, town: DemoServer) -> None:
    flag = await town.report(blog.actor, [])
    await blog.settled()
    await _flag(blog, town, flag | {"content": "again"})
    assert len(await list_reports(blog.blog.db, closed=False, before=None, limit=9)) == 1


async def test_one_server_cannot_fill_the_desk(blog: RunningBlog, town: DemoServer) -> None:
    for number in range(102):
        flag = {"id": f"{town.origin}/reports/{number}", "type": "Flag", "object": blog.actor}
        await _flag(blog, town, flag | {"actor": town.instance.id}, settle=False)
    await blog.settled(seconds=60)
    assert len(await list_reports(blog.blog.db, closed=False, before=None, limit=200)) == 100


async def _settle(blog: RunningBlog) -> None:
    await blog.settled()
    await blog.delivered()


async def _post(
    blog: RunningBlog,
    town: DemoServer,
    activity: dict[str, Any],
    *,
    name: str = "alice",
) -> None:
    answer = await town.post(name, blog.blog.addresses.shared_inbox, activity)
    assert answer.status_code == 202, answer.text
    await blog.settled()


async def _flag(
    blog: RunningBlog, town: DemoServer, flag: dict[str, Any], *, settle: bool = True
) -> None:
    """Deliver a report with the signature of the server itself."""
    inbox = blog.blog.addresses.inbox
    headers = town.mail.seal(town.instance).headers("POST", inbox, encode(flag))
    answer = await town.mail.post(inbox, encode(flag), list(headers.items()))
    assert answer.status_code == 202, answer.text
    if settle:
        await blog.settled()
