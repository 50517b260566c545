"""The media library in a browser: files chosen, dropped and pasted, or sent by the form alone; the
point that matters set by a click or in its fields; deleted."""

import base64
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.admin.media_files import TAKEN
from tests.admin.picture_files import picture_file
from tests.bench import RunningBlog
from tests.browser.door import go_in
from tests.browser.window import PHONE, Window, window
from tests.checkers.accessibility import violations

pytestmark = pytest.mark.browser

_NARROW = 360
#: Lets files fall onto an element, or pastes them; each is (name, type, base64).
_GIVE = """([kind, files]) => {
  const data = new DataTransfer();
  for (const [name, type, content] of files) {
    const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
    data.items.add(new File([bytes], name, {type}));
  }
  const target = document.querySelector("form[data-upload]");
  const all = {bubbles: true, cancelable: true};
  if (kind === "drop") target.dispatchEvent(new DragEvent("drop", {dataTransfer: data, ...all}));
  else target.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, ...all}));
}"""


async def _give(page: Page, kind: str, *files: tuple[str, str, bytes]) -> None:
    coded = [(name, mime, base64.b64encode(content).decode()) for name, mime, content in files]
    await page.evaluate(_GIVE, [kind, coded])


async def _judge(opened: Window, folder: Path, name: str) -> None:
    """At both widths, in the light and in the dark."""
    for width in (_NARROW, 1280):
        await opened.page.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            await opened.page.emulate_media(color_scheme=scheme)
            assert await opened.overflow() == 0, (name, width)
            assert await violations(opened.page) == [], (name, width, scheme)
            path = folder / f"{name}-{width}-{scheme}.png"
            await opened.page.screenshot(path=path, full_page=True)


async def test_files_are_chosen_dropped_and_pasted(
    blog: RunningBlog, chromium: Browser, tmp_path: Path
) -> None:
    async with window(chromium, blog.origin) as opened:
        page = opened.page
        await go_in(page, blog)
        await opened.open("/admin/media")
        names = page.locator(".called")
        (tmp_path / "wall.jpg").write_bytes(picture_file(1200, 800))
        (tmp_path / "wind.mp3").write_bytes(TAKEN["mp3"][0])
        chosen = [tmp_path / "wall.jpg", tmp_path / "wind.mp3"]
        await page.get_by_label("Upload files").set_input_files(chosen)
        await expect(names).to_have_text(["wind.mp3", "wall.jpg"])
        await expect(page.get_by_role("status")).to_contain_text("Uploaded")
        await _give(page, "drop", ("book.epub", "", TAKEN["epub"][0]))
        await expect(names).to_have_text(["book.epub", "wind.mp3", "wall.jpg"])
        await _give(page, "paste", ("image.png", "image/png", picture_file(400, 900, kind="PNG")))
        await expect(names).to_have_count(4)
        opened.assert_quiet()

        await _give(
            page, "drop", ("page.html", "text/html", b"<p>"), ("sea.flac", "", TAKEN["flac"][0])
        )
        told = page.locator(".going li")
        await expect(told).to_have_count(2)
        await expect(told.nth(0)).to_contain_text("HTML, SVG or XML")
        await expect(told.nth(1)).to_contain_text("Uploaded")
        assert await violations(page) == []
        # The browser itself says that the answer was 422.
        assert len(opened.complaints) == 1
        opened.complaints.clear()

        await opened.open("/admin/media")
        await expect(names).to_have_count(5)
        await _judge(opened, tmp_path, "library")
        await page.get_by_label("Find by name").fill("WALL")
        await page.get_by_role("button", name="Find").click()
        await expect(names).to_have_text(["wall.jpg"])
        opened.assert_quiet()


