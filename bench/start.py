"""What a server takes to start, on a new database and on one that is there, and while it idles."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.frame.big import BIG, Size, fill
from bench.frame.row import Row
from bench.frame.servers import Bench, ServedBlog
from fediblog.clock import utc_now
from fediblog.store.moments import to_ms
from tests.processes import Installation

NAME = "start"
TITLE = "Starts, to the first answer, and the memory of a server that has nothing to do"

#: `flat` measures memory and a start with all of it.
_SIZE = BIG.divided(20)
_MOST_SECONDS = 2.0
_MOST_IDLE, _MOST_FULL = 90_000_000, 130_000_000
_IDLE_SECONDS = 5


async def run(bench: Bench) -> list[Row]:
    """One blog, started three times: new, then empty, then with replies."""
    rows = []
    async with bench.installation() as installation:
        for name in ("new database", "empty blog"):
            rows += await _measure(bench, installation, name, _MOST_IDLE)
        filled = await fill(installation.database_url, _SIZE, now=to_ms(utc_now()))
        rows += await _measure(bench, installation, _in_words(filled.size), _MOST_FULL)
    return rows


async def _measure(bench: Bench, installation: Installation, name: str, most: int) -> list[Row]:
    """most: bytes of memory."""
    async with _started(bench, installation) as (blog, wall):
        cpu = blog.cpu()
        (await blog.http.get("/")).raise_for_status()
        await asyncio.sleep(_IDLE_SECONDS)
        used = blog.resident()
    start = Row.by_cpu(
        f"start to the first answer, {name}", cpu * 1e6, _MOST_SECONDS * 1e6, wall=f"{wall:.1f} s"
    )
    memory = Row(
        f"memory, idle, {name}",
        measured=f"{used / 1e6:.0f} MB",
        limit=f"≤ {most / 1e6:.0f} MB",
        ok=used <= most,
        data={"bytes": used},
    )
    return [start, memory]


@asynccontextmanager
async def _started(
    bench: Bench, installation: Installation
) -> AsyncIterator[tuple[ServedBlog, float]]:
    """A server that has just given its first answer, and after how many seconds."""
    begun = time.monotonic()
    async with bench.serve(installation) as blog:
        yield blog, time.monotonic() - begun


def _in_words(size: Size) -> str:
    return f"{size.replies:,} replies"
