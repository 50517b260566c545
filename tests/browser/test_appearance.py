"""The looks that an author chooses, and what readers ask of every page, in a browser."""

import io
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import Browser, Page

from fediblog.actions.documents import permalink
from fediblog.actions.own_pictures import set_picture
from fediblog.domain.colours import contrast
from tests.bench import Bench, RunningBlog
from tests.browser.door import go_in
from tests.browser.scene import BLOG, scene
from tests.browser.window import PHONE, window

pytestmark = pytest.mark.browser

_RULES = ".title h1 { font-style: italic }"
#: The colours that a page really has, as #rrggbb.
_COLOURS = """(names) => names.map((name) => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = `var(--${name})`;
  const parts = getComputedStyle(probe).color.match(/\\d+/g).slice(0, 3);
  probe.remove();
  return "#" + parts.map((part) => Number(part).toString(16).padStart(2, "0")).join("");
})"""


async def test_looks_of_ones_own(bench: Bench, chromium: Browser, tmp_path: Path) -> None:
    async with scene(bench) as (blog, post):
        path = urlsplit(permalink(blog.blog, post)).path
        await set_picture(blog.blog, "logo", _logo())
        async with window(chromium, BLOG, address=blog.address) as desk:
            await _choose(desk.page, blog)
            assert await desk.overflow() == 0
            await desk.page.screenshot(path=tmp_path / "appearance.png", full_page=True)
            desk.assert_quiet()
        async with window(chromium, BLOG, address=blog.address) as opened:
            await opened.open(path)
            page = opened.page
            await page.screenshot(path=tmp_path / "light.png", full_page=True)
            assert await _readable(page) >= 4.5
            style = "getComputedStyle(document.querySelector('.title h1')).fontStyle"
            assert await page.evaluate(style) == "italic"
            assert await page.locator(".colophon .own a").get_attribute("href") == "/imprint"
            await page.emulate_media(contrast="more")
            assert await _readable(page) >= 7
            await page.screenshot(path=tmp_path / "contrast.png", full_page=True)
            await page.emulate_media(contrast="no-preference", forced_colors="active")
            await page.screenshot(path=tmp_path / "forced.png", full_page=True)
            await page.emulate_media(forced_colors="none", media="print")
            await page.screenshot(path=tmp_path / "print.png", full_page=True)
            assert await page.evaluate(_COLOURS, ["paper", "ink"]) == ["#ffffff", "#000000"]
            for hidden in ("form", "nav", "button", ".button", ".skip", ".answer"):
                for each in await page.locator(hidden).all():
                    assert not await each.is_visible(), hidden
            assert await page.locator(".reply .prose").first.is_visible()
            opened.assert_quiet()
        async with window(
            chromium, BLOG, address=blog.address, width=PHONE, scheme="dark"
        ) as phone:
            for place, name in (("/", "home"), (path, "post")):
                await phone.open(place)
                assert await phone.overflow() == 0
                await phone.page.screenshot(path=tmp_path / f"phone-{name}.png")
            assert await _readable(phone.page) >= 4.5
            phone.assert_quiet()


async def _choose(page: Page, blog: RunningBlog) -> None:
    """A yellow that nobody could read on white, rules, and a last line."""
    await go_in(page, blog)
    await page.get_by_role("link", name="Appearance").click()
    await page.get_by_label("A colour of my own").check()
    await page.get_by_label("The colour", exact=True).fill("#e8a200")
    await page.get_by_label("Line at the end of each page").fill("*Slowly*, [imprint](/imprint)")
    await page.get_by_label("Rules of your own (CSS)").fill(_RULES)
    await page.get_by_role("button", name="Save appearance").click()
    await page.get_by_role("figure").first.wait_for()


def _logo() -> bytes:
    picture = Image.new("RGBA", (400, 400))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((20, 20, 380, 380), fill="#d08a00")
    draw.arc((80, 120, 320, 360), 180, 360, fill="#ffffff", width=40)
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


async def _readable(page: Page) -> float:
    """The least contrast of words in the accent colour, and of words on it."""
    names = ["accent", "on-accent", "paper", "ground", "well", "voice"]
    accent, on_accent, *grounds = await page.evaluate(_COLOURS, names)
    return min(contrast(accent, on_accent), *(contrast(accent, ground) for ground in grounds))
