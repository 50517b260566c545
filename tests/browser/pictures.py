"""Pictures of windows for the documentation, small enough for a repository.

They are written to docs/screenshots when FEDIBLOG_TEST_SCREENSHOTS is set.
"""

import io
import os
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

_DOCUMENTATION = Path(__file__).parents[2] / "docs" / "screenshots"
_MOST_BYTES = 250_000
_COLOURS = 128
#: Those out of view are loaded when they come into it.
_PICTURES_ARE_THERE = """() => [...document.images].every((image) => {
  const {top, bottom, width} = image.getBoundingClientRect();
  return image.naturalWidth > 0 || !width || bottom <= 0 || top >= innerHeight;
})"""


def picture_folder(otherwise: Path) -> Path:
    """Where pictures go: the documentation's folder if that is wanted."""
    return _DOCUMENTATION if "FEDIBLOG_TEST_SCREENSHOTS" in os.environ else otherwise


async def take_picture(page: Page, path: Path, *, height: int | None = None) -> None:
    """A picture of the window, or of so much of the page from where it stands."""
    width = (page.viewport_size or {"width": 0})["width"]
    if height:
        await page.set_viewport_size({"width": width, "height": height})
    await page.wait_for_function(_PICTURES_ARE_THERE)
    _save(await page.screenshot(), path)


def _save(taken: bytes, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    picture = Image.open(io.BytesIO(taken)).convert("RGB")
    picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    assert path.stat().st_size < _MOST_BYTES, path
