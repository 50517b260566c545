"""Files to upload: pictures, and what only looks like one."""

import io

from PIL import Image

#: Where the author lives, as a camera writes it into a file.
PLACE = b"53 Garden Street"


def picture_file(
    width: int = 640, height: int = 480, *, kind: str = "JPEG", clear: bool = False, turned: int = 1
) -> bytes:
    """A picture with a dark left half, with a place and a comment in it.

    turned: the EXIF orientation. clear: half transparent.
    """
    picture = Image.new("RGBA" if clear else "RGB", (width, height), (200, 220, 210))
    picture.paste((20, 30, 40), (0, 0, width // 2, height))
    exif = picture.getexif()
    exif[0x0112] = turned
    exif[0x010E] = PLACE.decode()
    target = io.BytesIO()
    if kind == "GIF":
        picture.save(target, "GIF", comment=PLACE)
    else:
        picture.save(target, kind, exif=exif)
    return target.getvalue()


def opened(content: bytes) -> Image.Image:
    """A picture to look at."""
    return Image.open(io.BytesIO(content))
