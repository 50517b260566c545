"""A thread with everything in it, in a real browser: pictures, emoji, a poll, warnings, reactions.

With FEDIBLOG_TEST_PICTURES set to a folder, what the windows show is kept there to be looked at.
"""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from starlette.responses import Response

from fediblog.actions.documents import permalink
from fediblog.demo.emojis import custom_emoji
from fediblog.demo.notes import Attachment, Extras, Poll
from fediblog.demo.server import DemoServer
from fediblog.store.posts import Post
from tests.bench import RunningBlog, until
from tests.browser.steps.windows import Kind
from tests.browser.window import UNSEEN_SHIFT, Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

_BLURHASH = "L94r1CktfQktpMflfQflfQfQfQfQ"
_ALT = (
    "Three rows of tomato plants in the evening light, tied to bamboo canes, with a wheelbarrow "
    "full of leaves between them and, far behind, the roof of the house that the text is about."
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def path(blog: RunningBlog, town: DemoServer) -> str:
    """Where the page is that has everything."""
    return urlsplit(permalink(blog.blog, await _rich_thread(blog, town))).path


async def test_everything_that_people_send_is_shown(
    view: Window, kind: Kind, path: str, tmp_path: Path
) -> None:
    page = view.page
    folder = Path(os.environ.get("FEDIBLOG_TEST_PICTURES", tmp_path))
    await view.open(path)
    await _have_come(page)
    if kind.scripts:
        # The observer is a script itself.
        assert await view.shift() <= UNSEEN_SHIFT
    assert await view.overflow() == 0
    await page.screenshot(path=folder / f"closed-{kind}.png", full_page=True)

    warned = page.locator("details.warning")
    await expect(warned.get_by_text("Spiders")).to_be_hidden()
    await expect(page.locator("details.sensitive .pictures")).to_be_hidden()
    await expect(page.locator(".people")).to_be_hidden()
    folded = page.locator("details:not([open]) > summary")
    while await folded.count():
        await folded.first.click()
    await expect(warned.get_by_text("Spiders")).to_be_visible()
    await expect(page.locator("details.sensitive .pictures img")).to_be_visible()
    await expect(page.locator(".people li")).to_have_count(4)
    await expect(page.get_by_text("Three rows of tomato plants")).to_be_visible()
    assert await view.overflow() == 0
    await _have_come(page)
    await page.screenshot(path=folder / f"open-{kind}.png", full_page=True)
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
