"""The pictures in the documentation are of the real thing.

They are written to docs/screenshots when FEDIBLOG_TEST_SCREENSHOTS is set.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page

from fediblog.actions.documents import permalink
from fediblog.actions.sign_in import make_link
from tests.bench import Bench, RunningBlog
from tests.browser.scene import BLOG, EXCERPT, TAGS, TEXT, TITLE, scene
from tests.browser.window import PHONE, window

pytestmark = pytest.mark.browser

_DOCUMENTATION = Path(__file__).parents[2] / "docs" / "screenshots"
_PASSWORD = "a few words of my own"
_MOST_BYTES = 400_000
#: Pictures further down are loaded when they come into view.
_PICTURES_ARE_THERE = """() => [...document.images].every((image) =>
  image.naturalWidth > 0 || image.getBoundingClientRect().top > innerHeight)"""


async def test_pictures_of_a_blog_in_use(bench: Bench, chromium: Browser, tmp_path: Path) -> None:
    folder = _DOCUMENTATION if "FEDIBLOG_TEST_SCREENSHOTS" in os.environ else tmp_path / "pictures"
    async with scene(bench) as (blog, post):
        path = urlsplit(permalink(blog.blog, post)).path
        async with window(chromium, BLOG, address=blog.address) as desk:
            await desk.open(path)
            await _picture(desk.page, folder / "post.png", height=1975)
            desk.assert_quiet()
        async with window(
            chromium, BLOG, address=blog.address, width=PHONE, scheme="dark"
        ) as phone:
            await phone.open(f"{path}#responses")
            await _picture(phone.page, folder / "phone.png")
            phone.assert_quiet()
        async with window(chromium, BLOG, address=blog.address) as desk:
            await _go_in(desk.page, blog)
            await _write(desk.page)
            await _picture(desk.page, folder / "write.png")
            await desk.open(f"/admin/posts/{post.key}/thread")
            await desk.page.locator("article.reply summary", has_text="Answer").first.click()
            await desk.page.locator("article.reply textarea").first.fill("Not once since.")
            await desk.page.evaluate("scrollTo(0, 0)")
            await _picture(desk.page, folder / "thread.png", height=1000)
            desk.assert_quiet()


async def _go_in(page: Page, blog: RunningBlog) -> None:
    await page.goto(await make_link(blog.blog))
    await page.get_by_label("Password").fill(_PASSWORD)
    await page.get_by_label("The same again").fill(_PASSWORD)
    await page.get_by_role("button", name="Set the password and go in").click()
    await page.get_by_role("link", name="New post").click()


async def _write(page: Page) -> None:
    for label, text in (("Title", TITLE), ("Text", TEXT), ("Tags", TAGS), ("Excerpt", EXCERPT)):
        await page.get_by_label(label, exact=True).fill(text)
    await page.evaluate("scrollTo(0, 0)")


async def _picture(page: Page, path: Path, *, height: int | None = None) -> None:
    """A picture of the window, or of so much of the page from its top."""
    width = (page.viewport_size or {"width": 0})["width"]
    if height:
        await page.set_viewport_size({"width": width, "height": height})
    await page.wait_for_function(_PICTURES_ARE_THERE)
    assert len(await page.screenshot(path=path)) < _MOST_BYTES
