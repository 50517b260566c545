"""Counts that a page was read, without a query and without knowing by whom."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from starlette.requests import Request

from fediblog.actions.count_reads import ReadCounts
from fediblog.domain.readers import is_reader

_names: ContextVar[list[str] | None] = ContextVar("names", default=None)


def note_read(request: Request, name: str) -> None:
    """A reader gets the page of this name, as in the table day_count."""
    counts: ReadCounts = request.app.state.reads
    if (names := _names.get()) is not None:
        names.append(name)
    if request.method == "GET" and is_reader(request.headers):
        counts.add(name)


@contextmanager
def collecting_reads() -> Iterator[list[str]]:
    """Gather the names of the pages that are read by whoever gets the answer made in the block."""
    names: list[str] = []
    token = _names.set(names)
    try:
        yield names
    finally:
        _names.reset(token)
