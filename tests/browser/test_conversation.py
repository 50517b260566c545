"""The conversation in a browser: folded, sorted, loaded on, live, and by keyboard alone.

With FEDIBLOG_TEST_PICTURES set to a folder, what the windows show is kept there to be looked at.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page

from fediblog.actions.documents import permalink
from fediblog.actions.moderate import hide_reply
from fediblog.demo.server import DemoServer
from fediblog.store.posts import Post
from tests.bench import RunningBlog
from tests.browser.window import DESK, PHONE, Scheme, Window, window
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


async def _keep(view: Window, name: str) -> None:
    if folder := os.environ.get("FEDIBLOG_TEST_PICTURES"):
        await view.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def _is_seen(page: Page, number: int) -> bool:
    seen: bool = await page.locator(f"#reply-{number}").evaluate(_VISIBLE)
    return seen


@pytest.mark.parametrize(
    ("width", "scheme", "scripts"), [(PHONE, "dark", False), (DESK, "light", True)]
)
async def test_branches_fold_and_open_for_links_and_for_what_is_looked_for(
    blog: RunningBlog,
    town: DemoServer,
    chromium: Browser,
    width: int,
    scheme: Scheme,
    scripts: bool,
) -> None:
    post, numbers = await _talk(blog, town, _CHAIN)
    last = numbers[-1]
    async with window(chromium, blog.origin, width=width, scheme=scheme, scripts=scripts) as view:
        page = view.page
        await view.open(_path(blog, post))
        await _keep(view, f"folded-{width}-{scheme}")
        assert await view.overflow() == 0
        assert not await _is_seen(page, last)
        await page.get_by_text("9 replies").click()
        await page.get_by_text("4 replies", exact=True).click()
        assert await _is_seen(page, last)
        assert await view.overflow() == 0
        await page.get_by_text("14 replies").click()
        assert not await _is_seen(page, numbers[1])

        # A permalink opens what is folded, and marks what it leads to.
        await view.open(f"/replies/{last}")
        assert page.url.endswith(f"#reply-{last}")
        await page.locator(f"#reply-{last}:target").wait_for()
        assert await _is_seen(page, last)
        top = await page.locator(f"#reply-{last}").evaluate("(e) => e.getBoundingClientRect().top")
        assert 0 <= top < 844
        await _keep(view, f"target-{width}-{scheme}")
        view.assert_quiet()


@pytest.mark.parametrize("scripts", [True, False])
async def test_the_rest_is_one_link_away_in_place_where_scripts_run(
    blog: RunningBlog, town: DemoServer, chromium: Browser, scripts: bool
) -> None:
    bush = [None, *[number // 2 for number in range(150)]]
    post, numbers = await _talk(blog, town, [*[None] * 120, *bush_of(120, bush)])
    path = _path(blog, post)
    async with window(chromium, blog.origin, width=PHONE, scripts=scripts) as view:
        page = view.page
        await view.open(path)
        await page.get_by_role("link", name="Newest").click()
        assert await page.locator("[aria-current]", has_text="Newest").count() == 1
        first = page.locator(".thread > li > .reply").first
        assert await first.get_attribute("id") == f"reply-{numbers[120]}"
        await page.get_by_role("link", name="Oldest").click()
        await page.locator("[aria-current]", has_text="Oldest").wait_for()

        seen = set[str]()
        for name in ("More responses", "More responses", "Continue this thread"):
            seen |= await _numbers(page)
            await page.get_by_role("link", name=name).click()
            if scripts:
                await page.wait_for_function(
                    "(count) => document.querySelectorAll('article.reply').length > count",
                    arg=len(seen),
                )
                focused = await page.evaluate("document.activeElement.id")
                assert focused.startswith("reply-") and focused not in seen
                assert page.url.startswith(f"{blog.origin}{path}")
            else:
                await page.get_by_text("This page has a part of").wait_for()
        seen |= await _numbers(page)
        assert seen == {f"reply-{number}" for number in numbers} | await _first_two(blog)
        assert await view.overflow() == 0
        assert await page.get_by_role("link", name="More responses").count() == 0
        view.assert_quiet()


def bush_of(start: int, parents: Sequence[int | None]) -> list[int | None]:
    """The same shape, further on in a list."""
    return [None if parent is None else parent + start for parent in parents]


async def _numbers(page: Page) -> set[str]:
    return set(await page.locator("article.reply").evaluate_all("(all) => all.map((e) => e.id)"))


async def _first_two(blog: RunningBlog) -> set[str]:
    rows = await blog.blog.db.rows("SELECT id FROM reply ORDER BY id LIMIT 2")
    return {f"reply-{row['id']}" for row in rows}


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
async def test_new_replies_come_to_an_open_page(
    blog: RunningBlog, town: DemoServer, chromium: Browser, width: int, scheme: Scheme
) -> None:
    post, _ = await _talk(blog, town, [])
    [second] = await blog.blog.db.rows("SELECT id, uri FROM reply WHERE parent_id IS NOT NULL")
    async with window(chromium, blog.origin, width=width, scheme=scheme) as view:
        page = view.page
        await view.open(_path(blog, post))
        answer = await town.reply("chiyo", str(second["uri"]), "<p>The third one.</p>")
        await town.reply("dana", blog.article(post), "<p>Beside them.</p>")
        button = page.get_by_role("status").get_by_role("button", name="Show 2 new replies")
        await button.wait_for()
        assert await page.get_by_role("heading", name="4 responses").count() == 1
        assert await page.get_by_text("The third one.").count() == 0
        await _keep(view, f"news-{width}-{scheme}")
        await button.click()
        number = (await stored(blog, answer.id)).id
        inside = page.locator(f"li:has(> #reply-{second['id']}) .branch > li > #reply-{number}")
        await inside.wait_for()
        assert await page.locator(".thread > li").count() == 2
        assert await page.get_by_text("3 replies").count() == 0
        assert await page.get_by_text("2 replies").count() == 1
        assert await page.evaluate("document.activeElement.id") != ""

        await town.edit(answer, "<p>The third one, edited.</p>")
        await page.get_by_text("The third one, edited.").wait_for()
        await hide_reply(blog.blog, int(second["id"]))
        await page.get_by_text("A reply that is not shown").wait_for()
        assert await page.get_by_text("1 more not public or held back").count() == 1
        await town.delete(answer)
        await page.locator(f"#reply-{number}").wait_for(state="detached")
        await page.get_by_text("A reply that is not shown").wait_for(state="detached")
        assert await view.overflow() == 0
        view.assert_quiet()


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


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
async def test_who_has_replied_before_needs_one_click(
    blog: RunningBlog, town: DemoServer, chromium: Browser, width: int, scheme: Scheme
) -> None:
    post, _ = await _talk(blog, town, [])
    handle = f"@{town.person('bob').handle}"
    async with window(chromium, blog.origin, width=width, scheme=scheme) as view:
        page = view.page
        await view.open(_path(blog, post))
        await page.get_by_label("Your account").fill(handle)
        await page.get_by_role("button", name="Reply", exact=True).click()
        await page.get_by_role("link", name="Continue at").wait_for()

        await view.open(_path(blog, post))
        known = page.get_by_text(f"You reply as {handle}")
        await known.wait_for()
        assert not await page.get_by_label("Your account").is_visible()
        await _keep(view, f"known-{width}-{scheme}")
        assert await view.overflow() == 0
        await page.locator("article.reply").last.get_by_role("link", name="reply to").click()
        way = page.get_by_role("link", name="Continue at")
        await way.wait_for()
        assert "users%2Fbob" in (await way.get_attribute("href") or "")

        await view.open(_path(blog, post))
        await page.get_by_role("button", name="Change the account").click()
        assert await page.get_by_label("Your account").input_value() == handle
        await view.page.reload()
        await page.get_by_role("button", name="Forget this account").click()
        await page.get_by_label("Your account").wait_for()
        await view.page.reload()
        assert await page.get_by_label("Your account").input_value() == ""
        assert not await known.is_visible()
        view.assert_quiet()
