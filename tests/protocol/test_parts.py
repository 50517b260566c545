"""How much there may be in a body before anybody takes it apart."""

import json
import time

import pytest

from fediblog.errors import Malformed
from fediblog.protocol.incoming import parse_json


@pytest.mark.parametrize("part", [b"[]", b"{}", b'["\\"["]'])
def test_what_has_too_many_parts_is_not_read(part: bytes) -> None:
    """A megabyte of empty lists would keep us busy for a third of a second, whoever sent it."""
    body = b'{"a":[' + b",".join([part] * (970_000 // (len(part) + 1))) + b"]}"
    started = time.thread_time()
    with pytest.raises(Malformed, match="more than 20,000 objects and lists"):
        parse_json(body)
    assert time.thread_time() - started < 0.1


def test_brackets_in_a_text_are_no_parts() -> None:
    text = '[{\\"' * 30_000
    assert parse_json(json.dumps({"content": text}).encode()) == {"content": text}


@pytest.mark.parametrize("end", [b"", b'"', b"\\"])
def test_a_text_without_end_is_looked_at_once(end: bytes) -> None:
    started = time.thread_time()
    with pytest.raises(Malformed):
        parse_json(b"[" * 21_000 + b'"' + b'\\"' * 400_000 + end)
    assert time.thread_time() - started < 0.5
