"""Numbers for Prometheus: for whoever has the token, each documented, none with endless labels."""

import json
import re
import timeit
from pathlib import Path
from typing import Any

from fediblog.demo.server import DemoServer
from fediblog.metrics import COUNTED, INBOX, LOOKED_UP, READING
from tests.bench import Bench, RunningBlog

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-for-prometheus"
ASKING = {"Authorization": f"Bearer {TOKEN}"}
#: Of prometheus-client's own; their names have no ending there.
_ENDINGS = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}


def _names() -> dict[str, tuple[str, ...]]:
    """Every metric, and its series as queries name them."""
    found = {}
    for registry in (COUNTED, LOOKED_UP):
        for metric in registry.collect():
            endings = {"summary": ("_count", "_sum")} | _ENDINGS
            found[metric.name] = tuple(
                metric.name + ending for ending in endings.get(metric.type, ("",))
            )
    return found


async def _value(blog: RunningBlog, series: str) -> float:
    """What a series says now, added up over what its labels leave open."""
    answer = await blog.http.get("/metrics", headers=ASKING)
    assert answer.status_code == 200, answer.text
    name, _, labels = series.partition("{")
    total = 0.0
    for line in answer.text.splitlines():
        begins = line.startswith((f"{name}{{", f"{name} "))
        if begins and all(each in line for each in labels.rstrip("}").split(",")):
            total += float(line.rpartition(" ")[2])
    return total


async def test_without_a_token_in_the_settings_there_is_nothing(blog: RunningBlog) -> None:
    assert (await blog.http.get("/metrics", headers=ASKING)).status_code == 404


async def test_only_whoever_has_the_token_may_read(bench: Bench) -> None:
    async with bench.start(FEDIBLOG_METRICS_TOKEN=TOKEN) as blog:
        for given in (
            "Bearer",
            f"Bearer {TOKEN}x",
            TOKEN,
            f"Basic {TOKEN}",
            f"Bearer {TOKEN[:-1]}",
        ):
            answer = await blog.http.get("/metrics", headers={"Authorization": given})
            assert answer.status_code == 401 and "fediblog_" not in answer.text
        assert (await blog.http.get("/metrics")).status_code == 401
        answer = await blog.http.get("/metrics", headers=ASKING)
        assert answer.headers["content-type"].startswith("text/plain")
        assert answer.headers["cache-control"] == "no-store"


async def test_what_happens_is_counted(bench: Bench, town: DemoServer) -> None:
    async with bench.start(FEDIBLOG_METRICS_TOKEN=TOKEN) as blog:
        series = (
            'fediblog_inbox_total{outcome="accepted"}',
            'fediblog_inbox_total{outcome="UnsupportedType"}',
            'fediblog_arrivals_total{fate="done"}',
            'fediblog_signature_checks_total{result="held"}',
            'fediblog_key_lookups_total{source="origin"}',
            'fediblog_fetches_total{outcome="found"}',
            'fediblog_deliveries_total{outcome="2xx"}',
            'fediblog_requests_total{route="/users/{username}/inbox",status="2xx"}',
            'fediblog_requests_total{route="none",status="4xx"}',
            "fediblog_request_seconds_count",
            'fediblog_database_seconds_count{kind="read"}',
            'fediblog_database_seconds_count{kind="transaction"}',
        )
        before = {each: await _value(blog, each) for each in series}
        await town.follow("alice", blog.actor)
        await blog.settled()
        await blog.http.post("/inbox", content=b"{}")
        await blog.http.get("/nowhere-at-all")
        for each in series:
            assert await _value(blog, each) > before[each], each
        assert await _value(blog, "process_resident_memory_bytes") > 1_000_000
        assert await _value(blog, "fediblog_housekeeping_timestamp_seconds") >= 0


async def test_what_waits_is_counted_with_its_age(bench: Bench) -> None:
    async with bench.start(FEDIBLOG_METRICS_TOKEN=TOKEN) as blog:
        db, now = blog.blog.db, blog.blog.now_ms()
        async with db.transaction() as tx:
            for number, age in ((1, 90_000), (2, 30_000)):
                await tx.execute(
                    "INSERT INTO arrival (signature_hash, activity_id, type, actor_uri, authority, "
                    "lane, body, received_at, state, reason, attempts, next_at, lease_until, "
                    "pointer, object_id) VALUES ($1, $1, 'Like', '', '', $1, $2, $3, 'new', '', 0, "
                    "$4, 0, $5, '')",
                    f"a{number}", b"{}", now - age, now + 3_600_000, False,
                )  # fmt: skip
        assert await _value(blog, 'fediblog_waiting{queue="arrivals"}') == 2
        assert await _value(blog, 'fediblog_waiting{queue="deliveries"}') == 0
        assert 90 <= await _value(blog, 'fediblog_oldest_waiting_seconds{queue="arrivals"}') < 200


async def test_no_stranger_can_make_a_label(bench: Bench) -> None:
    async with bench.start(FEDIBLOG_METRICS_TOKEN=TOKEN) as blog:
        for path in ("/zzstranger", "/2026/11/zzstranger", "/tags/zzstranger", "/@zzstranger"):
            await blog.http.get(path, headers={"Host": "zzstranger.example"})
        await blog.http.request("ZZSTRANGER", "/")
        answer = await blog.http.get("/metrics", headers=ASKING)
        assert answer.status_code == 200
        assert "stranger" not in answer.text.lower()


def test_every_metric_is_documented_and_nothing_else() -> None:
    page = (ROOT / "docs/operations.md").read_text()
    documented = set(re.findall(r"^\| `((?:fediblog|process)_\w+)`", page, re.MULTILINE))
    series = {name for names in _names().values() for name in names}
    known = {re.sub(r"_(bucket|count|sum)$", "", each) for each in series}
    assert documented == known


def test_the_dashboard_asks_only_for_what_there_is() -> None:
    dashboard: dict[str, Any] = json.loads((ROOT / "docs/operations/dashboard.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    named = {name for each in asked for name in re.findall(r"(?:fediblog|process)_\w+", each)}
    assert len(asked) > 10
    assert named <= {name for names in _names().values() for name in names}
    ours = {name: series for name, series in _names().items() if name.startswith("fediblog")}
    assert [name for name, series in ours.items() if not named & set(series)] == []


def test_counting_costs_next_to_nothing() -> None:
    accepted = INBOX.labels("accepted")
    for count in (lambda: accepted.inc(0), lambda: READING.observe(0.0)):
        assert min(timeit.repeat(count, number=2_000, repeat=5)) / 2_000 < 20e-6
