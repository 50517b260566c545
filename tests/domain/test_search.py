"""What is found by what is typed, in every script, and what is shown of it."""

# ruff: noqa: RUF001 - it is about letters that look like others

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediblog.domain.search_excerpts import Piece, make_excerpt, marked
from fediblog.domain.search_queries import LONGEST_QUERY, Term, parse_query
from fediblog.domain.search_words import LONGEST_WORD, composed, find_words


def words(text: str) -> list[str]:
    """The words of a text, as they are looked for."""
    return [word.text for word in find_words(composed(text))]


def is_found(text: str, typed: str) -> bool:
    """Whether a text has all that was typed."""
    terms = parse_query(typed).wanted
    return bool(terms) and all(
        any(piece.found for piece in marked(composed(text), [term])) for term in terms
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Äpfel Größe STRASSE naïve café", ["apfel", "grosse", "strasse", "naive", "cafe"]),
        ("cafe\u0301 A\u030angstrom", ["cafe", "angstrom"]),
        ("İstanbul \u0131spanak", ["istanbul", "ispanak"]),
        ("Ørsted Łódź œuvre Þórr đak", ["orsted", "lodz", "oeuvre", "thorr", "dak"]),
        ("Σίσυφος ΣΊΣΥΦΟΣ", ["σισυφοσ", "σισυφοσ"]),
        ("Ёлка чай", ["елка", "чаи"]),
        ("日本語 の", ["日本", "本語", "語", "の"]),
        ("东京Tower", ["东京", "京", "tower"]),
        ("ｶﾞｲﾄﾞ ガイド", ["ガイ", "イド", "ド"] * 2),
        ("か\u3099っこう", ["がっ", "っこ", "こう", "う"]),
        ("한국어를", ["한국", "국어", "어를", "를"]),
        ("ภาษาไทย", ["ภา", "าษ", "ษา", "าไ", "ไท", "ทย", "ย"]),
        ("كِتَابٌ كـتـاب أحمد", ["كتاب", "كتاب", "احمد"]),
        ("שָׁלוֹם", ["שלום"]),
        ("हिन्दी कुल", ["हिन्दी", "कुल"]),
        ("می\u200cخواهم", ["میخواهم"]),
        ("🍅👩🏽‍🌾 ❤️ 🇩🇪", ["🍅", "👩", "🌾", "❤", "🇩", "🇪"]),
        ("don't l’été", ["don", "t", "l", "ete"]),
        ("https://example.com/a?b=c#d", ["https", "example", "com", "a", "b", "c", "d"]),
        ("#tag @me@host.example", ["tag", "me", "host", "example"]),
        ("soft\u00adhyphen zero\u200bwidth", ["softhyphen", "zero", "width"]),
        ("٣٤ ３４ ½ ①", ["34", "34", "1", "2", "1"]),
        ("\x00\t--- … «»", []),
        ("x" * 500, ["x" * LONGEST_WORD]),
    ],
)
def test_words_of_every_script(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Die Größe der Bären", "grosse baren"),
        ("Die Grosse der Baren", "Größe Bären"),
        ("東京タワーと日本語", "日本語"),
        ("東京タワーと日本語", "語"),
        ("東京タワーと日本語", "京"),
        ("東京タワーと日本語", "日本 東京"),
        ("東京のiPhoneを", "iphone"),
        ("한국어를 배우다", "한국어"),
        ("ฉันรักภาษาไทยมาก", "ภาษาไทย"),
        ("كِتَابٌ جميل", "كتاب"),
        ("I won't. Really", "won’t"),
        ("see https://example.com/path", "example.com"),
        ("He said: who was late?", '"who was late"'),
        ("gardening", "gard"),
        ("one 🍅 more", "🍅"),
    ],
)
def test_it_is_found(text: str, typed: str) -> None:
    assert is_found(text, typed)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("東の京", "東京"),
        ("late was who", '"who was late"'),
        ("gardening", '"gard"'),
        ("gardening", "gard tools"),
        ("gardening tools", "gard tools"),
        ("going", "go"),
    ],
)
def test_it_is_not_found(text: str, typed: str) -> None:
    assert not is_found(text, typed)


