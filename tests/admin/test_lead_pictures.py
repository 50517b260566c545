"""The picture above a post: uploaded in its form, drawn anew in every size, shown, removed (K4)."""

import io
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from fediblog.worker.housekeeping import keep_house
from tests.admin.desk import Desk, everything
from tests.admin.page import read
from tests.admin.picture_files import PLACE, opened, picture_file
from tests.admin.test_own_pictures import REFUSED as REFUSED_FILES
from tests.federation.mastodon import read_head

POST = {"title": "A post", "body": "Text.", "lead_alt": "A wall, half in the shade"}


async def _written(desk: Desk, content: bytes, **typed: str) -> str:
    """The key of a new post with a picture."""
    response = await desk.submit_with_file(
        "/admin/posts/new", "lead_file", content, **POST | {"action": "publish"} | typed
    )
    assert response.status_code == 303, response.text
    return await _newest(desk)


async def _newest(desk: Desk) -> str:
    rows = await desk.blog.blog.db.rows("SELECT key FROM post ORDER BY id DESC LIMIT 1")
    return str(rows[0]["key"])


async def _page(desk: Desk, key: str) -> str:
    return (await desk.blog.page(f"/articles/{key}")).text


async def _article(desk: Desk, key: str) -> dict[str, Any]:
    document: dict[str, Any] = (await desk.blog.document(f"/articles/{key}")).json()
    return document


def _names(page: str) -> set[str]:
    return set(re.findall(r"/media/own/([\w.-]+)", page))


def _folder(desk: Desk) -> Path:
    return desk.blog.blog.settings.data / "media" / "own"


def _files(desk: Desk) -> set[str]:
    return {path.name for path in _folder(desk).glob("*")}


async def _shown(desk: Desk, key: str) -> Image.Image:
    """The file for everybody."""
    url = (await _article(desk, key))["image"]["url"]
    return opened((await desk.get(url.removeprefix(desk.blog.origin))).content)


async def test_a_picture_leads_its_post_everywhere(desk: Desk) -> None:
    key = await _written(
        desk, picture_file(2400, 1200), lead_caption="By [Ana](https://ana.example/)."
    )
    page = await _page(desk, key)
    for ending in ("avif", "webp"):
        srcset = re.search(rf'type="image/{ending}" srcset="([^"]+)"', page)
        assert srcset
        widths = re.findall(r"(\S+) (\d+)w", srcset[1])
        assert [int(width) for _, width in widths] == [480, 960, 1440, 2000]
        for path, width in widths:
            served = await desk.get(path)
            assert served.headers["content-type"] == f"image/{ending}"
            assert "immutable" in served.headers["cache-control"]
            assert opened(served.content).size == (int(width), int(width) // 2)
    assert 'width="1440" height="720" fetchpriority="high"' in page
    assert 'alt="A wall, half in the shade"' in page
    assert 'By <a href="https://ana.example/">Ana</a>.</figcaption>' in page
    assert "<rect " in page.partition('class="lead')[2].partition("<picture>")[0]

    image = (await _article(desk, key))["image"]
    assert (image["mediaType"], image["width"], image["height"]) == ("image/jpeg", 1440, 720)
    assert image["name"] == "A wall, half in the shade"
    metas = read_head(page).metas
    assert metas["og:image"] == image["url"]
    assert metas["og:image:type"] == "image/jpeg"
    assert (metas["og:image:width"], metas["og:image:height"]) == ("1440", "720")
    assert metas["og:image:alt"] == image["name"]
    assert metas["twitter:card"] == "summary_large_image"
    assert _names((await desk.blog.page("/")).text) < _files(desk)


async def test_a_lead_picture_comes_first_among_those_that_go_along(desk: Desk) -> None:
    body = "![One](https://p.test/1.png) ![Two](https://p.test/2.png)"
    key = await _written(desk, picture_file(), body=body, gallery="on")
    article = await _article(desk, key)
    assert [each["name"] for each in article["attachment"]] == [POST["lead_alt"], "One", "Two"]
    assert article["attachment"][0] == article["image"]
    assert article["attachment"][0]["url"].endswith(".jpg")


async def test_small_pictures_are_not_made_larger(desk: Desk) -> None:
    key = await _written(desk, picture_file(300, 200))
    page = await _page(desk, key)
    assert len(_names(page)) == 3
    assert (await _shown(desk, key)).size == (300, 200)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
async def test_nothing_but_the_picture_is_kept(desk: Desk, kind: str) -> None:
    original = picture_file(kind=kind)
    assert PLACE in original
    key = await _written(desk, original)
    for name in _names(await _page(desk, key)):
        served = (await desk.get(f"/media/own/{name}")).content
        assert PLACE not in served
        assert b"Exif" not in served
        assert not dict(opened(served).getexif())


async def test_a_picture_is_turned_as_it_was_taken(desk: Desk) -> None:
    shown = await _shown(desk, await _written(desk, picture_file(600, 300, turned=6)))
    assert shown.size == (300, 600)
    gray = shown.convert("L").tobytes()
    assert gray[20 * 300 + 150] < 100 < gray[580 * 300 + 150]


async def test_a_drawing_for_print_a_film_and_a_wide_gamut_become_plain_pictures(
    desk: Desk,
) -> None:
    target = io.BytesIO()
    Image.new("CMYK", (40, 30), (255, 0, 0, 0)).save(target, "JPEG")
    shown = await _shown(desk, await _written(desk, target.getvalue()))
    assert shown.mode == "RGB"
    red, green, blue = shown.convert("RGB").tobytes()[:3]
    assert red < 40 < min(green, blue)

    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    target = io.BytesIO()
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:])
    shown = await _shown(desk, await _written(desk, target.getvalue()))
    assert not getattr(shown, "is_animated", False)
    assert shown.convert("RGB").tobytes()[0] > 200

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    target = io.BytesIO()
    Image.new("RGB", (40, 30), (10, 200, 10)).save(target, "PNG", icc_profile=profile)
    shown = await _shown(desk, await _written(desk, target.getvalue()))
    assert "icc_profile" not in shown.info
    target = io.BytesIO()
    Image.new("RGB", (40, 30), (10, 200, 10)).save(target, "PNG", icc_profile=b"broken")
    assert (await _shown(desk, await _written(desk, target.getvalue()))).size == (40, 30)


