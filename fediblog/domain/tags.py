"""The tags of a post: as typed, as hashtags, and as parts of addresses."""

import unicodedata

from slugify import slugify

from fediblog.domain.plaintext import one_line

MOST_TAGS = 20
LONGEST_TAG = 100

# Without these, C, C++ and C# would share an address.
_SPELLED_OUT = (("+", "p"), ("#", "sharp"))


def parse_tags(text: str) -> tuple[str, ...]:
    """The tags in "a, b, #c d": trimmed, without "#", each once, whatever its capitals.

    Raises ValueError for more than 20 tags, for a tag with more than 100 characters, and for one
    without a letter or a digit.
    """
    tags: dict[str, str] = {}
    for part in text.split(","):
        tag = one_line(part).lstrip("#").strip()
        if tag:
            _check(tag)
            tags.setdefault(tag.casefold(), tag)
    if len(tags) > MOST_TAGS:
        raise ValueError(f"A post can have at most {MOST_TAGS} tags; these are {len(tags)}.")
    return tuple(tags.values())


def hashtag(tag: str) -> str:
    """A tag as the word after "#": its letters, digits and underscores, with their capitals.

    "web development" gives "webdevelopment". Empty if nothing is left.
    """
    return "".join(c for c in unicodedata.normalize("NFC", tag) if belongs_to_a_word(c))


def tag_slug(tag: str) -> str:
    """A tag as part of an address; the same for every way of writing its capitals."""
    slug: str = slugify(tag, allow_unicode=True, replacements=_SPELLED_OUT)
    return slug or "tag"


def _check(tag: str) -> None:
    if len(tag) > LONGEST_TAG:
        raise ValueError(
            f"A tag can have at most {LONGEST_TAG} characters; “{tag[:20]}…” has more."
        )
    if not any(character.isalnum() for character in tag):
        raise ValueError(f"A tag needs a letter or a digit: “{tag}” has none.")


def belongs_to_a_word(character: str) -> bool:
    """Whether a character can stand in a hashtag."""
    # Marks are the vowels of many scripts.
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"
