"""How often pages are read, by day and nothing else: nobody is told from anybody else.

Counting is a number in memory; once a minute the numbers are added to those in the database.
"""

from collections import Counter

from fediblog.blog import Blog
from fediblog.store import day_counts, followers
from fediblog.store.day_counts import DAY_MS

#: What is older is kept as one number for each page.
_DAYS_KEPT = 400


class ReadCounts:
    """What was read since it was written down last. Names are those of the table day_count."""

    def __init__(self, blog: Blog) -> None:
        self._blog = blog
        self._counts: Counter[tuple[str, int]] = Counter()

    def add(self, name: str) -> None:
        """It was read once more."""
        self._counts[name, self._blog.now_ms() // DAY_MS] += 1

    async def write(self) -> None:
        """Add everything to the database. What cannot be written is counted still."""
        counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            async with self._blog.db.transaction() as tx:
                await day_counts.add_counts(
                    tx, [(name, day, count) for (name, day), count in counts.items()]
                )
        except BaseException:
            self._counts += counts
            raise


async def keep_counts(blog: Blog) -> None:
    """How many followers there are today; and days that are long gone become one number."""
    today = blog.now_ms() // DAY_MS
    async with blog.db.transaction() as tx:
        number = await followers.count_followers(tx)
        await day_counts.set_count(tx, "followers", today, number)
        await day_counts.fold_days(tx, today - _DAYS_KEPT)
