"""The headings of a post: their list, and a link beside each."""

import time

from fediblog.domain.headings import Heading, outline, with_anchors
from fediblog.domain.markdown import render


def test_headings_are_listed_in_their_order_each_beneath_another() -> None:
    html = render("### Before\n\n## A *b* & c[^1]\n\n#### Deep\n\n### Less\n\n## Last\n\n[^1]: N.")
    assert outline(html) == [
        Heading("before", "Before"),
        Heading("a-b-c", "A b & c", [Heading("deep", "Deep"), Heading("less", "Less")]),
        Heading("last", "Last"),
    ]


def test_a_heading_without_an_id_or_a_text_leads_nowhere() -> None:
    assert not outline(render("<h2>Plain</h2>\n\n<h2 id='x'></h2>"))
    assert with_anchors("<h2>Plain</h2>") == "<h2>Plain</h2>"


def test_each_heading_has_a_link_that_is_called_as_it_is() -> None:
    html = with_anchors('<h2 title="a > b" id="größe">Größe</h2>\n<p>Text</p>')
    assert html == (
        '<div class="anchored"><h2 title="a > b" id="größe">Größe</h2>'
        '<a class="anchor" href="#größe" aria-labelledby="größe">#</a></div>\n<p>Text</p>'
    )


def test_long_texts_are_read_in_no_time() -> None:
    started = time.perf_counter()
    for html in ('<h2 id="a">' * 20_000, '<h2 a="' * 20_000, "<h2 " * 50_000):
        outline(html)
        with_anchors(html)
    assert time.perf_counter() - started < 5
