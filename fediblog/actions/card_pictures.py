"""The picture that stands beside links to a post that has none: its title, in the blog's colours.

Nobody waits for it but who asks for it: it is drawn when it is first asked for, and kept. Its name
follows from what is on it, so one that changes has another address.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from fediblog.actions.picture_files import remove_picture, write_picture
from fediblog.actions.site import get_site
from fediblog.blog import Blog
from fediblog.domain.colours import palette
from fediblog.lazily import Lazily
from fediblog.store import posts
from fediblog.store.posts import Post

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont
    from PIL.ImageFont import FreeTypeFont
else:
    Image, ImageDraw = Lazily("PIL.Image"), Lazily("PIL.ImageDraw")
    ImageFont = Lazily("PIL.ImageFont")

FOLDER = "cards"
WIDTH, HEIGHT = 1200, 630

#: To be raised when the same words are drawn in another way.
_DRAWING = 1
_FONT = Path(__file__).resolve().parents[1] / "fonts" / "SourceSerifPro-Semibold.otf"
_PAPER, _INK, _SOFT, _ACCENT = "#fdfdfb", "#1a2122", "#525e5c", "#0b5f53"
_EDGE = 84
_SIZES = (92, 80, 68, 58, 50)
_MOST_LINES = 4
_LEADING = 1.16
#: Drawn so many times as large, and then made small: lines are smooth.
_FINE = 4


@dataclass(frozen=True, slots=True)
class _Words:
    """What is on a card. accent: a colour as #rrggbb."""

    title: str
    blog: str
    accent: str


async def card_name(blog: Blog, post: Post) -> str:
    """The name of a post's card as it has to be now: the post's key and a hash of what is on it."""
    return _name(post.key, await _words(blog, post.title))


async def card_picture(blog: Blog, post: Post) -> Path:
    """The file of a post's card, drawn if it is not there."""
    words = await _words(blog, post.title)
    name = _name(post.key, words)
    path = blog.settings.data / "media" / FOLDER / name
    async with blog.drawing:
        if not path.is_file():
            await write_picture(blog, FOLDER, name, await asyncio.to_thread(_drawn, words))
    return path


async def prune_cards(blog: Blog) -> None:
    """Throw away the cards of posts that are gone or say something else by now."""
    folder = blog.settings.data / "media" / FOLDER
    names = await asyncio.to_thread(lambda: sorted(path.name for path in folder.glob("*.png")))
    for start in range(0, len(names), 500):
        some = names[start : start + 500]
        titles = await posts.list_titles(blog.db, [name.partition("-")[0] for name in some])
        for name in some:
            key = name.partition("-")[0]
            if name != _name(key, await _words(blog, titles.get(key, ""))):
                await remove_picture(blog, FOLDER, name)


async def _words(blog: Blog, title: str) -> _Words:
    site = await get_site(blog)
    chosen = site.appearance.accent
    accent = palette(chosen).light["accent"] if chosen else _ACCENT
    return _Words(title, site.title, accent)


def _name(key: str, words: _Words) -> str:
    text = "\n".join((str(_DRAWING), words.title, words.blog, words.accent))
    return f"{key}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.png"


