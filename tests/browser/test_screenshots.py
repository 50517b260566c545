"""The pictures of what the author sees are of the real thing, and current when made anew."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.bench import Bench
from tests.browser.door import go_in
from tests.browser.pictures import picture_folder, take_picture
from tests.browser.scene import BLOG, EXCERPT, TAGS, TEXT, TITLE, scene
from tests.browser.window import unfold, window

pytestmark = pytest.mark.browser


async def test_pictures_of_what_the_author_sees(
    bench: Bench, chromium: Browser, tmp_path: Path
) -> None:
    folder = picture_folder(tmp_path / "pictures")
    async with (
        scene(bench) as (blog, post),
        window(chromium, BLOG, address=blog.address) as desk,
    ):
        await go_in(desk.page, blog)
        await desk.page.get_by_role("link", name="New post").click()
        await _write(desk.page)
        await take_picture(desk.page, folder / "write.png", height=1400)
        await desk.open(f"/admin/posts/{post.key}/thread")
        await desk.page.locator("article.reply summary", has_text="Answer").first.click()
        await desk.page.locator("article.reply textarea").first.fill("Not once since.")
        await desk.page.evaluate("scrollTo(0, 0)")
        await take_picture(desk.page, folder / "thread.png", height=1000)
        for address, name in (
            ("/admin/", "desk.png"),
            (f"/admin/posts/{post.key}/looks", "looks.png"),
            (f"/admin/posts/{post.key}/deliveries", "deliveries.png"),
        ):
            await desk.open(address)
            await take_picture(desk.page, folder / name, height=1000)
        desk.assert_quiet()


async def _write(page: Page) -> None:
    await unfold(page, "Sorting")
    for label, text in (("Title", TITLE), ("Text", TEXT), ("Tags", TAGS), ("Excerpt", EXCERPT)):
        await page.get_by_label(label, exact=True).fill(text)
    await page.locator("#preview h1", has_text=TITLE).wait_for()
    await page.evaluate("scrollTo(0, 0)")
