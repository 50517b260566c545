"""What the author gets to know, in a browser: on a phone without scripts, and at a desk."""

import pytest
from playwright.async_api import Browser, expect

from fediblog.actions.answer import answer_reply
from fediblog.demo.server import DemoServer
from fediblog.store.day_counts import DAY_MS, add_counts
from tests.admin.desk import reply_to
from tests.bench import RunningBlog
from tests.browser.door import go_in
from tests.browser.window import Scheme, window
from tests.checkers.accessibility import violations

pytestmark = pytest.mark.browser

_NARROW = 360
_PAGES = (
    "/admin/", "/admin/notifications", "/admin/settings/notifications", "/admin/health",
)  # fmt: skip


async def _some_life(blog: RunningBlog, town: DemoServer) -> None:
    for name in ("alice", "bob"):
        await town.follow(name, blog.actor)
    await blog.settled()
    await blog.delivered()
    fog = await blog.publish("A year of writing down the weather")
    long = await blog.publish("Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 2)
    _, number = await reply_to(blog, town, fog, "<p>Fog is mostly about who was late.</p>")
    await answer_reply(blog.blog, number, "So it is.")
    await town.reply("dana", blog.article(long), "<p>فكرة جميلة.</p>")
    await town.quote("chiyo", blog.article(fog), "<p>Read this.</p>")
    await town.report(blog.actor, [blog.article(fog)], "I do not like it.")
    for name in ("bob", "chiyo"):
        await town.like(name, blog.article(fog))
    await blog.settled()
    today = blog.blog.now_ms() // DAY_MS
    async with blog.blog.db.transaction() as tx:
        counts = [("home", today - day, 3 + day * 7 % 11) for day in range(30)]
        counts += [(f"post:{fog.id}", today - day, (day * 5) % 17) for day in range(25)]
        await add_counts(tx, [*counts, (f"post:{long.id}", today, 4)])
        await tx.execute_many(
            "INSERT INTO day_count (name, day, count) VALUES ('followers', $1, $2)",
            [(today - day, 40 - day // 2) for day in range(1, 30)],
        )


async def test_an_author_sees_to_what_happened_on_a_phone_without_scripts(
    blog: RunningBlog, town: DemoServer, chromium: Browser
) -> None:
    await _some_life(blog, town)
    async with window(chromium, blog.origin, width=_NARROW, scripts=False) as opened:
        page = opened.page
        await go_in(page, blog)
        await opened.open("/admin/")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Home")
        await page.get_by_role("link", name="All that is unread").click()
        replied = page.locator(".notices > li", has_text="Alice Okafor replied to")
        await replied.get_by_text("Answer", exact=False).first.click()
        await replied.get_by_label("Your answer").fill("And who was in time?")
        await replied.get_by_role("button", name="Send the answer").click()
        await expect(page.get_by_role("status")).to_have_text("Your answer is on its way.")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Notifications")
        await page.get_by_role("button", name="Mark all as read").click()
        await expect(page.get_by_role("status")).to_have_text("All of them are read.")
        await expect(page.get_by_role("button", name="Mark all as read")).to_have_count(0)
        await opened.open("/admin/health")
        await page.get_by_role("button", name="Look now").click()
        await expect(page.get_by_role("status")).to_have_text("This is how it is now.")
        await opened.open("/admin/settings/notifications")
        await page.get_by_role("button", name="Make an address").click()
        feed = await page.locator("code.secret").inner_text()
        response = await page.request.get(feed)
        assert "replied to" in await response.text()
        opened.assert_quiet()


@pytest.mark.parametrize(("width", "scheme"), [(_NARROW, "dark"), (1280, "light")])
async def test_every_page_can_be_read_by_everybody(
    blog: RunningBlog, town: DemoServer, chromium: Browser, width: int, scheme: Scheme
) -> None:
    await _some_life(blog, town)
    async with window(chromium, blog.origin, width=width, scheme=scheme) as opened:
        await go_in(opened.page, blog)
        await opened.open("/admin/health")
        await opened.page.get_by_role("button", name="Look now").click()
        await expect(opened.page.get_by_role("status")).to_be_visible()
        for path in _PAGES:
            await opened.open(path)
            assert await opened.overflow() == 0, path
            assert await violations(opened.page) == [], path
        opened.assert_quiet()
