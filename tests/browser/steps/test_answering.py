"""From a page to one's own server and back: to answer a post, to answer somebody, to follow."""

from urllib.parse import quote, urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from fediblog.actions.documents import permalink
from fediblog.demo.server import DemoServer
from fediblog.store.followers import list_followers
from fediblog.store.posts import Post
from tests.bench import RunningBlog, until
from tests.browser.steps.windows import Kind
from tests.browser.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

#: Keeps what the page says while the answer to its form is awaited: it is gone with the page.
_KEEP_STATUS = """addEventListener("submit", ({target}) =>
  sessionStorage.setItem("said", target.querySelector("output")?.textContent ?? ""))"""
_SAID = "sessionStorage.getItem('said')"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def post(blog: RunningBlog, town: DemoServer) -> Post:
    """A post that Alice has answered."""
    published = await blog.publish("What we talk about")
    await town.reply("alice", blog.article(published), "<p>The first one.</p>")
    await blog.settled()
    return published


def _path(blog: RunningBlog, post: Post) -> str:
    return urlsplit(permalink(blog.blog, post)).path


async def _connects(page: Page, kind: Kind, town: DemoServer) -> None:
    """The reader's server was found, and where scripts run the page said that it was looked for."""
    await page.get_by_role("link", name="Continue at").wait_for()
    if kind.scripts:
        host = urlsplit(town.origin).netloc
        assert await page.evaluate(_SAID) == f"Connecting to {host} …"


async def test_a_reader_answers_and_is_known_the_next_time(
    view: Window, kind: Kind, blog: RunningBlog, town: DemoServer, post: Post
) -> None:
    page, path = view.page, _path(blog, post)
    handle = f"@{town.person(kind.name).handle}"
    await page.add_init_script(_KEEP_STATUS)
    await view.open(path)
    form = page.get_by_role("region", name="Leave a reply")
    account = page.get_by_label("Your account")
    await account.fill("nobody")
    await form.get_by_role("button", name="Reply", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("@you@your.server")
    await expect(account).to_have_value("nobody")
    assert await view.overflow() == 0
    # A server that is not there is named; what was typed stays.
    await account.fill("@me@127.0.0.1:9")
    await page.get_by_role("button", name="Go to your server").click()
    await expect(page.get_by_role("alert")).to_contain_text("127.0.0.1:9")
    await expect(account).to_have_value("@me@127.0.0.1:9")
    # Neither is remembered.
    await view.open(path)
    await expect(account).to_have_value("")

    await account.fill(handle)
    await form.get_by_role("button", name="Reply", exact=True).click()
    await _connects(page, kind, town)
    assert await view.overflow() == 0
    assert view.strangers == []
    await page.get_by_role("link", name="Continue at").click()
    await page.get_by_label("You are").select_option(kind.name)
    await page.get_by_label("Your reply").fill(f"Mine, from {kind}.")
    await page.get_by_role("button", name="Publish").click()
    await page.wait_for_url(f"{town.person(kind.name).url}/*")
    await blog.settled()
    await view.open(path)
    await expect(page.locator("article.reply", has_text=f"Mine, from {kind}.")).to_be_visible()

    known = page.get_by_text(f"You reply as {handle}")
    if kind.scripts:
        await expect(known).to_be_visible()
        await expect(account).to_be_hidden()
        await page.get_by_role("button", name="Change the account").click()
        await expect(account).to_have_value(handle)
        await page.reload()
        await page.get_by_role("button", name="Forget this account").click()
        await expect(account).to_be_visible()
        await page.reload()
    await expect(known).to_be_hidden()
    await expect(account).to_be_visible()
    await expect(account).to_have_value("")


async def test_a_reader_answers_somebody_with_one_click_where_they_are_known(
    view: Window, kind: Kind, blog: RunningBlog, town: DemoServer, post: Post
) -> None:
    page, handle = view.page, f"@{town.person(kind.name).handle}"
    first = page.locator("article.reply", has_text="The first one.")
    original = await _original(blog)
    await view.open(_path(blog, post))
    await first.get_by_role("link", name="reply to Alice Okafor from your account").click()
    await expect(page.get_by_role("link", name="To Alice Okafor")).to_be_visible()
    await page.get_by_label("Your account").fill(handle)
    await page.get_by_role("button", name="Go to your server").click()
    way = page.get_by_role("link", name="Continue at")
    address = await way.get_attribute("href") or ""
    assert address.endswith(quote(original, safe=""))

    await view.open(_path(blog, post))
    await first.get_by_role("link", name="reply to Alice Okafor from your account").click()
    if not kind.scripts:
        # Nothing is remembered without them: the account is asked for once more.
        await page.get_by_label("Your account").fill(handle)
        await page.get_by_role("button", name="Go to your server").click()
    await expect(way).to_have_attribute("href", address)
    view.assert_quiet()
    await way.click()
    await expect(page.get_by_role("link", name="this")).to_have_attribute("href", original)


async def test_a_reader_follows(
    view: Window, kind: Kind, blog: RunningBlog, town: DemoServer
) -> None:
    page, person = view.page, town.person(kind.name)
    await page.add_init_script(_KEEP_STATUS)
    await view.open("/")
    menu = page.get_by_role("navigation", name="Menu")
    await menu.get_by_role("link", name="Follow").click()
    await page.get_by_label("Your account").fill(f"@{person.handle}")
    await page.get_by_role("button", name="Go to your server").click()
    await _connects(page, kind, town)
    assert await view.overflow() == 0
    view.assert_quiet()
    await page.get_by_role("link", name="Continue at").click()
    await page.get_by_label("You are").select_option(kind.name)
    await page.get_by_role("button", name="Follow").click()
    await page.wait_for_url(person.url)

    async def follows() -> bool:
        found = await list_followers(blog.blog.db, before=None, limit=20)
        return person.id in {each.uri for each in found}

    await until(follows)


async def test_an_address_can_be_copied(
    view: Window, kind: Kind, blog: RunningBlog, post: Post
) -> None:
    page = view.page
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await view.open(_path(blog, post))
    field = page.get_by_label("The address of this post")
    await expect(field).to_have_value(permalink(blog.blog, post))
    buttons = page.get_by_role("button", name="Copy")
    if kind.scripts:
        await buttons.first.click()
        await expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert await page.evaluate("navigator.clipboard.readText()") == permalink(blog.blog, post)
    else:
        await expect(buttons).to_have_count(0)
        assert await field.is_editable() is False
    view.assert_quiet()


async def _original(blog: RunningBlog) -> str:
    """The id of what Alice wrote."""
    rows = await blog.blog.db.rows("SELECT uri FROM reply ORDER BY id LIMIT 1")
    return str(rows[0]["uri"])
