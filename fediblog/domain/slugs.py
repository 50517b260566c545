"""The readable parts of addresses, made from titles."""

from collections.abc import Callable, Container, Iterator
from itertools import count

from slugify import slugify

from fediblog.domain.tags import hashtag, parse_tags, tag_slug

__all__ = ["hashtag", "parse_tags", "slugify_title", "tag_slug", "unique_slug"]

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


def unique_slug(wanted: str, taken: Container[str] | Callable[[str], bool]) -> str:
    """`wanted`, or if it is taken the first free one of `wanted-2`, `wanted-3` and so on."""
    is_taken = taken if callable(taken) else taken.__contains__
    if not is_taken(wanted):
        return wanted
    return next(slug for slug in _numbered(wanted) if not is_taken(slug))


def _numbered(slug: str) -> Iterator[str]:
    for number in count(2):
        ending = f"-{number}"
        yield slug[: LONGEST_SLUG - len(ending)].rstrip("-") + ending