async def test_what_is_transparent_stays_so_and_what_is_not_becomes_a_jpeg(desk: Desk) -> None:
    key = await _written(desk, picture_file(kind="PNG", clear=True))
    assert (await _article(desk, key))["image"]["mediaType"] == "image/jpeg"
    target = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 90)).save(target, "PNG")
    key = await _written(desk, target.getvalue())
    assert (await _article(desk, key))["image"]["mediaType"] == "image/webp"
    assert "<rect " not in (await _page(desk, key)).partition("<picture>")[0]


REFUSED = {
    what: (content, sentence.replace("5 MB", "10 MB"))
    for what, (content, sentence) in REFUSED_FILES.items()
    if what != "nothing"
} | {"too many bytes": (picture_file() + bytes(10_000_000), "larger than 10 MB")}


async def test_what_is_no_picture_is_refused_with_a_sentence(desk: Desk) -> None:
    before = await everything(desk.blog)
    for content, sentence in REFUSED.values():
        response = await desk.submit_with_file(
            "/admin/posts/new", "lead_file", content, **POST, action="publish"
        )
        assert response.status_code == 422, sentence
        page = read(response)
        assert sentence in page.errors["lead"]
        assert page.values["title"] == "A post"
    assert await everything(desk.blog) == before
    assert not _files(desk)


async def test_a_picture_outlives_an_error_elsewhere_in_the_form(desk: Desk) -> None:
    response = await desk.submit_with_file(
        "/admin/posts/new", "lead_file", picture_file(), title="", body="Text.", lead_alt="A wall"
    )
    assert response.status_code == 422
    page = read(response)
    assert page.errors.keys() == {"title"}
    name = page.values["lead"]
    assert f"/media/own/{name}-480.webp" in response.text

    again = {"title": "A post", "body": "Text.", "lead": name, "action": "publish"}
    response = await desk.submit("/admin/posts/new", **again)
    assert "those who cannot see it" in read(response).errors["lead_alt"]
    await desk.submit("/admin/posts/new", **again, decorative="on")
    key = await _newest(desk)
    assert name in (await _article(desk, key))["image"]["url"]
    form = await desk.get(f"/admin/posts/{key}")
    assert 'name="decorative" checked' in form.text
    assert read(form).values["lead"] == name


async def test_files_are_on_disk_before_anything_names_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is synced before it has its name, and the folder when it has all of them."""
    synced: list[tuple[int, set[str]]] = []
    monkeypatch.setattr(
        os, "fsync", lambda file: synced.append((os.fstat(file).st_ino, _files(desk)))
    )
    await _written(desk, picture_file())
    names = {path.stat().st_ino: path.name for path in _folder(desk).iterdir()}
    there_before = {names[inode]: there for inode, there in synced if inode in names}
    assert there_before.keys() == set(names.values())
    assert not any(name in there for name, there in there_before.items())
    assert synced[-1] == (_folder(desk).stat().st_ino, set(names.values()))


async def test_files_that_belong_to_nothing_go_after_a_day(desk: Desk) -> None:
    """Such as a process leaves behind that is killed between a file and its row."""
    await _written(desk, picture_file())
    for kind in ("picture", "header"):
        await desk.upload(f"/admin/settings/{kind}", picture_file())
    await desk.upload("/admin/appearance/logo", picture_file())
    belong = _files(desk)
    nothing = {f"{'0' * 32}-480.avif", f"{'1' * 32}.jpg", f".{'2' * 16}.part"}
    for name in nothing:
        (_folder(desk) / name).write_bytes(b"Left behind")
    await keep_house(desk.blog.blog)
    assert _files(desk) == belong | nothing
    desk.blog.clock.offset += timedelta(hours=25)
    await keep_house(desk.blog.blog)
    assert _files(desk) == belong


async def test_a_picture_stays_when_no_post_names_it_any_more(desk: Desk) -> None:
    """It is in the library, until the author deletes it there."""
    key = await _written(desk, picture_file())
    there = _files(desk)
    name = read(await desk.get(f"/admin/posts/{key}")).values["lead"]
    form = POST | {"action": "save"}
    await desk.submit(f"/admin/posts/{key}", **form, lead=name, remove_lead="on")
    assert "image" not in await _article(desk, key)
    desk.blog.clock.offset += timedelta(days=2)
    await keep_house(desk.blog.blog)
    assert _files(desk) == there
    await desk.submit(f"/admin/posts/{key}", **form, lead=name)
    assert name in (await _article(desk, key))["image"]["url"]
    gone = {"lead": "0" * 32}
    response = await desk.submit(f"/admin/posts/{key}", **form | gone)
    assert "no longer here" in read(response).errors["lead"]
