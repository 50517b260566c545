"""Pictures in colours that follow from their names: faces of people, emoji, views."""

from functools import cache
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageDraw

_SIDE = 160
_HUES = 360
_EMOJI_SIDE = 128
_VIEW = (1600, 1200)


@cache
def avatar(name: str) -> bytes:
    """A square PNG, always the same one for the same name."""
    hue = _hue(name)
    picture = Image.new("RGB", (_SIDE, _SIDE), f"hsl({hue}, 55%, 72%)")
    draw = ImageDraw.Draw(picture)
    ink = f"hsl({(hue + 180) % _HUES}, 45%, 30%)"
    draw.ellipse((24, 24, 136, 136), fill=f"hsl({hue}, 70%, 88%)")
    for left in (56, 92):
        draw.ellipse((left, 62, left + 12, 76), fill=ink)
    draw.arc((54, 66, 106, 112), start=20, end=160, fill=ink, width=6)
    return _saved(picture, "PNG")


@cache
def emoji(name: str) -> bytes:
    """A small PNG on transparent ground: a leaf."""
    picture = Image.new("RGBA", (_EMOJI_SIDE, _EMOJI_SIDE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((10, 16, 118, 124), fill=f"hsl({_hue(name)}, 60%, 55%)")
    draw.polygon((64, 2, 96, 40, 32, 40), fill=f"hsl({_hue(name)}, 60%, 40%)")
    return _saved(picture, "PNG")


@cache
def view(name: str) -> bytes:
    """A large JPEG: hills under a sky."""
    width, height = _VIEW
    hue = _hue(name)
    picture = Image.new("RGB", _VIEW, f"hsl({hue}, 55%, 80%)")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((width * 0.65, height * 0.1, width * 0.8, height * 0.3), fill="#fff3c4")
    for step, light in enumerate((60, 48, 36)):
        top = height * (0.45 + 0.15 * step)
        left = -width * (0.3 - 0.25 * step)
        ground = (left, top, left + width * 1.3, top + height)
        draw.ellipse(ground, fill=f"hsl({(hue + 120) % _HUES}, 35%, {light}%)")
    return _saved(picture, "JPEG")


def _hue(name: str) -> int:
    return int.from_bytes(sha256(name.encode()).digest()[:2]) % _HUES


def _saved(picture: Image.Image, kind: str) -> bytes:
    file = BytesIO()
    picture.save(file, kind, optimize=True)
    return file.getvalue()
