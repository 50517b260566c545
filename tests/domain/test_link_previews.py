"""Links that stand alone in a paragraph, and what is put into their places."""

import pytest

from fediblog.domain.inline_pictures import PictureHere
from fediblog.domain.link_previews import MOST_PREVIEWS, LinkPreview, lone_links, with_previews
from fediblog.domain.markdown import render

_URL = "https://a.example/a?b=1&c=2"
_LONG = "https://www.example.com/" + "long/" * 30


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        (_URL, (_URL,)),
        (f"<{_URL}>", (_URL,)),
        (f"[{_URL}]({_URL})", (_URL,)),
        (_LONG, (_LONG,)),
        (f"A\n\n{_URL}\n\n{_LONG}\n\n{_URL}", (_URL, _LONG)),
        ("http://a.example", ("http://a.example",)),
        (f"See {_URL}", ()),
        (f"{_URL}.", ()),
        (f"{_URL}\n{_LONG}", ()),
        (f"- {_URL}\n\n- {_URL}", ()),
        (f"> {_URL}", ()),
        (f"# {_URL}", ()),
        (f"[A text]({_URL})", ()),
        (f'[{_URL}]({_URL} "titled")', ()),
        (f"[**{_URL}**]({_URL})", ()),
        (f'<p class="h-x"><a href="{_URL}">{_URL}</a></p>', ()),
        (f"<div>\n\n{_URL}\n\n</div>\n\n{_LONG}", (_LONG,)),
        (f"A note[^1]\n\n[^1]: {_URL}", ()),
        ("https://a.example/song.mp3", ()),
        ("<mailto:a@a.example>", ()),
        ("<gopher://a.example>", ()),
        ("https://a.example/" + "x" * 2048, ()),
    ],
)
def test_what_stands_alone_is_found(markdown: str, found: tuple[str, ...]) -> None:
    assert lone_links(render(markdown)) == found


def test_there_are_only_so_many() -> None:
    html = render("\n\n".join(f"https://a.example/{number}" for number in range(50)))
    assert len(lone_links(html)) == MOST_PREVIEWS


def test_a_preview_stands_in_the_place_of_its_link() -> None:
    html = render(f"Before *it*.\n\n{_URL}\n\n![A picture](/x.png)\n\n{_LONG}\n\nAfter &lt;.")
    before, after = html.split(f"{render(_URL)}")
    preview = LinkPreview('A "<title>"', "a.example", "An & excerpt", "de-AT")
    shown = with_previews(html, {_URL: preview})
    assert shown == (
        f'{before}<div class="preview"><div dir="auto" lang="de-AT">'
        '<p><a href="https://a.example/a?b=1&amp;c=2">A "&lt;title&gt;"</a></p>'
        f'<p>An &amp; excerpt</p><p class="site">a.example</p></div></div>\n{after}'
    )


def test_only_what_is_known_is_shown() -> None:
    picture = PictureHere("/media/pictures/1.webp", 640, 335)
    shown = with_previews(render(_URL), {_URL: LinkPreview("T", "S", picture=picture)})
    assert shown == (
        '<div class="preview"><img src="/media/pictures/1.webp" alt="" loading="lazy" width="640" '
        'height="335"><div dir="auto"><p><a href="https://a.example/a?b=1&amp;c=2">T</a></p>'
        '<p class="site">S</p></div></div>\n'
    )
    assert with_previews(render(_URL), {}) == render(_URL)
