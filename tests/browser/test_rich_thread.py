"""A thread with everything in it, in a real browser: pictures, emoji, a poll, warnings, reactions.

With FEDIBLOG_TEST_PICTURES set to a folder, what the windows show is kept there to be looked at.
"""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page
from starlette.responses import Response

from fediblog.actions.documents import permalink
from fediblog.demo.emojis import custom_emoji
from fediblog.demo.notes import Attachment, Extras, Poll
from fediblog.demo.server import DemoServer
from fediblog.store.posts import Post
from tests.bench import RunningBlog, until
from tests.browser.window import DESK, PHONE, UNSEEN_SHIFT, Scheme, window

pytestmark = pytest.mark.browser

_BLURHASH = "L94r1CktfQktpMflfQflfQfQfQfQ"
_ALT = (
    "Three rows of tomato plants in the evening light, tied to bamboo canes, with a wheelbarrow "
    "full of leaves between them and, far behind, the roof of the house that the text is about."
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESK, PHONE])
async def test_everything_that_people_send_is_shown(
    blog: RunningBlog,
    town: DemoServer,
    chromium: Browser,
    tmp_path: Path,
    width: int,
    scheme: Scheme,
) -> None:
    post = await _rich_thread(blog, town)
    path = urlsplit(permalink(blog.blog, post)).path
    folder = Path(os.environ.get("FEDIBLOG_TEST_PICTURES", tmp_path))
    async with window(chromium, blog.origin, width=width, scheme=scheme, scripts=True) as view:
        page = view.page
        await view.open(path)
        await _have_come(page)
        assert await view.shift() <= UNSEEN_SHIFT
        assert await view.overflow() == 0
        await page.screenshot(path=folder / f"closed-{width}-{scheme}.png", full_page=True)

        warned = page.locator("details.warning")
        assert not await warned.get_by_text("Spiders").is_visible()
        assert not await page.locator("details.sensitive .pictures").is_visible()
        assert not await page.locator(".people").is_visible()
        folded = page.locator("details:not([open]) > summary")
        while await folded.count():
            await folded.first.click()
        assert await warned.get_by_text("Spiders").is_visible()
        assert await page.locator("details.sensitive .pictures img").is_visible()
        assert await page.locator(".people li").count() == 4
        assert await page.get_by_text("Three rows of tomato plants").is_visible()
        assert await view.overflow() == 0
        await _have_come(page)
        await page.screenshot(path=folder / f"open-{width}-{scheme}.png", full_page=True)
        view.assert_quiet()


async def _have_come(page: Page) -> None:
    """Wait for every picture that is to be seen."""
    for element in await page.locator("img").all():
        if await element.is_visible():
            await element.scroll_into_view_if_needed()
    await page.wait_for_function(
        "() => [...document.images].every((each) => each.closest('details:not([open])') "
        "|| each.naturalWidth > 0)"
    )


async def test_it_needs_no_script(blog: RunningBlog, town: DemoServer, chromium: Browser) -> None:
    post = await _rich_thread(blog, town)
    async with window(chromium, blog.origin, scripts=False) as view:
        await view.open(urlsplit(permalink(blog.blog, post)).path)
        await view.page.locator(".reactions > summary").click()
        assert await view.page.locator(".people li").first.is_visible()
        await view.page.locator("details.warning > summary").click()
        assert await view.page.get_by_text("Spiders").is_visible()
        view.assert_quiet()


async def _rich_thread(blog: RunningBlog, town: DemoServer) -> Post:
    post = await blog.publish("What grew this year", "A *list*.")
    article = blog.article(post)
    leaf, wave = custom_emoji(town.origin, "leaf"), custom_emoji(town.origin, "wave")
    await town.like("alice", article)
    await town.like("bob", article)
    await town.announce("bob", article)
    await town.react("chiyo", article, "🎉")
    await town.react("chiyo", article, leaf)
    await town.react("dana", article, leaf, misskey=True)

    def view(name: str, description: str = "", *, here: bool = True) -> Attachment:
        if not here:
            town.responses[f"/views/{name}.jpg"] = Response(status_code=404)
        address = f"{town.origin}/views/{name}.jpg"
        return Attachment(address, "image/jpeg", description, _BLURHASH, 1600, 1200)

    first = await town.reply(
        "alice",
        article,
        "<p>Mine look like this :leaf: :wave:</p>",
        extras=Extras(
            emojis=(leaf, wave),
            attachments=(
                view("rows", _ALT),
                view("shed", "The shed"),
                view("gone", "A picture that its server has lost", here=False),
                Attachment(f"{town.origin}/a.ogg", "audio/ogg", "What it sounds like at six"),
            ),
        ),
    )
    await town.reply(
        "bob",
        first.id,
        "<p>Spiders, all of them.</p>",
        extras=Extras(
            warning="Animals :leaf: with many legs", emojis=(leaf,), attachments=(view("web"),)
        ),
    )
    await town.reply(
        "chiyo",
        article,
        "<p>これは小さな写真です。</p>",
        extras=Extras(sensitive=True, attachments=(view("small", "小さな庭"),)),
    )
    poll = Poll(
        ("Tomatoes :leaf:", "Beans, and nothing but beans, on canes", "Peas"),
        (7, 2, 0),
        closes=blog.blog.clock() + timedelta(days=1),
    )
    await town.reply(
        "dana",
        article,
        "<p>ماذا تزرعون؟</p>",
        extras=Extras(emojis=(leaf,), poll=poll),
    )
    await blog.settled()
    await until(lambda: _all_fetched(blog))
    return post


async def _all_fetched(blog: RunningBlog) -> bool:
    """Whether everything was tried; one picture is not to be had."""
    rows = await blog.blog.db.rows("SELECT count(*) AS n FROM picture WHERE width IS NULL")
    faces = await blog.blog.db.rows("SELECT count(*) AS n FROM actor WHERE avatar = ''")
    return bool(rows[0]["n"] == 1 and faces[0]["n"] == 1)
