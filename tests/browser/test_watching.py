"""What comes and goes, as the author watches it: counted up in place, also without scripts."""

import os
import re
from collections.abc import AsyncIterator
from itertools import cycle
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from fediblog.actions.moderate import hide_reply
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.demo.state import InboxAnswer
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.keys import PrivateKey
from tests.admin.desk import PASSWORD, reply_to
from tests.bench import RunningBlog
from tests.browser.door import go_in
from tests.browser.window import Window, window
from tests.checkers.accessibility import violations
from tests.federation.inbox.senders import Sender

pytestmark = pytest.mark.browser

SMALL = 360
#: A machine may be busy with something else.
_PATIENCE = 30_000
#: Where pictures of the pages go, for somebody who looks at them.
PICTURES = os.environ.get("FEDIBLOG_TEST_PICTURES")


@pytest.fixture
async def village(people_keys: tuple[PrivateKey, ...]) -> AsyncIterator[DemoServer]:
    """A third server, which has trouble."""
    keys = cycle(people_keys)
    async with running(new_key=lambda: next(keys)) as server:
        yield server


async def _come_back(opened: Window) -> None:
    """By the password, which leaves other browsers signed in."""
    await opened.open("/admin/sign-in")
    await opened.page.get_by_label("Password").fill(PASSWORD)
    await opened.page.get_by_role("button", name="Sign in", exact=True).click()
    await opened.page.wait_for_url("**/admin/")


async def _lived(blog: RunningBlog, town: DemoServer, village: DemoServer) -> list[str]:
    """A blog with followers on two servers, one of which has trouble; the pages to look at."""
    for name in ("alice", "bob"):
        await town.follow(name, blog.actor)
    await village.follow("chiyo", blog.actor)
    await blog.settled()
    await blog.delivered()
    village.status_for_inbox = lambda _: InboxAnswer(503, retry_after=3600)
    post = await blog.publish("Far and wide")
    await blog.delivered()
    _, number = await reply_to(blog, town, post, "<p>Hello.</p>")
    await hide_reply(blog.blog, number)
    chiyo = Sender(blog, village, "chiyo")
    await chiyo.send(chiyo.view())
    await chiyo.send(chiyo.view(), signed_body=b"{}")
    await blog.settled()
    return [
        f"/admin/posts/{post.key}/deliveries",
        "/admin/deliveries?state=waiting",
        "/admin/incoming",
        "/admin/incoming?state=ignored",
        "/admin/incoming/door",
        "/admin/servers",
        f"/admin/servers/{authority_of(village.origin)}",
        f"/admin/servers/{authority_of(town.origin)}",
    ]


async def test_the_pages_fit_every_window(
    blog: RunningBlog, town: DemoServer, village: DemoServer, chromium: Browser
) -> None:
    paths = await _lived(blog, town, village)
    for width, scheme in ((SMALL, "light"), (1280, "dark")):
        async with window(chromium, blog.origin, width=width, scheme=scheme) as opened:  # type: ignore[arg-type]
            await go_in(opened.page, blog)
            for path in paths:
                await opened.open(path)
                if PICTURES:
                    name = re.sub(r"\W+", "-", path).strip("-")
                    target = Path(PICTURES) / f"{name}-{width}.png"
                    await opened.page.screenshot(path=target, full_page=True)
                assert await opened.overflow() == 0, path
                assert await violations(opened.page) == [], path
            opened.assert_quiet()


async def test_a_post_counts_up_while_it_is_watched(
    blog: RunningBlog, town: DemoServer, village: DemoServer, chromium: Browser
) -> None:
    [path, *_] = await _lived(blog, town, village)
    async with window(chromium, blog.origin, width=SMALL) as opened:
        page = opened.page
        await go_in(opened.page, blog)
        await opened.open(path)
        status = page.get_by_role("status")
        await expect(status).to_have_text("1 of 2 servers have it.")
        village.status_for_inbox = lambda _: None
        async with window(chromium, blog.origin, scripts=False) as other:
            await _come_back(other)
            await other.open(path)
            await other.page.get_by_role("button", name="Retry all now").click()
            await expect(other.page.get_by_text("It is tried now.")).to_be_visible()
        await blog.delivered()
        await expect(status).to_have_text("2 of 2 servers have it.", timeout=_PATIENCE)
        await expect(page.locator("#servers .is-waiting")).to_have_count(0)
        opened.assert_quiet()


async def test_what_comes_in_appears_on_the_open_page(
    blog: RunningBlog, town: DemoServer, chromium: Browser
) -> None:
    async with window(chromium, blog.origin) as opened:
        await go_in(opened.page, blog)
        await opened.open("/admin/incoming")
        await town.follow("alice", blog.actor)
        await expect(opened.page.get_by_text("follows the blog")).to_be_visible(timeout=_PATIENCE)
        await opened.page.get_by_text("Look for something").click()
        await opened.page.get_by_label("Kind").select_option("Like")
        await opened.page.get_by_role("button", name="Look for it").click()
        await expect(opened.page.get_by_text("Nothing like that")).to_be_visible()
        opened.assert_quiet()