def test_what_can_be_typed() -> None:
    assert parse_query('red -"old barn" „Hallo Welt“ -x gard').terms == (
        Term(("red",)),
        Term(("old", "barn"), excluded=True),
        Term(("hallo", "welt")),
        Term(("x",), excluded=True),
        Term(("gard",), beginning=True),
    )
    assert parse_query("日本語").terms == (Term(("日本", "本語")),)
    assert parse_query("語").terms == (Term(("語",), beginning=True),)
    assert parse_query("cat CAT cät").terms == (Term(("cat",)), Term(("cat",), beginning=True))
    assert not parse_query("-only").asks
    assert not parse_query('--- ... \x00 "" \'').asks


def test_more_than_is_useful_is_left_out() -> None:
    assert parse_query(" ".join(f"w{number}" for number in range(30))).cut
    assert not parse_query("one two three").cut
    for typed in (
        "日本語" * 60,
        "a." * 100,
        "語 " * 100,
        '"' + "a " * 98 + 'b"',
        '"a a a b" ' * 20,
    ):
        query = parse_query(typed)
        assert sum(len(term.words) for term in query.terms) <= 20
        assert query.asks
    assert parse_query('"' + "a " * 98 + 'b"').cut


@given(st.text(max_size=LONGEST_QUERY), st.text(max_size=300))
def test_whatever_is_typed_and_written(typed: str, text: str) -> None:
    """Nothing in a word means anything to a database, and no character of a text is lost."""
    query = parse_query(typed)
    for term in query.terms:
        for word in term.words:
            assert word and not set(word) & set(" \"'*:&|!<>()\\\x00")
    whole = composed(text)
    assert "".join(piece.text for piece in marked(whole, query.wanted)) == whole
    excerpt = "".join(piece.text for piece in make_excerpt(whole, query.wanted))
    assert excerpt.strip("… ").strip() in whole
    for found in find_words(whole):
        assert 0 <= found.start < found.head <= found.end <= len(whole)


@given(st.text(max_size=60))
def test_a_text_is_found_by_itself(text: str) -> None:
    quoted = text.translate(dict.fromkeys(map(ord, '"“”„‟«»「」『』'), " "))
    if parse_query(f'"{quoted}"').asks and not parse_query(f'"{quoted}"').cut:
        assert is_found(quoted, f'"{quoted}"')


def test_an_excerpt_shows_where_most_of_it_stands() -> None:
    quiet, end = "Nothing happened. " * 50, "x " * 300
    text = f"Fog again. {quiet} The fog over Ørsted’s gardens. {end}"
    pieces = make_excerpt(text, parse_query("fog orsted gard").wanted)
    assert [piece.text for piece in pieces if piece.found] == ["fog", "Ørsted", "gardens"]
    shown = "".join(piece.text for piece in pieces)
    assert shown.startswith("… ") and shown.endswith("…") and len(shown) < 280


def test_an_excerpt_of_what_stands_elsewhere_is_the_beginning() -> None:
    assert make_excerpt("Some text.", parse_query("title").wanted) == (Piece("Some text."),)
    assert make_excerpt("", parse_query("title").wanted) == ()


def test_marks_hold_whole_characters() -> None:
    found = marked("日本語学 cafe\u0301s", parse_query("語 café").wanted)
    assert [piece.text for piece in found if piece.found] == ["語", "cafe\u0301s"]
    overlapping = marked("aa aa aa", parse_query('"aa aa"').wanted)
    assert overlapping == (Piece("aa aa aa", found=True),)


@pytest.mark.parametrize("text", ["a\u0e31" + "\u0e48" * 50_000, "é" * 50_000, "日" * 50_000])
def test_long_texts_take_no_longer_than_they_are(text: str) -> None:
    before = time.process_time()
    assert sum(1 for _ in find_words(text))
    assert time.process_time() - before < 2


@pytest.mark.parametrize("typed", ['"' + "a " * 19 + 'b"', "a b c d e f g h i j k l", '"a b"'])
def test_excerpts_take_no_longer_for_what_is_nearly_there_everywhere(typed: str) -> None:
    text = ("a " * 18 + "b ") * 3000
    before = time.process_time()
    make_excerpt(text, parse_query(typed).wanted)
    assert time.process_time() - before < 0.2
