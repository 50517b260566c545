"""A block counts on every way in (K17), hides what is here, and can be taken back."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from fediblog.actions import rules
from fediblog.actions.blocking import Wanted, add_rule, end_rule
from fediblog.actions.moderate import show_reply
from fediblog.actions.moderation import change_moderation
from fediblog.demo import activities
from fediblog.demo.notes import Attachment, Extras, Note, Poll
from fediblog.demo.server import DemoServer
from fediblog.errors import RemoteRefused
from fediblog.store import rules as stored_rules
from fediblog.store.followers import count_followers
from fediblog.store.posts import Post
from tests.bench import RunningBlog
from tests.federation.records import fates, stored

_Way = Callable[[RunningBlog, DemoServer, Post], Awaitable[object]]


async def _block(
    blog: RunningBlog, town: DemoServer, kind: str, action: str, value: str = ""
) -> int:
    named = {
        "server": town.origin.partition("://")[2],
        "person": town.person("alice").id,
        "words": value,
    }[kind]
    return await add_rule(blog.blog, Wanted(kind, named, named, action, ""))


async def _inbox(blog: RunningBlog, town: DemoServer, activity: dict[str, object]) -> object:
    return await town.post("alice", blog.blog.addresses.shared_inbox, activity)


async def _followed(blog: RunningBlog, town: DemoServer, post: Post) -> object:
    alice = town.person("alice")
    follow = activities.follow(alice, f"{alice.id}#follows/1", blog.actor)
    return await _inbox(blog, town, follow)


async def _liked(blog: RunningBlog, town: DemoServer, post: Post) -> object:
    alice = town.person("alice")
    like = activities.like(alice, f"{alice.id}#likes/1", blog.article(post))
    return await _inbox(blog, town, like)


async def _replied(blog: RunningBlog, town: DemoServer, post: Post) -> object:
    note = await town.reply("alice", blog.article(post), "<p>Here I am.</p>", deliver=False)
    return await _inbox(blog, town, activities.create(note))


async def _by_id(blog: RunningBlog, town: DemoServer, post: Post) -> object:
    note = await town.reply("alice", blog.article(post), "<p>Here I am.</p>", deliver=False)
    return await _inbox(blog, town, activities.create(note) | {"object": note.id})


async def _edited(blog: RunningBlog, town: DemoServer, post: Post) -> object:
    note = await town.reply("alice", blog.article(post), "<p>Here I am.</p>", deliver=False)
    return await _inbox(blog, town, activities.update(note))


async def _reported(blog: RunningBlog, town: DemoServer, post: Post) -> object:
    alice = town.person("alice")
    return await _inbox(
        blog, town, activities.flag(alice, f"{alice.id}#flags/1", [blog.article(post)], "Bad.")
    )


async def _quoted(blog: RunningBlog, town: DemoServer, post: Post) -> object:
    note = await town.quote("alice", blog.article(post), "<p>Look.</p>", ask=False, deliver=False)
    await _inbox(blog, town, activities.quote_request(note))
    return await _inbox(blog, town, activities.create(note))


async def _as_a_parent(blog: RunningBlog, town: DemoServer, post: Post) -> object:
    """Somebody who is not blocked answers them, so that they are fetched."""
    parent = await town.reply("alice", blog.article(post), "<p>Here I am.</p>", deliver=False)
    return await town.reply("bob", parent.id, "<p>To Alice.</p>", recipients=[blog.actor])


async def _handed_on(blog: RunningBlog, town: DemoServer, post: Post) -> object:
    """Somebody who is not blocked passes on what they said."""
    note = await town.reply("alice", blog.article(post), "<p>Here I am.</p>", deliver=False)
    proven = activities.create(note) | {"signature": {"type": "RsaSignature2017"}}
    return await town.post("bob", blog.blog.addresses.shared_inbox, proven)


_WAYS = [
    _followed,
    _liked,
    _replied,
    _by_id,
    _edited,
    _reported,
    _quoted,
    _as_a_parent,
    _handed_on,
]
_TABLES = ("follower", "reaction", "quote", "report")


async def _of_alice(blog: RunningBlog, town: DemoServer) -> dict[str, int]:
    """How much there is of Alice."""
    found = {}
    for table in (*_TABLES, "reply"):
        rows = await blog.blog.db.rows(
            f"SELECT count(*) AS n FROM {table} t JOIN actor a ON a.id = t.actor_id "
            "WHERE a.uri = $1",
            town.person("alice").id,
        )
        found[table] = int(rows[0]["n"])
    return found


@pytest.mark.parametrize("kind", ["server", "person"])
@pytest.mark.parametrize("way", _WAYS)
async def test_nothing_comes_in_of_whom_is_blocked_on_any_way(
    blog: RunningBlog, town: DemoServer, way: _Way, kind: str
) -> None:
    post = await blog.publish()
    await _block(blog, town, kind, "reject")
    with suppress(RemoteRefused):
        await way(blog, town, post)
    await blog.at_rest()
    assert set((await _of_alice(blog, town)).values()) == {0}


@pytest.mark.parametrize("way", _WAYS)
async def test_each_of_these_ways_is_one(blog: RunningBlog, town: DemoServer, way: _Way) -> None:
    """Without a block something of Alice comes in by each."""
    post = await blog.publish()
    await way(blog, town, post)
    await blog.at_rest()
    assert sum((await _of_alice(blog, town)).values()) == 1


async def test_a_person_is_known_by_a_handle_too(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    handle = town.person("alice").handle.lstrip("@").lower()
    await add_rule(blog.blog, Wanted("person", handle, f"@{handle}", "reject", ""))
    await _replied(blog, town, post)
    await blog.settled()
    assert (await _of_alice(blog, town))["reply"] == 0
    assert (await fates(blog))[-1][2] == f"not taken: You have blocked @{handle}."
    answer = await _inbox(
        blog,
        town,
        {
            "type": "Like",
            "id": f"{town.person('alice').id}#1",
            "actor": town.person("alice").id,
            "object": "x:y",
        },
    )
    assert getattr(answer, "status_code", 0) == 403, "by now the handle is known at the door"


async def _busy(blog: RunningBlog, town: DemoServer) -> tuple[Post, Note]:
    """Alice follows, replies, likes and quotes; Bob answers her."""
    post = await blog.publish()
    await town.follow("alice", blog.actor)
    note = await town.reply("alice", blog.article(post), "<p>From Alice.</p>")
    await blog.settled()
    await town.reply("bob", note.id, "<p>From Bob.</p>")
    await town.like("alice", blog.article(post))
    await town.quote("alice", blog.article(post), "<p>A quote.</p>", ask=False)
    await blog.settled()
    await blog.delivered()
    return post, note


async def test_a_block_hides_what_is_here_and_its_end_brings_it_back(
    blog: RunningBlog, town: DemoServer
) -> None:
    post, note = await _busy(blog, town)
    number = await _block(blog, town, "person", "reject")
    await blog.delivered()
    page = (await blog.page(f"/articles/{post.key}")).text
    assert "From Alice." not in page and "A quote." not in page and "From Bob." in page
    reply = await stored(blog, note.id)
    assert (reply.state, reply.reason[:16]) == ("hidden", "You have blocked")
    article = (await blog.document(f"/articles/{post.key}")).json()
    assert article["likes"]["totalItems"] == 0
    assert await count_followers(blog.blog.db) == 0
    assert town.received[-1].activity["type"] == "Reject", "they are told that they do not follow"
    before = len(town.received)
    await blog.publish("Another")
    await blog.delivered()
    assert len(town.received) == before

    await end_rule(blog.blog, number)
    page = (await blog.page(f"/articles/{post.key}")).text
    assert "From Alice." in page and "A quote." in page
    article = (await blog.document(f"/articles/{post.key}")).json()
    assert article["likes"]["totalItems"] == 1
    await _liked(blog, town, post)
    await blog.settled()
    assert (await fates(blog))[-1][1] == "done"
    assert await blog.blog.db.rows("SELECT id FROM rule") == []


async def test_whom_is_silenced_goes_on_unseen(blog: RunningBlog, town: DemoServer) -> None:
    post, _ = await _busy(blog, town)
    number = await _block(blog, town, "server", "silence")
    later = await town.reply("alice", blog.article(post), "<p>Once more.</p>")
    await blog.settled()
    page = (await blog.page(f"/articles/{post.key}")).text
    assert "From Alice." not in page and "Once more." not in page
    assert (await stored(blog, later.id)).state == "hidden"
    assert await count_followers(blog.blog.db) == 1
    await end_rule(blog.blog, number)
    page = (await blog.page(f"/articles/{post.key}")).text
    assert "From Alice." in page and "Once more." in page


async def test_words_hold_or_keep_out(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    old = await town.reply("alice", blog.article(post), "<p>My casinos are best.</p>")
    await blog.settled()
    await _block(blog, town, "words", "silence", "casino*")
    held = await stored(blog, old.id)
    assert (held.state, held.reason) == ("held", "It has words that you block: casino*")
    new = await town.reply("bob", blog.article(post), "<p>Best CÁSINO.</p>")
    await blog.settled()
    assert (await stored(blog, new.id)).state == "held"
    fine = await town.reply("bob", blog.article(post), "<p>Harmless.</p>")
    await blog.settled()
    await town.edit(fine, "<p>To the casino!</p>")
    await blog.settled()
    assert (await stored(blog, fine.id)).state == "held"

    await _block(blog, town, "words", "reject", "buy now")
    await town.reply("bob", blog.article(post), "<p>Buy   NOW!</p>")
    await blog.settled()
    assert (await fates(blog))[-1][2] == "not taken: It has words that you block: buy now"


async def _quotes(blog: RunningBlog) -> list[tuple[str, int | None]]:
    """(state, the rule that hides it) of every quote."""
    rows = await blog.blog.db.rows("SELECT state, hidden_by FROM quote ORDER BY id")
    return [(row["state"], row["hidden_by"]) for row in rows]


_CASINO = "<p>The best casino.</p>"


@pytest.mark.parametrize("ask", [True, False])
async def test_rejected_words_in_a_quote_are_not_taken(
    blog: RunningBlog, town: DemoServer, ask: bool
) -> None:
    post = await blog.publish()
    await _block(blog, town, "words", "reject", "casino")
    await town.quote("alice", blog.article(post), _CASINO, ask=ask, deliver=not ask)
    await blog.at_rest()
    assert await _quotes(blog) == []
    assert (await fates(blog))[-1][2].endswith("It has words that you block: casino")
    if ask:
        assert town.received[-1].activity["type"] == "Reject"


async def test_rejected_words_take_a_permission_back_that_is_asked_for_again(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.quote("alice", blog.article(post), "<p>Fine.</p>", deliver=False)
    await blog.at_rest()
    authorization = town.received[-1].activity["result"].removeprefix(blog.origin)
    await _block(blog, town, "words", "reject", "casino")
    edited = replace(note, html=_CASINO)
    town.notes[note.id] = edited
    await town.request_quote(edited, id=f"{note.id}#again")
    await blog.at_rest()
    assert town.received[-1].activity["type"] == "Reject"
    assert (await blog.document(authorization)).status_code == 404


@pytest.mark.parametrize("ask", [True, False])
async def test_a_quote_with_silenced_words_is_not_shown_until_the_block_ends(
    blog: RunningBlog, town: DemoServer, ask: bool
) -> None:
    post = await blog.publish()
    number = await _block(blog, town, "words", "silence", "casino")
    other = await _block(blog, town, "words", "silence", "best")
    await town.quote("alice", blog.article(post), _CASINO, ask=ask, deliver=not ask)
    await blog.at_rest()
    state = "accepted" if ask else "seen"
    assert await _quotes(blog) == [(state, number)]
    assert "casino" not in (await blog.page(f"/articles/{post.key}")).text
    await end_rule(blog.blog, number)
    assert await _quotes(blog) == [(state, other)], "another block keeps it off the page"
    await end_rule(blog.blog, other)
    assert await _quotes(blog) == [(state, None)]
    assert "casino" in (await blog.page(f"/articles/{post.key}")).text


@pytest.mark.parametrize("action", ["silence", "reject"])
async def test_a_quote_is_hidden_as_long_as_an_edit_has_blocked_words(
    blog: RunningBlog, town: DemoServer, action: str
) -> None:
    post = await blog.publish()
    number = await _block(blog, town, "words", action, "casino")
    note = await town.quote("alice", blog.article(post), "<p>Fine.</p>", ask=False)
    await blog.at_rest()
    assert await _quotes(blog) == [("seen", None)]
    await town.edit(note, _CASINO)
    await blog.at_rest()
    assert await _quotes(blog) == [("seen", number)]
    await town.edit(note, "<p>Fine again.</p>")
    await blog.at_rest()
    assert await _quotes(blog) == [("seen", None)]


async def test_an_edit_does_not_show_the_quote_of_whom_is_silenced(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.quote("alice", blog.article(post), "<p>Fine.</p>", ask=False)
    await blog.at_rest()
    number = await _block(blog, town, "person", "silence")
    await town.edit(note, "<p>Finer.</p>")
    await blog.at_rest()
    assert await _quotes(blog) == [("seen", number)]


_PICTURE = Attachment("https://pictures.example/1.png", "image/png", "A casino at night")
_ASKED = Poll(("The beach", "The casino"), (1, 2))


@pytest.mark.parametrize("action", ["silence", "reject"])
@pytest.mark.parametrize("extras", [Extras(attachments=(_PICTURE,)), Extras(poll=_ASKED)])
async def test_words_are_sought_beside_the_text(
    blog: RunningBlog, town: DemoServer, extras: Extras, action: str
) -> None:
    post = await blog.publish()
    old = await town.reply("alice", blog.article(post), "<p>Look.</p>", extras=extras)
    await blog.at_rest()
    await _block(blog, town, "words", action, "casino")
    assert (await stored(blog, old.id)).state == "held"
    new = await town.reply("bob", blog.article(post), "<p>Look here.</p>", extras=extras)
    await blog.at_rest()
    assert (await fates(blog))[-1][2].endswith("It has words that you block: casino")
    if action == "silence":
        assert (await stored(blog, new.id)).state == "held"


async def test_words_are_sought_in_the_name_of_who_writes(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    old = await town.reply("alice", blog.article(post), "<p>Look.</p>")
    await blog.at_rest()
    await _block(blog, town, "words", "silence", "okafor")
    new = await town.reply("alice", blog.article(post), "<p>Again.</p>")
    await blog.at_rest()
    assert [(await stored(blog, each.id)).state for each in (old, new)] == ["held", "held"]


async def test_words_come_in_by_no_edit_of_what_stands_beside_the_text(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    await _block(blog, town, "words", "silence", "casino")
    note = await town.reply("alice", blog.article(post), "<p>Look.</p>")
    await blog.at_rest()
    town.notes[note.id] = replace(note, extras=Extras(attachments=(_PICTURE,)))
    await town.edit(note, "<p>Look.</p>")
    await blog.at_rest()
    assert (await stored(blog, note.id)).state == "held"


async def test_what_waited_beneath_and_has_words_comes_back_when_their_block_ends(
    blog: RunningBlog, town: DemoServer
) -> None:
    await change_moderation(blog.blog, {"comment_policy": "first"})
    post = await blog.publish()
    known = await town.reply("bob", blog.article(post), "<p>Known.</p>")
    await blog.at_rest()
    await show_reply(blog.blog, (await stored(blog, known.id)).id)
    held = await town.reply("alice", blog.article(post), "<p>Held.</p>")
    await blog.at_rest()
    beneath = await town.reply("bob", held.id, _CASINO, recipients=[blog.actor])
    await blog.at_rest()
    number = await _block(blog, town, "words", "silence", "casino")
    await show_reply(blog.blog, (await stored(blog, held.id)).id)
    reply = await stored(blog, beneath.id)
    assert (reply.state, reply.reason) == ("held", "It has words that you block: casino")
    await end_rule(blog.blog, number)
    assert (await stored(blog, beneath.id)).state == "shown"


async def test_a_server_that_was_blocked_earlier_still_is(
    blog: RunningBlog, town: DemoServer
) -> None:
    """The rules are read anew when another process has changed them."""
    post = await blog.publish()
    await _replied(blog, town, post)
    await blog.settled()
    async with blog.blog.db.transaction() as tx:
        await tx.execute(
            "INSERT INTO rule (kind, value, label, action, note, created_at, done_at) "
            "VALUES ('server', $1, $1, 'reject', '', 0, 0)",
            town.origin.partition("://")[2],
        )
        await tx.execute(
            "INSERT INTO setting (name, value) VALUES ('rules_version', '7') "
            "ON CONFLICT (name) DO UPDATE SET value = '7'"
        )
    answer = await _liked(blog, town, post)
    assert getattr(answer, "status_code", 0) == 403


async def test_a_rule_counts_that_was_written_after_one_that_was_not(
    blog: RunningBlog, town: DemoServer
) -> None:
    """What a transaction sees of the rules is kept, and must not be taken for later ones."""
    post = await blog.publish()
    await _block(blog, town, "words", "reject", "casino")
    with suppress(ZeroDivisionError):
        async with blog.blog.db.transaction() as tx:
            other = {"kind": "server", "value": "x.example", "label": "x.example"}
            await stored_rules.set_rule(tx, **other, action="reject", note="", now=1)
            await rules.rules_in_force(blog.blog, tx)
            raise ZeroDivisionError
    await _block(blog, town, "server", "reject")
    answer = await _liked(blog, town, post)
    assert getattr(answer, "status_code", 0) == 403
