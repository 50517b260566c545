"""Writing in a browser: toolbar, preview, what is kept, and windows that meet."""

import base64
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import create_post
from tests.admin.picture_files import picture_file
from tests.bench import RunningBlog
from tests.browser.door import go_in
from tests.browser.window import DESK, Scheme, Window, window
from tests.checkers.accessibility import violations

pytestmark = pytest.mark.browser

_NARROW = 360
_TEXT = """Some *words* and a note.[^1]

## A heading

| a | b |
|---|---|
| 1 | 2 |

[^1]: The note.
"""


@asynccontextmanager
async def _signed_in(chromium: Browser, blog: RunningBlog, **more: Any) -> AsyncIterator[Window]:
    async with window(chromium, blog.origin, **more) as opened:
        page = opened.page
        await go_in(page, blog)
        await page.wait_for_url("**/admin/")
        yield opened


async def _add(page: Page, path: Path) -> None:
    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("button", name="Add media").click()
    await (await choosing.value).set_files(path)


async def _kept(page: Page) -> None:
    await expect(page.locator("#typed-kept")).to_contain_text("Kept at")


@pytest.mark.parametrize(("width", "scheme"), [(_NARROW, "dark"), (DESK, "light")])
async def test_what_is_seen_beside_the_text_is_what_is_published(
    blog: RunningBlog, chromium: Browser, width: int, scheme: Scheme
) -> None:
    async with _signed_in(chromium, blog, width=width, scheme=scheme) as opened:
        page = opened.page
        await opened.open("/admin/posts/new")
        await page.get_by_label("Title").fill("What I saw")
        text = page.get_by_label("Text", exact=True)
        await text.fill(_TEXT)
        # Shortcuts and the toolbar write Markdown around what is selected.
        await page.keyboard.press("Control+Home")
        await page.keyboard.press("Control+Shift+ArrowRight")
        await page.keyboard.press("Control+b")
        await expect(text).to_have_value(re.compile(r"^\*\*Some\*\* \*words"))
        await page.keyboard.press("Control+End")
        await page.get_by_role("button", name="Quote", exact=True).click()
        await page.keyboard.type("x")
        await expect(text).to_have_value(re.compile(r"> x\s*$"))
        toggle = page.locator(".preview-toggle")
        if width == _NARROW:
            assert await toggle.get_attribute("aria-pressed") == "false"
            await toggle.click()
            assert not await text.is_visible()
        seen = page.locator("#preview .e-content")
        await expect(seen.locator("blockquote")).to_have_text("x")
        await expect(seen.locator("strong")).to_have_text("Some")
        await expect(page.locator("#preview h1")).to_have_text("What I saw")
        await expect(page.locator("#typed-words")).to_contain_text("words, 1 minute to read")
        before = await seen.inner_html()
        await _kept(page)
        assert await opened.overflow() == 0
        opened.assert_quiet()
        assert await violations(page) == []
        if width == _NARROW:
            await toggle.click()
        await page.get_by_role("button", name="Publish").click()
        await page.wait_for_url("**/admin/posts?*")
        await page.get_by_role("link", name="View What I saw").click()
        after = await page.locator(".e-content").inner_html()
        assert before.split() == after.split()


async def test_a_crash_loses_nothing(blog: RunningBlog, chromium: Browser) -> None:
    async with _signed_in(chromium, blog) as opened:
        page = opened.page
        await opened.open("/admin/posts/new")
        await page.get_by_label("Title").fill("Half a post")
        await page.get_by_label("Text", exact=True).fill("I have just begun.")
        await _kept(page)
        await page.close()

        again = await page.context.new_page()
        await again.goto(f"{blog.origin}/admin/posts/new")
        assert await again.get_by_label("Title").input_value() == ""
        assert await violations(again) == []
        await again.get_by_role("link", name=re.compile("^Continue")).click()
        assert await again.get_by_label("Text", exact=True).input_value() == "I have just begun."
        await again.get_by_role("button", name="Keep as draft").click()
        await again.wait_for_url("**/admin/posts?*")
        await again.goto(f"{blog.origin}/admin/posts/new")
        await expect(again.locator(".offer")).to_have_count(0)


