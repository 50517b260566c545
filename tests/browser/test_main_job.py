"""The main job as the author sees it: go in, write, publish, be answered, answer, hide."""

import pytest
from playwright.async_api import Browser, Page

from fediblog.demo.server import DemoServer
from tests.bench import RunningBlog
from tests.browser.door import go_in
from tests.browser.window import DESK, PHONE, Scheme, unfold, window

pytestmark = pytest.mark.browser


async def _write(page: Page, title: str, body: str) -> None:
    await page.get_by_role("link", name="New post").click()
    await page.get_by_label("Title", exact=True).fill(title)
    await page.get_by_label("Text", exact=True).fill(body)
    await unfold(page, "Sorting")
    await page.get_by_label("Tags", exact=True).fill("writing, the web")
    await page.get_by_role("button", name="Publish", exact=True).click()
    await page.locator("p.notice").wait_for()


async def _article(blog: RunningBlog) -> tuple[str, str]:
    """Id and path of the only post."""
    key = (await blog.blog.db.rows("SELECT key FROM post"))[0]["key"]
    return blog.blog.addresses.article(key), (await blog.page(f"/articles/{key}")).url.path


def _within(page: Page, *texts: str) -> str:
    """A selector of the last text's list item inside that of the one before, and so on."""
    return " >> ".join(f'li:has(> .reply:has-text("{text}"))' for text in texts)


async def _converse(blog: RunningBlog, town: DemoServer, article: str) -> None:
    first = await town.reply("alice", article, "<p>The first level.</p>")
    second = await town.reply("bob", first.id, "<p>The second level.</p>")
    await town.reply("dana", second.id, "<p>The third level.</p>")
    await town.reply("bob", article, "<p>An advertisement.</p>")
    await blog.settled()


async def test_the_author_publishes_is_answered_answers_and_hides(
    blog: RunningBlog, town: DemoServer, chromium: Browser
) -> None:
    await town.follow("alice", blog.actor)
    await blog.settled()
    async with window(chromium, blog.origin) as opened:
        page = opened.page
        await go_in(opened.page, blog)
        await _write(page, "Hello, fediverse", "A *text*.")
        await blog.delivered()
        assert town.received[-1].activity["object"]["name"] == "Hello, fediverse"
        article, path = await _article(blog)
        await _converse(blog, town, article)

        await opened.open(path)
        nested = _within(page, "The first level.", "The second level.", "The third level.")
        assert await page.locator(nested).count() == 1
        assert await page.locator(".thread > li").count() == 2

        await opened.open("/admin/posts")
        await page.get_by_role("link", name="4 responses").click()
        reply = page.locator("article.reply", has_text="The second level.")
        await reply.locator("summary", has_text="Answer").click()
        await reply.get_by_label("Your answer").fill("The author’s **answer**.")
        await reply.get_by_role("button", name="Send the answer").click()
        await page.locator("p.notice").wait_for()
        spam = page.locator("article.reply", has_text="An advertisement.")
        await spam.get_by_role("button", name="Hide").click()
        await page.locator(".state-hidden").wait_for()

        await opened.open(path)
        answer = page.locator(_within(page, "The second level.", "The author’s answer."))
        assert await answer.get_by_text("author", exact=True).count() == 1
        assert "mine" in (await answer.get_attribute("class") or "").split()
        assert await page.get_by_text("An advertisement.").count() == 0
        assert await page.get_by_text("1 more not public").count() == 1
        opened.assert_quiet()
    await blog.delivered()
    assert "answer" in town.received[-1].activity["object"]["content"]


async def test_without_scripts_one_publishes_and_answers_too(
    blog: RunningBlog, town: DemoServer, chromium: Browser
) -> None:
    async with window(chromium, blog.origin, width=PHONE, scripts=False) as opened:
        page = opened.page
        await go_in(opened.page, blog)
        await _write(page, "By hand", "No script was run.")
        article, path = await _article(blog)
        await town.reply("alice", article, "<p>A question.</p>")
        await blog.settled()
        await page.get_by_role("link", name="Menu").click()
        await page.get_by_role("link", name="Replies", exact=True).click()
        await page.locator("article.reply summary", has_text="Answer").click()
        await page.locator("article.reply").get_by_label("Your answer").fill("It works.")
        await page.get_by_role("button", name="Send the answer").click()
        await page.locator("p.notice").wait_for()
        await opened.open(path)
        assert await page.locator(_within(page, "A question.", "It works.")).count() == 1
        opened.assert_quiet()


async def test_a_refused_form_leads_to_what_is_wrong(blog: RunningBlog, chromium: Browser) -> None:
    async with window(chromium, blog.origin) as opened:
        page = opened.page
        await go_in(opened.page, blog)
        await opened.open("/admin/posts/new")
        await page.get_by_label("Title", exact=True).fill("A title")
        await page.get_by_role("button", name="Publish", exact=True).click()
        await page.get_by_text("A post needs some text.").wait_for()
        assert await page.locator("#field-body:focus").count() == 1
        assert await page.get_by_label("Title", exact=True).input_value() == "A title"
        # The browser logs every answer of 400 and more.
        assert [line for line in opened.complaints if "422" not in line] == []


async def test_addresses_can_be_copied(blog: RunningBlog, chromium: Browser) -> None:
    post = await blog.publish()
    async with window(chromium, blog.origin) as opened:
        await opened.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await opened.open((await blog.page(f"/articles/{post.key}")).url.path)
        await opened.page.get_by_role("button", name="Copy: @").click()
        await opened.page.get_by_text("Copied").wait_for()
        copied = await opened.page.evaluate("navigator.clipboard.readText()")
        assert copied == f"@{blog.blog.addresses.handle}"
        opened.assert_quiet()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_every_page_fits_its_window(
    blog: RunningBlog, town: DemoServer, chromium: Browser, width: int, scheme: Scheme
) -> None:
    await town.follow("alice", blog.actor)
    long = "x" * 300
    body = f"{long}\n\n| a | b |\n|---|---|\n| {long} | {long} |\n\n```\n{long}\n```\n\n`{long}`"
    post = await blog.publish(f"A title with {long[:200]}", body, tags=f"one, {long[:90]}")
    parent = blog.article(post)
    for _ in range(12):
        parent = (await town.reply("alice", parent, f"<p>{long}</p><pre>{long}</pre>")).id
    await blog.settled()
    path = (await blog.page(f"/articles/{post.key}")).url.path
    async with window(chromium, blog.origin, width=width, scheme=scheme) as opened:
        await go_in(opened.page, blog)
        assert await opened.overflow() == 0
        admin = f"/admin/posts/{post.key}"
        for address in (
            "/",
            "/tags/one",
            path,
            "/admin/posts",
            "/admin/posts/new",
            admin,
            f"{admin}/thread",
            f"{admin}/delete",
            "/admin/replies",
            "/admin/followers",
            "/admin/deliveries",
            "/admin/incoming",
            "/admin/settings",
        ):
            await opened.open(address)
            assert await opened.overflow() == 0, address
        dark = await opened.page.evaluate("getComputedStyle(document.documentElement).background")
        assert ("18, 22, 23" in dark) == (scheme == "dark")
        opened.assert_quiet()
