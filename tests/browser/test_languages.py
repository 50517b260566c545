"""The pages in other scripts: mirrored where one reads from the right, and never too wide."""

import pytest
from playwright.async_api import Browser, Page

from fediblog.actions.answer import answer_post
from fediblog.demo.server import DemoServer
from tests.bench import RunningBlog
from tests.browser.window import PHONE, window

pytestmark = pytest.mark.browser


async def _left(page: Page, selector: str) -> float:
    box = await page.locator(selector).first.bounding_box()
    assert box is not None, selector
    return float(box["x"])


async def test_a_post_and_its_thread_read_from_the_right_in_arabic(
    blog: RunningBlog, town: DemoServer, chromium: Browser
) -> None:
    post = await blog.publish("A post", "Some *text*.", tags="one, two, three")
    first = await town.reply("alice", blog.article(post), "<p>In English.</p>")
    await town.reply("dana", first.id, "<p>بالعربية</p>")
    await blog.settled()
    await answer_post(blog.blog, post.key, "Mine.")
    path = (await blog.page(f"/articles/{post.key}")).url.path
    async with window(chromium, blog.origin, width=PHONE) as phone:
        for address in ("/", path, f"/interact?uri={blog.article(post)}"):
            separator = "&" if "?" in address else "?"
            await phone.open(f"{address}{separator}lang=ar")
            assert await phone.overflow() <= 0, address
        await phone.open(f"{path}?lang=ar")
        page = phone.page
        face, name = await _left(page, ".reply .avatar"), await _left(page, ".reply .who")
        assert face > name
        turned = "element => getComputedStyle(element).transform"
        arrow = await page.locator(".reply .arrow").first.evaluate(turned)
        assert arrow == "matrix(-1, 0, 0, 1, 0, 0)"
        side = "element => getComputedStyle(element).direction"
        assert await page.locator(".reply .prose").first.evaluate(side) == "ltr"
        assert await page.locator(".reply .prose").nth(1).evaluate(side) == "rtl"
        spacing = "element => getComputedStyle(element).letterSpacing"
        assert await page.locator("#responses-title").evaluate(spacing) == "normal"
        assert await page.locator("h1").evaluate(spacing) != "normal"
        for who in ("alice", "bob", "chiyo"):
            await town.reply(who, blog.article(post), f"<p>Later, by {who}.</p>")
        await page.get_by_role("button", name="عرض 3 ردود جديدة").click()
        late = page.locator("article.reply", has_text="Later, by bob.")
        await late.get_by_role("link", name="الأصل").wait_for()
        await page.locator("form.account").first.get_by_role("textbox").fill("nobody")
        await page.locator("form.account").first.get_by_role("button", name="رد").click()
        await page.get_by_role("alert").wait_for()
        assert await page.locator("html").get_attribute("lang") == "ar"
        phone.complaints.clear()  # the browser logs the answer to what nobody can be called
        await phone.open(f"{path}?lang=ar")
        await page.locator(".languages").get_by_text("日本語").click()
        assert await page.locator("html").get_attribute("lang") == "ja"
        assert await phone.overflow() <= 0
        leaning = "element => getComputedStyle(element).fontStyle"
        notes = await page.locator(".note, .tombstone").evaluate_all(f"all => all.map({leaning})")
        assert set(notes) <= {"normal"}
        await page.get_by_role("button", name="コピー").first.wait_for()
        assert face > await _left(page, ".reply .avatar")
        phone.assert_quiet()
