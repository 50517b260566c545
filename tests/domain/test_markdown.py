"""Posts: what authors write and what becomes of it."""

import time

import pytest

from fediblog.domain.markdown import LARGEST_POST, render


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ('"Quoted" -- it\'s...', "<p>“Quoted” – it’s…</p>\n"),
        ("~~gone~~", "<p><s>gone</s></p>\n"),
        ("## Two words", '<h2 id="two-words">Two words</h2>\n'),
        ("# One\n\n## Two", '<h2 id="one">One</h2>\n<h3 id="two">Two</h3>\n'),
        ("## a\n\n## a", '<h2 id="a">a</h2>\n<h2 id="a-1">a</h2>\n'),
        (
            "```python\nprint('<b>')\n```",
            '<pre tabindex="0"><code class="language-python">print('
            "<span class=\"tok-string\">'&lt;b&gt;'</span>)\n</code></pre>\n",
        ),
        ("Term\n: Definition", "<dl>\n<dt>Term</dt>\n<dd>Definition</dd>\n</dl>\n"),
        (
            '![Alt](https://a.example/b.png "Title")',
            '<figure><img src="https://a.example/b.png" alt="Alt" loading="lazy">'
            "<figcaption>Title</figcaption></figure>\n",
        ),
        (
            '![Alt](/b.png "By [*Ana*](https://ana.example/) \\"x\\"")',
            '<figure><img src="/b.png" alt="Alt" loading="lazy"><figcaption>By '
            '<a href="https://ana.example/"><em>Ana</em></a> "x"</figcaption></figure>\n',
        ),
        (
            '![Alt](/b.png "A <i> *here*")',
            '<figure><img src="/b.png" alt="Alt" loading="lazy">'
            "<figcaption>A &lt;i&gt; *here*</figcaption></figure>\n",
        ),
        (
            '![Alt](/b.png "A ![picture](/c.png)")',
            '<figure><img src="/b.png" alt="Alt" loading="lazy">'
            "<figcaption>A ![picture](/c.png)</figcaption></figure>\n",
        ),
        (
            '<figure>\n<img src="/media/a.png" width="3">\n<figcaption>C</figcaption>\n</figure>',
            '<figure>\n<img src="/media/a.png" width="3" loading="lazy">\n'
            "<figcaption>C</figcaption>\n</figure>",
        ),
        (
            "[The *wind*](/sounds/wind.MP3)",
            '<figure><audio src="/sounds/wind.MP3" controls="" preload="none"></audio><figcaption>'
            '<a href="/sounds/wind.MP3">The <em>wind</em></a></figcaption></figure>\n',
        ),
        (
            "<https://a.example/film.webm?t=1>",
            '<figure><video src="https://a.example/film.webm?t=1" controls="" preload="none">'
            '</video><figcaption><a href="https://a.example/film.webm?t=1">'
            '<span class="invisible">https://</span>a.example/film.webm?t=1</a>'
            "</figcaption></figure>\n",
        ),
        (
            "Hear [it](/a.mp3)\n\n[a](/a.mp3)[b](/b.mp3)",
            '<p>Hear <a href="/a.mp3">it</a></p>\n'
            '<p><a href="/a.mp3">a</a><a href="/b.mp3">b</a></p>\n',
        ),
        (
            "See https://www.a.example/a/path/that/goes/on/and/on/to/its/very/end",
            '<p>See <a href="https://www.a.example/a/path/that/goes/on/and/on/to/its/very/end">'
            '<span class="invisible">https://www.</span>'
            '<span class="ellipsis">a.example/a/path/that/goes/on/and/on/to/</span>'
            '<span class="invisible">its/very/end</span></a></p>\n',
        ),
        (
            "[https://a.example](https://a.example)",
            '<p><a href="https://a.example">https://a.example</a></p>\n',
        ),
        (
            "H<sub>2</sub>O <kbd>x</kbd> <mark>m</mark>",
            "<p>H<sub>2</sub>O <kbd>x</kbd> <mark>m</mark></p>\n",
        ),
    ],
)
def test_markdown_becomes_html(markdown: str, html: str) -> None:
    assert render(markdown) == html


def test_cells_are_aligned_by_classes() -> None:
    html = render("| a | b |\n|--:|---|\n| 1 | 2 |")
    assert '<th class="align-right">a</th>\n<th>b</th>' in html
    assert '<td class="align-right">1</td>\n<td>2</td>' in html
    assert "style" not in html


def test_tasks_have_boxes_that_cannot_be_ticked() -> None:
    html = render("- [ ] to do\n- [x] done")
    task = '<li class="task-list-item"><label><input class="task-list-item-checkbox"'
    assert html.count(task) == 2
    assert "> to do</label></li>" in html
    assert html.count('disabled=""') == 2
    assert html.count('checked="checked"') == 1


def test_two_posts_on_one_page_have_footnotes_of_their_own() -> None:
    markdown = "# Title\n\nText[^1] and more[^1].\n\n[^1]: Note."
    one, two = (_ids(render(markdown, footnote_prefix=prefix)) for prefix in ("p1", "p2"))
    assert len(one) == len(two) == 4
    assert not one & two
    assert '<a href="#fn-p1-1" id="fnref-p1-1">' in render(markdown, footnote_prefix="p1")


def test_media_are_played_by_the_reader_only() -> None:
    html = render('<video src="https://a.example/b.mp4" autoplay onplay="x()"></video>')
    assert (
        html == '<p><video src="https://a.example/b.mp4" controls="" preload="none"></video></p>\n'
    )


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "text <script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='java\nscript:alert(1)'>x</a>",
        "<iframe src='https://a.example/'></iframe>",
        "<form action='https://a.example/'><input type=password name=x></form>",
        "<svg onload=alert(1)>",
        "<p style='position:fixed'>x</p>",
        "<img src='data:text/html,x'>",
        "<img srcset='https://a.example/a 1x, javascript:alert(1) 2x'>",
        "<video poster='javascript:alert(1)'></video>",
    ],
)
def test_nothing_runs(markdown: str) -> None:
    html = render(markdown).lower()
    for bad in ("<script", "onerror", "onload", "script:", "<iframe", "<form", "style", "data:"):
        assert bad not in html
    assert 'type="password"' not in html


def test_a_post_can_have_so_many_characters() -> None:
    with pytest.raises(ValueError, match="at most 500000"):
        render("x" * (LARGEST_POST + 1))


def test_html_nested_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="nested"):
        render("<div>\n" * 50_000)
    assert render("> " * 500 + "x")
    assert render("<p>x\n" * 500)


@pytest.mark.parametrize("piece", ["[", "*a ", "`a", '"a ', "**a_", "[a](", "![[", "<a ", "&a"])
def test_hostile_markdown_takes_no_exponential_time(piece: str) -> None:
    started = time.thread_time()
    render(piece * 5_000)
    assert time.thread_time() - started < 5


def _ids(html: str) -> set[str]:
    return {part.partition('"')[0] for part in html.split(' id="')[1:]}
