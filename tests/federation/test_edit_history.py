"""The earlier texts of a reply: kept with each edit, shown as long as the reply is."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx

from fediblog.actions.answer import answer_post, delete_answer, edit_answer
from fediblog.actions.moderate import hide_reply, show_reply
from fediblog.demo import activities
from fediblog.demo.notes import Extras, Note, Poll, Visibility
from fediblog.demo.server import DemoServer
from tests.bench import RunningBlog
from tests.captures_reader import gotosocial_requests
from tests.federation.records import fates, stored, thread


async def test_each_text_is_kept_with_its_time(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish("The post")
    note = await town.reply("alice", blog.article(post), "<p>Teh <em>first</em></p>")
    await _edit(blog, town, note, "<p>The <em>first</em></p>", 60)
    await _edit(blog, town, note, "<p>The <em>second</em></p>", 120)
    number = (await stored(blog, note.id)).id

    page = (await blog.page(f"/articles/{post.key}")).text
    assert f'href="/replies/{number}/history" rel="nofollow" title="edited ' in page
    history = await _history(blog, note)
    assert history.status_code == 200
    assert '<meta name="robots" content="noindex">' in history.text
    texts = ["<em>second</em>", "<em>first</em></p></div>", "<p>Teh <em>first</em>"]
    places = [history.text.index(text) for text in texts]
    assert places == sorted(places)
    for seconds in (0, 60, 120):
        assert f"{note.published + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}Z" in history.text
    assert "<del>Teh</del>" in history.text and "<ins>The</ins>" in history.text
    assert f"/replies/{number}" in history.text


async def test_n4_two_updates_under_one_id_as_gotosocial_sends_them(
    blog: RunningBlog, town: DemoServer
) -> None:
    """The document as it was captured, with one-element lists collapsed (N5), but for whose it is;
    both edits count and are in the history, and the first one again changes nothing."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Zero</p>")
    await blog.settled()
    captured = next(each for each in gotosocial_requests() if each.name.startswith("15-"))
    updates = []
    for minutes, text in enumerate(("One", "Two"), start=1):
        document = json.loads(captured.body) | {
            "id": f"{note.id}/activity#Update",
            "actor": note.author.id,
        }
        moment = note.published + timedelta(minutes=minutes)
        document["object"] |= {
            "id": note.id,
            "attributedTo": note.author.id,
            "inReplyTo": blog.article(post),
            "content": f"<p>{text}</p>",
            "contentMap": {"en": f"<p>{text}</p>"},
            "updated": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        }
        updates.append(document)
        await _post(blog, town, document)
    assert isinstance(updates[0]["to"], str) and isinstance(updates[0]["object"]["tag"], dict)

    assert await thread(blog, post) == [("Two", [])]
    assert await _revisions(blog, note) == ["<p>Zero</p>", "<p>One</p>"]
    latest = note.published + timedelta(minutes=2)
    town.notes[note.id] = replace(note, html="<p>Two</p>", updated=latest)
    again = town.clock() + timedelta(seconds=5)
    answer = await town.post("alice", blog.blog.addresses.shared_inbox, updates[0], date=again)
    assert answer.status_code == 202
    await blog.settled()
    assert await thread(blog, post) == [("Two", [])]


async def test_what_was_never_edited_has_a_history_of_one(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Once</p>")
    await blog.settled()
    assert "/history" not in (await blog.page(f"/articles/{post.key}")).text
    history = await _history(blog, note)
    assert history.status_code == 200 and "No other text of it is known here" in history.text


async def test_what_changes_nothing_that_is_shown_makes_no_history(
    blog: RunningBlog, town: DemoServer
) -> None:
    """An Update with the same text, by its time or without any."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>One</p>")
    await _edit(blog, town, note, "<p>One</p>", 60)
    await _post(blog, town, activities.update(note))
    assert await _revisions(blog, note) == []


async def test_the_new_counts_of_a_poll_are_no_edit(blog: RunningBlog, town: DemoServer) -> None:
    """Mastodon tells of them in an Update without a time of its own."""
    post = await blog.publish()
    poll = Poll(("Tea", "Coffee"), votes=(1, 0))
    note = await town.reply("alice", blog.article(post), "<p>Which?</p>", extras=Extras(poll=poll))
    await blog.settled()
    before = await stored(blog, note.id)
    await town.recount(note, (5, 3))
    await blog.settled()

    assert (await fates(blog))[-1] == ("Update", "done", "edited")
    kept = await stored(blog, note.id)
    assert kept.updated_at is None and kept.poll != before.poll
    assert await _revisions(blog, note) == []


async def test_what_was_not_public_is_in_no_history(blog: RunningBlog, town: DemoServer) -> None:
    """From private to public the page shows it, but never what was said in private (K18)."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>A secret</p>", to="direct")
    await _edit(blog, town, note, "<p>For all</p>", 60, to="public")

    assert await thread(blog, post) == [("For all", [])]
    assert await _revisions(blog, note) == ["<p>A secret</p>"]
    history = await _history(blog, note)
    assert history.status_code == 200
    assert "For all" in history.text and "secret" not in history.text


