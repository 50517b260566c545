"""Who wants less movement gets none."""

import pytest
from playwright.async_api import Browser

from fediblog.demo.server import DemoServer
from tests.bench import RunningBlog
from tests.browser.window import window

_MOVES = """() => [getComputedStyle(document.documentElement).scrollBehavior,
  ...document.getAnimations().map((each) => each.animationName)]"""


@pytest.mark.browser
async def test_nothing_moves_for_who_wants_less_movement(
    blog: RunningBlog, town: DemoServer, chromium: Browser
) -> None:
    await town.reply("alice", blog.article(await blog.publish()), "<p>Here.</p>")
    await blog.settled()
    [reply] = await blog.blog.db.rows("SELECT id FROM reply")
    async with window(chromium, blog.origin) as opened:
        await opened.open(f"/replies/{reply['id']}")
        assert await opened.page.locator(":target").count() == 1
        assert await opened.page.evaluate(_MOVES) == ["auto"]
        await opened.page.emulate_media(reduced_motion="no-preference")
        await opened.page.reload()
        assert await opened.page.evaluate(_MOVES) == ["smooth", "found"]
