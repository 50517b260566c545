"""What the author sees first: what waits for them, and how the blog has done in the last weeks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fediblog.blog import Blog
from fediblog.store import day_counts, followers, overview, pages, posts
from fediblog.store.day_counts import DAY_MS

_DAYS = 30
_MOST_READ = 8


@dataclass(frozen=True, slots=True)
class Course:
    """How something went: a number for each day up to today. first: the first day (ms)."""

    first: int
    values: Sequence[int]


@dataclass(frozen=True, slots=True)
class Read:
    """How often something was read in these days. path: where it is seen to, empty for none."""

    title: str
    count: int
    path: str


async def follower_course(blog: Blog) -> Course:
    """How many followers there were. Before they were counted each day, it is told by since when
    those who are there follow."""
    first = _first_day(blog)
    counted = await day_counts.list_counts(blog.db, "followers", since=first)
    joined = await overview.count_followers_by_day(blog.db, since=first * DAY_MS)
    number = await followers.count_followers(blog.db) - sum(joined.values())
    values = []
    for day in range(first, first + _DAYS):
        number += joined.get(day, 0)
        values.append(counted.get(day, number))
    values[-1] = number
    return Course(first * DAY_MS, values)


async def reply_course(blog: Blog) -> Course:
    """How many replies of others came each day."""
    first = _first_day(blog)
    return _course(first, await overview.count_replies_by_day(blog.db, since=first * DAY_MS))


async def read_course(blog: Blog) -> Course:
    """How often pages were read each day."""
    first = _first_day(blog)
    return _course(first, await day_counts.list_daily_reads(blog.db, since=first))


async def most_read(blog: Blog) -> Sequence[Read]:
    """What was read most in these days."""
    found = await day_counts.list_most_read(blog.db, since=_first_day(blog), limit=_MOST_READ)
    names = [name.partition(":") for name, _ in found]
    known = await posts.list_by_number(
        blog.db, [int(number) for kind, _, number in names if kind == "post"]
    )
    reads = []
    for (kind, _, number), (_, count) in zip(names, found, strict=True):
        if kind == "post" and (post := known.get(int(number))):
            reads.append(Read(post.title, count, f"/admin/posts/{post.key}"))
        elif kind == "page" and (page := await pages.get_page(blog.db, int(number))):
            reads.append(Read(page.title, count, f"/admin/pages/{page.id}"))
        elif kind == "home":
            reads.append(Read("", count, ""))
    return reads


def _first_day(blog: Blog) -> int:
    return blog.now_ms() // DAY_MS - _DAYS + 1


def _course(first: int, counts: Mapping[int, int]) -> Course:
    return Course(first * DAY_MS, [counts.get(day, 0) for day in range(first, first + _DAYS)])
