"""The short run of what `scripts/fuzz` does at length: each reader, with what it is made for, with
changed pieces of it, and with as much of one thing as fits into a document."""

import time
from itertools import cycle

import pytest
from hypothesis import given, settings

from tests.fuzzing.seeds import SEEDS, WORDS
from tests.fuzzing.strategies import EXAMPLES, mutations
from tests.fuzzing.targets import TARGETS

_LONG = 6_000
_SECONDS = 2.0
_NAMES = sorted(TARGETS)


def test_every_reader_has_seeds() -> None:
    assert TARGETS.keys() == SEEDS.keys() == WORDS.keys()


@pytest.mark.parametrize("name", _NAMES)
def test_no_reader_stumbles_over_what_it_is_made_for(name: str) -> None:
    for seed in SEEDS[name]:
        TARGETS[name](seed)


@pytest.mark.parametrize("name", _NAMES)
def test_no_reader_stumbles_over_what_has_been_changed(name: str) -> None:
    @settings(EXAMPLES, max_examples=2 * EXAMPLES.max_examples)
    @given(mutations(SEEDS[name], WORDS[name]))
    def read(data: bytes) -> None:
        TARGETS[name](data)

    read()


@pytest.mark.parametrize("name", _NAMES)
def test_no_reader_takes_long_for_much_of_the_same(name: str) -> None:
    """A piece over and over, alone or behind what it belongs to, so long that what takes quadratic
    time takes many seconds."""
    beginnings = cycle([b"", *SEEDS[name]])
    for word, beginning in zip(WORDS[name], beginnings, strict=False):
        data = beginning + word * (_LONG // len(word))
        started = time.thread_time()
        TARGETS[name](data)
        assert time.thread_time() - started < _SECONDS, data[:100]
