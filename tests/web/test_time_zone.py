"""When something was is told in the author's time, to readers and to the author."""

import re
from datetime import UTC, datetime

from fediblog.actions.answer import answer_post
from fediblog.store import site
from tests.admin.desk import Desk

_NIGHT = datetime(2026, 12, 24, 2, 30, tzinfo=UTC)


async def test_days_and_times_are_those_of_the_authors_clocks(desk: Desk) -> None:
    blog = desk.blog
    async with blog.blog.db.transaction() as tx:
        await site.set_value(tx, "timezone", "America/New_York")
    blog.clock.offset += _NIGHT - blog.clock()
    post = await blog.publish("Late")
    await answer_post(blog.blog, post.key, "Good night!")
    page = await blog.page(f"/articles/{post.key}")
    assert page.url.path.startswith("/2026/12/"), "addresses know no time zone"
    dates = re.findall(r'<time class="dt-published" datetime="([^"]+)">([^<]+)</time>', page.text)
    assert len(dates) == 2
    for machine, shown in dates:
        assert machine.startswith("2026-12-24T02:3")
        assert shown.startswith(("23 December 2026", "23 Dec 2026, 21:3"))
    assert re.search(r"23 December 2026, 21:3\d EST", page.text)
    assert re.search(r"23 December 2026, 21:3\d EST", (await desk.page("/admin/posts")).text)
