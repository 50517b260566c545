"""A day in the life of the author, with a phone in the hand: everything by hand, as one goes."""

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import cycle

import pytest
from playwright.async_api import Browser, Locator, Page

from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.errors import RemoteRefused
from fediblog.protocol.keys import PrivateKey
from tests.bench import Bench, RunningBlog, until
from tests.browser.door import go_in
from tests.browser.window import PHONE, Window, window
from tests.federation.records import activities

pytestmark = pytest.mark.browser


@pytest.fixture
async def blog(bench: Bench) -> AsyncIterator[RunningBlog]:
    """With a minute in which a deletion can be taken back, as it is by default."""
    async with bench.start(FEDIBLOG_UNDO_SECONDS="60") as running_blog:
        yield running_blog


@pytest.fixture
async def town(blog: RunningBlog, people_keys: tuple[PrivateKey, ...]) -> AsyncIterator[DemoServer]:
    """The second server, on whose clocks the hours go by with those of the blog."""
    keys = cycle(people_keys)
    async with running(clock=blog.clock, new_key=lambda: next(keys)) as server:
        yield server


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_a_day(blog: RunningBlog, town: DemoServer, chromium: Browser, scripts: bool) -> None:
    await town.follow("alice", blog.actor)
    await blog.settled()
    async with window(chromium, blog.origin, width=PHONE, scheme="dark", scripts=scripts) as opened:
        await go_in(opened.page, blog)
        await _writes_for_later(opened, blog, town)
        article = await _is_published_in_time(blog, town)
        await _sees_it_arrive(opened)
        await _lets_first_replies_wait(opened)
        await _holds_and_approves(opened, blog, town, article)
        await _answers(opened, blog, town)
        await _blocks(opened, blog, town, article)
        await _edits(opened, blog, town)
        await _deletes_and_thinks_again(opened, blog, town, article)
        opened.assert_quiet()


async def _writes_for_later(opened: Window, blog: RunningBlog, town: DemoServer) -> None:
    page = opened.page
    await page.get_by_role("link", name="New post").first.click()
    await page.get_by_label("Title", exact=True).fill("Rain at last")
    await page.get_by_label("Text", exact=True).fill("It *rained* all night. #garden")
    await _unfold(page, "When")
    at = blog.clock() + timedelta(hours=9)
    await page.get_by_label("Date and time").fill(f"{at:%Y-%m-%dT%H:%M}")
    await page.get_by_role("button", name="Schedule", exact=True).click()
    await page.locator("p.notice[role=status]").wait_for()
    await opened.open("/admin/posts?state=scheduled")
    assert await page.get_by_role("link", name="Rain at last").is_visible()
    assert "Rain at last" not in (await blog.page("/")).text
    assert activities(town, "Create") == []


async def _is_published_in_time(blog: RunningBlog, town: DemoServer) -> str:
    await blog.later(timedelta(hours=9, minutes=1))
    await until(lambda: _has(town, "Create", 1))
    [created] = activities(town, "Create")
    assert created["object"]["name"] == "Rain at last"
    assert "#garden" in [tag["name"] for tag in created["object"]["tag"]]
    assert "Rain at last" in (await blog.page("/")).text
    await blog.delivered()
    return str(created["object"]["id"])


async def _sees_it_arrive(opened: Window) -> None:
    await opened.open("/admin/posts")
    await opened.page.get_by_role("link", name="on 1 server").click()
    await opened.page.get_by_text("1 of 1 server has it").wait_for()


async def _lets_first_replies_wait(opened: Window) -> None:
    await opened.open("/admin/settings/moderation")
    await opened.page.get_by_label("Whoever has a reply here already").check()
    await opened.page.get_by_role("button", name="Save", exact=True).click()
    await opened.page.locator("p.notice[role=status]").wait_for()


