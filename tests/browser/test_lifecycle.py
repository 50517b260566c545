"""The life of a post in a browser: planned, warned of, quietly corrected, deleted, brought back."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.bench import Bench, RunningBlog
from tests.browser.door import go_in
from tests.browser.window import DESK, PHONE, Scheme, Window, window
from tests.checkers.accessibility import violations

pytestmark = pytest.mark.browser


@pytest.fixture
async def blog(bench: Bench) -> AsyncIterator[RunningBlog]:
    """A blog with a minute to think twice."""
    async with bench.start(FEDIBLOG_UNDO_SECONDS="60") as running_blog:
        yield running_blog


async def _look(opened: Window, path: Path, *, scripts: bool) -> None:
    """Nothing is too wide, and axe, which needs scripts, has nothing against it. In the editor's
    shadow tree it makes a style sheet of its own, of which the console complains."""
    await opened.page.screenshot(path=path, full_page=True)
    assert await opened.overflow() == 0, path.name
    opened.assert_quiet()
    if scripts:
        assert await violations(opened.page) == [], path.name
        opened.complaints.clear()


@pytest.mark.parametrize(
    ("width", "scheme", "scripts"), [(PHONE, "dark", False), (DESK, "light", True)]
)
async def test_the_life_of_a_post(
    blog: RunningBlog,
    chromium: Browser,
    tmp_path: Path,
    width: int,
    scheme: Scheme,
    scripts: bool,
) -> None:
    async with window(chromium, blog.origin, width=width, scheme=scheme, scripts=scripts) as opened:
        page = opened.page

        async def look(name: str) -> None:
            await _look(opened, tmp_path / name, scripts=scripts)

        await go_in(page, blog)
        await opened.open("/admin/posts/new")
        await page.get_by_label("Title", exact=True).fill("The end of the film")
        await page.get_by_label("Text", exact=True).fill("It was the #butler.")
        await page.locator("summary", has_text="Content warning").click()
        await page.get_by_role("textbox", name="Content warning").fill("How it ends")
        await page.locator("summary", has_text="When").click()
        later = blog.blog.clock() + timedelta(hours=2)
        await page.get_by_label("Date and time").fill(f"{later:%Y-%m-%dT%H:%M}")
        await look("write.png")
        await page.get_by_role("button", name="Schedule").click()
        await page.get_by_text("It will be published at its time.").wait_for()
        await look("scheduled.png")
        await page.get_by_role("link", name="Scheduled 1").click()
        await page.get_by_role("link", name="The end of the film").click()
        await page.locator("summary", has_text="When").click()
        await look("planned.png")
        await page.get_by_role("button", name="Publish now").click()
        await page.get_by_text("Published. It is on its way").wait_for()

        await page.get_by_role("link", name="View The end of the film").click()
        assert not await page.get_by_text("It was the").is_visible()
        await look("folded.png")
        await page.locator("summary", has_text="How it ends").click()
        assert await page.get_by_text("It was the").is_visible()
        await page.screenshot(path=tmp_path / "unfolded.png", full_page=True)
        await page.get_by_role("link", name="butler").first.click()
        await page.get_by_text("Content warning:").wait_for()
        await look("tag.png")

        await opened.open("/admin/posts")
        await page.get_by_role("link", name="The end of the film", exact=True).click()
        await page.get_by_label("Text", exact=True).fill("It was the #gardener.")
        await page.get_by_label("Do not tell the servers that have it").check()
        await page.get_by_role("button", name="Save changes").click()
        await page.get_by_text("No server is told of it.").wait_for()
        await page.get_by_role("link", name="The end of the film", exact=True).click()
        await page.get_by_role("link", name="Earlier texts").click()
        await look("revisions.png")
        await page.get_by_role("link", name="Take this text up again").click()
        assert await page.get_by_label("Text", exact=True).input_value() == "It was the #butler."
        await page.get_by_role("link", name="Show it again").click()
        await look("resend.png")
        await page.get_by_role("link", name="Back to the post").click()

        await page.get_by_role("link", name="Delete").click()
        await look("delete.png")
        await page.get_by_role("button", name="Delete the post").click()
        undo = page.get_by_role("button", name="Undo the deletion").first
        await undo.wait_for()
        await look("undo.png")
        await undo.click()
        await page.get_by_text("It is back, as if nothing had happened.").wait_for()
        await opened.open("/")
        await page.get_by_role("link", name="The end of the film").first.wait_for()
        opened.assert_quiet()
