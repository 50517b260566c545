"""The author's pictures, and those in the author's texts, as the templates want them."""

from typing import Any

from fediblog.blog import Blog
from fediblog.domain.inline_pictures import PictureHere, shown_from_here
from fediblog.domain.media import blur_colours
from fediblog.domain.pictures import ADDRESS
from fediblog.store import pictures
from fediblog.store.media import MODERN_ENDINGS, Medium
from fediblog.web.rows import mosaic

_OWN = "/media/own/"


async def text_from_here(blog: Blog, kind: str, number: int, html: str) -> str:
    """HTML that a post or a page (kind; its row's number) has or had, with those pictures from
    elsewhere that it shows now, from here, and links to the others."""
    stored = await pictures.list_stored(blog.db, kind, number)
    found = {
        each.url: PictureHere(f"{ADDRESS}{each.name}", each.width, each.height) for each in stored
    }
    return shown_from_here(html, blog.addresses.origin, found)


def picture_context(medium: Medium, alt: str) -> dict[str, Any]:
    """sources: (media type, srcset) from the best format on; url, width and height: of the file for
    everybody; blur: its colours, as under a reply's pictures."""
    return {
        "sources": [
            {"type": f"image/{ending}", "srcset": _srcset(medium, ending)}
            for ending in MODERN_ENDINGS
        ],
        "url": _OWN + medium.common_file,
        "small_url": _OWN + medium.file(medium.widths[0], "webp"),
        "width": medium.common_width,
        "height": medium.common_height,
        "alt": alt,
        "blur": mosaic(blur_colours(medium.blur)),
    }


def _srcset(medium: Medium, ending: str) -> str:
    return ", ".join(f"{_OWN}{medium.file(width, ending)} {width}w" for width in medium.widths)
