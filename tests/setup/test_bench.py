"""scripts/bench: what it lists, and that its parts count right."""

import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bench.frame.load import get, load
from bench.frame.processes import cpu_seconds, resident_bytes
from bench.frame.report import as_json, print_table
from bench.frame.row import Row
from bench.frame.running import find_benchmarks
from bench.frame.servers import Answer, Bench
from bench.growth import draw

ROOT = Path(__file__).resolve().parents[2]


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as scripts/bench does, without the way into the environment."""
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments], cwd=ROOT, capture_output=True, text=True
    )


def test_it_lists_what_it_can_measure() -> None:
    listed = bench("--list").stdout
    assert "inbox" in find_benchmarks()
    for name, each in find_benchmarks().items():
        assert name in listed and each.title in listed


def test_a_name_that_is_none_is_told_with_those_that_are() -> None:
    done = bench("nothing")
    assert done.returncode == 2
    assert "no benchmark 'nothing'" in done.stderr and "inbox" in done.stderr


def test_the_time_of_a_process_counts_that_of_its_children_also_when_they_have_ended() -> None:
    spin = "import time\nwhile time.process_time() < 0.3: pass\n"
    code = (
        "import subprocess, sys\n"
        f"subprocess.run([sys.executable, '-c', {spin!r}])\n"
        f"code = {spin!r} + 'print(1, flush=True); input()'\n"
        "child = subprocess.Popen([sys.executable, '-c', code], stdin=-1, stdout=-1)\n"
        "child.stdout.readline()\nprint(1, flush=True)\ninput()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        used, resident = cpu_seconds(process.pid), resident_bytes(process.pid)
        process.communicate(b"\n")
    assert 0.58 <= used < 2
    assert 10e6 < resident < 100e6


def test_a_process_that_is_not_there_has_no_time() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    with pytest.raises(ProcessLookupError):
        cpu_seconds(process.pid)


def test_our_own_time_is_what_python_says() -> None:
    before = cpu_seconds(os.getpid()), time.process_time()
    while time.process_time() < before[1] + 0.2:
        pass
    assert cpu_seconds(os.getpid()) - before[0] == pytest.approx(0.2, abs=0.05)


async def test_a_load_is_counted_answer_by_answer_and_a_refusal_is_no_success(
    tmp_path: Path,
) -> None:
    async with Bench(tmp_path).plain({"/a": Answer(b"x" * 3000)}) as server:
        requests = [get("/a", server.authority), get("/b", server.authority)]
        done = await load(server, requests, count=301, connections=7)
        assert done.statuses == {200: 151, 404: 150}
        assert 0 < done.p50 <= done.p99 <= done.slowest <= done.wall
        with pytest.raises(RuntimeError, match="404"):
            done.check(200)
    with pytest.raises((RuntimeError, ProcessLookupError)):
        await load(server, requests)


def test_rows_are_judged_and_told() -> None:
    rows = [
        Row.by_cpu("cheap", 299.6, 300, wall="3,000/s"),
        Row.by_ratio("dear", 160, 100, 1.5, note="see [there]"),
    ]
    assert [row.ok for row in rows] == [True, False]
    out = StringIO()
    print_table(Console(file=out, width=100), rows)
    assert "≤ 300 µs" in out.getvalue() and "1.60" in out.getvalue() and "NO" in out.getvalue()
    assert "dear [1]" in out.getvalue() and "[1] see [there]" in out.getvalue()
    report = json.loads(as_json({"some": rows}, "sqlite"))
    assert report["results"]["some"][1]["ratio"] == 1.6
    assert report["machine"]["cores"] and report["database"] == "sqlite" and "commit" in report


def test_a_plot_has_a_line_for_each_row_that_rises_where_the_cost_does() -> None:
    drawn = ET.fromstring(draw({"a <b>": {"1000": 900.0, "1000000": 9000.0}, "c": {"1000": 500.0}}))
    space = "{http://www.w3.org/2000/svg}"
    rising, point = (line.get("points", "").split() for line in drawn.iter(f"{space}polyline"))
    (left, low), (right, high) = (map(float, each.split(",")) for each in rising)
    assert left < right and low > high and len(point) == 1
    assert "a <b>" in [each.text for each in drawn.iter(f"{space}text")]
