"""What strangers cannot make the walks do: all is bounded, and who fails holds up nobody."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from fediblog.actions.walk_budget import MOST_PER_HOST, MOST_REQUESTS, Exhausted, WalkBudget
from fediblog.actions.walk_collection import MOST_PAGES, Walked, walk_collection
from fediblog.demo.server import DemoServer
from fediblog.demo.wire import activitypub
from fediblog.protocol.addresses import authority_of
from fediblog.store.collections import DueCollection
from tests.bench import RunningBlog
from tests.federation.records import thread
from tests.federation.walks.walking import asked, walk

NOBODY: list[str] = []


class Endless(Response):
    """A collection that never ends: each page leads to another one."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.read = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the next page."""
        self.read += 1
        here = str(Request(scope).url)
        page = {"id": here, "type": "CollectionPage", "items": [], "next": f"{here}x"}
        if "?" not in here:
            page = {"id": here, "type": "Collection", "first": f"{here}?page=x"}
        await activitypub(page)(scope, receive, send)


async def test_k10_a_collection_without_end_is_left_after_ten_pages(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    top = await town.reply("alice", blog.article(post), "<p>Top</p>")
    endless = Endless(f"{top.id}/replies")
    town.responses[urlsplit(endless.address).path] = endless
    await walk(blog)
    assert endless.read == MOST_PAGES


async def test_pages_on_another_server_are_not_read(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    top = await town.reply("alice", blog.article(post), "<p>Top</p>")
    lure = await village.reply("bob", top.id, "<p>Lure</p>", mention=NOBODY, recipients=NOBODY)
    _give(town, top.id, type="Collection", first=f"{lure.id}/replies")
    village.requests.clear()
    await walk(blog)
    assert f"{urlsplit(top.id).path}/replies" in [each.path for each in town.requests]
    assert asked(village) == 0


async def test_k2_a_redirect_to_another_server_is_not_believed(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    top = await town.reply("alice", blog.article(post), "<p>Top</p>")
    far = await village.reply("bob", top.id, "<p>Far</p>", mention=NOBODY, recipients=NOBODY)
    _give(village, far.id, type="Collection", items=[far.id])
    path = f"{urlsplit(top.id).path}/replies"
    town.responses[path] = Response(status_code=302, headers={"Location": f"{far.id}/replies"})
    await walk(blog)
    assert path in [each.path for each in town.requests]
    assert await thread(blog, post) == [("Top", [])]


@pytest.mark.parametrize("nonsense", ["no collection", "no JSON", "a tree of pages"])
async def test_nonsense_holds_up_nothing_else(
    blog: RunningBlog, town: DemoServer, nonsense: str
) -> None:
    post = await blog.publish()
    odd = await town.reply("alice", blog.article(post), "<p>Odd</p>")
    fine = await town.reply("bob", blog.article(post), "<p>Fine</p>")
    await town.reply("chiyo", fine.id, "<p>Found</p>", mention=NOBODY)
    match nonsense:
        case "no collection":
            _give(town, odd.id, type="Note", items=7)
        case "no JSON":
            path = f"{urlsplit(odd.id).path}/replies"
            town.responses[path] = Response("{", media_type="application/activity+json")
        case _:
            tree: dict[str, object] = {"type": "CollectionPage", "items": [None, 5, [], {}, ""]}
            for _ in range(50):
                tree = {"type": "CollectionPage", "items": [{"id": []}], "next": tree}
            _give(town, odd.id, type="Collection", first=tree)
    await walk(blog)
    assert await thread(blog, post) == [("Odd", []), ("Fine", [("Found", [])])]


async def test_k10_nobody_is_made_to_flood_somebody_else(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    """K10: a list of ids on another server costs that one a few requests, not one for each."""
    post = await blog.publish()
    top = await town.reply("alice", blog.article(post), "<p>Top</p>")
    fine = await town.reply("bob", blog.article(post), "<p>Fine</p>")
    await town.reply("chiyo", fine.id, "<p>Found</p>", mention=NOBODY)
    _give(
        town, top.id, type="Collection",
        items=[f"{village.origin}/users/bob/statuses/{number}" for number in range(900)],
    )  # fmt: skip
    await walk(blog)
    assert asked(village) == MOST_PER_HOST
    assert await thread(blog, post) == [("Top", []), ("Fine", [("Found", [])])]


async def test_a_server_that_fails_holds_up_no_other_and_is_left_alone_for_a_while(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    post = await blog.publish()
    for number in range(4):
        await village.reply("alice", blog.article(post), f"<p>Far {number}</p>")
    near = await town.reply("alice", blog.article(post), "<p>Near</p>")
    await town.reply("bob", near.id, "<p>Found</p>", mention=NOBODY)
    await blog.settled()
    village.down = True
    village.requests.clear()
    await walk(blog)
    assert (await thread(blog, post))[-1] == ("Near", [("Found", [])])
    assert asked(village) == 1, "the first failure tells of all its collections"
    await walk(blog)
    assert asked(village) == 2
    await blog.later(timedelta(minutes=1))
    await town.reply("chiyo", near.id, "<p>And on it goes</p>")
    await walk(blog)
    assert asked(village) == 2, "it is asked again only after a longer pause"


async def test_a_long_list_is_read_over_several_runs(blog: RunningBlog, town: DemoServer) -> None:
    """One run asks a server for so much; the round goes on a little later."""
    town.listing = "paged"
    post = await blog.publish()
    top = await town.reply("alice", blog.article(post), "<p>Top</p>")
    count = MOST_PER_HOST + 5
    for number in range(count):
        await town.reply("bob", top.id, f"<p>{number}</p>", mention=NOBODY)
    await walk(blog)
    assert len((await thread(blog, post))[0][1]) == count


async def test_what_is_ours_is_not_asked_for(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    top = await town.reply("alice", blog.article(post), "<p>Top</p>")
    ours = [f"{blog.origin}/notes/{number}" for number in range(9)]
    _give(town, top.id, type="Collection", items=[blog.article(post), *ours])
    address = f"{top.id}/replies"
    collection = DueCollection(1, address, authority_of(address), "")
    walked = Walked()
    await walk_collection(blog.blog, collection, WalkBudget(), walked)
    assert len(walked.documents) == 1
    assert (walked.fetched, walked.found, walked.is_done) == (0, 0, True)


def test_k10_a_budget_has_an_end_for_each_server_and_for_all() -> None:
    budget = WalkBudget()
    for number in range(MOST_PER_HOST):
        budget.take(f"https://one.test/{number}")
    with pytest.raises(Exhausted):
        budget.take("https://one.test/more")
    assert list(budget.closed) == ["one.test"]
    budget.fail("https://two.test/")
    with pytest.raises(Exhausted):
        budget.take("https://two.test/more")
    for number in range(MOST_REQUESTS - MOST_PER_HOST):
        budget.take(f"https://host{number}.test/")
    assert budget.is_spent
    with pytest.raises(Exhausted):
        budget.take("https://new.test/")


def _give(town: DemoServer, note_id: str, **document: object) -> None:
    """Let the town answer with this where the replies to a note are listed."""
    address = f"{note_id}/replies"
    town.responses[urlsplit(address).path] = activitypub({"id": address, **document})
