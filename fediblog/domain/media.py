"""What is attached to a reply, as it is kept: the first pictures are shown, the rest is linked.

Kept as JSON (`written` and `read`). A blurhash is kept as the colours that it stands for, so that
a page can draw them without a script.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import blurhash

MOST_PICTURES: Final = 4
"""Pictures shown with one reply, as on Mastodon (requirement I5)."""
BLUR_COLUMNS: Final = 6
BLUR_ROWS: Final = 4

#: What Pillow reads; a drawing in SVG is no picture but a program.
_SHOWN: Final = frozenset(
    {"image/png", "image/apng", "image/jpeg", "image/jpg", "image/gif", "image/webp", "image/avif"}
)
_TYPES: Final = {"Image": "picture", "Video": "video", "Audio": "audio", "Link": "link"}
_LARGEST_SIDE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Medium:
    """One thing that is attached. kind: picture, video, audio, link or file; picture: its name
    here if it is one that is shown; blur: colours, row by row; width, height: pixels, 0 if unsaid.
    """

    kind: str
    url: str
    media_type: str = ""
    description: str = ""
    picture: str = ""
    blur: Sequence[str] = field(default=())
    width: int = 0
    height: int = 0


def kind_of(type_name: str, media_type: str) -> str:
    """What an attachment is: by its media type, and only without one by its ActivityPub type."""
    main = media_type.partition("/")[0]
    if main in {"image", "video", "audio"}:
        return {"image": "picture"}.get(main, main)
    return "file" if media_type else _TYPES.get(type_name, "file")


def is_shown(kind: str, media_type: str) -> bool:
    """Whether an attachment is a picture that can be shown from here."""
    return kind == "picture" and (not media_type or media_type in _SHOWN)


def blur_colours(text: str) -> Sequence[str]:
    """The colours of a blurhash, in BLUR_ROWS rows of BLUR_COLUMNS; none if it is not one."""
    try:
        rows = blurhash.decode(text, BLUR_COLUMNS, BLUR_ROWS)
    except (ValueError, KeyError):
        return ()
    return [f"#{red:02x}{green:02x}{blue:02x}" for row in rows for red, green, blue in row]


def size_of(width: int | None, height: int | None) -> tuple[int, int]:
    """A size that makes sense, else (0, 0)."""
    if width and height and max(width, height) <= _LARGEST_SIDE:
        return width, height
    return 0, 0


def written(media: Iterable[Medium]) -> str:
    """As it is stored; empty for nothing."""
    items = [{name: value for name, value in asdict(each).items() if value} for each in media]
    return json.dumps(items, ensure_ascii=False) if items else ""


def read(text: str) -> list[Medium]:
    """What was stored."""
    items: list[dict[str, Any]] = json.loads(text) if text else []
    return [Medium(**item) for item in items]
