"""How often pages are read, by day and nothing else: nobody is told from anybody else.

Counting is a number in memory; once a minute the numbers are added to those in the database.
"""

import asyncio
import logging
from collections import Counter

from fediblog.blog import Blog
from fediblog.store import day_counts, followers, site
from fediblog.store.day_counts import DAY_MS

log = logging.getLogger("fediblog.reads")

_SWITCH = "count_reads"
_EVERY_SECONDS = 60
#: What is older is kept as one number for each page.
_DAYS_KEPT = 400


class ReadCounts:
    """What was read since it was written down last. Names are those of the table day_count."""

    def __init__(self, blog: Blog) -> None:
        self._blog = blog
        self._counts: Counter[tuple[str, int]] = Counter()
        self._counting = False

    def add(self, name: str) -> None:
        """It was read once more."""
        if self._counting:
            self._counts[name, self._blog.now_ms() // DAY_MS] += 1

    async def run(self) -> None:
        """Write once a minute, until cancelled."""
        while True:
            try:
                await self.write()
            except Exception:
                log.exception("what was read could not be counted yet")
            await asyncio.sleep(_EVERY_SECONDS)

    async def write(self) -> None:
        """Add everything to the database, and see whether the author wants it at all. What cannot
        be written is counted still."""
        self._counting = await is_counting(self._blog)
        counts, self._counts = self._counts, Counter()
        if not counts or not self._counting:
            return
        try:
            async with self._blog.db.transaction() as tx:
                await day_counts.add_counts(
                    tx, [(name, day, count) for (name, day), count in counts.items()]
                )
        except BaseException:
            self._counts += counts
            raise


async def is_counting(blog: Blog) -> bool:
    """Whether the author wants reads to be counted."""
    return await site.get_value(blog.db, _SWITCH) != "off"


async def set_counting(blog: Blog, wanted: bool) -> None:
    """Count from now on; or no longer, and forget what was counted."""
    async with blog.db.transaction() as tx:
        await site.set_value(tx, _SWITCH, "on" if wanted else "off")
        if not wanted:
            await day_counts.forget_reads(tx)


async def keep_counts(blog: Blog) -> None:
    """How many followers there are today; and days that are long gone become one number."""
    today = blog.now_ms() // DAY_MS
    async with blog.db.transaction() as tx:
        number = await followers.count_followers(tx)
        await day_counts.set_count(tx, "followers", today, number)
        await day_counts.fold_days(tx, today - _DAYS_KEPT)
