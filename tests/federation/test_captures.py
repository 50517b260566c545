"""What GoToSocial sent, byte for byte, does at our inbox what it was sent for (N1-N9)."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from fediblog.actions.take_reply import take_note
from fediblog.protocol.incoming import parse_json, parse_note
from fediblog.store import actors, posts
from fediblog.store.followers import list_followers
from fediblog.store.moments import to_ms
from fediblog.store.reactions import count_reactions
from fediblog.store.reports import list_reports
from tests.bench import Bench
from tests.federation.captured_senders import ALICE, DAVE, HOST
from tests.federation.captured_target import (
    CAPTURED,
    Target,
    add_answer,
    send_as_captured,
    target,
)
from tests.federation.inbox.contents import contents
from tests.federation.records import fates, stored
from tests.federation.thread_page import shape

STATUSES = f"{ALICE}/statuses"

#: The replies of Alice, by what they are.
REPLY = f"{STATUSES}/01M81VDSWNPRJM2TH06BQ7THM0"
UNLISTED = f"{STATUSES}/01M81VDV9S967GQBPWEEMD3F58"
FOLLOWERS_ONLY = f"{STATUSES}/01M81VDVDBKKW1V73RPK0X7VSY"
DIRECT = f"{STATUSES}/01M81VDVGYZKNVHXVTETE29X7W"
WARNED = f"{STATUSES}/01M81VDVSEHS57K4NKN5GDRK0P"
MARKDOWN = f"{STATUSES}/01M81VDVX1SXC1N28RAD977CJ6"
POLL = f"{STATUSES}/01M81VDW0QS6QG7GHFFHH020JV"
NESTED = f"{STATUSES}/01M81VDW51Q4DQ1D6F6PPW85SR"
FOR_APPROVAL = f"{STATUSES}/01M81VDWG35NXJHD5K71V1H708"
OF_DAVE = f"{DAVE}/statuses/01M81VDZAGGKCZSDZD4GMJGESR"


@pytest.fixture
async def author(bench: Bench, tmp_path: Path) -> AsyncIterator[Target]:
    """The blog of `author`, to whom most of the captures were sent."""
    async with target(bench, tmp_path, "author") as blog:
        yield blog


@pytest.fixture
async def reader(bench: Bench, tmp_path: Path) -> AsyncIterator[Target]:
    """The blog of `reader`, who was somebody else in the same place."""
    async with target(bench, tmp_path, "reader") as blog:
        yield blog


async def test_what_it_looks_up_before_it_sends_anything_is_there(author: Target) -> None:
    for number in range(1, 8):
        request = CAPTURED[f"{number:02}"]
        author.running.clock.fixed = request.sent_at
        assert await send_as_captured(author.running, request) == 200, request.name


async def test_the_whole_conversation_does_what_it_was_sent_for(author: Target) -> None:
    """All captures for this inbox, in their order, each with its effect."""
    running, db = author.running, author.running.blog.db

    assert await author.replay(11) == [202]
    (follower,) = await list_followers(db, before=None, limit=9)
    follow = json.loads(CAPTURED["11"].body)
    assert (follower.uri, follower.handle, follower.follow_id) == (
        ALICE,
        f"alice@{HOST}",
        follow["id"],
    )
    await running.delivered()
    (accept,) = author.senders.received
    assert accept["type"] == "Accept"
    assert (accept["object"]["id"], accept["object"]["actor"]) == (follow["id"], ALICE)

    assert await author.replay(12) == [202]
    assert await author.fate() == ("Follow", "ignored", "a follow of somebody who is not here")

    assert await author.replay(13) == [202]
    reply = await stored(running, REPLY)
    assert reply.state == "shown"
    assert "A public reply to your article, with a mention. &lt;b&gt;not html" in reply.html
    assert f"@alice@{HOST}" in await author.page("full")

    assert await author.replay(14) == [202]
    assert await author.fate() == ("Create", "ignored", "no reply")

    assert await author.replay(15) == [202]
    edited = await stored(running, REPLY)
    assert "EDITED reply" in edited.html
    assert edited.updated_at == to_ms(CAPTURED["15"].sent_at)

    assert await author.replay(16, 17, 18) == [202] * 3
    states = [(await stored(running, uri)).state for uri in (UNLISTED, FOLLOWERS_ONLY, DIRECT)]
    assert states == ["shown", "private", "private"]

    assert await author.replay(19, 20, 21) == [202] * 3
    assert (await stored(running, WARNED)).warning == "content warning"
    markdown = (await stored(running, MARKDOWN)).html
    assert "<strong>bold</strong>" in markdown and "<li>a</li>" in markdown
    assert "which?" in (await stored(running, POLL)).html
    page = await author.page("full")
    warned = page.partition('<details class="warning">')[2].partition("</details>")[0]
    assert "with picture" in warned and 'aria-label="alt of attached picture"' in warned
    assert warned.count("<rect") == 24
    poll = page.partition('<div class="poll">')[2].partition("</div>")[0]
    assert all(words in poll for words in (">one</span>", ">two</span>", "0 people have voted."))
    assert "open until" in poll and poll.count("<meter") == 2

    answer = await add_answer(running, "n1", to=await stored(running, UNLISTED))
    assert await author.replay(22) == [202]
    nested = await stored(running, NESTED)
    assert (nested.parent_id, nested.depth) == (answer.id, 2)

    post = await posts.get_post(db, "full")
    assert post is not None
    assert await author.replay(23) == [202]
    assert await count_reactions(db, ("post", post.id)) == {"like": 1}
    assert '1<span class="vh"> like</span>' in await author.page("full")
    assert await author.replay(24, 25) == [202] * 2
    assert await count_reactions(db, ("post", post.id)) == {"announce": 1}
    page = await author.page("full")
    assert '1<span class="vh"> boost</span>' in page and "> like<" not in page
    assert await author.replay(26) == [202]
    assert await count_reactions(db, ("post", post.id)) == {}
    assert 'id="reactions"' not in await author.page("full")

    assert await author.replay(27) == [202]
    assert "please approve" in await author.page("approval")

    assert await author.replay(28) == [202]
    assert (await stored(running, REPLY)).state == "deleted"

    assert shape(await author.page("full")) == [
        ("unlisted reply", [("The author's answer", [("answer at level 3", [])])]),
        ("with picture # tagged", []),
        ("bold l a b code q", []),
        ("which?", []),
    ]

    assert await author.replay(29, 30) == [202] * 2
    assert await list_followers(db, before=None, limit=9) == []
    (report,) = await list_reports(db, closed=False, before=None, limit=9)
    assert (report.content, report.authority) == ("this is spam", HOST)
    assert json.loads(report.objects) == [running.actor, running.blog.addresses.article("full")]
    alice = await actors.get_actor(db, ALICE)
    assert alice is not None and alice.blocks_us_at is None
    assert await author.replay(31) == [202]
    alice = await actors.get_actor(db, ALICE)
    assert alice is not None and alice.blocks_us_at == to_ms(CAPTURED["31"].sent_at)
    assert await author.replay(32) == [202]
    alice = await actors.get_actor(db, ALICE)
    assert alice is not None and alice.blocks_us_at is None
    assert [fate[:2] for fate in (await fates(running))[-4:]] == [
        ("Flag", "done"),
        ("Undo", "done"),
        ("Block", "done"),
        ("Undo", "done"),
    ]

    assert await author.replay(36, 40) == [202] * 2
    assert (await stored(running, OF_DAVE)).actor_uri == DAVE
    assert "soon gone" in await author.page("nosummary")


async def test_what_is_for_somebody_else_finds_nobody(author: Target) -> None:
    before = await contents(author.running.blog)
    assert await author.replay(33, 34, 35, 37, 38, 39, 41) == [404] * 7
    assert await contents(author.running.blog) == before


async def test_k18_private_replies_are_nowhere_in_public(author: Target) -> None:
    """K18, with a followers-only and a direct reply as they really come (N5)."""
    await author.replay(13, 17, 18)
    assert (await stored(author.running, DIRECT)).state == "private"

    paths = ["/", "/articles/full", "/articles/full/replies?page=true", "/contexts/full?page=true"]
    paths += ["/users/author/outbox?page=true", "/nodeinfo/2.1"]
    public = [(await author.running.document(path)).text for path in paths]
    public.append(await author.page("full"))
    assert sum(REPLY in text for text in public) >= 3
    for text in public:
        assert DIRECT not in text and "direct reply" not in text
        assert FOLLOWERS_ONLY not in text and "followers-only reply" not in text


async def test_another_who_was_there_gets_what_was_for_them(reader: Target) -> None:
    """Accept, Reject and Move are taken politely, a profile is updated, and an account goes with
    everything that it said."""
    running = reader.running
    note = parse_json(CAPTURED["40"].body)["object"]
    await take_note(running.blog, parse_note(note))
    assert "soon gone" in await reader.page("nosummary")

    assert await reader.replay(33, 34, 35, 36, 37, 38, 39) == [202] * 7
    assert [fate[:2] for fate in await fates(running)] == [
        ("Accept", "ignored"),
        ("Update", "done"),
        ("Create", "ignored"),
        ("Reject", "ignored"),
        ("Accept", "ignored"),
        ("Move", "ignored"),
        ("Accept", "ignored"),
    ]
    alice = await actors.get_actor(running.blog.db, ALICE)
    assert alice is not None and alice.name == "Alice Display"

    assert await reader.replay(41) == [202]
    dave = await actors.get_actor(running.blog.db, DAVE)
    assert dave is not None and dave.gone_at is not None
    assert (await stored(running, OF_DAVE)).state == "deleted"
    assert shape(await reader.page("nosummary")) == []


async def test_a_block_ends_the_follow_that_was_there(author: Target) -> None:
    await author.replay(11, 31)
    assert await list_followers(author.running.blog.db, before=None, limit=9) == []


async def test_a_move_to_an_address_of_ours_is_none(reader: Target) -> None:
    """Carol moved to somebody who was on the same server as the blog in these captures."""
    assert await reader.replay(38) == [202]
    assert await reader.fate() == (
        "Move",
        "ignored",
        "a move to an address of this blog, where nobody can move to",
    )


async def test_one_flipped_bit_of_a_body_is_refused(author: Target) -> None:
    await author.replay(11)
    for name, request in list(CAPTURED.items())[10:]:
        if request.path != "/users/author/inbox" or name == "11":
            continue
        middle = len(request.body) // 2
        flipped = bytes([request.body[middle] ^ 1])
        forged = replace(request, body=request.body[:middle] + flipped + request.body[middle + 1 :])
        author.running.clock.fixed = request.sent_at
        before = await contents(author.running.blog)
        assert await send_as_captured(author.running, forged) == 401, request.name
        assert await contents(author.running.blog) == before


async def test_the_same_request_again_is_taken_and_changes_nothing(author: Target) -> None:
    """K13: within the window every request can be sent again by whoever saw it."""
    await author.replay(11, 13, 30)
    before = await contents(author.running.blog)
    assert await author.replay(11, 13, 30) == [202] * 3
    assert await contents(author.running.blog) == before


async def test_an_hour_and_six_minutes_later_it_is_too_old(author: Target) -> None:
    before = await contents(author.running.blog)
    author.running.clock.fixed = CAPTURED["13"].sent_at.replace(hour=15, minute=51)
    assert await send_as_captured(author.running, CAPTURED["11"]) == 401
    assert await contents(author.running.blog) == before
    assert author.senders.requests == []
