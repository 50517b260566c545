"""Looking at a blog from outside: its threads page by page, its tables while nobody runs it."""

import re
from html import unescape
from pathlib import Path

import orjson

from tests.bench import ACTIVITY_JSON, reply_ids
from tests.processes import Installation, Server


async def publish(place: Installation) -> dict[str, str]:
    """Publish a post by command; what it prints."""
    text = place.folder / "post.md"
    _write(text, "Some *text*.")
    done = await place.run("post", "create", "--title", "A post", "--file", str(text))
    assert done.code == 0, done.errors
    answer: dict[str, str] = orjson.loads(done.output)
    return answer


async def thread_ids(server: Server, article: str) -> list[str]:
    """Ids of all replies in a thread, as its collection lists them page by page."""
    listed: list[str] = []
    address: str | None = f"{article.replace('/articles/', '/contexts/')}?page=true"
    while address:
        page = (await server.http.get(address, headers={"Accept": ACTIVITY_JSON})).json()
        listed += page["orderedItems"]
        address = page.get("next")
    return listed[1:]


async def shown_numbers(server: Server, permalink: str) -> list[str]:
    """The row numbers of the replies on all pages of a post, as its links lead to them."""
    numbers: list[str] = []
    addresses = [permalink]
    for address in addresses:
        page = await server.page(address)
        numbers += reply_ids(page)
        addresses += map(unescape, re.findall(r'<a [^>]*data-more[^>]*href="([^"]+)"', page))
    return numbers


async def states(place: Installation, table: str) -> dict[str, int]:
    """How many rows of a table are in each state."""
    async with place.database() as db:
        rows = await db.rows(f"SELECT state, count(*) AS n FROM {table} GROUP BY state")
    return {row["state"]: row["n"] for row in rows}


async def let_leases_lapse(place: Installation) -> None:
    """On PostgreSQL, as if the time of a killed process's leases had passed.

    On SQLite nothing needs to be done: the next start knows that it is alone, and ends them.
    """
    async with place.database() as db:
        if not db.sqlite:
            async with db.transaction() as tx:
                await tx.execute("UPDATE arrival SET lease_until = 0")
                await tx.execute("UPDATE delivery SET lease_until = 0")


def _write(path: Path, text: str) -> None:
    path.write_text(text)
