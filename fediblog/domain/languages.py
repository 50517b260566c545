"""The languages that the interface speaks, and which of them a reader gets."""

from collections.abc import Iterator

ENGLISH = "en"
#: Every language by its tag, with its own name for itself.
LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "pt": "Português",
    "ja": "日本語",
    "zh-Hans": "简体中文",
    "ar": "العربية",
}
_BY_LOWER_TAG = {tag.lower(): tag for tag in LANGUAGES}
#: Where Chinese is written in the simplified script, or no place is given.
_SIMPLIFIED = ("zh", "zh-cn", "zh-sg", "zh-my")
#: Preferences of one browser that are looked at, and characters of a tag.
_MOST, _LONGEST = 20, 35


def find_language(wanted: str) -> str | None:
    """The tag of the interface language that fits a language tag, None if there is none.

    de-AT is German; of Chinese only the simplified script is here.
    """
    lower = wanted.strip().lower()
    if lower in _SIMPLIFIED:
        return "zh-Hans"
    while lower and len(wanted) <= _LONGEST:
        if lower in _BY_LOWER_TAG:
            return _BY_LOWER_TAG[lower]
        lower = lower.rpartition("-")[0]
    return None


def negotiate(header: str, otherwise: str) -> str:
    """The interface language that a browser wants by its Accept-Language (RFC 9110, 12.5.4).

    otherwise: the language to fall back on, which may be one that is not here; then it is English.
    """
    return find_wanted(header) or find_language(otherwise) or ENGLISH


def find_wanted(header: str) -> str | None:
    """The interface language that an Accept-Language wants, None if it wants none of ours."""
    for _, wanted in sorted(_preferences(header), key=lambda each: -each[0]):
        if found := find_language(wanted):
            return found
    return None


def _preferences(header: str) -> Iterator[tuple[float, str]]:
    """Quality and tag, in the header's order; those that are refused or make no sense left out."""
    for part in header.split(",")[:_MOST]:
        tag, _, weight = part.partition(";")
        name, _, value = weight.partition("=")
        try:
            quality = float(value) if name.strip().lower() == "q" else 1.0
        except ValueError:
            continue
        if 0 < quality <= 1:
            yield quality, tag