async def test_two_windows_that_meet_are_put_together(blog: RunningBlog, chromium: Browser) -> None:
    post = await blog.publish("A post", "One.\n\nTwo.")
    path = f"/admin/posts/{post.key}"
    async with _signed_in(chromium, blog, width=_NARROW) as opened:
        first, second = opened.page, await opened.page.context.new_page()
        for page in (first, second):
            await page.goto(f"{blog.origin}{path}")
        await first.get_by_label("Text", exact=True).fill("One, they say.\n\nTwo.")
        await first.get_by_role("button", name="Save changes").click()
        await first.wait_for_url("**/admin/posts?*")
        text = second.get_by_label("Text", exact=True)
        await text.fill("One, I say.\n\nTwo.\n\nThree.")
        await second.get_by_role("button", name="Save changes").click()
        await expect(second.get_by_role("heading", name="changed meanwhile")).to_be_visible()
        assert await text.input_value() == "One, I say.\n\nTwo.\n\nThree."
        assert await violations(second) == []
        await second.get_by_label("What is saved").first.check()
        await second.get_by_role("button", name="Put them together").click()
        await expect(text).to_have_value("One, they say.\n\nTwo.\n\nThree.")
        await second.get_by_role("button", name="Save changes").click()
        await second.wait_for_url("**/admin/posts?*")


async def test_while_the_server_cannot_be_reached_the_browser_keeps_it(
    blog: RunningBlog, chromium: Browser
) -> None:
    async with _signed_in(chromium, blog) as opened:
        page = opened.page
        await opened.open("/admin/posts/new")
        await page.get_by_label("Title").fill("In a tunnel")
        await page.context.set_offline(True)
        await page.get_by_label("Text", exact=True).fill("No net here.")
        await page.get_by_role("button", name="Publish").click()
        kept = page.locator("#typed-kept")
        await expect(kept).to_contain_text("Not saved: the server cannot be reached.")
        assert page.url.endswith("/admin/posts/new")
        # Closed while there is no net: else the page might still save what it has.
        context = page.context
        await page.close(run_before_unload=False)
        await context.set_offline(False)

        again = await context.new_page()
        await again.goto(f"{blog.origin}/admin/posts/new")
        offer = again.get_by_role("region", name="Unsaved changes in this browser")
        await offer.get_by_role("button", name="Continue with it").click()
        assert await again.get_by_label("Text", exact=True).input_value() == "No net here."
        await again.get_by_role("button", name="Publish").click()
        await again.wait_for_url("**/admin/posts?*")


async def test_a_refused_form_opens_what_is_wrong_and_goes_there(
    blog: RunningBlog, chromium: Browser
) -> None:
    async with _signed_in(chromium, blog, width=_NARROW) as opened:
        page = opened.page
        await opened.open("/admin/posts/new")
        await page.get_by_label("Title").fill("A post")
        await page.get_by_text("Sorting").click()
        await page.get_by_label("Tags", exact=True).fill("-")
        await page.get_by_label("Language", exact=True).fill("not a tag")
        await page.get_by_role("button", name="Keep as draft").click()
        alert = page.get_by_role("alert")
        await expect(alert.get_by_role("link")).to_have_count(3)
        assert await page.evaluate("document.activeElement.name") == "body"
        assert await page.get_by_label("Tags", exact=True).is_visible()
        await alert.get_by_role("link", name="letter or a digit").click()
        assert await opened.overflow() == 0
        assert await violations(page) == []


async def test_pictures_and_tags_find_their_way_into_a_post(
    blog: RunningBlog, chromium: Browser, tmp_path: Path
) -> None:
    await blog.publish("Before", "Text.", tags="gardening, Garden")
    photo = tmp_path / "bed.jpg"
    photo.write_bytes(picture_file())
    async with _signed_in(chromium, blog) as opened:
        page = opened.page
        await opened.open("/admin/posts/new")
        text = page.get_by_label("Text", exact=True)
        await text.fill("Before it.")
        # What is selected stays.
        await text.select_text()
        await _add(page, photo)
        await page.get_by_label("What is on it, for those").fill("A [wide] bed")
        await page.get_by_label("Caption, if it has one").fill('The "bed"')
        opened.assert_quiet()
        assert await violations(page) == []
        await page.keyboard.press("Enter")
        await expect(text).to_have_value(
            re.compile(
                r'^Before it\.\n\n!\[A \\\[wide\\\] bed\]\(/media/own/\S+ "The \\"bed\\""\)\n\n$'
            )
        )
        picture = page.locator("#preview .e-content img")
        await expect(picture).to_have_attribute("alt", "A [wide] bed")
        await page.get_by_text("Sorting").click()
        tags = page.get_by_role("combobox", name="Tags")
        await tags.press_sequentially("gar")
        await expect(page.locator(".offered li")).to_have_count(2)
        await tags.press("ArrowDown")
        assert await violations(page) == []
        await tags.press("Enter")
        await expect(tags).to_have_value(re.compile(r"^(gardening|Garden), $"))


