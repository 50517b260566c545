"""How many replies the threads have: counted once for each version of a post."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from fediblog.store import threads
from fediblog.store.database import Database, Queries
from fediblog.store.posts import Post

#: Posts whose counts are remembered.
_MOST = 2000

_Count = TypeVar("_Count")


class ThreadCounts:
    """Remembers the counts, as counting a long thread reads all of it in an index.

    Whatever changes a count gives the post a new version in the same transaction, see
    `posts.touch`. The post is read before its replies are counted, so what is remembered for a
    version is never older than that. What a transaction sees is not remembered: it may be undone.
    """

    def __init__(self) -> None:
        self._states: _Memory[Mapping[str, int]] = _Memory()
        self._tops: _Memory[int] = _Memory()

    async def by_state(self, db: Queries, posts: Sequence[Post]) -> Mapping[int, Mapping[str, int]]:
        """For each post, by its number, how many replies it has in each state."""
        if not isinstance(db, Database):
            counted = await threads.count_states(db, [post.id for post in posts])
            return {post.id: counted.get(post.id, {}) for post in posts}
        found = {post.id: self._states.get(post) for post in posts}
        unknown = [post for post in posts if found[post.id] is None]
        counted = await threads.count_states(db, [post.id for post in unknown])
        for post in unknown:
            self._states.set(post, counted.get(post.id, {}))
        return {number: counts or counted.get(number, {}) for number, counts in found.items()}

    async def at_top(self, db: Queries, post: Post) -> int:
        """How many shown replies there are right beneath a post."""
        if not isinstance(db, Database):
            return await threads.count_children(db, post.id, None)
        count = self._tops.get(post)
        if count is None:
            count = await threads.count_children(db, post.id, None)
            self._tops.set(post, count)
        return count


class _Memory(Generic[_Count]):
    """One count for each post, with the version of the post; what was asked for longest ago goes
    first."""

    def __init__(self) -> None:
        self._counts: OrderedDict[int, tuple[int, _Count]] = OrderedDict()

    def get(self, post: Post) -> _Count | None:
        version, count = self._counts.get(post.id, (None, None))
        if version != post.version:
            return None
        self._counts.move_to_end(post.id)
        return count

    def set(self, post: Post, count: _Count) -> None:
        self._counts[post.id] = (post.version, count)
        self._counts.move_to_end(post.id)
        if len(self._counts) > _MOST:
            self._counts.popitem(last=False)
