"""Tags of a post."""

import pytest

from fediblog.domain.tags import hashtag, parse_tags, tag_slug


def test_tags_are_trimmed_and_each_is_there_once() -> None:
    assert parse_tags(" a, b,#c  d ,, A,##e ,") == ("a", "b", "c d", "e")
    assert parse_tags("") == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (",".join(f"t{i}" for i in range(21)), "at most 20 tags"),
        ("x" * 101, "at most 100 characters"),
        ("a, !!!", "needs a letter or a digit"),
    ],
)
def test_bad_tags_are_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_tags(text)


@pytest.mark.parametrize(
    ("tag", "word"),
    [
        ("web development", "webdevelopment"),
        ("GoToSocial", "GoToSocial"),
        ("ci-cd", "cicd"),
        ("snake_case", "snake_case"),
        ("हिन्दी", "हिन्दी"),
        ("日本語", "日本語"),
    ],
)
def test_a_hashtag_is_one_word(tag: str, word: str) -> None:
    assert hashtag(tag) == word


def test_tags_that_differ_have_addresses_that_differ() -> None:
    assert [tag_slug(tag) for tag in ("C", "C++", "C#", "web dev", "Web Dev", "日本語")] == [
        "c", "cpp", "csharp", "web-dev", "web-dev", "日本語",
    ]  # fmt: skip
