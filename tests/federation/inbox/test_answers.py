"""What an inbox answers, and whom it asks before (B13-B15)."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.responses import Response

from fediblog.actions.accept_delivery import MAX_BODY
from fediblog.actions.blocking import set_blocked
from fediblog.demo.server import DemoServer
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.keys import PrivateKey
from fediblog.protocol.outgoing import encode
from tests.bench import RunningBlog, until
from tests.federation.inbox.contents import nothing_written
from tests.federation.inbox.senders import Sender, newcomer

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data"])
async def test_another_content_type_is_415(alice: Sender, content_type: str) -> None:
    async with nothing_written(alice.blog):
        answer = await _send_as(alice, content_type)
    assert answer.status_code == 415


async def test_no_content_type_is_415(alice: Sender) -> None:
    async with nothing_written(alice.blog):
        answer = await _send_as(alice, None)
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "content_type",
    [
        "application/activity+json; charset=utf-8",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
    ],
)
async def test_both_content_types_of_the_fediverse_are_taken(
    alice: Sender, content_type: str
) -> None:
    assert (await _send_as(alice, content_type)).status_code == 202


async def test_more_than_a_megabyte_is_413(alice: Sender) -> None:
    view = alice.view() | {"content": "x" * MAX_BODY}
    async with nothing_written(alice.blog):
        answer = await alice.send(view)
    assert answer.status_code == 413


async def test_more_than_a_megabyte_is_413_before_it_ends(alice: Sender, blog: RunningBlog) -> None:
    """In chunks, so that its length is not told; no more of it is waited for."""
    headers = alice.sealed(alice.view()) | {"Transfer-Encoding": "chunked"}
    head = ["POST /inbox HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    async with nothing_written(blog):
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(blog.address).port)
        writer.write("\r\n".join([*head, "", ""]).encode() + chunk * (MAX_BODY // 0x10000 + 1))
        try:
            answer = await asyncio.wait_for(reader.readline(), 5)
        finally:
            writer.close()
    assert b" 413 " in answer


async def test_just_under_a_megabyte_is_taken(alice: Sender) -> None:
    view = alice.view() | {"content": ""}
    view["content"] = "x" * (MAX_BODY - len(encode(view)))
    assert (await alice.send(view)).status_code == 202


async def test_a_blocked_server_is_403(blog: RunningBlog, village: DemoServer) -> None:
    dana = Sender(blog, village, "dana")
    assert (await dana.send(dana.view())).status_code == 202
    host = authority_of(village.origin)
    await set_blocked(blog.blog, host, True)
    async with nothing_written(blog):
        answer = await dana.send(dana.view())
    assert answer.status_code == 403

    await set_blocked(blog.blog, host, False)
    assert (await dana.send(dana.view())).status_code == 202


async def test_the_inbox_of_somebody_else_is_404(alice: Sender, blog: RunningBlog) -> None:
    view = alice.view()
    inbox = f"{blog.origin}/users/nobody/inbox"
    async with nothing_written(blog):
        answer = await alice.server.post("alice", inbox, view)
    assert answer.status_code == 404


async def test_the_personal_inbox_takes_what_the_shared_one_takes(
    alice: Sender, blog: RunningBlog
) -> None:
    answer = await alice.server.post("alice", f"{blog.actor}/inbox", alice.view())
    assert answer.status_code == 202


async def test_an_inbox_cannot_be_read(blog: RunningBlog) -> None:
    assert (await blog.document("/inbox")).status_code == 405


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
async def test_b14_a_key_that_cannot_be_had_now_is_503_and_had_by_the_retry(
    blog: RunningBlog, village: DemoServer, status: int
) -> None:
    stranger = newcomer(blog, village, f"weak{status}")
    view = stranger.view()
    village.responses[stranger.path] = Response(status_code=status)
    async with nothing_written(blog):
        answer = await stranger.send(view)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0

    del village.responses[stranger.path]
    assert (await stranger.send(view)).status_code == 202


@pytest.mark.parametrize("status", [404, 410])
async def test_b14_a_key_that_is_gone_is_401(
    blog: RunningBlog, village: DemoServer, status: int
) -> None:
    stranger = newcomer(blog, village, f"gone{status}")
    village.responses[stranger.path] = Response(status_code=status)
    async with nothing_written(blog):
        answer = await stranger.send(stranger.view())
    assert answer.status_code == 401


async def test_b13_a_new_key_is_fetched_once(blog: RunningBlog, village: DemoServer) -> None:
    bob = Sender(blog, village, "bob")
    assert (await bob.send(bob.view())).status_code == 202
    village.people["bob"] = replace(bob.person, key=PrivateKey.generate())
    asked = _fetches(bob)
    assert (await bob.send(bob.view())).status_code == 202
    assert (await bob.send(bob.view())).status_code == 202
    assert _fetches(bob) - asked == 1


async def test_b13_a_signature_that_does_not_hold_costs_one_fetch(
    alice: Sender, bob: Sender
) -> None:
    asked = _fetches(alice)
    async with nothing_written(alice.blog):
        answer = await alice.send(alice.view(), sign_with=bob.person.key)
    assert answer.status_code == 401
    assert _fetches(alice) - asked == 1


async def test_somebody_known_costs_no_fetch(alice: Sender) -> None:
    asked = _requests(alice.server)
    assert (await alice.send(alice.view())).status_code == 202
    assert _requests(alice.server) == asked


@pytest.mark.parametrize("form", ["an id", "a Tombstone", "whole"])
async def test_b15_a_delete_from_somebody_unknown_costs_no_fetch(
    blog: RunningBlog, village: DemoServer, form: str
) -> None:
    """Most of what a server gets are accounts that go, whose keys are gone with them."""
    nomad = newcomer(blog, village, "nomad")
    gone: Any = {
        "an id": nomad.id,
        "a Tombstone": {"id": nomad.id, "type": "Tombstone"},
        "whole": {"id": nomad.id, "type": "Person", "inbox": f"{nomad.id}/inbox"},
    }[form]
    asked = _requests(village)
    async with nothing_written(blog):
        answer = await nomad.send(nomad.view() | {"type": "Delete", "object": gone})
    assert answer.status_code == 202
    assert _requests(village) == asked


async def test_a_slow_stranger_holds_nobody_up(alice: Sender, village: DemoServer) -> None:
    """While a server takes its time over forty keys, Alice's reply comes, and is shown."""
    blog = alice.blog
    post = await blog.publish()
    strangers = [newcomer(blog, village, f"slow{number}") for number in range(40)]
    village.delay = 3.0
    slow = [asyncio.create_task(each.send(each.follow())) for each in strangers]

    async def shown() -> bool:
        return "1 response" in (await blog.page(f"/articles/{post.key}")).text

    try:
        await asyncio.sleep(0.1)
        create = await alice.create(blog.article(post))
        assert (await alice.send(create)).status_code == 202
        await until(shown)
        assert sum(task.done() for task in slow) < len(slow) / 2, "they come two by two"
    finally:
        village.delay = 0.0
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)


async def _send_as(sender: Sender, content_type: str | None) -> httpx.Response:
    """A delivery of another type, which the signature leaves open as GoToSocial's does (N1)."""
    wrong = {"headers": {"Content-Type": content_type}, "omit": {"content-type"}}
    return await sender.send(sender.view(), **wrong)


def _fetches(sender: Sender) -> int:
    return sum(each.method == "GET" and each.path == sender.path for each in sender.server.requests)


def _requests(server: DemoServer) -> int:
    """How many there were, but for the pictures, which are fetched at leisure."""
    return sum(not each.path.startswith("/avatars/") for each in server.requests)
