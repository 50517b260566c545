"""The ways through the blog on a phone, by touch and without scripts."""

import pytest
from playwright.async_api import Browser, expect

from fediblog.actions.write_page import PageForm, create_page
from tests.bench import RunningBlog
from tests.browser.window import PHONE, window
from tests.checkers.accessibility import violations
from tests.site.writing import publish_on, put_into

pytestmark = pytest.mark.browser

_NARROW = 360


async def test_a_reader_finds_an_old_post_by_the_menu(blog: RunningBlog, chromium: Browser) -> None:
    title = "Donaudampfschifffahrtsgesellschaftskapitänsmützen im Archiv"
    old = await publish_on(blog, "2022-03-01", title, tags="very long tag, " + "x" * 60)
    await publish_on(blog, "2024-05-18", "Fog", tags="weather")
    await put_into(blog, "Journal", "journal", [old])
    names = ("About", "Colophon", "A page with rather a long name")
    for number, name in enumerate(names, 1):
        await create_page(blog.blog, PageForm(name, "Text.", place=str(number)), publish=True)
    async with window(chromium, blog.origin, width=PHONE, scripts=False) as opened:
        page = opened.page
        await page.set_viewport_size({"width": _NARROW, "height": 740})
        await opened.open("/")
        menu = page.get_by_role("navigation", name="Menu")
        await expect(menu.get_by_role("link")).to_have_text(
            ["Archive", "Tags", "Search", *names, "Feeds", "Follow"]
        )
        await menu.get_by_role("link", name="Archive").click()
        await expect(menu.get_by_role("link", name="Archive")).to_have_attribute(
            "aria-current", "page"
        )
        await page.get_by_role("link", name="2022").click()
        await page.get_by_role("link", name="March").click()
        await page.get_by_role("link", name=title).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(title)
        await menu.get_by_role("link", name="About").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("About")
        opened.assert_quiet()
    paths = ("/", "/archive", "/2022", "/2022/03", "/tags", "/tags/weather", "/categories/journal")
    async with window(chromium, blog.origin, width=PHONE, scheme="dark") as opened:
        await opened.page.set_viewport_size({"width": _NARROW, "height": 740})
        for path in (*paths, "/categories", "/pages/about", "/feeds"):
            await opened.open(path)
            assert await opened.overflow() == 0, path
            assert await violations(opened.page) == [], path
        opened.assert_quiet()
