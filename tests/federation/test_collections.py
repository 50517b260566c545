"""Collections with real pages: followers, outbox, replies, the whole thread."""

from collections.abc import Sequence
from typing import Any

from fediblog.actions.answer import answer_post, delete_answer
from fediblog.actions.delete_post import delete_post
from fediblog.demo.server import DemoServer
from fediblog.protocol.outgoing import ACTIVITY_JSON
from fediblog.store.actors import NewActor, set_actor
from fediblog.store.followers import set_follower
from tests.bench import RunningBlog
from tests.federation.records import stored

_PER_PAGE = 20
_REPLIES_PER_PAGE = 50


async def test_followers_are_listed_in_pages(blog: RunningBlog) -> None:
    """F1."""
    followers = [f"https://elsewhere.test/users/{number}" for number in range(_PER_PAGE + 5)]
    await _add_followers(blog, followers)
    whole = (await blog.document("/users/blog/followers")).json()
    assert (whole["type"], whole["totalItems"]) == ("OrderedCollection", len(followers))
    pages = await _pages(blog, whole)
    assert [len(page["orderedItems"]) for page in pages] == [_PER_PAGE, 5]
    assert [uri for page in pages for uri in page["orderedItems"]] == followers[::-1]


async def test_pages_do_not_shift_when_somebody_new_comes(blog: RunningBlog) -> None:
    followers = [f"https://elsewhere.test/users/{number}" for number in range(_PER_PAGE + 5)]
    await _add_followers(blog, followers)
    first = (await blog.document("/users/blog/followers?page=true")).json()
    await _add_followers(blog, ["https://elsewhere.test/users/new"])
    second = (await blog.document(first["next"])).json()
    assert first["orderedItems"] + second["orderedItems"] == followers[::-1]


async def test_the_outbox_has_creates_with_the_newest_first(blog: RunningBlog) -> None:
    """F2."""
    posts = [await blog.publish(f"Post {number}") for number in range(_PER_PAGE + 2)]
    whole = (await blog.document("/users/blog/outbox")).json()
    assert (whole["type"], whole["totalItems"]) == ("OrderedCollection", len(posts))
    pages = await _pages(blog, whole)
    assert [len(page["orderedItems"]) for page in pages] == [_PER_PAGE, 2]
    creates = [create for page in pages for create in page["orderedItems"]]
    assert {create["type"] for create in creates} == {"Create"}
    assert [create["object"]["id"] for create in creates] == [
        blog.article(post) for post in reversed(posts)
    ]
    for create in creates:
        assert create["actor"] == create["object"]["attributedTo"] == blog.actor
        assert create["to"] == create["object"]["to"]
        assert create["id"].startswith(create["object"]["id"])
        assert "@context" not in create
    last = (await blog.document(whole["last"])).json()
    assert last["orderedItems"][-1]["object"]["id"] == blog.article(posts[0])
    assert "next" not in last


async def test_the_replies_of_a_post_are_listed_in_pages(
    blog: RunningBlog, town: DemoServer
) -> None:
    """C13: a Collection has items, the oldest first; the first page is also inline."""
    post = await blog.publish()
    notes = await _replies(blog, town, blog.article(post), _REPLIES_PER_PAGE + 5)
    await town.reply("bob", notes[0], "<p>Beneath</p>")
    await blog.settled()

    whole = (await blog.document(f"/articles/{post.key}/replies")).json()
    assert (whole["type"], whole["totalItems"]) == ("Collection", len(notes))
    pages = await _pages(blog, whole)
    assert {page["type"] for page in pages} == {"CollectionPage"}
    assert [len(page["items"]) for page in pages] == [_REPLIES_PER_PAGE, 5]
    assert [uri for page in pages for uri in page["items"]] == notes

    inline = (await blog.document(f"/articles/{post.key}")).json()["replies"]
    assert (inline["id"], inline["type"]) == (whole["id"], "Collection")
    assert inline["totalItems"] == len(notes)
    assert inline["first"]["items"] == pages[0]["items"]
    rest = (await blog.document(inline["first"]["next"])).json()
    assert rest["items"] == pages[1]["items"]


