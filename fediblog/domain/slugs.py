"""The readable parts of addresses, made from titles."""

from collections.abc import Iterator
from itertools import count

from slugify import slugify

LONGEST_SLUG = 80


def slugify_title(title: str) -> str:
    """A title as part of an address: lower case, words joined by "-", at most 80 characters.

    Letters of every script stay as they are; a title without any letter gives "post".
    """
    # A longer title changes nothing, and costs.
    slug: str = slugify(
        title[: 10 * LONGEST_SLUG], allow_unicode=True, max_length=LONGEST_SLUG, word_boundary=True
    )
    return slug or "post"


def slug_candidates(wanted: str) -> Iterator[str]:
    """`wanted`, then `wanted-2`, `wanted-3` and so on, for whoever looks for a free one."""
    yield wanted
    for number in count(2):
        ending = f"-{number}"
        yield wanted[: LONGEST_SLUG - len(ending)].rstrip("-") + ending
