"""What the author uploads as a picture is decoded and drawn anew, so that nothing but the picture
itself is kept: no place where it was taken, no camera, no file that is two things at once
(requirement K4)."""

from __future__ import annotations

import io
import threading
from functools import cache
from typing import TYPE_CHECKING, Any

from fediblog.errors import Invalid
from fediblog.lazily import Lazily

if TYPE_CHECKING:
    import PIL
    from PIL import ExifTags, Image, ImageCms, ImageOps
else:
    PIL, Image, ImageOps = Lazily("PIL"), Lazily("PIL.Image"), Lazily("PIL.ImageOps")
    ExifTags, ImageCms = Lazily("PIL.ExifTags"), Lazily("PIL.ImageCms")

_MOST_PIXELS = 50_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")

#: Two large pictures at once would take more memory than a small machine has.
one_at_a_time = threading.Lock()


def read_picture(body: bytes, box: tuple[int, int], *, field: str) -> Image.Image:
    """The picture alone, upright, in sRGB, not larger than the box; RGBA where something is
    transparent, else RGB. Of several frames the first one stays. Raises Invalid for the field."""
    try:
        with Image.open(io.BytesIO(body), formats=_FORMATS) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise Image.DecompressionBombError
            return _plain(opened, box)
    except Image.DecompressionBombError as error:
        raise Invalid("This picture has more than 50 million pixels.", field=field) from error
    # Decoders of broken files raise whatever they stumble over.
    except (PIL.UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise Invalid(
            "This is no picture that can be used: take a JPEG, PNG, WebP, AVIF or GIF file.",
            field=field,
            detail=str(error),
        ) from error


def _plain(opened: Image.Image, box: tuple[int, int]) -> Image.Image:
    """Made small first: what is turned and converted is then small, too."""
    lies = opened.getexif().get(ExifTags.Base.Orientation, 1) in range(5, 9)
    # A photograph is decoded at a fraction of its size, if that is enough.
    opened.draft(None, (max(box), max(box)))
    profile = opened.info.get("icc_profile")
    known = opened.mode in {"RGB", "RGBA", "L", "CMYK"} and "transparency" not in opened.info
    mode = "RGBA" if opened.has_transparency_data else "RGB"
    small = opened if known else opened.convert(mode)
    small.thumbnail(box[::-1] if lies else box, Image.Resampling.LANCZOS)
    upright = _in_srgb(ImageOps.exif_transpose(small), profile)
    if upright.mode == "RGBA" and upright.getchannel("A").getextrema() == (255, 255):
        upright = upright.convert("RGB")
    return bare(upright)


def bare(picture: Image.Image) -> Image.Image:
    """A new image: what the old one carried along in `info` would be written into files."""
    return Image.frombytes(picture.mode, picture.size, picture.tobytes())


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """As everybody shows it who is told of no profile: a phone's colours would be dull in it."""
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                picture, io.BytesIO(profile), _srgb(), outputMode=mode
            )
        except (ImageCms.PyCMSError, ValueError):
            # A profile that is broken, or of other colours than the picture's.
            return picture.convert(mode)
        return converted or picture.convert(mode)
    return picture.convert(mode)


@cache
def _srgb() -> Any:
    return ImageCms.createProfile("sRGB")
