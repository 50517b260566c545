"""The table, and the same as JSON with the machine and the commit."""

import json
import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.frame.row import Row

ROOT = Path(__file__).resolve().parents[2]
_OK = {True: "yes", False: "NO", None: ""}


def print_table(console: Console, rows: Sequence[Row]) -> None:
    """One table of everything that was measured, and beneath it the notes."""
    table = Table()
    table.add_column("operation")
    for title in ("CPU µs", "ratio", "wall", "limit"):
        table.add_column(title, justify="right")
    table.add_column("ok")
    notes: list[str] = []
    for row in rows:
        if row.note:
            notes.append(row.note)
        mark = f" [{len(notes)}]" if row.note else ""
        cost = row.measured if row.cpu_us is None else f"{row.cpu_us:,.0f}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        table.add_row(
            f"{row.operation}{mark}".replace("[", "\\["),
            cost,
            ratio,
            row.wall,
            row.limit,
            _OK[row.ok],
        )
    console.print(table)
    for number, note in enumerate(notes, 1):
        console.print(f"[{number}] {note}", markup=False, highlight=False, soft_wrap=True)


def as_json(rows: Mapping[str, Sequence[Row]], database: str) -> str:
    """Everything, by the benchmarks' names."""
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "database": database,
        "machine": _machine(),
        "results": {name: [asdict(row) for row in each] for name, each in rows.items()},
    }
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def _machine() -> dict[str, Any]:
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 2),
        "python": sys.version.split()[0],
        "sqlite": sqlite3.sqlite_version,
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _commit() -> str:
    """Of what was measured, with -dirty if it was changed since; empty outside a checkout."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return done.stdout.strip()
