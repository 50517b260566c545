"""One post with everything of a classic blog post page, from the form in which it is written to
the form on a foreign server in which it is answered.

Proves the acceptance post: title, captioned picture, paragraphs with footnotes and a linked sound
file, a source line, the About box, one category and five tags, permalink, "3 responses" three
levels deep of which two are the author's, then "Leave a reply" walked through in the browser up to
the reply form of a real remote server, and back.
"""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page

from fediblog.demo.avatars import view
from fediblog.demo.server import DemoServer
from tests.bench import RunningBlog
from tests.browser.door import go_in
from tests.browser.window import DESK, PHONE, Scheme, Window, unfold, window
from tests.checkers.accessibility import violations
from tests.checkers.markup import html_errors

pytestmark = pytest.mark.browser

_SOUND = "https://sounds.example/rain-on-a-tin-roof.ogg"
_TEXT = f"""\
On the first of November I began to write down one line about the sky.[^plan]

It was `61` mornings in fog, and this is [what one of them sounded like]({_SOUND}).

I would have said ten.[^ten] There is a table, too:

| Month | Mornings in fog |
|-------|----------------:|
| May   |               2 |

[^plan]: That is not *quite* true.
[^ten]: Or eleven.
"""
_FIELDS = {
    "Title": "A year of writing down the weather",
    "What is on it": "Hills in the first light",
    "Caption": "The view from the *kitchen* window",
    "Text": _TEXT,
    "Category": "Weather",
    "Tags": "fog, notebooks, habits, rain, slow tools",
    "Source": "After [a talk](https://allotments.example/53) in October",
}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_the_acceptance_post(
    blog: RunningBlog,
    town: DemoServer,
    chromium: Browser,
    tmp_path: Path,
    width: int,
    scheme: Scheme,
    scripts: bool,
) -> None:
    await town.follow("alice", blog.actor)
    await blog.settled()
    async with window(chromium, blog.origin, width=width, scheme=scheme, scripts=scripts) as opened:
        page = opened.page
        await _write(opened, blog, tmp_path)
        await _converse(opened, blog, town)
        await opened.open(await _path(blog))
        await _shows_the_post(page)
        await _shows_three_responses(page)
        assert await opened.overflow() == 0
        if scripts:
            assert await violations(page) == []
            assert html_errors({"post": await page.content()}, tmp_path / "pages") == []
        opened.assert_quiet()
        await _leave_a_reply(page, blog, town)
        await opened.open(await _path(blog))
        await page.get_by_role("heading", name="4 responses").wait_for()
        assert await page.get_by_text("Mine says clear.").is_visible()


async def _write(opened: Window, blog: RunningBlog, folder: Path) -> None:
    page = opened.page
    await go_in(page, blog)
    await page.get_by_role("link", name="New post").click()
    picture = folder / "hills.jpg"
    picture.write_bytes(view("morning"))
    await unfold(page, "Picture", "Sorting", "Source and licence")
    await page.get_by_label("Picture", exact=True).set_input_files(picture)
    for label, text in _FIELDS.items():
        await page.get_by_label(label, exact=True).fill(text)
    await page.get_by_role("button", name="Publish", exact=True).click()
    await page.locator("p.notice").wait_for(timeout=60_000)
    await blog.delivered()


async def _converse(opened: Window, blog: RunningBlog, town: DemoServer) -> None:
    """The author adds something, Bob answers that, and is answered."""
    await opened.open(f"/admin/posts/{await _key(blog)}/thread")
    await _answer(opened.page, "One thing I forgot: the kettle.", place=".controls")
    await blog.delivered()
    note = town.received[-1].activity["object"]["id"]
    await town.reply("bob", note, "<p>Which kettle?</p>")
    await blog.settled()
    await opened.open(f"/admin/posts/{await _key(blog)}/thread")
    await _answer(opened.page, "The *old* one.", place="article.reply:has-text('Which kettle?')")


async def _answer(page: Page, text: str, *, place: str) -> None:
    form = page.locator(place).last
    await form.locator("details.answering > summary").first.click()
    await form.get_by_label("Your answer").first.fill(text)
    await form.get_by_role("button", name="Send the answer").first.click()
    await page.locator("p.notice").wait_for()


async def _shows_the_post(page: Page) -> None:
    assert await page.get_by_role("heading", level=1).inner_text() == _FIELDS["Title"]
    picture = page.get_by_role("img", name="Hills in the first light")
    assert await picture.is_visible()
    assert await picture.get_attribute("width") and await picture.get_attribute("height")
    figure = page.locator("figure", has=picture)
    assert await figure.locator("figcaption").inner_text() == "The view from the kitchen window"
    types = await figure.locator("source").evaluate_all("all => all.map((each) => each.type)")
    assert {"image/avif", "image/webp"} <= set(types)

    await _footnotes_lead_there_and_back(page)
    sound = page.get_by_role("link", name="what one of them sounded like")
    assert await sound.get_attribute("href") == _SOUND
    source = page.get_by_text("Source: After a talk in October")
    assert await source.get_by_role("link").get_attribute("href") == "https://allotments.example/53"

    imprint = page.get_by_text("Posted in Weather on")
    words = await imprint.inner_text()
    assert "tagged fog, notebooks, habits, rain and slow tools" in words
    address = await imprint.get_by_role("link", name="Permalink").get_attribute("href")
    assert address == page.url.partition("#")[0]
    about = page.get_by_role("region", name="About")
    assert await about.get_by_role("link", name="Follow").is_visible()


async def _footnotes_lead_there_and_back(page: Page) -> None:
    notes = page.locator(".footnotes li")
    assert await notes.count() == 2
    references = page.locator(".footnote-ref a")
    for number in range(2):
        target = await references.nth(number).get_attribute("href") or ""
        assert await page.locator(f"li{target}").count() == 1
        back = notes.nth(number).locator("a.footnote-backref")
        assert await page.locator(await back.get_attribute("href") or "").count() == 1
    await references.first.click()
    assert "That is not quite true." in await page.locator("li:target").inner_text()


async def _shows_three_responses(page: Page) -> None:
    await page.get_by_role("heading", name="3 responses").wait_for()
    levels = [
        f'li:has(> .reply:has-text("{text}"))'
        for text in ("the kettle", "Which kettle?", "The old one.")
    ]
    assert await page.locator(" >> ".join(levels)).count() == 1
    assert await page.locator(".thread").get_by_text("author", exact=True).count() == 2
    assert await page.locator("#responses .mine").count() == 2


async def _leave_a_reply(page: Page, blog: RunningBlog, town: DemoServer) -> None:
    """By hand, as a reader who has an account there."""
    form = page.get_by_role("region", name="Leave a reply")
    await form.get_by_label("Your account").fill(f"@{town.person('dana').handle}")
    await form.get_by_role("button", name="Reply", exact=True).click()
    await page.get_by_role("link", name="Continue at").click()
    assert page.url.startswith(f"{town.origin}/authorize_interaction?uri=")
    await page.get_by_label("You are").select_option("dana")
    await page.get_by_label("Your reply").fill("Mine says clear.")
    await page.get_by_role("button", name="Publish").click()
    await page.wait_for_url(f"{town.person('dana').url}/*")
    await blog.settled()


async def _key(blog: RunningBlog) -> str:
    return str((await blog.blog.db.rows("SELECT key FROM post"))[0]["key"])


async def _path(blog: RunningBlog) -> str:
    return urlsplit(str((await blog.page(f"/articles/{await _key(blog)}")).url)).path
