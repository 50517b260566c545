"""Pictures of people: a face in colours that follow from the name."""

from functools import cache
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageDraw

_SIDE = 160
_HUES = 360


@cache
def avatar(name: str) -> bytes:
    """A square PNG, always the same one for the same name."""
    hue = int.from_bytes(sha256(name.encode()).digest()[:2]) % _HUES
    picture = Image.new("RGB", (_SIDE, _SIDE), f"hsl({hue}, 55%, 72%)")
    draw = ImageDraw.Draw(picture)
    ink = f"hsl({(hue + 180) % _HUES}, 45%, 30%)"
    draw.ellipse((24, 24, 136, 136), fill=f"hsl({hue}, 70%, 88%)")
    for left in (56, 92):
        draw.ellipse((left, 62, left + 12, 76), fill=ink)
    draw.arc((54, 66, 106, 112), start=20, end=160, fill=ink, width=6)
    file = BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()
