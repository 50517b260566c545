"""Look for the replies in a thread that nobody has delivered (requirements C7 to C9, D5, K10).

A round reads every collection of the thread once, also those of replies that it finds. It is done
in runs, each of which asks no more than a WalkBudget allows and takes no longer than a minute and
a half; what is left has its turn in the next run. Whatever ends a run, the round goes on.
"""

import asyncio
import logging
from collections.abc import Collection, Sequence
from datetime import timedelta
from enum import Enum

from fediblog.actions.schedule_walk import finish_walk
from fediblog.actions.walk_budget import Exhausted, WalkBudget
from fediblog.actions.walk_collection import Walked, walk_collection
from fediblog.blog import Blog
from fediblog.errors import RemoteError, RemoteGone, RemoteInvalid
from fediblog.store import collections, crawls, posts
from fediblog.store.collections import DueCollection, Turn
from fediblog.store.crawls import Crawl
from fediblog.store.moments import to_ms

log = logging.getLogger("fediblog.walks")

_AT_ONCE = 6
#: Among so many that have their turn, the first of each server is chosen.
_LOOKED_AT = 60
_RUN_SECONDS = 90.0
_COLLECTION_SECONDS = 45.0
_BETWEEN_RUNS = timedelta(seconds=30)
#: What a round has not come to by then is the first to have its turn in the next one.
_LONGEST_ROUND_MS = 30 * 60 * 1000
#: How long a collection is left alone after a first failure.
_PAUSE_MS = 5 * 60 * 1000
#: So many fetches that led to nothing are enough for a collection in one round.
_FRUITLESS = 20


class _Outcome(Enum):
    """What came of visiting a collection. UNFINISHED: the next run goes on with it."""

    READ = "read"
    UNFINISHED = "unfinished"
    GONE = "gone"
    FAILED = "failed"
    HOST_FAILED = "host failed"


async def walk_thread(blog: Blog, crawl: Crawl) -> None:
    """Go on with a round: until all of it is read, or no more may be asked for now."""
    post = await posts.get_post_by_number(blog.db, crawl.post_id)
    if post is None or not post.is_out:
        async with blog.db.transaction() as tx:
            await crawls.set_stopped(tx, crawl.post_id)
        return
    started = crawl.round_at or blog.now_ms()
    try:
        async with asyncio.timeout(_RUN_SECONDS):
            is_done = await _run(blog, crawl.post_id, started)
    except TimeoutError:
        is_done = False
    async with blog.db.transaction() as tx:
        if is_done or blog.now_ms() - started >= _LONGEST_ROUND_MS:
            await finish_walk(blog, tx, crawl.post_id)
        else:
            await crawls.set_paused(tx, crawl.post_id, to_ms(blog.clock() + _BETWEEN_RUNS))


async def _run(blog: Blog, post_id: int, round_at: int) -> bool:
    """Read collections, one of each server at a time, until none is left (True), or no more may
    be asked in this run."""
    budget = WalkBudget()
    unfinished: set[int] = set()
    while True:
        turn = Turn(post_id, round_at, blog.now_ms(), _PAUSE_MS)
        async with blog.db.transaction() as tx:
            remaining = await collections.count_due(tx, turn)
            await crawls.set_remaining(tx, post_id, remaining)
        due = await collections.list_due(
            blog.db, turn, without=budget.closed, limit=_LOOKED_AT + len(unfinished)
        )
        chosen = _one_of_each(due, without=unfinished)
        if not chosen or budget.is_spent:
            return remaining == 0
        async with asyncio.TaskGroup() as visits:
            tasks = {
                each.id: visits.create_task(_visit(blog, turn, each, budget)) for each in chosen
            }
        unfinished |= {number for number, task in tasks.items() if not task.result()}


def _one_of_each(due: Sequence[DueCollection], *, without: Collection[int]) -> list[DueCollection]:
    """The first few that are of different servers."""
    first: dict[str, DueCollection] = {}
    for each in due:
        if each.id not in without:
            first.setdefault(each.authority, each)
    return list(first.values())[:_AT_ONCE]


async def _visit(blog: Blog, turn: Turn, collection: DueCollection, budget: WalkBudget) -> bool:
    """Read one collection and note what came of it, which concerns no other; whether that was all
    that can be done about it in this run."""
    walked = Walked()
    outcome = await _outcome(blog, collection, budget, walked)
    now = blog.now_ms()
    async with blog.db.transaction() as tx:
        match outcome:
            case _Outcome.READ:
                await collections.set_walked(tx, collection.id, walked.pages, now)
            case _Outcome.GONE:
                await collections.remove_collection(tx, collection.id)
            case _Outcome.FAILED:
                await collections.set_failed(tx, collection.id, now)
            case _Outcome.HOST_FAILED:
                await collections.set_host_failed(
                    tx, turn.post_id, collection.authority, round_at=turn.round_at, now=now
                )
            case _Outcome.UNFINISHED:
                pass
        asked = 0 if outcome is _Outcome.UNFINISHED else 1
        await crawls.add_progress(tx, turn.post_id, asked=asked, found=walked.found)
    return outcome is not _Outcome.UNFINISHED


async def _outcome(
    blog: Blog, collection: DueCollection, budget: WalkBudget, walked: Walked
) -> _Outcome:
    try:
        async with asyncio.timeout(_COLLECTION_SECONDS):
            await walk_collection(blog, collection, budget, walked)
    except RemoteGone:
        return _Outcome.GONE
    except RemoteInvalid:
        return _Outcome.FAILED
    except (RemoteError, TimeoutError):
        budget.fail(collection.url)
        return _Outcome.HOST_FAILED
    except Exhausted:
        fruitful = walked.found > 0 or walked.fetched < _FRUITLESS
        return _Outcome.UNFINISHED if fruitful else _Outcome.READ
    except Exception:
        log.exception("a collection of %s could not be read", collection.authority)
        return _Outcome.FAILED
    return _Outcome.READ if walked.is_done or not walked.found else _Outcome.UNFINISHED