async def test_the_history_goes_off_the_page_with_its_reply(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Too much</p>")
    await _edit(blog, town, note, "<p>Between us</p>", 60, to="followers")
    assert (await _history(blog, note)).status_code == 404

    await _edit(blog, town, note, "<p>For all</p>", 120, to="public")
    assert (await _history(blog, note)).status_code == 200
    assert "Between us" not in (await _history(blog, note)).text

    number = (await stored(blog, note.id)).id
    await hide_reply(blog.blog, number)
    assert (await _history(blog, note)).status_code == 404
    await show_reply(blog.blog, number)
    assert (await _history(blog, note)).status_code == 200


async def test_a_deleted_reply_takes_its_history_along(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Never</p>")
    await _edit(blog, town, note, "<p>Mind</p>", 60)
    assert await _revisions(blog, note) == ["<p>Never</p>"]
    await town.delete(note)
    await blog.settled()
    assert (await _history(blog, note)).status_code == 404
    assert await _revisions(blog, note) == []


async def test_a_history_does_not_grow_without_end(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>0</p>")
    for number in range(1, 53):
        await _edit(blog, town, note, f"<p>{number}</p>", number)
    kept = await _revisions(blog, note)
    assert len(kept) == 50 and kept[-1] == "<p>51</p>"


async def test_an_edit_of_what_still_waits_has_no_history(
    blog: RunningBlog, town: DemoServer
) -> None:
    """Nobody has read the first text; and whoever waits in vain can be dropped."""
    await blog.publish()
    lost = f"{town.origin}/users/bob/statuses/1"
    note = await town.reply("alice", lost, "<p>0</p>", mention=[], recipients=[blog.actor])
    await _edit(blog, town, note, "<p>1</p>", 60)
    assert await _revisions(blog, note) == []
    await town.delete(note)
    await blog.settled()
    assert (await fates(blog))[-1] == ("Delete", "done", "deleted")


async def test_the_authors_own_answers_have_a_history_too(blog: RunningBlog) -> None:
    post = await blog.publish()
    answer = await answer_post(blog.blog, post.key, "Teh answer")
    await edit_answer(blog.blog, answer.id, "The answer")
    history = await blog.page(f"/replies/{answer.id}/history")
    assert "Teh answer" in history.text and "The answer" in history.text
    await delete_answer(blog.blog, answer.id)
    assert (await blog.page(f"/replies/{answer.id}/history")).status_code == 404
    assert await blog.blog.db.rows("SELECT id FROM reply_revision") == []


async def test_no_history_where_there_is_no_reply(blog: RunningBlog) -> None:
    assert (await blog.page("/replies/1/history")).status_code == 404


async def _edit(
    blog: RunningBlog,
    town: DemoServer,
    note: Note,
    html: str,
    seconds: int,
    *,
    to: Visibility | None = None,
) -> None:
    """An Update so many seconds after the note was written, taken in."""
    edited = replace(
        note, html=html, updated=note.published + timedelta(seconds=seconds), to=to or note.to
    )
    town.notes[note.id] = edited
    await _post(blog, town, activities.update(edited))


async def _post(blog: RunningBlog, town: DemoServer, activity: dict[str, Any]) -> None:
    answer = await town.post("alice", blog.blog.addresses.shared_inbox, activity)
    assert answer.status_code == 202, answer.text
    await blog.settled()


async def _history(blog: RunningBlog, note: Note) -> httpx.Response:
    return await blog.page(f"/replies/{(await stored(blog, note.id)).id}/history")


async def _revisions(blog: RunningBlog, note: Note) -> list[str]:
    rows = await blog.blog.db.rows(
        "SELECT v.html FROM reply_revision v JOIN reply r ON r.id = v.reply_id "
        "WHERE r.uri = $1 ORDER BY v.id",
        note.id,
    )
    return [str(row["html"]) for row in rows]
