"""What the log looks like: one line for each thing, as text or as JSON, with the request it is of.

A failure that comes again and again, such as a database that is away, is written once a minute,
with how often it came meanwhile.
"""

import logging
import time
from collections.abc import Mapping
from contextvars import ContextVar
from types import TracebackType
from typing import Any

import orjson

#: The id of the request that is being answered; empty outside of one.
request_id: ContextVar[str] = ContextVar("request_id", default="")

FORMATS = ("text", "json")

_EVERY_SECONDS = 60.0
#: So many kinds of failures are told apart within a minute; more of them share one line.
_MOST_KINDS = 200
_OURS = "fields"

Kind = tuple[str, str, str]


def fields(**values: str | int) -> Mapping[str, Any]:
    """What a line tells besides its sentence, for a logger's `extra`. Never a secret, nor what
    somebody has written."""
    return {_OURS: values}


class TextLines(logging.Formatter):
    """2026-01-02 03:04:05,678 INFO fediblog.web: sentence key=value request=…"""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line, without the line breaks that a stranger may have sent."""
        told = "".join(f" {name}={value}" for name, value in _told(record).items())
        line = f"{super().formatMessage(record)}{told}"
        return line if line.isprintable() else "".join(map(_plain, line))


class JsonLines(logging.Formatter):
    """One object a line: time, level, logger, message, and what else is known."""

    def format(self, record: logging.LogRecord) -> str:
        """The object; a traceback is one string in it."""
        line: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_told(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        valid = {name: _valid(value) for name, value in line.items()}
        return orjson.dumps(valid, default=str).decode()


class Seldom(logging.Filter):
    """Lets a warning or an error of one kind through once a minute, and counts the others.

    A kind is what the line is written with, not what is filled in, and where an exception is from.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kinds: dict[Kind, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write it. How many were left out is told by the next one that is written."""
        if record.levelno < logging.WARNING:
            return True
        kind, now = self._kind(record), time.monotonic()
        begun, more = self._kinds.get(kind, (now - _EVERY_SECONDS, 0))
        if now - begun < _EVERY_SECONDS:
            self._kinds[kind] = (begun, more + 1)
            return False
        self._kinds[kind] = (now, 0)
        if more:
            record.msg = f"{record.getMessage()} (and {more} more like it before)"
            record.args = ()
        return True

    def _kind(self, record: logging.LogRecord) -> Kind:
        values = record.args if isinstance(record.args, tuple) else ()
        errors = " ".join(type(each).__name__ for each in values if isinstance(each, Exception))
        if record.exc_info and record.exc_info[0] is not None:
            errors += f" {record.exc_info[0].__name__} {_place(record.exc_info[2])}"
        kind = (record.name, str(record.msg), errors)
        if kind not in self._kinds and len(self._kinds) >= _MOST_KINDS:
            now = time.monotonic()
            self._kinds = {
                each: seen for each, seen in self._kinds.items() if now - seen[0] < _EVERY_SECONDS
            }
            if len(self._kinds) >= _MOST_KINDS:
                return ("", "", "")
        return kind


def write_log(form: str) -> None:
    """Write warnings, and what our own parts say, to standard error from now on, in one of FORMATS;
    httpx would log every request."""
    # What a line does not tell need not be found out for each (Python's logging HOWTO).
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    handler.addFilter(Seldom())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("fediblog").setLevel(logging.INFO)


def _told(record: logging.LogRecord) -> dict[str, Any]:
    """The fields of a line, and the request that it belongs to."""
    told = dict(getattr(record, _OURS, {}))
    if of := request_id.get():
        told.setdefault("request", of)
    return told


def _place(trace: TracebackType | None) -> str:
    """File and line where an exception was raised."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


def _valid(value: object) -> object:
    """What JSON can hold: of texts, only what UTF-8 can."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _plain(letter: str) -> str:
    return letter if letter.isprintable() else repr(letter)[1:-1]
