"""Counts that a page was read, without a query and without knowing by whom."""

from starlette.requests import Request

from fediblog.actions.count_reads import ReadCounts
from fediblog.domain.readers import is_reader


def note_read(request: Request, name: str) -> None:
    """A reader gets the page of this name, as in the table day_count."""
    counts: ReadCounts = request.app.state.reads
    if request.method == "GET" and is_reader(request.headers):
        counts.add(name)
