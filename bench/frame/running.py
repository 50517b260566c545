"""Finds the benchmarks and runs them."""

import importlib
import pkgutil
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import bench
from bench.frame.row import Row
from bench.frame.servers import Bench
from tests.provision.postgres import running_postgres


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A module of this package that measures something."""

    name: str
    title: str
    run: Callable[[Bench], Awaitable[Sequence[Row]]]


def find_benchmarks() -> Mapping[str, Benchmark]:
    """All of them, by their names. Raises ValueError if two have the same."""
    found: dict[str, Benchmark] = {}
    for module in pkgutil.iter_modules(bench.__path__):
        if module.ispkg or module.name.startswith("_"):
            continue
        there = importlib.import_module(f"bench.{module.name}")
        name = getattr(there, "NAME", "")
        if not name:
            continue
        if name in found:
            raise ValueError(f"two benchmarks are called {name}")
        found[name] = Benchmark(name, there.TITLE, there.run)
    return found


async def measure(benchmark: Benchmark, database: str) -> Sequence[Row]:
    """Run one on a kind of database. What it leaves behind is removed whatever happens."""
    with ExitStack() as stack:
        url = stack.enter_context(running_postgres()) if database == "postgres" else ""
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="fediblog-bench-"))
        return await benchmark.run(Bench(Path(folder), url))
