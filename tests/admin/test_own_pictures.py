"""The author's picture and header: uploaded, drawn anew, shown everywhere, removed (K4, E7)."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from fediblog.actions.answer import answer_post
from fediblog.demo.server import DemoServer
from tests.admin.desk import Desk, everything
from tests.admin.page import read
from tests.admin.picture_files import PLACE, opened, picture_file
from tests.federation.records import activities

KINDS = {"picture": "icon", "header": "image"}


async def _image(desk: Desk, kind: str) -> dict[str, Any] | None:
    actor: dict[str, Any] = (await desk.blog.document("/users/blog")).json()
    found: dict[str, Any] | None = actor.get(KINDS[kind])
    return found


@pytest.mark.parametrize("kind", KINDS)
async def test_an_uploaded_picture_is_the_actors(desk: Desk, kind: str) -> None:
    response = await desk.upload(f"/admin/settings/{kind}", picture_file())
    assert response.status_code == 303, response.text

    image = await _image(desk, kind)
    assert image is not None
    assert image["url"].startswith(f"{desk.blog.origin}/media/own/")
    assert (image["type"], image["mediaType"]) == ("Image", "image/jpeg")
    served = await desk.get(image["url"].removeprefix(desk.blog.origin))
    assert served.headers["content-type"] == "image/jpeg"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in served.headers["cache-control"]
    assert "sandbox" in served.headers["content-security-policy"]
    size = opened(served.content).size
    assert size == ((400, 400) if kind == "picture" else (640, 480))


async def test_a_large_picture_is_made_small(desk: Desk) -> None:
    await desk.upload("/admin/settings/header", picture_file(4000, 1000))
    image = await _image(desk, "header")
    assert image is not None
    served = await desk.get(image["url"].removeprefix(desk.blog.origin))
    assert opened(served.content).size == (1500, 375)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
async def test_nothing_but_the_picture_is_kept(desk: Desk, kind: str) -> None:
    original = picture_file(kind=kind)
    assert PLACE in original
    await desk.upload("/admin/settings/header", original)
    image = await _image(desk, "header")
    assert image is not None
    served = (await desk.get(image["url"].removeprefix(desk.blog.origin))).content
    assert PLACE not in served
    assert b"Exif" not in served
    assert not dict(opened(served).getexif())


async def test_a_picture_is_turned_as_it_was_taken(desk: Desk) -> None:
    await desk.upload("/admin/settings/header", picture_file(600, 300, turned=6))
    image = await _image(desk, "header")
    assert image is not None
    shown = opened((await desk.get(image["url"].removeprefix(desk.blog.origin))).content)
    assert shown.size == (300, 600)
    gray = shown.convert("L").tobytes()
    assert gray[20 * 300 + 150] < 100 < gray[580 * 300 + 150]


async def test_what_is_transparent_stays_so(desk: Desk) -> None:
    target = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 90)).save(target, "PNG")
    await desk.upload("/admin/settings/picture", target.getvalue())
    image = await _image(desk, "picture")
    assert image is not None
    assert image["mediaType"] == "image/webp"
    served = await desk.get(image["url"].removeprefix(desk.blog.origin))
    assert served.headers["content-type"] == "image/webp"


def _bomb(height: int) -> bytes:
    """A small PNG that says it has 9000 times so many pixels."""
    header = struct.pack(">IIBBBBB", 9000, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(9001) * 100)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


REFUSED = {
    "a drawing that can run scripts": (
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "JPEG, PNG, WebP, AVIF or GIF",
    ),
    "a page": (b"<!doctype html><script>alert(1)</script>", "JPEG, PNG, WebP, AVIF or GIF"),
    "an actor": (b'{"type": "Person"}', "JPEG, PNG, WebP, AVIF or GIF"),
    "a broken picture": (picture_file()[:900], "JPEG, PNG, WebP, AVIF or GIF"),
    "a picture of another kind": (picture_file(kind="TIFF"), "JPEG, PNG, WebP, AVIF or GIF"),
    "too many bytes": (picture_file() + bytes(5_000_000), "larger than 5 MB"),
    "too many pixels": (_bomb(6000), "50 million pixels"),
    "far too many pixels": (_bomb(60_000), "50 million pixels"),
    "nothing": (b"", "Choose a file first"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_is_no_picture_is_refused_with_a_sentence(desk: Desk, what: str) -> None:
    content, sentence = REFUSED[what]
    before = await everything(desk.blog)
    for kind in KINDS:
        response = await desk.upload(f"/admin/settings/{kind}", content)
        assert response.status_code == 422
        assert sentence in read(response).errors[kind]
    assert await everything(desk.blog) == before
    assert not list((desk.blog.blog.settings.data / "media").glob("own/*"))


async def test_other_forms_take_no_files(desk: Desk) -> None:
    response = await desk.upload("/admin/settings", picture_file())
    assert response.status_code == 400


async def test_the_picture_is_beside_the_author_everywhere(desk: Desk) -> None:
    post = await desk.blog.publish()
    await answer_post(desk.blog.blog, post.key, "An answer of mine.")
    await desk.upload("/admin/settings/picture", picture_file())
    await desk.upload("/admin/settings/header", picture_file(900, 300))
    picture, header = await _image(desk, "picture"), await _image(desk, "header")
    assert picture is not None
    assert header is not None
    paths = [each["url"].removeprefix(desk.blog.origin) for each in (picture, header)]

    home = (await desk.blog.page("/")).text
    assert all(f'src="{path}"' in home for path in paths)
    page = (await desk.blog.page(f"/articles/{post.key}")).text
    about = page.partition('aria-labelledby="about"')[2].partition("</section>")[0]
    assert f'src="{paths[0]}"' in about
    answer = page.partition('class="reply mine"')[2].partition("</article>")[0]
    small = answer.partition('src="')[2].partition('"')[0]
    assert small.startswith("/media/avatars/")
    assert opened((await desk.get(small)).content).size == (96, 96)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_removed_picture_is_gone(desk: Desk, town: DemoServer, kind: str) -> None:
    await town.follow("alice", desk.blog.actor)
    await desk.blog.settled()
    await desk.upload(f"/admin/settings/{kind}", picture_file())
    image = await _image(desk, kind)
    assert image is not None

    await desk.submit(f"/admin/settings/{kind}", action="remove")
    await desk.blog.delivered()

    assert await _image(desk, kind) is None
    path = image["url"].removeprefix(desk.blog.origin)
    assert (await desk.get(path)).status_code == 404
    assert path not in (await desk.blog.page("/")).text
    assert KINDS[kind] not in activities(town, "Update")[-1]["object"]


async def test_followers_are_told_of_a_new_picture(desk: Desk, town: DemoServer) -> None:
    await town.follow("alice", desk.blog.actor)
    await desk.blog.settled()
    await desk.upload("/admin/settings/picture", picture_file())
    await desk.upload("/admin/settings/picture", picture_file())
    await desk.blog.delivered()
    [update] = activities(town, "Update")
    assert update["object"]["icon"] == await _image(desk, "picture")
