"""Load balancers are told whether the process is alive, and whether it can do its part."""

import asyncio
from pathlib import Path

import httpx

from fediblog.actions.readiness import Readiness
from fediblog.store.pooled import PooledEngine
from tests.bench import Bench, RunningBlog, secretly

LIVE, READY = "/health/live", "/health/ready"


def _again(blog: RunningBlog) -> None:
    """Forget the last look, as five seconds do."""
    readiness: Readiness = blog.app.state.readiness
    blog.app.state.readiness = Readiness(readiness._blog, readiness._tasks)


async def test_a_blog_that_is_well_is_alive_and_ready_under_any_host(blog: RunningBlog) -> None:
    for path in (LIVE, READY):
        answer = await blog.http.get(path, headers={"Host": "10.0.0.7:8000"})
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert (await blog.http.get(READY)).json() == {"ready": True, "missing": []}


async def test_nobody_is_asked_to_wait_however_often_they_ask(blog: RunningBlog) -> None:
    answers = await asyncio.gather(*(blog.http.get(READY) for _ in range(100)))
    assert {answer.status_code for answer in answers} == {200}


async def test_a_database_that_takes_nothing_is_told(blog: RunningBlog) -> None:
    db = blog.blog.db
    if db.sqlite:
        await secretly(db, "PRAGMA query_only = ON")
    else:
        name = (await db.rows("SELECT current_database() AS name"))[0]["name"]
        await db.rows(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        assert isinstance(db.engine, PooledEngine)
        await db.engine.pool.expire_connections()
    _again(blog)
    answer = await blog.http.get(READY)
    assert (answer.status_code, answer.json()["missing"]) == (503, ["database"])
    assert answer.headers["retry-after"]
    assert (await blog.http.get(LIVE)).status_code == 200


async def test_keys_that_are_gone_are_told(blog: RunningBlog) -> None:
    keys: Path = blog.blog.settings.keys
    keys.rename(keys.with_name("elsewhere"))
    answer = await blog.http.get(READY)
    assert (answer.status_code, answer.json()["missing"]) == (503, ["keys"])


async def test_a_loop_that_has_ended_is_told(blog: RunningBlog) -> None:
    task = blog.app.state.readiness._tasks[0]
    task.cancel()
    await asyncio.wait([task])
    answer = await blog.http.get(READY)
    assert (answer.status_code, answer.json()["missing"]) == (503, ["loops"])


async def test_every_answer_has_an_id_which_only_a_trusted_proxy_gives(bench: Bench) -> None:
    async def asked(http: httpx.AsyncClient, given: str) -> str:
        return (await http.get(LIVE, headers={"X-Request-ID": given})).headers["x-request-id"]

    origin = "http://127.0.0.1:8000"
    async with bench.start(FEDIBLOG_URL=origin) as blog:
        first, second = (
            await asked(blog.http, "from-a-stranger"),
            await asked(blog.http, "again-12"),
        )
        assert len({first, second, "from-a-stranger", "again-12"}) == 4
    async with bench.start(FEDIBLOG_URL=origin, FEDIBLOG_TRUSTED_PROXIES="127.0.0.1") as blog:
        assert await asked(blog.http, "from-the-proxy") == "from-the-proxy"
        for wrong in ("short", "x" * 65, 'with "quotes" in it', "a b c d e f"):
            assert await asked(blog.http, wrong) != wrong
