"""A reader searches, with a keyboard or a thumb, with scripts and without."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from fediblog.demo.server import DemoServer
from tests.bench import RunningBlog
from tests.browser.window import DESK, PHONE, Scheme, window
from tests.checkers.accessibility import violations
from tests.web.finding import is_indexed

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
async def test_a_reader_finds_a_reply_from_any_page(
    blog: RunningBlog,
    town: DemoServer,
    chromium: Browser,
    tmp_path: Path,
    width: int,
    scheme: Scheme,
) -> None:
    post = await blog.publish("A year of fog", "Fog is mostly about who was late. " * 20)
    await town.reply("dana", blog.article(post), "<p>عندي شجرة ليمون أمام النافذة</p>")
    await blog.settled()
    await is_indexed(blog)
    async with window(
        chromium, blog.origin, width=width, scheme=scheme, scripts=width == DESK
    ) as opened:
        page = opened.page
        await opened.open(f"/articles/{post.key}")
        field = page.get_by_role("contentinfo").get_by_label("Search the posts and the replies")
        await field.fill("fog")
        await field.press("Enter")
        await page.get_by_text("1 result for fog").wait_for()
        heading = page.get_by_role("listitem").get_by_role("heading", level=2)
        assert await heading.inner_text() == "A year of fog"
        assert await page.get_by_role("search").count() == 1

        field = page.get_by_role("search").get_by_label("Search the posts and the replies")
        assert await field.input_value() == "fog"
        await field.fill("ليمون")
        await page.get_by_role("search").get_by_role("button", name="Search").click()
        await page.get_by_text("1 result for").wait_for()
        marks = page.locator("mark")
        assert await marks.all_inner_texts() == ["ليمون"]
        direction = "each => getComputedStyle(each).direction"
        assert await page.locator(".excerpt").evaluate(direction) == "rtl"
        assert await opened.overflow() == 0
        if width == DESK:
            assert await violations(page) == []
        await page.screenshot(path=tmp_path / "search.png", full_page=True)

        await heading.get_by_role("link").click()
        await page.wait_for_url("**/a-year-of-fog#reply-*")
        assert await page.locator(".reply:target").inner_text() != ""
        opened.assert_quiet()
