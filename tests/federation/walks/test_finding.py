"""Replies that nobody delivers are found by walking through what other servers list (C7, C8)."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from starlette.responses import Response

from fediblog.actions.blocking import set_blocked
from fediblog.actions.fetch_note import fetch_note
from fediblog.actions.take_reply import take_note
from fediblog.demo.notes import Listing
from fediblog.demo.server import DemoServer
from fediblog.demo.wire import activitypub
from fediblog.store.replies import get_reply
from tests.bench import RunningBlog
from tests.federation.records import stored, thread
from tests.federation.thread_page import Shape
from tests.federation.walks.walking import asked, crawl_of, walk

NOBODY: list[str] = []


@pytest.mark.parametrize("listing", ["mastodon", "embedded", "paged"])
@pytest.mark.parametrize("secure", [False, True])
async def test_what_answers_a_reply_is_found_level_by_level(
    blog: RunningBlog, town: DemoServer, listing: Listing, secure: bool
) -> None:
    """In one round, with whatever form of collection, and from secure servers too."""
    town.listing, town.require_signed_fetch = listing, secure
    post = await blog.publish()
    parent = await town.reply("alice", blog.article(post), "<p>Level 0</p>")
    for level in range(1, 5):
        name = ["alice", "bob"][level % 2]
        parent = await town.reply(name, parent.id, f"<p>Level {level}</p>", mention=NOBODY)
    await blog.settled()
    assert await thread(blog, post) == [("Level 0", [])]

    await walk(blog)
    expected: Shape = []
    for level in reversed(range(5)):
        expected = [(f"Level {level}", expected)]
    assert await thread(blog, post) == expected
    assert (await crawl_of(blog, post)).found == 4
    assert town.refused == []


async def test_the_authors_own_and_everybody_elses_are_found(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    """Mastodon has the author's own on the first page, and links to the others'."""
    post = await blog.publish()
    top = await town.reply("alice", blog.article(post), "<p>Top</p>")
    await town.reply("alice", top.id, "<p>Own</p>", mention=NOBODY)
    await town.reply("bob", top.id, "<p>Near</p>", mention=NOBODY)
    await village.reply("bob", top.id, "<p>Far</p>", mention=[town.person("alice").id])
    await walk(blog)
    assert await thread(blog, post) == [("Top", [("Own", []), ("Near", []), ("Far", [])])]


async def test_an_ordered_collection_is_read_page_by_page(
    blog: RunningBlog, town: DemoServer
) -> None:
    town.listing = "paged"
    post = await blog.publish()
    top = await town.reply("alice", blog.article(post), "<p>Top</p>")
    for number in range(23):
        await town.reply("bob", top.id, f"<p>{number}</p>", mention=NOBODY)
    await walk(blog)
    assert await thread(blog, post) == [("Top", [(str(number), []) for number in range(23)])]


async def test_a_whole_thread_is_found_through_its_context(
    blog: RunningBlog, town: DemoServer
) -> None:
    """C8: where replies are not listed one by one, the thread may be."""
    town.listing, town.offers_contexts, town.copies_conversation = "none", True, True
    post = await blog.publish()
    top = await town.reply("alice", blog.article(post), "<p>Top</p>")
    below = await town.reply("bob", top.id, "<p>Below</p>", mention=NOBODY)
    await town.reply("chiyo", below.id, "<p>Bottom</p>", mention=NOBODY)
    await walk(blog)
    assert await thread(blog, post) == [("Top", [("Below", [("Bottom", [])])])]
    rows = await blog.blog.db.rows("SELECT reply_id, url FROM collection")
    assert [(row["reply_id"], row["url"]) for row in rows] == [(None, top.context)]


async def test_a_list_that_is_said_to_be_of_reply_and_thread_goes_with_the_reply(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    top = await town.reply("alice", blog.article(post), "<p>Top</p>")
    await blog.settled()
    note = await fetch_note(blog.blog, top.id)
    assert note is not None
    both = f"{top.id}2/all"
    await take_note(blog.blog, replace(note, id=f"{top.id}2", replies=both, context=both))
    number = (await stored(blog, f"{top.id}2")).id
    rows = await blog.blog.db.rows("SELECT reply_id FROM collection WHERE url = $1", both)
    assert [row["reply_id"] for row in rows] == [number]


async def test_k18_private_replies_are_not_taken(blog: RunningBlog, town: DemoServer) -> None:
    """K18: not even if somebody lists them, whole."""
    town.listing = "embedded"
    post = await blog.publish()
    top = await town.reply("alice", blog.article(post), "<p>Top</p>")
    secret = await town.reply("bob", top.id, "<p>Psst</p>", mention=NOBODY, to="followers")
    whole = await town.mail.document(top.id, None)
    whole = {**whole, "id": secret.id, "inReplyTo": top.id, "to": [f"{top.author.id}/followers"]}
    _list(town, top.id, [secret.id, {**whole, "cc": []}])
    await walk(blog)
    assert await thread(blog, post) == [("Top", [])]
    assert await get_reply(blog.blog.db, secret.id) is None


async def test_what_is_here_costs_no_request_and_what_is_unchanged_is_not_sent_again(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    top = await town.reply("alice", blog.article(post), "<p>Top</p>")
    for number in range(3):
        await town.reply("bob", top.id, f"<p>{number}</p>")
    await walk(blog)
    town.requests.clear()
    town.unchanged.clear()

    await walk(blog)
    replies = [f"{urlsplit(reply).path}/replies" for reply in (top.id, *town.notes)]
    assert {each.path for each in town.requests if "/statuses/" in each.path} == set(replies)
    assert len(town.unchanged) == asked(town) == 2 * 4, "a collection and a page for each reply"

    late = await town.reply("chiyo", top.id, "<p>Late</p>", mention=NOBODY)
    town.requests.clear()
    await walk(blog)
    assert (await stored(blog, late.id)).state == "shown"


async def test_an_item_whose_server_was_down_is_found_later(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    """The list that named it has not changed meanwhile, and yet must be looked at again."""
    post = await blog.publish()
    top = await town.reply("alice", blog.article(post), "<p>Top</p>")
    await village.reply("bob", top.id, "<p>Far</p>", mention=[town.person("alice").id])
    village.down = True
    await walk(blog)
    assert await thread(blog, post) == [("Top", [])]
    village.down = False
    await walk(blog)
    assert await thread(blog, post) == [("Top", [("Far", [])])]


async def test_an_edit_that_comes_with_a_list_is_applied(
    blog: RunningBlog, town: DemoServer
) -> None:
    town.listing = "embedded"
    post = await blog.publish()
    top = await town.reply("alice", blog.article(post), "<p>Top</p>")
    below = await town.reply("bob", top.id, "<p>First words</p>")
    await blog.settled()
    town.notes[below.id] = below
    await town.edit(town.notes[below.id], "<p>Second thoughts</p>")
    stale = await town.mail.document(below.id, None)
    await blog.settled()
    assert await thread(blog, post) == [("Top", [("Second thoughts", [])])]

    _list(town, top.id, [{**stale, "content": "<p>Older</p>", "updated": stale["published"]}])
    await walk(blog)
    assert await thread(blog, post) == [("Top", [("Second thoughts", [])])]

    later = stale["updated"].replace("20", "21", 1)
    _list(town, top.id, [{**stale, "content": "<p>Third time</p>", "updated": later}])
    await walk(blog)
    assert await thread(blog, post) == [("Top", [("Third time", [])])]


async def test_k6_what_claims_to_come_along_is_fetched_unless_its_own_server_says_it(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    """K6: the village puts words into Bob's mouth, and invents a note of his."""
    village.listing = "embedded"
    post = await blog.publish()
    top = await village.reply("alice", blog.article(post), "<p>Top</p>")
    true = await town.reply(
        "bob", top.id, "<p>What Bob said</p>", mention=NOBODY, recipients=NOBODY
    )
    document = await town.mail.document(true.id, None)
    forged = {**document, "content": "<p>Forged</p>"}
    invented = {**forged, "id": f"{town.person('bob').id}/statuses/1"}
    misattributed = {**forged, "id": f"{village.person('bob').id}/statuses/2"}
    _list(village, top.id, [forged, invented, misattributed])
    await walk(blog)
    assert await thread(blog, post) == [("Top", [("What Bob said", [])])]


