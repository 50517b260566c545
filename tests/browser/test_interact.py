"""A reader goes from a post to their own server, and need not type their account twice."""

import pytest
from playwright.async_api import Browser

from fediblog.demo.server import DemoServer
from fediblog.store.followers import list_followers
from tests.bench import RunningBlog, until
from tests.browser.window import DESK, PHONE, Scheme, window

pytestmark = pytest.mark.browser

#: Keeps what the page says while the answer to its form is awaited: it is gone with the page.
_KEEP_STATUS = """addEventListener("submit", ({target}) =>
  sessionStorage.setItem("said", target.querySelector("output").textContent))"""


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
@pytest.mark.parametrize("scripts", [True, False])
async def test_a_reader_goes_to_their_own_server_and_is_known_the_next_time(
    blog: RunningBlog,
    town: DemoServer,
    chromium: Browser,
    width: int,
    scheme: Scheme,
    scripts: bool,
) -> None:
    post = await blog.publish("A title")
    path = (await blog.page(f"/articles/{post.key}")).url.path
    handle = f"@{town.person('bob').handle}"
    async with window(chromium, blog.origin, width=width, scheme=scheme, scripts=scripts) as opened:
        page = opened.page
        await opened.open(path)
        account = page.get_by_label("Your account")
        await account.fill("nobody")
        await page.get_by_role("button", name="Reply", exact=True).click()
        await page.get_by_role("alert").wait_for()
        assert await account.input_value() == "nobody"
        assert await opened.overflow() == 0
        # What is no account is not remembered.
        await opened.open(path)
        assert await account.input_value() == ""
        await account.fill("nobody")
        await page.get_by_role("button", name="Reply", exact=True).click()
        await page.get_by_role("alert").wait_for()

        await account.fill(handle)
        await page.get_by_role("button", name="Go to your server").click()
        way = page.get_by_role("link", name="Continue at")
        await way.wait_for()
        assert await opened.overflow() == 0
        await way.click()
        await page.get_by_label("Your reply").wait_for()
        assert await page.get_by_role("link", name="A title").get_attribute("href") == (
            blog.article(post)
        )

        await opened.open(path)
        assert await account.input_value() == (handle if scripts else "")
        if scripts:
            await page.get_by_role("button", name="Forget this account").click()
            await opened.open(path)
            assert await account.input_value() == ""


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
@pytest.mark.parametrize("scripts", [True, False])
async def test_a_reader_follows_from_their_own_server(
    blog: RunningBlog,
    town: DemoServer,
    chromium: Browser,
    width: int,
    scheme: Scheme,
    scripts: bool,
) -> None:
    person = town.person("bob")
    async with window(chromium, blog.origin, width=width, scheme=scheme, scripts=scripts) as opened:
        page = opened.page
        await page.add_init_script(_KEEP_STATUS)
        await opened.open("/")
        menu = page.get_by_role("navigation", name="Menu")
        await menu.get_by_role("link", name="Follow").click()
        await page.get_by_label("Your account").fill(f"@{person.handle}")
        await page.get_by_role("button", name="Go to your server").click()
        way = page.get_by_role("link", name="Continue at")
        await way.wait_for()
        assert await opened.overflow() == 0
        await way.click()
        await page.get_by_label("You are").select_option("bob")
        await page.get_by_role("button", name="Follow").click()
        await page.wait_for_url(person.url)
        if scripts:
            await opened.open("/")
            server = person.handle.partition("@")[2]
            assert await page.evaluate("sessionStorage.getItem('said')") == (
                f"Connecting to {server} …"
            )

    async def follows() -> bool:
        found = await list_followers(blog.blog.db, before=None, limit=9)
        return [each.uri for each in found] == [person.id]

    await until(follows)
