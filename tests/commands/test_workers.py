"""A process that only works tells whoever watches it whether it is well, and its numbers."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import yaml

from fediblog.app import create_worker_app
from tests.bench import Bench, RunningBlog, until
from tests.processes import Installation, free_port

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-for-prometheus"


@asynccontextmanager
async def watched(
    blog: RunningBlog, work: "asyncio.Task[None]"
) -> AsyncIterator[httpx.AsyncClient]:
    """Ask a worker of this blog, whose loops are this task."""
    app = create_worker_app(blog.blog, [work])
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://10.0.0.7:8001"
    ) as http:
        yield http


@pytest.fixture
async def work() -> AsyncIterator["asyncio.Task[None]"]:
    """Loops that go on."""
    task = asyncio.create_task(asyncio.sleep(3600))
    yield task
    task.cancel()


async def test_a_worker_is_ready_while_its_loops_go_on(
    blog: RunningBlog, work: "asyncio.Task[None]"
) -> None:
    async with watched(blog, work) as http:
        for path in ("/health/live", "/health/ready"):
            answer = await http.get(path)
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        work.cancel()
        await asyncio.wait([work])
        answer = await http.get("/health/ready")
        assert (answer.status_code, answer.json()["missing"]) == (503, ["loops"])
        assert (await http.get("/health/live")).status_code == 200


async def test_a_worker_has_nothing_else(blog: RunningBlog, work: "asyncio.Task[None]") -> None:
    async with watched(blog, work) as http:
        for path in ("/", "/inbox", "/admin/sign-in", "/actor", "/metrics"):
            assert (await http.get(path)).status_code == 404, path
        assert (await http.post("/health/ready", content=b"{}")).status_code == 413


async def test_the_numbers_of_a_worker_are_for_who_has_the_token(
    bench: Bench, work: "asyncio.Task[None]"
) -> None:
    async with bench.start(FEDIBLOG_METRICS_TOKEN=TOKEN) as blog, watched(blog, work) as http:
        assert (await http.get("/metrics")).status_code == 401
        answer = await http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200 and "fediblog_deliveries_total" in answer.text


async def test_the_worker_of_the_compose_file_runs_and_its_health_is_true(
    place: Installation, only_postgres: None
) -> None:
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["worker"]
    port = str(free_port())
    program, name, *options = [each.replace("8001", port) for each in service["command"]]
    assert (program, name) == ("fediblog", "worker")
    asking = [each.replace("8001", port) for each in service["healthcheck"]["test"]]

    async def healthy() -> bool:
        return await asyncio.to_thread(_succeeds, asking)

    async with place.working(*options, FEDIBLOG_URL="http://127.0.0.1:8000") as worker:
        await until(healthy)
        place.keys.rename(place.keys.with_name("elsewhere"))
        assert not await healthy()
        place.keys.with_name("elsewhere").rename(place.keys)
        assert await healthy()
        worker.terminate()
        assert await asyncio.to_thread(worker.wait, 60) == 0
    assert not await healthy()
    assert "Traceback" not in (place.folder / "worker.log").read_text()


def _succeeds(check: Sequence[str]) -> bool:
    """What Docker makes of a health check, with this Python."""
    kind, program, *arguments = check
    assert (kind, program) == ("CMD", "python")
    return subprocess.run([sys.executable, *arguments], capture_output=True).returncode == 0
