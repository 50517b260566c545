"""The scanner: tags, attributes and references as browsers read them, in linear time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediblog.domain.markup import EndTag, StartTag, Text, Token, nesting, scan, written


@pytest.mark.parametrize(
    ("html", "tokens"),
    [
        ("a &lt; b", [Text("a < b")]),
        ("1 < 2 <3", [Text("1 "), Text("<"), Text(" 2 "), Text("<"), Text("3")]),
        ("<P Class=x>", [StartTag("p", {"class": "x"})]),
        ("<a b='1' b=2 c>", [StartTag("a", {"b": "1", "c": ""})]),
        ("<a href='?a=1&copy=2&amp;b'>", [StartTag("a", {"href": "?a=1&copy=2&b"})]),
        ('<a t="x>y">z</a >', [StartTag("a", {"t": "x>y"}), Text("z"), EndTag("a")]),
        ("<br/><img/src=x>", [StartTag("br"), StartTag("img", {"src": "x"})]),
        ("<a =x=1>", [StartTag("a", {"=x": "1"})]),
        ("a<!-- <b> -->c<!x>d<?e?>f", [Text("a"), Text("c"), Text("d"), Text("f")]),
        ("a<!-->b<!--->c", [Text("a"), Text("b"), Text("c")]),
        ("a</ >b", [Text("a"), Text("b")]),
        ("a<b c", [Text("a")]),
        ("a<b c='", [Text("a")]),
        ("a<!-- b", [Text("a")]),
        ("<", [Text("<")]),
    ],
)
def test_scans_as_browsers_do(html: str, tokens: list[Token]) -> None:
    assert list(scan(html)) == tokens


def test_some_elements_hold_nothing_but_text() -> None:
    html = "<title>a<b></titles>&lt;</TITLE ><b>c</b><title>d"
    assert list(scan(html, holding_text=frozenset({"title"}))) == [
        *(StartTag("title"), Text("a<b></titles><"), EndTag("title")),
        *(StartTag("b"), Text("c"), EndTag("b"), StartTag("title"), Text("d")),
    ]


@given(st.text(alphabet="<>/!-='\"& abp"))
def test_what_is_written_is_scanned_as_the_same(html: str) -> None:
    tokens = list(scan(html))
    texts = "".join(token.content for token in tokens if isinstance(token, Text))
    again = list(scan(written(tokens)))
    assert "".join(token.content for token in again if isinstance(token, Text)) == texts


@pytest.mark.parametrize(
    "html",
    ["<!--" * 25_000, "<a " * 33_000, '<a b=">' + "<a x " * 20_000, "</b " * 25_000, "<?" * 50_000],
)
def test_tags_that_never_end_take_linear_time(html: str) -> None:
    started = time.thread_time()
    list(scan(html))
    assert time.thread_time() - started < 1


def test_nesting_counts_what_stays_open() -> None:
    assert nesting("<div><p>a<p>b<br></div><i>") == 1
    assert nesting("<ul><li><ul><li></ul></ul>") == 2
    assert nesting("<i>" * 500) == 500
