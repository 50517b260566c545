"""Lists of blocks as Mastodon exports and imports them: of an instance, and of a person.

Of an instance it has a header with a # before each name, of muted people a header, and of blocked
people and domains none. Columns may be missing or in another order.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from fediblog.errors import Malformed

ListKind = Literal["domains", "accounts", "mutes"]

_DOMAINS: Final = (
    "#domain",
    "#severity",
    "#reject_media",
    "#reject_reports",
    "#public_comment",
    "#obfuscate",
)
_MUTES: Final = ("Account address", "Hide notifications")
MOST_LINES: Final = 5000
#: With one of these at its beginning a cell is a formula to programs for spreadsheets.
_FORMULA: Final = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Line:
    """One block in a list. value: a domain, or user@host; action: silence or reject."""

    kind: Literal["server", "person"]
    value: str
    action: Literal["silence", "reject"]
    note: str = ""


def write_list(kind: ListKind, lines: Iterable[Line]) -> str:
    """A list as Mastodon takes it; what spreadsheets would take for a formula has a ' before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if kind == "domains":
        writer.writerow(_DOMAINS)
        for line in lines:
            severity = "suspend" if line.action == "reject" else "silence"
            rejects = "true" if line.action == "reject" else "false"
            written = (_cell(line.value), severity, rejects, rejects, _cell(line.note), "false")
            writer.writerow(written)
    elif kind == "mutes":
        writer.writerow(_MUTES)
        writer.writerows((_cell(line.value), "true") for line in lines)
    else:
        writer.writerows((_cell(line.value),) for line in lines)
    return out.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _content(cell: str) -> str:
    """What a cell says, without the mark that keeps it from being a formula."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def read_list(text: str) -> Sequence[Line]:
    """The blocks of a list of any of these kinds; lines that block nothing (severity noop) are left
    out. Raises Malformed for what is none, or too long a one."""
    try:
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    except csv.Error as error:
        raise Malformed("This is no list of comma-separated values.") from error
    rows = [[_content(cell) for cell in row] for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise Malformed("There is nothing in this list.")
    if len(rows) > MOST_LINES:
        raise Malformed(f"A list can have at most {MOST_LINES:,} lines.")
    header = [cell.lstrip("#").lower().replace(" ", "_") for cell in rows[0]]
    if "domain" in header:
        return [line for row in rows[1:] if (line := _domain(dict(zip(header, row, strict=False))))]
    if "account_address" in header:
        at = header.index("account_address")
        muted = "hide_notifications" in header
        rest = (row[at] for row in rows[1:] if len(row) > at)
        return [_plain(value, "silence" if muted else "reject") for value in rest if value]
    return [_plain(row[0], "reject") for row in rows]


def _domain(row: dict[str, str]) -> Line | None:
    severity = row.get("severity", "suspend").lower() or "suspend"
    if severity not in {"suspend", "silence", "limit"} or not row.get("domain"):
        return None
    note = row.get("public_comment", "") or row.get("private_comment", "")
    return Line("server", row["domain"], "reject" if severity == "suspend" else "silence", note)


def _plain(value: str, action: Literal["silence", "reject"]) -> Line:
    if "@" in value.lstrip("@"):
        return Line("person", value.lstrip("@"), action)
    return Line("server", value, action)
