"""Write down how often the door has turned something away."""

from fediblog.blog import Blog
from fediblog.store.refusals import add_refusals


async def note_refusals(blog: Blog) -> None:
    """One short transaction, however many were turned away; none if nobody was."""
    counts = blog.refusals.take()
    if not counts:
        return
    # In one order, as several processes may write the same rows.
    rows = [
        (authority, reason, count.number, count.first_at, count.last_at)
        for (authority, reason), count in sorted(counts.items(), key=lambda each: each[0])
    ]
    try:
        async with blog.db.transaction() as tx:
            await add_refusals(tx, rows)
    except BaseException:
        blog.refusals.give_back(counts)
        raise