_PLACES = """() => {
  const bar = document.querySelector(".writing .main").getBoundingClientRect();
  const focused = document.activeElement.getBoundingClientRect();
  return [focused.top, focused.bottom, bar.top, bar.height];
}"""


async def test_the_bar_of_buttons_is_above_no_field_on_a_phone(
    blog: RunningBlog, chromium: Browser, tmp_path: Path
) -> None:
    photo = tmp_path / "bed.jpg"
    photo.write_bytes(picture_file())
    form = PostForm("Later", "Text.", publish_at="2099-01-01T12:00")
    planned = await create_post(blog.blog, form, publish=False, schedule=True)
    async with _signed_in(chromium, blog, width=_NARROW) as opened:
        page = opened.page
        await page.set_viewport_size({"width": _NARROW, "height": 740})
        await opened.open(f"/admin/posts/{planned.key}")
        assert (await page.evaluate(_PLACES))[-1] < 80
        await opened.open("/admin/posts/new")

        async def assert_in_sight() -> None:
            top, bottom, bar, height = await page.evaluate(_PLACES)
            assert top >= 0 and bottom + 3 <= bar and height < 80

        text = page.get_by_label("Text", exact=True)
        await text.click(position={"x": 20, "y": 20})
        await assert_in_sight()
        await text.fill("A line.\n" * 60)
        await text.click(position={"x": 20, "y": 20})
        await assert_in_sight()
        await page.evaluate("scrollTo(0, 0)")
        await _add(page, photo)
        alt = page.get_by_label("What is on it, for those")
        await expect(alt).to_be_focused()
        await page.locator(".describe img").evaluate("(image) => image.decode()")
        await assert_in_sight()
        await alt.fill("A bed")
        into = page.get_by_role("button", name="Put it into the text")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await expect(into).to_be_focused()
        await assert_in_sight()
        assert await opened.overflow() == 0
        assert await violations(page) == []


async def test_without_scripts_everything_is_a_form(blog: RunningBlog, chromium: Browser) -> None:
    async with _signed_in(chromium, blog, width=_NARROW, scripts=False) as opened:
        page = opened.page
        await opened.open("/admin/posts/new")
        assert not await page.locator("markdown-toolbar").is_visible()
        await page.get_by_label("Title").fill("By hand")
        await page.get_by_label("Text", exact=True).fill("Some *words*.")
        for way in ("Preview", "How it will look"):
            await page.get_by_role("button", name=way).click()
            assert await opened.overflow() == 0
            await expect(page.get_by_text("By hand").first).to_be_visible()
            await page.get_by_role("button", name="Back to writing").click()
            assert await page.get_by_label("Text", exact=True).input_value() == "Some *words*."
        await page.get_by_role("button", name="Publish").click()
        await page.wait_for_url("**/admin/posts?*")
        opened.assert_quiet()


@pytest.mark.parametrize(("width", "scheme"), [(_NARROW, "dark"), (DESK, "light")])
async def test_how_it_will_look_can_be_read_by_everybody(
    blog: RunningBlog, chromium: Browser, width: int, scheme: Scheme
) -> None:
    post = await blog.publish("A post", "![](/x.avif)\n\nText.", tags="2024")
    async with _signed_in(chromium, blog, width=width, scheme=scheme) as opened:
        for page in ("looks", "preview"):
            await opened.open(f"/admin/posts/{post.key}/{page}")
            assert await opened.overflow() == 0
            assert await violations(opened.page) == []


@pytest.mark.parametrize("way", ["paste", "drop"])
async def test_a_picture_comes_by_the_clipboard_and_by_dragging(
    blog: RunningBlog, chromium: Browser, way: str
) -> None:
    async with _signed_in(chromium, blog) as opened:
        page = opened.page
        await opened.open("/admin/posts/new")
        text = page.get_by_label("Text", exact=True)
        await text.fill("Before it.")
        await text.evaluate(_HAND_OVER, [way, base64.b64encode(picture_file()).decode()])
        await page.get_by_label("What is on it, for those").fill("A bed")
        await page.keyboard.press("Enter")
        await expect(text).to_have_value(
            re.compile(r"^Before it\.\n\n!\[A bed\]\(/media/own/\S+\)")
        )
        opened.assert_quiet()


#: What a browser tells a page when somebody pastes a file, or lets go of one above it.
_HAND_OVER = """(element, [way, encoded]) => {
  const bytes = Uint8Array.from(atob(encoded), (each) => each.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "bed.jpg", {type: "image/jpeg"}));
  const event = way === "paste"
    ? new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})
    : new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true});
  element.dispatchEvent(event);
}"""
