"""A post with a lead picture: written on a phone without scripts, and read."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator

from fediblog.actions.keep_medium import store_picture
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import create_post
from tests.admin.picture_files import picture_file
from tests.bench import RunningBlog
from tests.browser.door import go_in
from tests.browser.window import DESK, PHONE, UNSEEN_SHIFT, unfold, window

pytestmark = pytest.mark.browser

_SECTIONS = "\n\n".join(f"## Section {number}\n\n" + "Some text. " * 200 for number in range(1, 5))


async def test_a_picture_is_chosen_on_a_phone_without_scripts(
    blog: RunningBlog, chromium: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "wall.jpg"
    file.write_bytes(picture_file(1200, 800))
    async with window(chromium, blog.origin, width=PHONE, scripts=False) as opened:
        page = opened.page
        await go_in(page, blog)
        await opened.open("/admin/posts/new")
        await page.get_by_label("Title", exact=True).fill("A wall")
        await page.get_by_label("Text", exact=True).fill("It stands.")
        await unfold(page, "Picture")
        await page.get_by_label("Picture", exact=True).set_input_files(file)
        await page.get_by_role("button", name="Publish", exact=True).click()
        await page.get_by_text("Say what is on the picture").wait_for()
        assert await opened.overflow() == 0
        assert await page.locator(".chosen img").count() == 1

        await page.get_by_label("What is on it").fill("A wall in the sun")
        await page.get_by_label("Caption").fill("By *Ana*")
        await unfold(page, "Sorting")
        await page.get_by_label("Category").fill("Walls")
        await page.get_by_role("button", name="Publish", exact=True).click()
        await page.locator("p.notice").wait_for()
        await opened.open("/")
        await page.get_by_role("link", name="A wall", exact=True).first.click()
        lead = page.get_by_role("img", name="A wall in the sun")
        await lead.wait_for()
        assert await opened.overflow() == 0
        assert await page.locator("figcaption em", has_text="Ana").count() == 1
        assert await page.get_by_role("link", name="Walls").count() > 0


async def test_on_paper_there_is_nothing_that_one_could_only_press(
    blog: RunningBlog, chromium: Browser
) -> None:
    text = (
        "A [link](https://x.example/a).\n\n<audio controls src='https://x.example/a.ogg'></audio>"
    )
    source = "**Source:** After [a talk](https://x.example/talk)"
    form = PostForm("A title", text, source_line=source, licence="CC-BY-4.0")
    post = await create_post(blog.blog, form, publish=True)
    path = (await blog.page(f"/articles/{post.key}")).url.path
    async with window(chromium, blog.origin, scripts=False) as opened:
        page = opened.page
        await page.route("https://x.example/**", lambda route: route.abort())
        await opened.open(path)
        assert await page.locator(".source").inner_text() == "Source: After a talk"
        assert (await page.pdf()).count(b"/Type /Page\n") == 1
        await page.emulate_media(media="print")
        assert not await page.locator("audio").is_visible()
        assert not await page.get_by_text("No responses yet").is_visible()
        told = "all => all.map(a => getComputedStyle(a, '::after').content.includes(a.href))"
        links = page.locator(".e-content a, .source a, [rel=bookmark], .u-license")
        assert await links.evaluate_all(told) == [True] * 4


@pytest.mark.parametrize(("width", "file"), [(PHONE, "960.avif"), (DESK, "960.avif")])
async def test_the_right_file_is_loaded_and_nothing_moves(
    blog: RunningBlog, chromium: Browser, width: int, file: str
) -> None:
    lead = await store_picture(blog.blog, picture_file(2400, 1600))
    post = await blog.publish(
        "A wall", _SECTIONS, contents="on", lead=lead.name, lead_alt="A wall in the sun"
    )
    async with window(chromium, blog.origin, width=width) as opened:
        page = opened.page
        await opened.open((await blog.page(f"/articles/{post.key}")).url.path)
        image = page.get_by_role("img", name="A wall in the sun")
        assert str(await image.evaluate("image => image.currentSrc")).endswith(f"-{file}")
        assert await image.evaluate("image => image.complete && image.naturalWidth > 0")
        assert await opened.shift() <= UNSEEN_SHIFT

        heading = page.get_by_role("heading", name="Section 3")
        assert not await _is_in_sight(heading)
        await page.get_by_role("link", name="Section 3").first.click()
        await page.wait_for_url("**#section-3")
        assert await _is_in_sight(heading)
        anchor = page.locator("a.anchor[href='#section-3']")
        await anchor.focus()
        assert await anchor.evaluate("link => getComputedStyle(link).opacity") == "1"
        opened.assert_quiet()


async def _is_in_sight(heading: Locator) -> bool:
    box = await heading.bounding_box()
    return box is not None and 0 <= box["y"] < 700
