"""The pictures of what readers see are of the real thing, and current when they are made anew."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.pictures import picture_folder, take_picture
from tests.browser.scene import BLOG, TITLE
from tests.browser.window import DESK, PHONE, Scheme, window
from tests.realistic.world import World

pytestmark = pytest.mark.browser

_ARABIC = "عن الشتاء وأشياء أخرى"


@dataclass(frozen=True, slots=True)
class View:
    """A picture to be taken. path: POST and ARABIC stand for two posts."""

    name: str
    path: str
    width: int
    scheme: Scheme
    height: int | None = None


_VIEWS = (
    View("home", "/", DESK, "light", 1100),
    View("post", "POST", DESK, "light", 1320),
    View("conversation", "POST#responses", DESK, "light", 1200),
    View("conversation-dark", "POST#responses", DESK, "dark", 900),
    View("search", "/search?q=fog", DESK, "light", 900),
    View("archive", "/archive", DESK, "light", 900),
    View("phone-tag", "/tags/weather", PHONE, "light"),
    View("phone-post", "POST", PHONE, "dark"),
    View("phone", "POST#responses", PHONE, "dark"),
    View("phone-arabic", "ARABIC?lang=ar", PHONE, "light"),
)


async def test_pictures_of_what_readers_see(world: World, tmp_path: Path) -> None:
    folder = picture_folder(tmp_path / "pictures")
    paths = await world.paths()
    async with world.browser() as browser:
        for view in _VIEWS:
            path = view.path.replace("POST", paths[TITLE]).replace("ARABIC", paths[_ARABIC])
            async with window(browser, BLOG, width=view.width, scheme=view.scheme) as opened:
                await opened.open(path)
                await take_picture(opened.page, folder / f"{view.name}.png", height=view.height)
                opened.assert_quiet()