def _drawn(words: _Words) -> bytes:
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, HEIGHT - 18, WIDTH, HEIGHT), fill=words.accent)
    name = words.blog if _is_drawable(words.blog) else ""
    if _is_drawable(words.title):
        _paste_mark(image, (_EDGE, 66), 64, words.accent)
        small = _font(34)
        shown = _cut(name, small, WIDTH - 2 * _EDGE - 90)
        draw.text((_EDGE + 86, 98), shown, _SOFT, small, anchor="lm")
        font, lines = _fitted(words.title)
        step = round(font.size * _LEADING)
        top = HEIGHT - 84 - step * len(lines)
        for number, line in enumerate(lines):
            draw.text((_EDGE, top + step * number), line, _INK, font)
    else:
        _paste_mark(image, (WIDTH // 2 - 130, 130), 260, words.accent)
        shown = _cut(name, _font(44), WIDTH - 2 * _EDGE)
        draw.text((WIDTH // 2, 480), shown, _SOFT, _font(44), anchor="mm")
    target = io.BytesIO()
    image.save(target, "PNG", optimize=True)
    return target.getvalue()


@lru_cache(maxsize=8)
def _font(size: int) -> FreeTypeFont:
    return ImageFont.truetype(str(_FONT), size, layout_engine=ImageFont.Layout.BASIC)


def _is_drawable(text: str) -> bool:
    """Whether the font has every character; what it has not it shows as a box. Marks that are put
    onto letters, and scripts that join theirs, need more than a font."""
    missing = bytes(_font(34).getmask("\uffff"))
    shown = {character for character in text if not character.isspace()}
    return bool(shown) and all(bytes(_font(34).getmask(each)) != missing for each in shown)


def _fitted(title: str) -> tuple[FreeTypeFont, Sequence[str]]:
    """The title in the largest letters in which it fits; a very long one ends in an ellipsis."""
    for size in _SIZES:
        lines = _wrapped(title, _font(size))
        if len(lines) <= _MOST_LINES and round(size * _LEADING) * len(lines) < HEIGHT - 250:
            return _font(size), _balanced(title, _font(size), len(lines))
    font = _font(_SIZES[-1])
    lines = _wrapped(title, font)
    last = _cut(f"{lines[_MOST_LINES - 1]} …", font, WIDTH - 2 * _EDGE)
    return font, [*lines[: _MOST_LINES - 1], last]


def _balanced(text: str, font: FreeTypeFont, count: int) -> list[str]:
    """The narrowest lines of which there are so many: no word stands alone in the last one."""
    widths = range(WIDTH - 2 * _EDGE, (WIDTH - 2 * _EDGE) // 3, -24)
    whole = " ".join(_wrapped(text, font))
    narrower = (_wrapped(text, font, width) for width in widths)
    fitting = takewhile(lambda each: len(each) == count and " ".join(each) == whole, narrower)
    return list(fitting)[-1]


def _wrapped(text: str, font: FreeTypeFont, width: int = WIDTH - 2 * _EDGE) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(_cut(word, font, width))
    return lines


def _cut(text: str, font: FreeTypeFont, width: int) -> str:
    """As much of a text as fits, with an ellipsis for the rest."""
    if font.getlength(text) <= width:
        return text
    cut = text.removesuffix("…")
    while cut and font.getlength(f"{cut.rstrip()}…") > width:
        cut = cut[:-1]
    return f"{cut.rstrip()}…"


def _paste_mark(image: Image.Image, place: tuple[int, int], side: int, colour: str) -> None:
    """The mark of templates/site/_macros.html, which is 24 units wide."""
    unit = side * _FINE / 24
    mask = Image.new("L", (side * _FINE, side * _FINE))
    draw = ImageDraw.Draw(mask)

    def dot(x: float, y: float, radius: float) -> None:
        box = ((x - radius) * unit, (y - radius) * unit, (x + radius) * unit, (y + radius) * unit)
        draw.ellipse(box, fill=255)

    for number in range(201):
        share = number / 200
        dot(8.5, 22 - 12 * share, 1.2)
        dot(4 + 13 * share, 13, 1.2)
        dot(*_on_curve(share), 1.2)
    dot(17.5, 4.5, 2.6)
    dot(19, 13, 2.6)
    small = mask.resize((side, side), Image.Resampling.LANCZOS)
    image.paste(Image.new("RGB", (side, side), colour), place, small)


def _on_curve(share: float) -> tuple[float, float]:
    """The bow of the mark: M8.5 10 c0-3.6 2.2-5.5 6-5.5."""
    rest = 1 - share
    weights = rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3
    xs, ys = (8.5, 8.5, 10.7, 14.5), (10.0, 6.4, 4.5, 4.5)
    return (
        sum(weight * x for weight, x in zip(weights, xs, strict=True)),
        sum(weight * y for weight, y in zip(weights, ys, strict=True)),
    )
