"""Replies with a proof of their own go on, unchanged, to the followers' servers (D2, D4)."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import count, cycle
from typing import Any
from urllib.parse import urlsplit

import pytest

from fediblog.actions.blocking import set_blocked
from fediblog.actions.moderate import hide_reply, show_reply
from fediblog.actions.moderation import change_moderation
from fediblog.demo import activities
from fediblog.demo.notes import Note, Visibility
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.demo.state import Received
from fediblog.protocol.keys import PrivateKey
from fediblog.store.outbox import add_activity, add_deliveries
from fediblog.worker.housekeeping import keep_house
from tests.admin.desk import desk_of, number_of
from tests.bench import RunningBlog, until
from tests.federation.records import fates, stored, thread

SIGNATURE = {"signature": {"type": "RsaSignature2017", "signatureValue": "bm90IGNoZWNrZWQ="}}
_seconds = count(1)


@pytest.fixture
async def village(
    blog: RunningBlog, town: DemoServer, people_keys: tuple[PrivateKey, ...]
) -> AsyncIterator[DemoServer]:
    """Where two of the followers are; the third is in the town, where the replies come from."""
    keys = cycle(people_keys)
    async with running(new_key=lambda: next(keys)) as server:
        await server.follow("bob", blog.actor)
        await server.follow("chiyo", blog.actor)
        await town.follow("dana", blog.actor)
        await blog.settled()
        await blog.delivered()
        yield server


async def test_d2_the_very_bytes_go_on_once_for_each_server(
    blog: RunningBlog, town: DemoServer, village: DemoServer, caplog: pytest.LogCaptureFixture
) -> None:
    post = await blog.publish()
    note = await _note(blog, town, blog.article(post), "<p>Hello</p>")
    create = activities.create(note) | SIGNATURE
    body = json.dumps(create, indent=3).encode()
    await blog.delivered()

    async def is_told() -> bool:
        """Whether the log says that what came was handed on, under the id under which it came."""
        told = (vars(each)["fields"] for each in caplog.records if each.msg == "delivery attempted")
        return [each["activity"] for each in told].count(create["id"]) == 1

    with caplog.at_level("INFO", "fediblog.actions"):
        await _send(blog, town, body)
        # It says so once the record is on disk, where others may see it first.
        await until(is_told)

    assert await thread(blog, post) == [("Hello", [])]
    (handed_on,) = _forwarded(village)
    assert handed_on.body == body
    assert handed_on.inbox == "/inbox"
    assert handed_on.key_id == f"{blog.actor}#main-key"
    assert _forwarded(town) == []


async def test_d2_what_is_held_goes_on_once_it_is_approved(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    await change_moderation(blog.blog, {"comment_policy": "all"})
    post = await blog.publish()
    note = await _note(blog, town, blog.article(post), "<p>Hello</p>")
    body = json.dumps(activities.create(note) | SIGNATURE, indent=3).encode()
    await _send(blog, town, body)
    assert _forwarded(village) == []
    await show_reply(blog.blog, await number_of(blog, note.id))
    await blog.delivered()
    (handed_on,) = _forwarded(village)
    assert handed_on.body == body
    assert _forwarded(town) == []


@pytest.mark.parametrize(
    "proof",
    [SIGNATURE, {"proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022"}}],
    ids=["signature", "proof"],
)
async def test_d2_either_kind_of_proof_will_do(
    blog: RunningBlog, town: DemoServer, village: DemoServer, proof: dict[str, Any]
) -> None:
    post = await blog.publish()
    note = await _note(blog, town, blog.article(post), "<p>Hello</p>")
    await _send(blog, town, activities.create(note) | proof)
    assert len(_forwarded(village)) == 1


async def test_d3_without_a_proof_nothing_goes_on(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Hello</p>")
    await town.edit(note, "<p>Hello!</p>")
    await town.delete(note)
    await _settle(blog)
    assert _forwarded(village) == []


@pytest.mark.parametrize("to", ["followers", "direct"])
async def test_d4_nothing_private_goes_on(
    blog: RunningBlog, town: DemoServer, village: DemoServer, to: Visibility
) -> None:
    post = await blog.publish()
    note = await _note(blog, town, blog.article(post), "<p>For you</p>", to=to)
    await _send(blog, town, activities.create(note) | SIGNATURE)
    await _send(blog, town, activities.update(_later(note, "<p>Still</p>")) | SIGNATURE)
    await _send(blog, town, activities.delete(note) | SIGNATURE)
    assert [fate[1] for fate in (await fates(blog))[-3:]] == ["done"] * 3
    assert _forwarded(village) == []


async def test_d4_what_is_about_nothing_of_ours_does_not_go_on(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    note = await _note(blog, town, f"{village.origin}/users/bob/statuses/1", "<p>Hello</p>")
    await _send(blog, town, activities.create(replace(note, in_reply_to=None)) | SIGNATURE)
    await _send(blog, town, activities.update(_later(note, "<p>!</p>")) | SIGNATURE)
    await _send(blog, town, activities.delete(note) | SIGNATURE)
    assert _forwarded(village) == []


async def test_d2_servers_that_had_it_from_its_author_are_left_out(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    bob = village.person("bob").id
    note = await _note(blog, town, blog.article(post), "<p>Hello</p>", mention=[bob])
    await _send(blog, town, activities.create(note) | SIGNATURE)
    assert await thread(blog, post) == [("Hello", [])]
    assert _forwarded(village) == []


async def test_d4_only_what_has_changed_something_goes_on(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    """So what comes back, by whichever way, ends here."""
    post = await blog.publish()
    note = await _note(blog, town, blog.article(post), "<p>Zero</p>")
    create = activities.create(note) | SIGNATURE
    older = activities.update(_later(note, "<p>One</p>", 1)) | SIGNATURE
    town.notes[note.id] = _later(note, "<p>Two</p>", 2)
    newer = activities.update(town.notes[note.id]) | SIGNATURE
    delete = activities.delete(note) | SIGNATURE
    for activity in (create, create, newer, older, newer, delete, delete, create, newer):
        await _send(blog, town, activity)
    assert [each.activity["type"] for each in _forwarded(village)] == ["Create", "Update", "Delete"]
    for activity in (create, newer, delete):
        answer = await village.post("bob", blog.blog.addresses.shared_inbox, activity)
        assert answer.status_code == 202
    await _settle(blog)
    assert len(_forwarded(village)) == 3


async def test_however_often_somebody_edits_others_get_it_once_a_minute(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    note = await _note(blog, town, blog.article(post), "<p>Zero</p>")
    await _send(blog, town, activities.create(note) | SIGNATURE)
    for number in range(1, 6):
        town.notes[note.id] = _later(note, f"<p>Edit {number}</p>", number)
        await _send(blog, town, activities.update(town.notes[note.id]) | SIGNATURE)
    assert await _queued(blog) == ["Update"]

    await blog.later(timedelta(minutes=1))
    await blog.delivered()
    edits = [each.activity["object"]["content"] for each in _forwarded(village)[1:]]
    assert [each.rpartition("Edit ")[2] for each in edits] == ["1</p>", "5</p>"]


async def test_an_edit_that_says_nothing_new_does_not_go_on(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    note = await _note(blog, town, blog.article(post), "<p>Zero</p>")
    await _send(blog, town, activities.create(note) | SIGNATURE)
    await _send(blog, town, activities.update(_later(note, "<p>Zero</p>", 1)) | SIGNATURE)
    assert [each.activity["type"] for each in _forwarded(village)] == ["Create"]


async def test_one_server_cannot_fill_the_queue(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    """A hundred of its activities wait already, for a server that has nothing to do with it."""
    later = blog.blog.now_ms() + 3_600_000
    async with blog.blog.db.transaction() as tx:
        for number in range(100):
            uri = f"{town.origin}/notes/{number}"
            row = await add_activity(
                tx, key=f"k{number}", type="Create", object_uri=uri, body=b"{}", now=0,
                forwarded=True,
            )  # fmt: skip
            pairs = [("https://far.example/inbox", "far.example")]
            await add_deliveries(tx, row, uri, pairs, later)
    post = await blog.publish()
    note = await _note(blog, town, blog.article(post), "<p>One more</p>")
    await _send(blog, town, activities.create(note) | SIGNATURE)
    assert await thread(blog, post) == [("One more", [])]
    assert _forwarded(village) == []


async def test_what_another_server_told_first_goes_on_when_its_author_sends_it(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    note = await _note(blog, town, blog.article(post), "<p>Hello</p>")
    create = activities.create(note) | SIGNATURE
    answer = await village.post("bob", blog.blog.addresses.shared_inbox, create)
    assert answer.status_code == 202
    await _settle(blog)
    assert await thread(blog, post) == [("Hello", [])]
    assert _forwarded(village) == []
    forged = replace(note, html="<p>Something else</p>")
    await _send(blog, town, activities.create(forged) | SIGNATURE)
    assert _forwarded(village) == []
    await _send(blog, town, create)
    await _send(blog, town, create)
    assert len(_forwarded(village)) == 1


async def test_d4_a_reply_that_waits_goes_on_when_it_has_its_place(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    parent = await _note(blog, town, blog.article(post), "<p>Parent</p>", note_id="nowhere")
    child = await _note(blog, town, parent.id, "<p>Child</p>")
    body = json.dumps(activities.create(child) | SIGNATURE, indent=1).encode()
    await _send(blog, town, body)
    assert _forwarded(village) == []
    await _send(blog, town, activities.create(parent))
    assert await thread(blog, post) == [("Parent", [("Child", [])])]
    assert [each.body for each in _forwarded(village)] == [body]
    assert await _kept(blog) == 0


async def test_d4_after_a_week_it_does_not_go_on_any_more(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    parent = await _note(blog, town, blog.article(post), "<p>Parent</p>", note_id="nowhere")
    child = await _note(blog, town, parent.id, "<p>Child</p>")
    await _send(blog, town, activities.create(child) | SIGNATURE)
    await blog.later(timedelta(days=6))
    await keep_house(blog.blog)
    assert await _kept(blog) == 1
    await blog.later(timedelta(days=2))
    await keep_house(blog.blog)
    assert await _kept(blog) == 0


async def test_d4_what_is_hidden_does_not_go_on(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    note = await _note(blog, town, blog.article(post), "<p>Rude</p>")
    village.status_for_inbox = lambda inbox: 503
    await _send(blog, town, activities.create(note) | SIGNATURE)
    await hide_reply(blog.blog, (await stored(blog, note.id)).id)
    await _send(blog, town, activities.update(_later(note, "<p>Ruder</p>")) | SIGNATURE)
    assert await _queued(blog) == []


@pytest.mark.parametrize("end", ["Delete", "private", "account"])
async def test_what_is_taken_back_is_not_handed_on_any_more(
    blog: RunningBlog, town: DemoServer, village: DemoServer, end: str
) -> None:
    post = await blog.publish()
    note = await _note(blog, town, blog.article(post), "<p>Too much</p>")
    village.status_for_inbox = lambda inbox: 503
    await _send(blog, town, activities.create(note) | SIGNATURE)
    assert await _queued(blog) == ["Create"]
    match end:
        case "Delete":
            await _send(blog, town, activities.delete(note) | SIGNATURE)
        case "private":
            private = replace(_later(note, "<p>For you</p>"), to="followers")
            await _send(blog, town, activities.update(private) | SIGNATURE)
        case _:
            await _send(blog, town, activities.delete_person(note.author))
    assert await _queued(blog) == (["Delete"] if end == "Delete" else [])


async def test_k17_nothing_goes_on_to_a_blocked_server(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    await set_blocked(blog.blog, urlsplit(village.origin).netloc, True)
    note = await _note(blog, town, blog.article(post), "<p>Hello</p>")
    await _send(blog, town, activities.create(note) | SIGNATURE)
    assert await thread(blog, post) == [("Hello", [])]
    assert _forwarded(village) == []


async def test_what_others_said_is_not_served_as_ours_and_is_named_as_theirs(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    note = await _note(blog, town, blog.article(post), "<p>Hello</p>")
    await _send(blog, town, activities.create(note) | SIGNATURE)
    keys = await blog.blog.db.rows("SELECT key FROM activity WHERE forwarded = $1", True)
    assert len(keys) == 1
    assert (await blog.document(f"/activities/{keys[0]['key']}")).status_code == 404
    async with desk_of(blog) as desk:
        page = await desk.page("/admin/deliveries")
        assert "somebody's reply, passed on" in page.text
    await keep_house(blog.blog)
    bodies = await blog.blog.db.rows("SELECT body FROM activity WHERE forwarded = $1", True)
    assert [bytes(row["body"]) for row in bodies] == [b""]


async def _note(
    blog: RunningBlog,
    town: DemoServer,
    parent: str,
    html: str,
    *,
    to: Visibility = "public",
    mention: list[str] | None = None,
    note_id: str | None = None,
) -> Note:
    """A note of Alice that is not sent yet. note_id: where nobody can fetch it from."""
    return await town.reply(
        "alice",
        parent,
        html,
        to=to,
        mention=[blog.actor] if mention is None else mention,
        recipients=[],
        deliver=False,
        note_id=f"{town.origin}/{note_id}" if note_id else None,
    )


def _later(note: Note, html: str, seconds: int = 60) -> Note:
    return replace(note, html=html, updated=note.published + timedelta(seconds=seconds))


async def _send(blog: RunningBlog, town: DemoServer, activity: dict[str, Any] | bytes) -> None:
    """Alice delivers; never the very same request twice."""
    date = town.clock() + timedelta(seconds=next(_seconds))
    answer = await town.post("alice", blog.blog.addresses.shared_inbox, activity, date=date)
    assert answer.status_code == 202, answer.text
    await _settle(blog)


async def _settle(blog: RunningBlog) -> None:
    await blog.settled()
    await blog.delivered()


def _forwarded(server: DemoServer) -> list[Received]:
    """What came to a server from the blog and is somebody else's."""
    return [each for each in server.received if each.signer != each.activity["actor"]]


async def _queued(blog: RunningBlog) -> list[str]:
    """The types of what is still to be handed on."""
    rows = await blog.blog.db.rows(
        "SELECT a.type FROM delivery d JOIN activity a ON a.id = d.activity_id "
        "WHERE d.state = 'queued' AND a.forwarded = $1 ORDER BY d.id",
        True,
    )
    return [str(row["type"]) for row in rows]


async def _kept(blog: RunningBlog) -> int:
    rows = await blog.blog.db.rows("SELECT id FROM reply WHERE proof_body IS NOT NULL")
    return len(rows)
