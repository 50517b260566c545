"""JSON as other servers write it, and the ways in which one thing can be written.

One or many, object or id, the three spellings of Public, natural language maps: whatever is ironed
out here needs no thought anywhere else. Limits on every property are those of requirement K16.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from fediblog.errors import Malformed
from fediblog.protocol.addresses import authority_of

PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"
_PUBLIC_SPELLINGS: Final = frozenset({PUBLIC, "as:Public", "Public"})

MAX_URI: Final = 2048
MAX_ADDRESSEES: Final = 1000
MAX_DEPTH: Final = 64
#: Objects and lists in a body. A megabyte of real ones, tags with their links, has half as many; of
#: empty ones it has 330,000, which would take long to read.
MAX_PARTS: Final = 20_000
#: A text, or what is left of one at the end: so that nothing is looked at twice.
_TEXT: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)

_QUOTE_AND_COLON: Final = re.compile(rb'"[ \t\r\n]*:')

Document = dict[str, Any]


def parse_json(body: bytes) -> Document:
    """A JSON object from bytes. Raises Malformed for anything else (requirement K23).

    orjson is strict about NaN, lone surrogates and UTF-8; it keeps the last of two equal names,
    which another reader may do differently, so these are refused, in a second pass if need be.
    What has too many parts is not read at all.
    """
    _refuse_many(body)
    try:
        document = orjson.loads(body)
        if not isinstance(document, dict):
            raise Malformed("The body must be a JSON object.")
        # Behind every name there is a quote and a colon, which may stand elsewhere too: if there
        # are no more of them than names were kept, no name has come twice.
        if _count_names(document) != len(_QUOTE_AND_COLON.findall(body)):
            json.loads(body.decode(), object_pairs_hook=_refuse_duplicates)
    except (orjson.JSONDecodeError, json.JSONDecodeError) as error:
        raise Malformed("The body is not JSON.", detail=str(error)) from error
    except RecursionError as error:
        raise Malformed(f"The body is nested deeper than {MAX_DEPTH} levels.") from error
    return document


def is_public(document: Document) -> bool:
    """Whether the public collection, in any spelling, is in `to` or `cc` (requirement C2)."""
    return any(uri in _PUBLIC_SPELLINGS for field in ("to", "cc") for uri in many(document, field))


def is_tombstone(document: Document) -> bool:
    """Whether this is what is left of a deleted object."""
    return first_type(document) == "Tombstone"


def one_id(value: object) -> str:
    """The first id in a string, an object or a list of these; empty when there is none."""
    return next(ids(value), "")


def ids(value: object) -> Iterator[str]:
    """Every http(s) id in a string, an object, or a list of these."""
    for item in value if isinstance(value, list) else [value]:
        uri = item.get("id") if isinstance(item, dict) else item
        if isinstance(uri, str) and is_uri(uri):
            yield uri


def many(document: Document, field: str) -> list[str]:
    """The addressees in a field that may be missing, a string or a list."""
    value = document.get(field)
    values = value if isinstance(value, list) else [value]
    return [item for item in values[:MAX_ADDRESSEES] if isinstance(item, str)]


def parse_time(value: object) -> datetime | None:
    """An xsd:dateTime in UTC, None for what is no time."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value[:40])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def first_type(document: Document | None) -> str:
    """The type, or the first of several; empty when there is none."""
    value = document.get("type") if document else None
    values = value if isinstance(value, list) else [value]
    return plain(next((item for item in values if isinstance(item, str)), ""))[:100]


def is_uri(text: str) -> bool:
    """An http(s) address that is short enough, in bytes, for an index of either database."""
    # A longer one is not even taken apart: Python keeps what it has split last.
    return len(text) <= MAX_URI and bool(authority_of(text)) and len(text.encode()) <= MAX_URI


def plain(value: object) -> str:
    """A text without NUL, which PostgreSQL cannot keep."""
    return value.replace("\0", "") if isinstance(value, str) else ""


def natural(document: Document, field: str) -> tuple[str, str]:
    """A natural language value and its language: the plain field, else the first of its map."""
    text = plain(document.get(field))
    languages = document.get(f"{field}Map")
    if isinstance(languages, dict):
        for language, value in languages.items():
            if isinstance(value, str) and (not text or value == text):
                return plain(value), plain(language)[:35] if language != "und" else ""
    return text, ""


def page_address(value: object) -> str:
    """The address to read something at: a string, a Link, or the first HTML one of several."""
    links = [item for item in (value if isinstance(value, list) else [value]) if item]
    pages = [
        item for item in links if isinstance(item, dict) and item.get("mediaType") == "text/html"
    ]
    for item in pages + links:
        address = item.get("href") if isinstance(item, dict) else item
        if isinstance(address, str) and is_uri(address):
            return address
    return ""


def objects(value: object, most: int) -> list[Document]:
    """The objects, at most so many, in a value that may be one, a list, or something else."""
    values = value if isinstance(value, list) else [value]
    return [item for item in values[:most] if isinstance(item, dict)]


def whole_number(value: object) -> int | None:
    """A count that makes sense: neither negative nor absurd, and no truth value."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        return None
    return value


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise Malformed("The body has the same name twice in one object.")


def _refuse_many(body: bytes) -> None:
    """Brackets are counted, those in texts only if that decides."""
    if _count_parts(body) > MAX_PARTS and _count_parts(_TEXT.sub(b"", body)) > MAX_PARTS:
        raise Malformed(f"The body has more than {MAX_PARTS:,} objects and lists.")


def _count_parts(body: bytes) -> int:
    return body.count(b"[") + body.count(b"{")


def _count_names(document: Document) -> int:
    """How many names all objects of a document have together. A walk without recursion: one nested
    deeper than any real one is refused."""
    names = 0
    level: list[Document | list[Any]] = [document]
    for _ in range(MAX_DEPTH):
        below: list[Document | list[Any]] = []
        for item in level:
            if isinstance(item, dict):
                names += len(item)
                children: Iterable[Any] = item.values()
            else:
                children = item
            below += [child for child in children if isinstance(child, (dict, list))]
        if not below:
            return names
        level = below
    raise Malformed(f"The body is nested deeper than {MAX_DEPTH} levels.")
