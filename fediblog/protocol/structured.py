"""Structured fields (RFC 9651) of other servers, read without forgiving anything twice."""

from collections.abc import Sequence
from typing import Any, NoReturn, TypeAlias, cast

import http_sf

from fediblog.errors import Unauthenticated

#: Members by name: each a value, which is a list of the same for an inner list, with parameters.
Dictionary: TypeAlias = dict[str, tuple[Any, dict[str, Any]]]

_LONGEST = 8192


def parse_dictionary(values: Sequence[str], name: str) -> Dictionary:
    """A dictionary that may be spread over several headers, called name.

    Unauthenticated when it cannot be read, or names a member or a parameter twice: the standard
    lets the last one count, and a reader who lets the first count would see something else.
    """
    text = ", ".join(values)
    refusal = Unauthenticated(f"The {name} header cannot be read, or names something twice.")
    if len(text) > _LONGEST:
        raise refusal

    def refuse(key: str, context: str) -> NoReturn:
        raise refusal

    try:
        data = text.encode("latin-1")
        return cast(Dictionary, http_sf.parse(data, tltype="dictionary", on_duplicate_key=refuse))
    except (http_sf.StructuredFieldError, ValueError) as error:
        raise refusal from error
