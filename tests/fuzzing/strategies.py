"""What strangers, programs and browsers may send, for hypothesis to choose from."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

#: How many examples `scripts/fuzz` wants of each test.
_MANY = int(os.environ.get("FEDIBLOG_TEST_EXAMPLES", "0"))

#: The same examples each time, in whatever order the tests run; others with `scripts/fuzz`.
EXAMPLES = settings(
    max_examples=_MANY or 60,
    deadline=None,
    database=None,
    derandomize=not _MANY,
    # To find out which lines a failure depends on takes minutes where the examples are long.
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

TYPES = ("Create", "Update", "Delete", "Follow", "Undo", "Like", "Announce", "Note", "Person")
FIELDS = (
    "id", "type", "actor", "object", "attributedTo", "inReplyTo", "content", "contentMap", "name",
    "summary", "url", "to", "cc", "tag", "published", "updated", "publicKey", "inbox", "icon",
)  # fmt: skip

_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_scalar = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _text
    | st.sampled_from(TYPES)
)
_address = st.sampled_from(
    [
        *("{id}", "{id}/1", "{id}#2", "{article}", "{blog}", "https://[", "as:Public"),
        *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-28T12:00:00Z"),
    ]
)

#: Any JSON, in which the names are often those of ActivityStreams.
values = st.recursive(
    _scalar | _address,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(FIELDS) | _text, inner, max_size=5)
    ),
    max_leaves=20,
)
#: Objects of ActivityStreams in which anything may be anything.
objects = st.dictionaries(st.sampled_from(FIELDS), values, max_size=8)

_visible = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
#: What can stand in a header.
header_values = st.text(_visible, max_size=60).map(str.strip)
_parameter = st.sampled_from(
    ["keyId", "algorithm", "headers", "signature", "created", "expires", "keyid", "x"]
)
#: Signature headers as draft-cavage has them, more or less.
signature_headers = st.lists(st.tuples(_parameter, header_values), max_size=6).map(
    lambda pairs: ",".join(f'{name}="{value}"' for name, value in pairs)
)


def documents(base: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A document like this one, such as an actor or a note, with something else in some places."""
    changes = st.dictionaries(st.sampled_from([*base, *FIELDS]), values, min_size=1, max_size=3)
    left_out = st.sets(st.sampled_from(sorted(base)), max_size=1)
    return st.builds(
        lambda new, out: {
            name: value for name, value in (dict(base) | new).items() if name not in out
        },
        changes,
        left_out,
    )


def mutations(seeds: Sequence[bytes], words: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """One of the seeds, some places of it cut out or filled with words, pieces or noise."""
    pieces = (
        st.sampled_from(words)
        | st.builds(lambda word, times: word * times, st.sampled_from(words), st.integers(2, 300))
        | st.builds(
            lambda seed, at: seed[at : at + 50], st.sampled_from(seeds), st.integers(0, 999)
        )
        | st.binary(max_size=4)
        | st.characters(exclude_categories=["Cs"]).map(str.encode)
    )
    changes = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 50), pieces), max_size=6)
    return st.builds(_changed, st.sampled_from(seeds), changes)


def _changed(seed: bytes, changes: Sequence[tuple[float, int, bytes]]) -> bytes:
    for place, length, piece in changes:
        at = int(place * len(seed))
        seed = seed[:at] + piece + seed[at + length :]
    return seed


#: What somebody may write into an address or a field that wants something else.
odd_texts = (
    st.sampled_from(
        [
            "", " ", "\0", "a\0b", "0", "-1", "1", "1.1", "99999999999999999999", "9" * 5000,
            "\u0664", "\u00b2", "nan", "inf", "2026-02-30T25:61", "9999-12-31T23:59:59-23:59",
            "0001-01-01T00:00+23:59", "https://[", "http://xn--a/", "//", "../../etc/passwd",
            "<script>", "'\";--", "{{7*7}}", "%", "%s", "%(x)s", "\r\nX: y", "\u202e", "\U0001f600",
            "x" * 3000, "null", "[]", "{}", "true", "*", "acct:@", "@@", "a@b@c", "\ufeff", "=1",
        ]
    )
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
)  # fmt: skip