async def test_k17_blocked_servers_are_neither_asked_nor_believed(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    """K17."""
    post = await blog.publish()
    top = await town.reply("alice", blog.article(post), "<p>Top</p>")
    spam = await village.reply("bob", top.id, "<p>Spam</p>", mention=[town.person("alice").id])
    other = await village.reply("alice", blog.article(post), "<p>Seen before the block</p>")
    await blog.settled()
    await set_blocked(blog.blog, urlsplit(village.origin).netloc, True)
    village.requests.clear()
    await walk(blog)
    assert asked(village) == 0
    assert await get_reply(blog.blog.db, spam.id) is None
    assert (await stored(blog, other.id)).state == "hidden"


async def test_a_collection_that_is_gone_is_forgotten(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    top = await town.reply("alice", blog.article(post), "<p>Top</p>")
    town.responses[f"{urlsplit(top.id).path}/replies"] = Response(status_code=404)
    await walk(blog)
    assert await blog.blog.db.rows("SELECT id FROM collection") == []


def _list(town: DemoServer, note_id: str, items: list[object]) -> None:
    """Let the town list these as the replies to a note."""
    town.responses[f"{urlsplit(note_id).path}/replies"] = collection(note_id, items)


def collection(note_id: str, items: list[object], **more: object) -> Response:
    """The replies to a note, all at once."""
    address = f"{note_id}/replies"
    return activitypub({"id": address, "type": "Collection", "items": items, **more})
