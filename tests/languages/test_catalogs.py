"""The catalogs of the interface hold the texts of the sources, and translations that fit them."""

import re
from collections import Counter

import pytest
from babel.messages.catalog import Catalog, Message

from fediblog.domain.languages import ENGLISH, LANGUAGES
from scripts.catalogs import extract, is_translated, path_of, read, texts, written

TRANSLATED = [tag for tag in LANGUAGES if tag != ENGLISH]
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_TAG = re.compile(r"<[^>]*>")


@pytest.fixture(scope="module")
def sources() -> Catalog:
    return extract()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalog_has_exactly_the_messages_of_the_sources(language: str, sources: Catalog) -> None:
    """scripts/translations makes it so."""
    assert _ids(read(language)) == _ids(sources)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalog_is_written_as_the_script_writes_it(language: str) -> None:
    assert path_of(language).read_bytes() == written(read(language), language)


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_missing_or_doubtful(language: str) -> None:
    missing = [each.id for each in _messages(read(language)) if not is_translated(each)]
    assert not missing
    assert not [each.id for each in _messages(read(language)) if each.fuzzy]


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_plural_has_the_forms_of_its_language(language: str) -> None:
    catalog = read(language)
    for each in _messages(catalog):
        if each.pluralizable and is_translated(each):
            assert len(texts(each.string)) == catalog.num_plurals, each.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_placeholders_and_the_tags_of_its_message(language: str) -> None:
    """A form for one number alone may leave the number out; HTML is never more than was there, and
    nothing in a text could end an attribute."""
    for each in _messages(read(language)):
        if not is_translated(each):
            continue
        forms, source = texts(each.string), texts(each.id)[-1]
        for form in forms:
            assert _tags(form) == _tags(source), form
            assert not set('"<>&') & set(_TAG.sub("", form)), form
            assert not _PLACEHOLDER.sub("", form).count("%"), form
            assert _placeholders(form) <= _placeholders(source), form
        assert _placeholders(forms[-1]) == _placeholders(source), forms[-1]


def _messages(catalog: Catalog) -> list[Message]:
    return [each for each in catalog if each.id]


def _ids(catalog: Catalog) -> set[tuple[str, ...]]:
    return {texts(each.id) for each in _messages(catalog)}


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def _tags(text: str) -> Counter[str]:
    return Counter(_TAG.findall(text))
