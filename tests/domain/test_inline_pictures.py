"""Pictures from elsewhere in a post, as our page shows them: from here, or as links."""

import re

import pytest

from fediblog.domain.inline_pictures import PictureHere, pictures_elsewhere, shown_from_here
from fediblog.domain.markdown import render

_OURS = "https://blog.example"
_LAKE = "https://a.example/lake.jpg"
_HERE = {_LAKE: PictureHere("/media/pictures/1.webp", 1600, 900)}


def _shown(html: str) -> str:
    return shown_from_here(render(html), _OURS, _HERE)


def test_what_is_here_is_shown_with_its_sides() -> None:
    shown = _shown(f'![A "lake" & more]({_LAKE} "From above")')
    assert shown.startswith(
        '<figure><img src="/media/pictures/1.webp" alt="A &quot;lake&quot; &amp; more"'
    )
    assert 'width="1600" height="900"' in shown and 'loading="lazy"' in shown
    assert "<figcaption>From above</figcaption>" in shown
    assert 'width="300"' in _shown(f'<img src="{_LAKE}" width="300">')
    assert "1600" not in _shown(f'<img src="{_LAKE}" width="300">')


def test_what_is_not_here_is_a_link() -> None:
    address = "https://a.example/fog.jpg?a=1&b=2"
    link = '<a href="https://a.example/fog.jpg?a=1&amp;b=2">'
    assert f"{link}The &lt;fog&gt;</a>" in _shown(f"![The <fog>]({address})")
    assert f"{link}https://a.example/fog.jpg?a=1&amp;b=2</a>" in _shown(f"![]({address})")
    assert _shown(f"[![Fog]({address})](/here)") == '<p><a href="/here">Fog</a></p>\n'
    assert shown_from_here('<img src="https://[fog" alt="Fog">', _OURS, {}) == "Fog"


def test_a_choice_of_files_with_one_elsewhere_is_none() -> None:
    shown = _shown(
        f'<picture><source srcset="https://a.example/b.avif 2x"><source srcset="/c.avif">'
        f'<img src="{_LAKE}" srcset="/d.jpg 2x" sizes="50vw" alt="Lake"></picture>'
    )
    assert shown.count("<") == 3 and 'src="/media/pictures/1.webp"' in shown
    assert _shown('<img src="/a.jpg" srcset="/b.jpg 1x, https://a.example/c.jpg 2x" alt="x">') == (
        '<img src="/a.jpg" alt="x" loading="lazy">'
    )
    assert 'src="/media/pictures/1.webp"' in _shown(f'<img srcset="{_LAKE} 2x" alt="Lake">')


def test_a_film_is_played_from_elsewhere_and_its_poster_is_shown_from_here() -> None:
    film = (
        '<video src="https://a.example/a.mp4" poster="{}"><source src="https://a.example/b.webm">'
    )
    assert 'poster="/media/pictures/1.webp"' in _shown(film.format(_LAKE))
    without = _shown(film.format("https://a.example/other.jpg"))
    assert "poster" not in without and 'src="https://a.example/a.mp4"' in without
    assert 'src="https://a.example/b.webm"' in without and 'preload="none"' in without


@pytest.mark.parametrize(
    "html",
    [
        "![A](/media/own/a.jpg) ![B](b.jpg) ![C](https://blog.example/c.jpg)",
        '<picture><source srcset="/a.avif 1x, /b.avif 2x"><img src="/a.jpg" alt=""></picture>',
        '<audio src="https://a.example/a.mp3"></audio>',
        "# A\n\n```python\nif a < b & c:\n```\n\n`<img src=https://a.example/b.jpg>` &nbsp;“x”",
    ],
)
def test_what_asks_nobody_else_stays_as_it_is(html: str) -> None:
    clean = render(f"{html}\n\n<video></video>")
    assert shown_from_here(clean, _OURS, {}).replace("\xa0", "&nbsp;") == clean
    assert pictures_elsewhere(clean, _OURS) == ()


@pytest.mark.parametrize(
    "address",
    [
        "//a.example/b.jpg",
        r"/\a.example/b.jpg",
        r"\\a.example/b.jpg",
        "/&#9;/a.example/b.jpg",
        "&#1; //a.example/b.jpg",
        "https:///a.example/b.jpg",
        "https://blog.example.a.example/b.jpg",
        "https://blog.example@a.example/b.jpg",
        "https://blog.example:8443/b.jpg",
        "HTTPS://a.example/b.jpg",
        "https:a.example/b.jpg",
        "data:image/png;base64,x",
    ],
)
def test_ways_to_write_another_server_are_seen_through(address: str) -> None:
    elements = [f'<img src="{address}" alt="B">', f'<video poster="{address}"></video>']
    if "&#" not in address:  # White space ends an address there.
        elements += [
            f'<img src="/a.jpg" srcset="/c.jpg 1x,{address} 2x" alt="B">',
            f'<picture><source srcset="{address}"><img src="/a.jpg" alt="B"></picture>',
        ]
    for element in elements:
        shown = shown_from_here(element, _OURS, {})
        loaded = re.findall(r'(?:src|srcset|poster)="([^"]*)"', shown)
        assert loaded in ([], ["/a.jpg"]), element


def test_each_picture_elsewhere_is_told_once_with_its_whole_address() -> None:
    html = render(
        f"![A]({_LAKE}) ![B]({_LAKE}) ![C](//b.example/c.png) ![D](/d.png)\n\n"
        f'<video poster="https://c.example/p.jpg"></video> ![E](https://c.example/{"x" * 2048})'
    )
    assert pictures_elsewhere(html, _OURS) == (
        _LAKE,
        "https://b.example/c.png",
        "https://c.example/p.jpg",
    )
