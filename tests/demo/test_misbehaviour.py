"""The server does wrong exactly what it is told to."""

import time
from collections import deque

import pytest
from starlette.responses import Response

from fediblog.demo.server import DemoServer
from fediblog.demo.state import Asked, InboxAnswer
from fediblog.errors import Conflict, RemoteInvalid, RemoteRefused, RemoteUnreachable


async def test_answers_to_deliveries_are_used_up_one_by_one(
    town: DemoServer, other: DemoServer
) -> None:
    other.status_for_inbox = deque([InboxAnswer(503, retry_after=7), 202])
    alice, blog = town.people["alice"].id, other.people["blog"].id
    view = {"id": f"{alice}#views/1", "type": "View", "actor": alice, "object": blog}

    first = await town.post("alice", f"{other.origin}/inbox", view)
    second = await town.post("alice", f"{other.origin}/inbox", view)

    assert (first.status_code, first.headers["retry-after"]) == (503, "7")
    assert second.status_code == 202
    assert [each.activity for each in other.turned_away] == [view]
    assert [each.activity for each in other.received] == [view]


async def test_answers_can_depend_on_the_inbox(town: DemoServer, other: DemoServer) -> None:
    other.status_for_inbox = lambda inbox: 410 if inbox == "/inbox" else None
    post = await other.reply("blog", None, "<p>One.</p>")

    await town.like("alice", post.id)
    with pytest.raises(RemoteRefused):
        await town.reply("alice", post.id, "<p>Two.</p>")

    assert [each.activity["type"] for each in other.received] == ["Like"]


async def test_a_patient_server_delivers_again(town: DemoServer, other: DemoServer) -> None:
    town.mail.patience = (0.01, 0.01)
    other.status_for_inbox = deque([503, 500])
    post = await other.reply("blog", None, "<p>One.</p>")

    note = await town.reply("alice", post.id, "<p>Two.</p>")

    assert list(other.known) == [note.id]
    assert len(other.turned_away) == 2


async def test_patience_is_not_wasted_on_a_final_answer(
    town: DemoServer, other: DemoServer
) -> None:
    town.mail.patience = (60.0,)
    other.status_for_inbox = deque([403])
    with pytest.raises(RemoteRefused) as refusal:
        await town.follow("alice", other.people["blog"].id)
    assert refusal.value.answer_status == 403


async def test_every_answer_can_be_late(town: DemoServer, other: DemoServer) -> None:
    town.delay = 0.2
    start = time.monotonic()
    await other.signed_get(town.people["alice"].id)
    assert time.monotonic() - start >= 0.2


async def test_any_address_can_answer_anything(town: DemoServer, other: DemoServer) -> None:
    blog = other.people["blog"].id
    other.responses["/users/blog"] = Response("{}", media_type="text/plain")
    with pytest.raises(RemoteInvalid):
        await town.follow("alice", blog)


async def test_requests_are_counted_with_their_key(town: DemoServer, other: DemoServer) -> None:
    await other.signed_get(f"{town.origin}/users/alice?x=1")
    await other.mail.get(f"{town.origin}/actor", None)
    assert town.requests == [
        Asked("GET", "/users/alice", f"{other.origin}/actor#main-key"),
        Asked("GET", "/actor", None),
    ]


async def test_deeds_say_when_nobody_is_there(town: DemoServer) -> None:
    with pytest.raises(RemoteUnreachable):
        await town.follow("alice", "http://127.0.0.1:9/users/blog")
    with pytest.raises(Conflict):
        await town.undo_follow("alice", "http://127.0.0.1:9/users/other")
