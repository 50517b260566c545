"""In a fediverse of 20 servers and 500 people the page ends with every public reply (C6 to C9)."""

import re
from itertools import cycle
from urllib.parse import urlsplit

import pytest

from fediblog.protocol.keys import PrivateKey
from fediblog.store.crawls import get_crawl
from fediblog.store.posts import Post
from tests.bench import Bench, RunningBlog, SettableClock
from tests.federation.walks.walking import walk
from tests.simulation.fediverse import PEOPLE_PER_SERVER, SERVERS, Fediverse, fediverse

_DOWN = (3, 11, 14)
#: Five minutes to seven days after the last activity.
_WHOLE_SCHEDULE = 8

Tree = dict[str, str]


@pytest.mark.parametrize(
    ("replies", "seed"),
    [(120, 1), pytest.param(1200, 2, marks=pytest.mark.long)],
    ids=["an evening", "a week"],
)
async def test_every_public_reply_is_on_the_page_when_the_schedule_has_run(
    bench: Bench,
    people_keys: tuple[PrivateKey, ...],
    capsys: pytest.CaptureFixture[str],
    replies: int,
    seed: int,
) -> None:
    clock = SettableClock()
    async with (
        bench.start(clock=clock) as blog,
        fediverse(cycle(people_keys), clock, blog=blog.actor, seed=seed) as others,
    ):
        post = await blog.publish()
        await others.talk(blog.article(post), replies // 2)
        for number in _DOWN:
            others.servers[number].down = True
        await others.talk(blog.article(post), replies - replies // 2)
        await blog.settled(seconds=60)
        delivered = len(await _on_the_page(blog, post))
        for _ in range(2):
            await walk(blog)
        for number in _DOWN:
            others.servers[number].down = False
        await others.redeliver()
        await _run_the_schedule(blog, post)

        expected = {note.id: note.in_reply_to or "" for note in others.public}
        found = await _on_the_page(blog, post)
        with capsys.disabled():
            print(_figures(blog, others, delivered, len(expected.keys() & found.keys())))
        assert found == expected
        await _page_shows(blog, post, len(expected))


async def _run_the_schedule(blog: RunningBlog, post: Post) -> None:
    """Walk until nothing has happened for a week."""
    for _ in range(5 * _WHOLE_SCHEDULE):
        crawl = await get_crawl(blog.blog.db, post.id)
        assert crawl is not None
        if crawl.step >= _WHOLE_SCHEDULE:
            return
        await walk(blog)
    raise AssertionError("the thread never comes to rest")


async def _on_the_page(blog: RunningBlog, post: Post) -> Tree:
    """What is shown, each with what it hangs beneath."""
    rows = await blog.blog.db.rows(
        "SELECT r.uri, p.uri AS parent FROM reply r LEFT JOIN reply p ON p.id = r.parent_id "
        "WHERE r.post_id = $1 AND r.state = 'shown'",
        post.id,
    )
    return {str(row["uri"]): str(row["parent"] or blog.article(post)) for row in rows}


async def _page_shows(blog: RunningBlog, post: Post, count: int) -> None:
    page = (await blog.page(f"/articles/{post.key}")).text
    # How many more are not public may follow.
    assert re.search(rf">{count:,} responses[<,]", page)


def _figures(blog: RunningBlog, others: Fediverse, delivered: int, found: int) -> str:
    """In words, how much was found and what it cost."""
    public = len(others.public)
    origin = urlsplit(blog.origin).netloc
    asked = [
        each.path
        for server in others.servers
        for each in server.requests
        if each.method == "GET" and each.key_id and origin in each.key_id
    ]
    lists = sum("/replies" in path or path.startswith("/contexts/") for path in asked)
    unchanged = sum(len(server.unchanged) for server in others.servers)
    notes = sum("/statuses/" in path and "/replies" not in path for path in asked)
    return (
        f"\n{SERVERS} servers, {SERVERS * PEOPLE_PER_SERVER} people, {public} public replies: "
        f"{delivered} on the page before anybody was asked, then {found} ({found / public:.0%}). "
        f"{len(asked)} signed requests ({len(asked) / public:.1f} for each reply): {notes} for "
        f"notes, {lists} for lists, of which {unchanged} were as before, the others for people."
    )
