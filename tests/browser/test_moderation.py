"""Deciding about replies in a browser: by the keyboard, many at once, and without scripts."""

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from fediblog.actions.moderation import change_moderation
from fediblog.demo.notes import Note
from fediblog.demo.server import DemoServer
from tests.admin.desk import number_of
from tests.bench import RunningBlog
from tests.browser.door import go_in
from tests.browser.window import Window, window
from tests.checkers.accessibility import violations
from tests.federation.records import stored

pytestmark = pytest.mark.browser

SMALL = 360
#: Where pictures of the pages go, for somebody who looks at them.
PICTURES = os.environ.get("FEDIBLOG_TEST_PICTURES")


async def _held(blog: RunningBlog, town: DemoServer, *names: str) -> list[Note]:
    await change_moderation(blog.blog, {"comment_policy": "all", "take_likes": "on"})
    post = await blog.publish("What do you think?")
    notes = []
    for name in names:
        html = f"<p>This is what {name} thinks, in a sentence or two.</p>"
        notes.append(await town.reply(name, blog.article(post), html))
        await blog.settled()
    return notes


async def _states(blog: RunningBlog, notes: list[Note]) -> list[str]:
    return [(await stored(blog, note.id)).state for note in notes]


async def _photograph(opened: Window, name: str, width: int) -> None:
    if PICTURES:
        target = Path(PICTURES) / f"{name}-{width}.png"
        await opened.page.screenshot(path=target, full_page=True)


async def test_the_pages_fit_every_window(
    blog: RunningBlog, town: DemoServer, chromium: Browser
) -> None:
    notes = await _held(blog, town, "alice", "bob", "dana")
    number = await number_of(blog, notes[2].id)
    paths = [
        "/admin/queue",
        "/admin/blocks",
        "/admin/settings/moderation",
        "/admin/replies?state=held",
        f"/admin/replies/{number}/report",
    ]
    for width, scheme in ((SMALL, "light"), (1280, "dark")):
        async with window(chromium, blog.origin, width=width, scheme=scheme) as opened:  # type: ignore[arg-type]
            await go_in(opened.page, blog)
            for path in paths:
                await opened.open(path)
                await _photograph(opened, re.sub(r"\W+", "-", path).strip("-"), width)
                assert await opened.overflow() == 0, path
                assert await violations(opened.page) == [], path
            opened.assert_quiet()


async def test_the_keyboard_decides(blog: RunningBlog, town: DemoServer, chromium: Browser) -> None:
    notes = await _held(blog, town, "alice", "bob", "chiyo", "dana")
    async with window(chromium, blog.origin) as opened:
        page = opened.page
        await go_in(opened.page, blog)
        await opened.open("/admin/queue")
        await expect(page.get_by_text("Keys:")).to_be_visible()
        for keys, notice in (
            ("jjk", ""),
            ("a", "Approved"),
            ("jr", "Rejected"),
            ("jw", "Approved"),
        ):
            for key in keys:
                await page.keyboard.press(key)
            if notice:
                await expect(page.get_by_role("status")).to_contain_text(notice)
        assert await _states(blog, notes) == ["shown", "hidden", "shown", "held"]
        await page.keyboard.press("j")
        await page.keyboard.press("x")
        box = page.get_by_role("checkbox")
        await expect(box).to_be_checked()
        for ticked in (False, True):
            await page.get_by_role("button", name="Tick all").click()
            await expect(box).to_be_checked(checked=ticked)
        opened.assert_quiet()


async def test_without_scripts_many_are_decided_on_a_phone(
    blog: RunningBlog, town: DemoServer, chromium: Browser
) -> None:
    notes = await _held(blog, town, "alice", "bob", "dana")
    async with window(chromium, blog.origin, width=SMALL, scripts=False) as opened:
        page = opened.page
        await go_in(opened.page, blog)
        await opened.open("/admin/queue")
        await expect(page.get_by_text("Keys:")).to_be_hidden()
        await expect(page.get_by_text("Tick all")).to_be_hidden()
        for box in (await page.get_by_role("checkbox").all())[:2]:
            await box.check()
        await page.get_by_role("button", name="Approve ticked").click()
        await expect(page.get_by_role("status")).to_contain_text("Approved")
        assert await _states(blog, notes) == ["shown", "shown", "held"]


async def test_a_block_is_seen_set_and_taken_back(
    blog: RunningBlog, town: DemoServer, chromium: Browser
) -> None:
    (note,) = await _held(blog, town, "alice")
    server = town.origin.partition("://")[2]
    async with window(chromium, blog.origin, width=SMALL) as opened:
        page = opened.page
        await go_in(opened.page, blog)
        await opened.open("/admin/blocks")
        await page.get_by_label("Name or words").fill(server)
        await page.get_by_label("Reject:").check()
        await page.get_by_role("button", name="See what it hides").click()
        await expect(page.get_by_text("1 reply")).to_be_visible()
        await _photograph(opened, "block-look", SMALL)
        assert await opened.overflow() == 0
        assert await violations(page) == []
        await page.get_by_role("button", name="Reject", exact=True).click()
        assert (await stored(blog, note.id)).state == "hidden"
        await _photograph(opened, "blocks-set", SMALL)
        await page.get_by_role("link", name="Take back …").click()
        await _photograph(opened, "block-end", SMALL)
        assert await violations(page) == []
        await page.get_by_role("button", name="Take it back").click()
        await expect(page.get_by_role("status")).to_contain_text("comes back")
        assert (await stored(blog, note.id)).state == "held"
        opened.assert_quiet()
