"""Threads of any size for tests, written at once and not one delivery after the other."""

from collections.abc import Sequence

from fediblog.actions.place_reply import place_reply
from fediblog.demo import activities
from fediblog.demo.server import DemoServer
from fediblog.store.posts import Post
from fediblog.store.replies import NewReply, Place, ReplyText, add_reply, get_reply_by_number
from tests.bench import RunningBlog

_MINUTE_MS = 60_000


async def grow(
    blog: RunningBlog,
    post: Post,
    like: int,
    parents: Sequence[int | None],
    *,
    public: bool = True,
) -> list[int]:
    """Replies as by the author of the one with the number `like`, each a minute after the one
    before it; their row numbers. parents: for each the index of what it answers, None for the post.
    """
    numbers: list[int] = []
    places: list[Place] = []
    async with blog.blog.db.transaction() as tx:
        pattern = await get_reply_by_number(tx, like)
        assert pattern is not None
        for index, parent in enumerate(parents):
            html = f"<p>Number {index}.</p>"
            new = NewReply(
                uri=f"{pattern.uri}/{'public' if public else 'private'}/{index}",
                key=None,
                in_reply_to=blog.article(post),
                actor_id=pattern.actor_id,
                text=ReplyText(public, html, "", "", "en", pattern.uri, "", None),
                published_at=pattern.published_at + (index + 1) * _MINUTE_MS,
                received_at=pattern.received_at,
            )
            number = await add_reply(tx, new)
            assert number is not None
            place = Place(post.id, None, None, 0)
            if parent is not None:
                above = places[parent]
                branch = above.branch_id or numbers[parent]
                place = Place(post.id, numbers[parent], branch, above.depth + 1)
            numbers.append(number)
            places.append(place)
            await place_reply(blog.blog, tx, number, new.uri, place)
    return numbers


async def branches_know(blog: RunningBlog) -> None:
    """The top of each branch, and nothing else, knows that something of it is shown."""
    rows = await blog.blog.db.rows(
        "SELECT id FROM reply r WHERE shows <> EXISTS (SELECT 1 FROM reply s "
        "WHERE s.post_id = r.post_id AND s.branch_id = r.id AND s.state = 'shown') "
        "OR (depth > 0 AND shows = TRUE)"
    )
    assert not rows


async def like_reply(blog: RunningBlog, town: DemoServer, name: str, reply_id: str) -> None:
    """Have somebody like a reply, and tell the blog of it: their server need not."""
    person = town.person(name)
    activity = activities.like(person, f"{person.id}#likes/{reply_id}", reply_id)
    answer = await town.post(name, blog.blog.addresses.shared_inbox, activity)
    assert answer.status_code == 202