async def test_the_replies_of_an_answer_are_listed(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    answer = await answer_post(blog.blog, post.key, "Ask me anything")
    notes = await _replies(blog, town, answer.uri, 2)
    whole = (await blog.document(f"/notes/{answer.key}/replies")).json()
    assert whole["totalItems"] == 2
    [page] = await _pages(blog, whole)
    assert page["items"] == notes
    note = (await blog.document(f"/notes/{answer.key}")).json()
    assert note["replies"]["first"]["items"] == notes
    assert (await blog.document(f"/articles/{post.key}/replies")).json()["totalItems"] == 1


async def test_the_context_has_the_whole_thread(blog: RunningBlog, town: DemoServer) -> None:
    """C15: an OrderedCollection that begins with the Article and belongs to the blog."""
    post = await blog.publish()
    answer = await answer_post(blog.blog, post.key, "Ask me anything")
    notes = await _replies(blog, town, answer.uri, _REPLIES_PER_PAGE + 3)
    whole = (await blog.document(f"/contexts/{post.key}")).json()
    assert whole["type"] == "OrderedCollection"
    assert whole["attributedTo"] == blog.actor
    assert whole["totalItems"] == len(notes) + 2
    pages = await _pages(blog, whole)
    assert len(pages) == 2
    items = [uri for page in pages for uri in page["orderedItems"]]
    assert items == [blog.article(post), answer.uri, *notes]


async def test_what_is_deleted_is_not_listed(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    first = await town.reply("alice", blog.article(post), "<p>One</p>")
    second = await town.reply("bob", first.id, "<p>Two</p>")
    await blog.settled()
    await town.delete(first)
    await blog.settled()
    assert (await stored(blog, second.id)).state == "shown"

    replies = (await blog.document(f"/articles/{post.key}/replies")).json()
    assert replies["totalItems"] == 0
    context = (await blog.document(f"/contexts/{post.key}?page=true")).json()
    assert context["orderedItems"] == [blog.article(post), second.id]


async def test_likes_and_shares_tell_their_totals_alone(blog: RunningBlog) -> None:
    """F5."""
    post = await blog.publish()
    for name in ("likes", "shares"):
        document = (await blog.document(f"/articles/{post.key}/{name}")).json()
        assert document.pop("@context")
        assert document == {
            "id": f"{blog.article(post)}/{name}",
            "type": "Collection",
            "totalItems": 0,
        }


async def test_likes_and_shares_of_an_answer_are_counted_live(
    blog: RunningBlog, town: DemoServer
) -> None:
    """A8: in the document, and at their own addresses."""
    post = await blog.publish()
    answer = await answer_post(blog.blog, post.key, "Ask me anything")
    await town.like("alice", answer.uri)
    await town.like("bob", answer.uri)
    await town.announce("bob", answer.uri)
    await blog.settled()

    note = (await blog.document(f"/notes/{answer.key}")).json()
    assert (note["likes"]["totalItems"], note["shares"]["totalItems"]) == (2, 1)
    for name, total in (("likes", 2), ("shares", 1)):
        assert (await blog.document(note[name]["id"])).json()["totalItems"] == total
    await town.undo_like("alice", answer.uri)
    await blog.settled()
    note = (await blog.document(f"/notes/{answer.key}")).json()
    assert note["likes"]["totalItems"] == 1


async def test_the_collections_of_an_answer_go_with_it(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    first = await answer_post(blog.blog, post.key, "One")
    second = await answer_post(blog.blog, post.key, "Two")
    await delete_answer(blog.blog, first.id)
    for name in ("replies", "likes", "shares"):
        assert (await blog.document(f"/notes/{first.key}/{name}")).status_code == 410
        assert (await blog.document(f"/notes/{second.key}/{name}")).status_code == 200
        assert (await blog.document(f"/notes/nothing/{name}")).status_code == 404
    await delete_post(blog.blog, post.key)
    for name in ("replies", "likes", "shares"):
        assert (await blog.document(f"/notes/{second.key}/{name}")).status_code == 410


async def test_empty_collections_are_collections(blog: RunningBlog) -> None:
    for path in ("followers", "following", "outbox", "collections/featured"):
        document = (await blog.document(f"/users/blog/{path}")).json()
        assert document["id"] == f"{blog.actor}/{path}"
        assert document["type"] == "OrderedCollection"
        assert document["totalItems"] == 0
        assert document.get("orderedItems", []) == []
        assert all(page["orderedItems"] == [] for page in await _pages(blog, document))


async def test_collections_can_be_cached_for_a_minute(blog: RunningBlog) -> None:
    """C16."""
    post = await blog.publish()
    answer = await answer_post(blog.blog, post.key, "Ask me anything")
    ours = (f"/articles/{post.key}", f"/notes/{answer.key}")
    names = ("", "/replies", "/replies?page=true", "/likes", "/shares")
    for path in (
        *(f"{each}{name}" for each in ours for name in names),
        f"/contexts/{post.key}",
        f"/contexts/{post.key}?page=true",
        "/users/blog/outbox",
    ):
        given = await blog.document(path)
        assert given.headers["cache-control"] == "public, max-age=60"
        headers = {"Accept": ACTIVITY_JSON, "If-None-Match": given.headers["etag"]}
        assert (await blog.http.get(path, headers=headers)).status_code == 304


async def test_the_collections_of_a_deleted_post_are_gone(blog: RunningBlog) -> None:
    post = await blog.publish()
    await delete_post(blog.blog, post.key)
    paths = (
        f"/articles/{post.key}/replies",
        f"/articles/{post.key}/likes",
        f"/contexts/{post.key}",
    )
    for path in paths:
        assert (await blog.document(path)).status_code == 410


async def test_a_page_that_cannot_be_meant_is_no_error(blog: RunningBlog) -> None:
    post = await blog.publish()
    for start in ("x", "-1", "1e3", "9" * 30, "%00", "1.2.3", "."):
        for page in (
            f"/users/blog/followers?page=true&before={start}",
            f"/users/blog/outbox?page=true&before={start}",
            f"/articles/{post.key}/replies?page=true&after={start}",
            f"/contexts/{post.key}?page=true&after={start}",
        ):
            assert (await blog.document(page)).status_code == 200, page


async def _pages(blog: RunningBlog, whole: dict[str, Any]) -> list[dict[str, Any]]:
    """Every page of a collection, found from its first one."""
    pages: list[dict[str, Any]] = []
    address = whole.get("first")
    while address:
        page = (await blog.document(address)).json()
        assert page["id"] == address
        assert page["partOf"] == whole["id"]
        assert ("orderedItems" in page) == (whole["type"] == "OrderedCollection")
        pages.append(page)
        address = page.get("next")
    return pages


async def _replies(blog: RunningBlog, town: DemoServer, answered: str, count: int) -> list[str]:
    """So many replies to one thing; their ids in the order in which they were taken."""
    notes = [await town.reply("alice", answered, f"<p>{number}</p>") for number in range(count)]
    await blog.settled()
    taken = [await stored(blog, note.id) for note in notes]
    return [reply.uri for reply in sorted(taken, key=lambda reply: reply.id)]


async def _add_followers(blog: RunningBlog, uris: Sequence[str]) -> None:
    async with blog.blog.db.transaction() as tx:
        for uri in uris:
            actor = NewActor(
                uri=uri,
                authority="elsewhere.test",
                type="Person",
                username="somebody",
                name="Somebody",
                page_url=uri,
                icon_url="",
                inbox=f"{uri}/inbox",
                shared_inbox="",
            )
            number = await set_actor(tx, actor, blog.blog.now_ms())
            await set_follower(tx, number, f"{uri}#follow", blog.blog.now_ms())
