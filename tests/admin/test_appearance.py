"""How the blog looks: an accent that can be read, a logo, rules of one's own, a last line."""

import re
from hashlib import sha256

import pytest

from tests.admin.desk import Desk, everything
from tests.admin.page import read
from tests.admin.picture_files import PLACE, opened, picture_file

LOOK = {"own_accent": "on", "accent": "#1e40af", "custom_css": "", "footer": ""}


async def _sheets(desk: Desk, path: str = "/") -> dict[str, str]:
    """What a page loads from /theme/, by kind: the rules."""
    found = re.findall(r'href="(/theme/(\w+)\.\w+\.css)"', (await desk.get(path)).text)
    return {kind: (await desk.get(address)).text for address, kind in found}


async def test_an_accent_colours_every_page_at_once(desk: Desk) -> None:
    assert await _sheets(desk) == {}
    before = await desk.get("/")
    assert 'content="#fdfdfb"' in before.text

    assert (await desk.submit("/admin/appearance", **LOOK)).status_code == 303
    after = await desk.http.get("/", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert 'content="#fcfdff"' in after.text
    [icon] = re.findall(r'rel="icon"[^>]* href="([^"]+)"', after.text)
    drawn = await desk.get(icon)
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "#1e40af" in drawn.text and "#0b5f53" not in drawn.text
    # Kept for ever, so it is elsewhere once a new version draws it in another way.
    assert "immutable" in drawn.headers["cache-control"]
    assert icon == f"/theme/icon.{sha256(drawn.content).hexdigest()[:12]}.svg"
    moved = await desk.get("/theme/icon.1e40af.svg")
    assert (moved.status_code, moved.headers["location"]) == (302, icon)
    sheets = await _sheets(desk)
    assert "--accent:#1e40af" in sheets["colours"]
    assert await _sheets(desk, "/admin/") == {"colours": sheets["colours"]}

    page = await desk.page("/admin/appearance")
    assert page.values["accent"] == "#1e40af"
    assert "would be too dark to read" in page.text
    assert (await desk.submit("/admin/appearance", accent="#1e40af")).status_code == 303
    assert await _sheets(desk) == {}


async def test_a_page_that_is_older_than_a_change_finds_its_style(desk: Desk) -> None:
    await desk.submit("/admin/appearance", **LOOK)
    [old] = re.findall(r'href="(/theme/colours[^"]+)"', (await desk.get("/")).text)
    await desk.submit("/admin/appearance", **LOOK | {"accent": "#9c2b1f"})
    moved = await desk.get(old)
    assert (moved.status_code, moved.headers["cache-control"]) == (302, "no-store")
    assert "#9c2b1f" in (await desk.get(moved.headers["location"])).text
    await desk.submit("/admin/appearance")
    for nothing in (old, "/theme/colours.css", "/theme/other.css", "/theme/custom.x.css"):
        assert (await desk.get(nothing)).status_code == 404


async def test_rules_of_ones_own_come_last_and_not_in_the_admin(desk: Desk) -> None:
    rules = ".title { color: red }\n.x::before { content: '<&' }"
    look = LOOK | {"custom_css": rules.replace("\n", "\r\n")}
    await desk.submit("/admin/appearance", **look)
    assert list(await _sheets(desk)) == ["colours", "custom"]
    assert (await _sheets(desk))["custom"] == rules
    assert "custom" not in await _sheets(desk, "/admin/appearance")
    assert (await desk.page("/admin/appearance")).values["custom_css"] == rules


async def test_the_last_line_is_on_every_page(desk: Desk) -> None:
    footer = "See the [imprint](/imprint) & *more* <b> [x](javascript:x)"
    await desk.submit("/admin/appearance", **LOOK | {"footer": footer})
    for path in ("/", "/nowhere"):
        text = (await desk.get(path)).text
        assert '<a href="/imprint">imprint</a> &amp; <em>more</em> &lt;b&gt;' in text
        assert 'href="javascript' not in text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("accent", "red", "six digits"),
        ("custom_css", "@import '/x.css';", "Line 1: @import"),
        ("custom_css", "a { background: url(https://elsewhere.example/) }", "readers’ browsers"),
        ("custom_css", "a" * 20_001, "at most 20,000"),
        ("footer", "x" * 501, "at most 500"),
    ],
)
async def test_what_is_refused_is_named_and_changes_nothing(
    desk: Desk, field: str, value: str, sentence: str
) -> None:
    before = await everything(desk.blog)
    response = await desk.submit("/admin/appearance", **LOOK | {"footer": "x", field: value})
    assert response.status_code == 422
    page = read(response)
    assert sentence in page.errors[field]
    assert page.values[field].strip() == value
    assert await everything(desk.blog) == before


@pytest.mark.parametrize("clear", [True, False])
async def test_a_logo_stands_on_top_of_each_page(desk: Desk, clear: bool) -> None:
    uploaded = picture_file(900, 300, kind="PNG", clear=clear)
    assert PLACE in uploaded
    response = await desk.upload("/admin/appearance/logo", uploaded)
    assert response.status_code == 303
    src = ""
    for path in ("/", "/nowhere"):
        [src] = re.findall(r'<img class="brand" src="([^"]+)"', (await desk.get(path)).text)
        served = await desk.get(src)
        assert served.headers["content-type"] == "image/webp"
        assert PLACE not in served.content
        assert opened(served.content).size == (480, 160)
    removed = await desk.submit("/admin/appearance/logo", action="remove")
    assert removed.status_code == 303
    assert 'class="brand"' not in (await desk.get("/")).text
    assert (await desk.get(src)).status_code == 404
    assert (await desk.upload("/admin/appearance/logo", b"no picture")).status_code == 422


async def test_how_the_blog_looks_is_not_told_to_anybody(desk: Desk) -> None:
    rows = await desk.blog.blog.db.rows("SELECT key FROM activity")
    await desk.submit("/admin/appearance", **LOOK)
    await desk.upload("/admin/appearance/logo", picture_file())
    assert await desk.blog.blog.db.rows("SELECT key FROM activity") == rows
