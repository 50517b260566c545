"""The ways through the blog: menu, search, languages, and how a post and a reply have changed."""

import pytest
import pytest_asyncio
from playwright.async_api import expect

from fediblog.actions.post_form import PostForm
from fediblog.actions.write_page import PageForm, create_page
from fediblog.actions.write_post import edit_post
from fediblog.demo.server import DemoServer
from tests.bench import RunningBlog
from tests.browser.steps.windows import Kind
from tests.browser.window import Window
from tests.checkers.accessibility import violations
from tests.federation.records import stored
from tests.site.writing import publish_on, put_into
from tests.web.finding import is_indexed

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

_LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützen im Archiv"
_PAGES = ("About", "Colophon", "A page with rather a long name")
_FIELD = "Search the posts and the replies"


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def _written(blog: RunningBlog, town: DemoServer) -> None:
    """Posts of two years, pages, a post and a reply that were edited."""
    old = await publish_on(blog, "2022-03-01", _LONG, tags="very long tag, " + "x" * 60)
    blog.clock.fixed = None
    await put_into(blog, "Journal", "journal", [old])
    for number, name in enumerate(_PAGES, 1):
        await create_page(blog.blog, PageForm(name, "Text.", place=str(number)), publish=True)
    text = "Fog is mostly about who was late. " * 20
    post = await blog.publish("A year of fog", text, tags="weather")
    lemons = await town.reply("dana", blog.article(post), "<p>عندي شجرة ليمون أمام النافذة</p>")
    note = await town.reply("bob", blog.article(post), "<p>I was early.</p>")
    await blog.settled()
    await edit_post(blog.blog, post.key, PostForm("A year of fog", f"{text}Or early.", "weather"))
    await town.edit(note, "<p>I was late.</p>")
    await blog.settled()
    assert (await stored(blog, lemons.id)).state == "shown"
    await is_indexed(blog)


async def test_a_reader_finds_an_old_post_by_the_menu(view: Window) -> None:
    page = view.page
    await view.open("/")
    menu = page.get_by_role("navigation", name="Menu")
    await expect(menu.get_by_role("link")).to_have_text(
        ["Archive", "Tags", "Search", *_PAGES, "Feeds", "Follow"]
    )
    await menu.get_by_role("link", name="Archive").click()
    await expect(menu.get_by_role("link", name="Archive")).to_have_attribute("aria-current", "page")
    title = page.get_by_role("heading", level=1)
    for name in ("2022", "March", _LONG):
        await page.get_by_role("link", name=name).click()
        assert await view.overflow() == 0, name
    await expect(title).to_have_text(_LONG)
    await page.get_by_role("link", name="Journal").click()
    await expect(title).to_contain_text("Journal")
    await expect(page.get_by_role("heading", name=_LONG)).to_be_visible()
    await menu.get_by_role("link", name="Tags").click()
    await page.get_by_role("link", name="weather").click()
    await expect(page.get_by_role("heading", name="A year of fog")).to_be_visible()
    await menu.get_by_role("link", name="About").click()
    await expect(title).to_have_text("About")
    view.assert_quiet()


async def test_a_reader_finds_a_post_and_a_reply(view: Window) -> None:
    page = view.page
    await view.open("/pages/about")
    field = page.get_by_role("contentinfo").get_by_label(_FIELD)
    await field.fill("fog")
    await field.press("Enter")
    await expect(page.get_by_text("1 result for fog")).to_be_visible()
    heading = page.get_by_role("listitem").get_by_role("heading", level=2)
    await expect(heading).to_have_text("A year of fog")
    field = page.get_by_role("search").get_by_label(_FIELD)
    await expect(field).to_have_value("fog")
    await field.fill("ليمون")
    await page.get_by_role("search").get_by_role("button", name="Search").click()
    await expect(page.locator("mark")).to_have_text(["ليمون"])
    await expect(page.locator(".excerpt")).to_have_css("direction", "rtl")
    assert await view.overflow() == 0
    await heading.get_by_role("link").click()
    await page.wait_for_url("**/a-year-of-fog#reply-*")
    await expect(page.locator(".reply:target")).to_contain_text("ليمون")
    await expect(page.locator(".reply:target")).to_be_in_viewport()
    view.assert_quiet()


async def test_a_reader_chooses_a_language(view: Window) -> None:
    page = view.page
    await view.open("/")
    await page.get_by_role("link", name="A year of fog", exact=True).click()
    html, title = page.locator("html"), page.locator("#responses-title")
    languages = page.locator(".languages")
    await languages.get_by_role("link", name="Deutsch").click()
    await expect(html).to_have_attribute("lang", "de")
    await expect(title).to_have_text("2 Antworten")
    await languages.get_by_role("link", name="العربية").click()
    await expect(html).to_have_attribute("dir", "rtl")
    await expect(title).to_have_text("ردّان")
    assert await view.overflow() == 0
    mirrored = "each => each.getBoundingClientRect().x > innerWidth / 2"
    assert await page.locator(".reply .avatar").first.evaluate(mirrored)
    await expect(page.locator("h1")).to_have_attribute("lang", "en")
    # What refuses a form speaks the page's language, too.
    await page.locator("form.account").get_by_role("textbox").fill("nobody")
    await page.locator("form.account").get_by_role("button", name="رد").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(html).to_have_attribute("lang", "ar")
    view.complaints.clear()  # the browser logs the answer to what nobody can be called
    view.assert_quiet()


async def test_a_reader_sees_what_has_changed(view: Window, kind: Kind) -> None:
    page = view.page
    await view.open("/")
    await page.get_by_role("link", name="A year of fog", exact=True).click()
    await page.get_by_role("link", name="see what changed").click()
    await expect(page.locator("ins")).to_contain_text("Or early.")
    assert await view.overflow() == 0
    if kind.scripts:
        # The checker is a script itself.
        assert await violations(page) == []
    await page.locator('a[href*="?version="]').first.click()
    text = page.locator(".prose").first
    await expect(text).to_contain_text("who was late.")
    await expect(text).not_to_contain_text("Or early.")
    assert await view.overflow() == 0

    await view.open("/")
    await page.get_by_role("link", name="A year of fog", exact=True).click()
    reply = page.locator("article.reply", has_text="I was late.")
    await reply.get_by_role("link", name="edited").click()
    await expect(page.locator("del")).to_contain_text("early")
    await expect(page.locator("ins")).to_contain_text("late")
    view.assert_quiet()
