"""The author's profile in a browser: filled in, with pictures, and shown without a complaint."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.admin.picture_files import picture_file
from tests.bench import RunningBlog
from tests.browser.door import go_in
from tests.browser.window import DESK, PHONE, Scheme, window

pytestmark = pytest.mark.browser


async def _fill_in(page: Page, folder: Path) -> None:
    """The profile, as an author fills it in."""
    for number, (name, value) in enumerate(
        (("Pronouns", "she/her"), ("Mastodon", "https://social.example/@marta")), start=1
    ):
        await page.get_by_label(f"Name of field {number}").fill(name)
        await page.get_by_label(f"Text or link of field {number}").fill(value)
    await page.get_by_label("About you").fill("Gardener, programmer.")
    await page.get_by_role("button", name="Save settings").click()
    for kind, label, size in (
        ("picture", "Picture of you", (640, 480)),
        ("header", "Header", (1500, 500)),
    ):
        file = folder / f"{kind}.jpg"
        file.write_bytes(picture_file(*size))
        await page.get_by_label(label, exact=True).set_input_files(file)
        await page.get_by_role("button", name=f"Upload the {kind}").click()
        await page.get_by_role("button", name=f"Remove the {kind}").wait_for()


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
async def test_a_profile_is_filled_in_and_shown(
    blog: RunningBlog, chromium: Browser, tmp_path: Path, width: int, scheme: Scheme
) -> None:
    await blog.publish("Another post", "It stands below.")
    post = await blog.publish("A <title>", "Text with a [link](https://elsewhere.test/).")
    async with window(
        chromium, blog.origin, width=width, scheme=scheme, scripts=width == DESK
    ) as opened:
        await go_in(opened.page, blog)
        await opened.open("/admin/settings")
        await _fill_in(opened.page, tmp_path)
        assert await opened.overflow() == 0
        await opened.page.screenshot(path=tmp_path / "settings.png", full_page=True)
        await opened.open(f"/admin/posts/{post.key}")
        await opened.page.screenshot(path=tmp_path / "edit.png")
        await opened.page.get_by_role("button", name="Pin to the top").click()
        await opened.page.get_by_text("Pinned above the other posts").wait_for()
        await opened.page.screenshot(path=tmp_path / "posts.png")
        for path, name in (("/", "home.png"), (f"/articles/{post.key}", "post.png")):
            await opened.open(path)
            assert await opened.overflow() == 0
            await opened.page.screenshot(path=tmp_path / name, full_page=True)
            broken = "[...document.images].filter((image) => image.naturalWidth === 0).length"
            if width == DESK:
                assert await opened.page.evaluate(broken) == 0
        # The data for cards is in the page, and the page's policy has nothing against it.
        assert await opened.page.locator('script[type="application/ld+json"]').count() == 1
        opened.assert_quiet()