async def test_the_point_that_matters_is_set_by_a_click(
    blog: RunningBlog, chromium: Browser, tmp_path: Path
) -> None:
    (tmp_path / "wall.jpg").write_bytes(picture_file(1200, 800))
    async with window(chromium, blog.origin) as opened:
        page = opened.page
        await go_in(page, blog)
        await opened.open("/admin/media")
        await page.get_by_label("Upload files").set_input_files(tmp_path / "wall.jpg")
        await page.get_by_role("link", name="wall.jpg").click()
        picture = page.locator(".focusing img")
        box = await picture.bounding_box()
        assert box
        await picture.click(position={"x": box["width"] * 0.8, "y": box["height"] * 0.25})
        await expect(page.get_by_label("From the left, %")).to_have_value("80")
        await expect(page.get_by_label("From the top, %")).to_have_value("25")
        await page.get_by_label("From the top, %").fill("30")
        circle = page.locator(".focusing circle").first
        await expect(circle).to_have_attribute("cx", "80%")
        await expect(circle).to_have_attribute("cy", "30%")
        await page.get_by_label("What is on it").fill("A wall")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("status")).to_have_text("Saved.")
        await expect(circle).to_have_attribute("cy", "30%")
        await expect(page.get_by_label("Markdown, in a")).to_have_value(
            re.compile(r"!\[A wall\]\(/media/own/\w{32}-1200\.jpg\)")
        )
        await expect(page.get_by_role("button", name="Copy")).to_be_visible()
        await _judge(opened, tmp_path, "picture")
        opened.assert_quiet()


async def test_the_library_works_without_scripts_on_a_phone(
    blog: RunningBlog, chromium: Browser, tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").write_bytes(picture_file())
    (tmp_path / "b.svg").write_bytes(b"<svg/>")
    (tmp_path / "c.flac").write_bytes(TAKEN["flac"][0])
    async with window(chromium, blog.origin, width=PHONE, scripts=False) as opened:
        page = opened.page
        await page.set_viewport_size({"width": _NARROW, "height": 740})
        await go_in(page, blog)
        await opened.open("/admin/media")
        chooser = page.get_by_label("Upload files")
        await chooser.set_input_files([tmp_path / name for name in ("a.jpg", "b.svg", "c.flac")])
        await page.get_by_role("button", name="Upload", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("2 files are kept.")
        await expect(page.get_by_role("alert")).to_contain_text("b.svg: This is HTML, SVG or XML")
        assert await opened.overflow() == 0
        await page.screenshot(path=tmp_path / "refused.png", full_page=True)
        opened.complaints.clear()

        await page.get_by_role("link", name="a.jpg").click()
        await page.get_by_label("From the left, %").fill("20")
        await page.get_by_label("From the top, %").fill("700")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_label("From the left, %")).to_have_value("20")
        await expect(page.locator(".error")).to_have_text("This is a whole number from 0 to 100.")
        opened.complaints.clear()
        await page.get_by_label("From the top, %").fill("70")
        await page.get_by_role("button", name="Save").click()
        await expect(page.locator(".focusing circle").first).to_have_attribute("cy", "70%")
        markdown = await page.get_by_label("Markdown, in a").input_value()

        await opened.open("/admin/posts/new")
        await page.get_by_label("Title").fill("With a picture")
        await page.get_by_label("Text", exact=True).fill(markdown)
        await page.screenshot(path=tmp_path / "form.png", full_page=True)
        await page.get_by_role("button", name="Publish").click()
        await opened.open("/admin/media?kind=picture")
        await page.get_by_role("link", name="a.jpg").click()
        await page.get_by_role("link", name="Delete …").click()
        await expect(page.get_by_role("link", name="With a picture")).to_be_visible()
        await page.screenshot(path=tmp_path / "delete.png", full_page=True)
        await page.get_by_role("button", name="Delete the file").click()
        await expect(page.locator(".error")).to_have_text("Tick this first.")
        opened.complaints.clear()
        await page.get_by_label("Delete it all the same").check()
        await page.get_by_role("button", name="Delete the file").click()
        await expect(page.get_by_role("status")).to_have_text("The file is deleted.")
        opened.assert_quiet()
