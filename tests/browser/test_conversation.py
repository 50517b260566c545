"""The conversation in a browser: what is far away, and by keyboard alone."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page

from fediblog.actions.documents import permalink
from fediblog.demo.server import DemoServer
from fediblog.store.posts import Post
from tests.bench import RunningBlog
from tests.browser.window import window
from tests.federation.records import stored
from tests.threads import grow

pytestmark = pytest.mark.browser

_CHAIN = (None, *range(14))
#: What has the focus: the form at the end, a fold by its words, or a reply by its id.
_STOP = """() => {
  const at = document.activeElement;
  if (at.closest("#reply")) return "Leave a reply";
  return at.matches(".fold > summary") ? at.textContent : (at.closest("article.reply")?.id ?? "");
}"""
_VISIBLE = "(element) => element.checkVisibility()"


async def _talk(
    blog: RunningBlog, town: DemoServer, more: Sequence[int | None]
) -> tuple[Post, list[int]]:
    """A post with two replies by people, one beneath the other, and more beside them."""
    post = await blog.publish("What we talk about")
    first = await town.reply("alice", blog.article(post), "<p>The first one.</p>")
    await town.reply("bob", first.id, "<p>The second one.</p>")
    await blog.settled()
    return post, await grow(blog, post, (await stored(blog, first.id)).id, more)


def _path(blog: RunningBlog, post: Post) -> str:
    return urlsplit(permalink(blog.blog, post)).path


async def _is_seen(page: Page, number: int) -> bool:
    seen: bool = await page.locator(f"#reply-{number}").evaluate(_VISIBLE)
    return seen


async def test_a_reply_that_belongs_on_another_page_is_led_to(
    blog: RunningBlog, town: DemoServer, chromium: Browser
) -> None:
    post, _ = await _talk(blog, town, [None] * 120)
    async with window(chromium, blog.origin) as view:
        await view.open(_path(blog, post))
        late = await town.reply("dana", blog.article(post), "<p>Late.</p>")
        await view.page.get_by_role("button", name="Show 1 new reply").click()
        await view.page.get_by_role("link", name="There are new replies on another page").click()
        number = (await stored(blog, late.id)).id
        await view.page.locator(f"#reply-{number}:target").wait_for()
        view.assert_quiet()


async def test_it_can_be_walked_through_by_keyboard(
    blog: RunningBlog, town: DemoServer, chromium: Browser
) -> None:
    post, numbers = await _talk(blog, town, _CHAIN)
    async with window(chromium, blog.origin) as view:
        page = view.page
        await view.open(_path(blog, post))
        await page.locator(".sorts a").last.focus()
        stops: list[str] = []
        while not stops or ("Leave a reply" not in stops[-1] and len(stops) < 120):
            await page.keyboard.press("Tab")
            stop = await page.evaluate(_STOP)
            if stop.startswith("9 replies"):
                assert not await _is_seen(page, numbers[-1])
                await page.keyboard.press("Enter")
            if stop.startswith("4 replies"):
                await page.keyboard.press("Space")
            stops.append(stop)
        assert {f"reply-{number}" for number in numbers} <= set(stops)
        view.assert_quiet()
