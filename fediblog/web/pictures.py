"""The author's pictures, as the templates want them."""

from typing import Any

from fediblog.domain.media import blur_colours
from fediblog.store.media import MODERN_ENDINGS, Medium
from fediblog.web.rows import mosaic

_OWN = "/media/own/"


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