async def _holds_and_approves(
    opened: Window, blog: RunningBlog, town: DemoServer, article: str
) -> None:
    await town.reply("bob", article, "<p>Here, too!</p>")
    await blog.settled()
    assert "Here, too!" not in (await blog.page(article)).text
    await opened.open("/admin/queue")
    held = opened.page.locator(".queue > li", has_text="Here, too!")
    assert await held.get_by_text("It is the first reply of its author.").is_visible()
    await held.get_by_role("button", name="Approve").click()
    await opened.page.locator("p.notice[role=status]").wait_for()
    assert "Here, too!" in (await blog.page(article)).text


async def _answers(opened: Window, blog: RunningBlog, town: DemoServer) -> None:
    await opened.open("/admin/replies")
    reply = opened.page.locator("article.reply", has_text="Here, too!")
    await reply.locator("summary", has_text="Answer").click()
    await reply.get_by_label("Your answer").fill("Glad to hear it.")
    await reply.get_by_role("button", name="Send the answer").click()
    await opened.page.locator("p.notice[role=status]").wait_for()
    await until(lambda: _has(town, "Create", 2))
    answer = activities(town, "Create")[-1]["object"]
    assert "Glad to hear it." in answer["content"]


async def _blocks(opened: Window, blog: RunningBlog, town: DemoServer, article: str) -> None:
    page = opened.page
    await town.reply("dana", article, "<p>Buy umbrellas.</p>")
    await blog.settled()
    await opened.open("/admin/blocks")
    await page.get_by_label("A person", exact=True).check()
    await page.get_by_label("Name or words").fill(town.person("dana").handle)
    await page.get_by_label("Reject:").check()
    await page.get_by_role("button", name="See what it hides").click()
    await page.get_by_role("button", name="Reject", exact=True).click()
    await page.locator("p.notice[role=status]").wait_for()
    with pytest.raises(RemoteRefused):
        await town.reply("dana", article, "<p>Buy more umbrellas.</p>")
    await blog.settled()
    await opened.open("/admin/replies")
    assert await page.get_by_text("Buy more umbrellas.").count() == 0
    assert "umbrellas" not in (await blog.page(article)).text


async def _edits(opened: Window, blog: RunningBlog, town: DemoServer) -> None:
    await opened.open("/admin/posts")
    await opened.page.get_by_role("link", name="Rain at last", exact=True).click()
    await opened.page.get_by_label("Text", exact=True).fill("It *rained* all night, and stopped.")
    await opened.page.get_by_role("button", name="Save changes").click()
    await opened.page.locator("p.notice[role=status]").wait_for()
    await until(lambda: _has(town, "Update", 1))
    assert "and stopped" in activities(town, "Update")[-1]["object"]["content"]


async def _deletes_and_thinks_again(
    opened: Window, blog: RunningBlog, town: DemoServer, article: str
) -> None:
    page = opened.page
    await _delete(opened)
    assert (await blog.page(article)).status_code in {404, 410}
    await page.get_by_role("button", name="Undo the deletion").first.click()
    await page.locator("p.notice[role=status]").wait_for()
    assert "Here, too!" in (await blog.page(article)).text, "with all that belongs to it"
    await _delete(opened)
    await blog.later(timedelta(minutes=2))
    await until(lambda: _has(town, "Delete", 1))
    assert (await blog.page(article)).status_code == 410


async def _delete(opened: Window) -> None:
    page = opened.page
    await opened.open("/admin/posts")
    await page.get_by_role("link", name="Rain at last", exact=True).click()
    await page.get_by_role("link", name="Delete …").click()
    await page.get_by_role("button", name="Delete the post").click()
    await page.get_by_role("button", name="Undo the deletion").first.wait_for()


async def _unfold(page: Page, name: str) -> None:
    group: Locator = page.locator("details > summary", has_text=name)
    if await group.count() and await group.first.evaluate("each => !each.parentElement.open"):
        await group.first.click()


async def _has(town: DemoServer, kind: str, count: int) -> bool:
    return len(activities(town, kind)) >= count
