"""How often a page asks the database: as often on a small blog as on one ten times as large."""

import asyncio
from pathlib import Path

import pytest

from bench.frame.big import SESSION_TOKEN, Size, fill
from fediblog.clock import utc_now
from fediblog.store.database import Database
from fediblog.store.moments import to_ms
from tests.bench import Bench, RunningBlog
from tests.conftest import Prepared, new_bench
from tests.store.test_page_plans import _DOCUMENTS, _OF_A_THREAD, _PAGES

_SMALL = Size(replies=150, thread=100, deep=20, actors=60, posts=12)
_BIG = Size(replies=1500, thread=1000, deep=60, actors=600, posts=120)
#: For what there is only more of: whether there is a next page, and where something is on it.
_MORE = 3
_MOST = 30
#: Whole documents of up to twenty posts.
_MOST_OF_POSTS = {"/users/blog/outbox?page=1": 145}


async def test_a_page_asks_as_often_however_much_there_is(
    prepared: Prepared,
    postgres: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    ask = Database.rows

    async def noted(db: Database, sql: str, *values: object) -> object:
        # The loops ask, too.
        task = asyncio.current_task()
        if task is not None and "run_asgi" in str(task.get_coro()):
            asked.append(sql)
        return await ask(db, sql, *values)

    monkeypatch.setattr(Database, "rows", noted)
    counts: list[dict[str, int]] = []
    for name, size in (("small", _SMALL), ("big", _BIG)):
        with new_bench(prepared, postgres, tmp_path / name) as bench:
            counts.append(await _count(bench, size, asked))
    small, big = counts
    assert all(
        small[path] for path in ("/", "thread", "/admin/replies", "/users/blog/outbox?page=1")
    )
    wrong = {
        path: (small[path], big[path])
        for path in small
        if big[path] > min(small[path] + _MORE, _MOST) and path not in _MOST_OF_POSTS
    }
    assert not wrong
    assert all(big[path] <= most for path, most in _MOST_OF_POSTS.items())


async def _count(bench: Bench, size: Size, asked: list[str]) -> dict[str, int]:
    """How many queries each page needs, by what it is called in both blogs."""
    filled = await fill(bench.database_url, size, now=to_ms(utc_now()))
    async with bench.start() as blog:
        await blog.at_rest()
        blog.http.cookies.set("fediblog", SESSION_TOKEN)
        # Nothing that is kept answers such a request.
        blog.http.headers["Authorization"] = "Bearer none"
        counts = {}
        for name, path in (
            *((path, path.replace("/500", "/50")) for path in _PAGES),
            *((f"thread{more}", filled.thread + more) for more in _OF_A_THREAD),
            *((path, path) for path in _DOCUMENTS),
        ):
            asked.clear()
            answer = await _answer(blog, name, path)
            assert answer == 200, path
            counts[name] = len(asked)
    return counts


async def _answer(blog: RunningBlog, name: str, path: str) -> int:
    ask = blog.document if name in _DOCUMENTS else blog.page
    return (await ask(path)).status_code
