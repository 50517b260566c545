"""The author's pictures, and those in the author's texts, as the templates want them."""

import re
from typing import Any

from fediblog.blog import Blog
from fediblog.domain.inline_pictures import PictureHere, shown_from_here
from fediblog.domain.link_previews import with_previews
from fediblog.domain.media import blur_colours
from fediblog.domain.own_media import OwnMedium, names_of_media, with_own_media
from fediblog.domain.pictures import ADDRESS
from fediblog.domain.thumbnails import side_in_sight
from fediblog.store import media, pictures
from fediblog.store.media import MODERN_ENDINGS, Medium
from fediblog.web.previews import previews_in
from fediblog.web.rows import mosaic

OWN = "/media/own/"
"""Where the author's media are served."""


async def text_from_here(blog: Blog, kind: str, number: int, html: str) -> str:
    """HTML that a post or a page (kind; its row's number) has or had, as our pages show it: with
    previews of the links in it that are here; with those pictures from elsewhere that it shows now,
    from here, and links to the others; and with the author's own in every size."""
    html = with_previews(html, await previews_in(blog, kind, number, html))
    stored = await pictures.list_stored(blog.db, kind, number)
    found = {
        each.url: PictureHere(f"{ADDRESS}{each.name}", each.width, each.height) for each in stored
    }
    here = shown_from_here(html, blog.addresses.origin, found)
    names = names_of_media(here)
    if not names:
        return here
    own = await media.get_media_by_name(blog.db, names)
    return with_own_media(here, blog.addresses.origin, {name: _own(own[name]) for name in own})


def _own(medium: Medium) -> OwnMedium:
    sources = _sources(medium) if medium.widths else ()
    return OwnMedium(sources, medium.common_width, medium.common_height)


def _sources(medium: Medium) -> list[tuple[str, str]]:
    return [(f"image/{ending}", _srcset(medium, ending)) for ending in MODERN_ENDINGS]


def picture_context(medium: Medium, alt: str) -> dict[str, Any]:
    """sources: (media type, srcset) from the best format on; url, width and height: of the file for
    everybody; blur: its colours, as under a reply's pictures; side: see `side_in_sight`."""
    return {
        "sources": [{"type": kind, "srcset": srcset} for kind, srcset in _sources(medium)],
        "url": OWN + medium.common_file,
        "small_url": OWN + medium.file_at(medium.widths[0], "webp"),
        "width": medium.common_width,
        "height": medium.common_height,
        "alt": alt,
        "blur": mosaic(blur_colours(medium.blur)),
        "side": side_in_sight(medium.width, medium.height, medium.focus_x, medium.focus_y),
    }


def small_url(medium: Medium) -> str | None:
    """Where a small picture of a medium is; None for what is no picture."""
    return OWN + medium.file_at(medium.widths[0], "webp") if medium.widths else None


def markdown_of(medium: Medium) -> str:
    """What an author writes to show a medium, or to link it."""
    address = OWN + medium.common_file
    if not medium.widths:
        return f"[{_bare(medium.alt or medium.title or medium.name)}]({address})"
    title = re.sub(r'["\\]', r"\\\g<0>", medium.caption)
    return f"![{_bare(medium.alt)}]({address}" + (f' "{title}")' if title else ")")


def _bare(text: str) -> str:
    """A text that has no meaning of its own between brackets in Markdown."""
    return re.sub(r"[\\\[\]`*_<>!]", r"\\\g<0>", text)


def _srcset(medium: Medium, ending: str) -> str:
    return ", ".join(f"{OWN}{medium.file_at(width, ending)} {width}w" for width in medium.widths)
