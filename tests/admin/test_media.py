"""The media library: what is taken, what is left of it, where it is used, how it goes (K4)."""

import re
import resource
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from fediblog.worker.housekeeping import keep_house
from tests.admin.desk import Desk, everything
from tests.admin.media_files import PLACE, REFUSED, TAKEN, film_file
from tests.admin.page import read
from tests.admin.picture_files import PLACE as ADDRESS
from tests.admin.picture_files import picture_file


async def send(desk: Desk, content: bytes, name: str = "a.jpg", **more: str) -> httpx.Response:
    """As a script of ours does it: the token in a header."""
    return await desk.http.post(
        "/admin/media/upload",
        data=more,
        files={"file": (name, content, "text/html")},
        headers={"Origin": desk.blog.origin, "X-CSRF": desk.csrf, "Accept": "*/*"},
    )


async def taken(desk: Desk, content: bytes, name: str = "a.jpg", **more: str) -> dict[str, Any]:
    """Send it, and what a script is told of it."""
    response = await send(desk, content, name, **more)
    assert response.status_code == 201, response.text
    told: dict[str, Any] = response.json()
    return told


async def send_form(
    desk: Desk, *files: tuple[str, bytes], csrf: str | None = None
) -> httpx.Response:
    """As the form does it where no script runs: its token before the files."""
    return await desk.http.post(
        "/admin/media",
        data={"csrf": desk.csrf if csrf is None else csrf},
        files=[("file", (name, content, "image/jpeg")) for name, content in files],
        headers={"Origin": desk.blog.origin, "Sec-Fetch-Site": "same-origin"},
    )


def files(desk: Desk) -> set[str]:
    """The names of all files that lie there, hidden ones too."""
    return {path.name for path in folder(desk).glob("*")}


def folder(desk: Desk) -> Path:
    """Where they lie."""
    return desk.blog.blog.settings.data / "media" / "own"


async def test_a_script_learns_how_to_show_what_it_has_sent(desk: Desk) -> None:
    told = await taken(
        desk, picture_file(2400, 1200), "My [wall].jpg", alt=" A *wall*,\nin the shade ",
        caption='By "Ana"',
    )  # fmt: skip
    assert (told["kind"], told["width"], told["height"]) == ("picture", 1440, 720)
    assert told["url"] == f"/media/own/{told['name']}-1440.jpg"
    assert told["title"] == "My [wall].jpg"
    assert told["alt"] == "A *wall*, in the shade"
    written = f'![A \\*wall\\*, in the shade]({told["url"]} "By \\"Ana\\"")'
    assert told["markdown"] == written
    assert ADDRESS not in (await desk.get(told["url"])).content
    assert len(files(desk)) == 9

    post = {"title": "A post", "body": written, "action": "publish"}
    assert (await desk.submit("/admin/posts/new", **post)).status_code == 303
    page = (await desk.blog.page("/")).text
    assert "A post" in page


async def test_k4_what_is_taken_is_served_as_what_it_is(desk: Desk) -> None:
    for what, (content, media_type) in TAKEN.items():
        await _is_served(desk, what, content, media_type)


async def _is_served(desk: Desk, what: str, content: bytes, media_type: str) -> None:
    there = files(desk)
    ending = what.rpartition(".")[2]
    told = await taken(desk, content, f"{what}.html", alt="It")
    assert told["url"] == f"/media/own/{told['name']}.{ending}"
    assert told["markdown"] == f"[It]({told['url']})"
    response = await desk.get(told["url"])
    assert response.headers["content-type"] == media_type
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in response.headers["content-security-policy"]
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "immutable" in response.headers["cache-control"]
    saved = response.headers.get("content-disposition")
    if media_type.startswith(("audio/", "video/")):
        assert saved is None
    else:
        assert saved == f"attachment; filename*=utf-8''{what}.{ending}"
    if ending not in {"mp4", "mov", "m4a"}:
        assert response.content == content
    assert files(desk) - there == {f"{told['name']}.{ending}"}
    shown = await desk.get(told["page"])
    assert (shown.status_code, told["markdown"] in shown.text) == (200, True)


async def test_k4_what_is_not_taken_is_refused_with_a_sentence(desk: Desk) -> None:
    before = await everything(desk.blog)
    for what, (content, sentence) in REFUSED.items():
        response = await send(desk, content, "a.mp3")
        assert response.status_code == 422, what
        assert sentence in response.json()["error"], what
    assert await everything(desk.blog) == before
    assert not files(desk)


async def test_a_film_tells_no_place(desk: Desk) -> None:
    original = film_file(lies=True)
    assert original.count(PLACE) > 5
    told = await taken(desk, original)
    assert (told["kind"], told["width"], told["height"]) == ("video", 360, 640)
    served = (await desk.get(told["url"])).content
    assert len(served) == len(original)
    assert PLACE not in served
    assert b"xyz" not in served
    assert served.count(b"Picture and sound") == 4
    assert [served.count(kind) for kind in (b"trak", b"mdat", b"stco")] == [2, 1, 2]


async def test_a_film_of_sound_alone_is_a_sound(desk: Desk) -> None:
    told = await taken(desk, film_file(handlers=(b"soun",)))
    assert (told["kind"], told["url"][-4:]) == ("audio", ".m4a")


async def test_a_part_of_a_sound_can_be_asked_for(desk: Desk) -> None:
    content, _ = TAKEN["flac"]
    url = (await taken(desk, content))["url"]
    whole = await desk.get(url)
    assert whole.headers["accept-ranges"] == "bytes"
    part = await desk.http.get(url, headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, content[2:6])
    assert part.headers["content-range"] == f"bytes 2-5/{len(content)}"
    assert part.headers["content-type"] == "audio/flac"
    assert "content-encoding" not in part.headers
    tail = await desk.http.get(url, headers={"Range": "bytes=-3"})
    assert (tail.status_code, tail.content) == (206, content[-3:])
    assert (await desk.http.get(url, headers={"Range": "bytes=900-"})).status_code == 416
    for tag, status in ((whole.headers["etag"], 206), ('"another"', 200)):
        asked = {"Range": "bytes=2-5", "If-Range": tag}
        assert (await desk.http.get(url, headers=asked)).status_code == status
    head = await desk.http.head(url)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(content)))


async def test_a_form_takes_several_files_and_names_those_that_do_not_fit(desk: Desk) -> None:
    response = await send_form(desk, ("a.jpg", picture_file()), ("b.mp3", TAKEN["mp3"][0]))
    assert (response.status_code, response.headers["location"]) == (
        303,
        "/admin/media?notice=uploaded",
    )
    shown = (await desk.get("/admin/media")).text
    assert "a.jpg" in shown
    assert "b.mp3" in shown
    assert shown.index("b.mp3") < shown.index("a.jpg")

    there = files(desk)
    response = await send_form(
        desk, ("<b>.svg", b"<svg/>"), ("c.flac", TAKEN["flac"][0]), ("d.jpg", b"\xff\xd8\xffNo")
    )
    assert response.status_code == 422
    assert "1 file is kept" in response.text
    assert "&lt;b&gt;.svg" in response.text
    assert "HTML, SVG or XML" in response.text
    assert "no picture that can be used" in response.text
    assert len(files(desk) - there) == 1
    nothing = await send_form(desk, ("", b""))
    assert (nothing.status_code, "Choose a file first." in nothing.text) == (422, True)


async def test_a_form_that_is_not_ours_leaves_nothing(desk: Desk) -> None:
    before = await everything(desk.blog)
    assert (await send_form(desk, ("a.jpg", picture_file()), csrf="another")).status_code == 403
    assert (await send_form(desk, *[("a.txt", b"A")] * 21)).status_code == 413
    desk.csrf = "another"
    response = await send(desk, picture_file())
    assert response.status_code == 403
    assert "too old or not from here" in response.json()["error"]
    assert await everything(desk.blog) == before
    assert not files(desk)


async def test_a_form_that_ends_too_soon_leaves_nothing(desk: Desk) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    for body in (head + b"Text" * 1000, b"--y\r\n", b"", head.replace(b": form", b"\x00")):
        response = await desk.http.post(
            "/admin/media/upload",
            content=body,
            headers={"X-CSRF": desk.csrf, "Content-Type": "multipart/form-data; boundary=x"},
        )
        assert response.status_code in {400, 422}, body[:80]
    for kind in ("multipart/form-data", "multipart/form-data; boundary=" + "x" * 300):
        headers = {"X-CSRF": desk.csrf, "Content-Type": kind}
        response = await desk.http.post("/admin/media", content=b"--x--", headers=headers)
        assert response.status_code == 400, kind
    assert not files(desk)


async def test_a_file_that_is_too_large_is_refused_and_another_is_not(desk: Desk) -> None:
    """Larger than other forms may be, and than the memory that it takes."""
    large = b"Text " * 5_000_000
    assert (await taken(desk, large[:-1]))["url"].endswith(".txt")
    kept = files(desk)
    object.__setattr__(desk.blog.blog.settings, "largest_upload", 20_000_000)
    response = await send(desk, large)
    assert (response.status_code, response.json()["error"]) == (
        422,
        "This file is larger than 20 MB.",
    )
    response = await send_form(desk, ("a.txt", large), ("b.txt", b"Small"))
    assert response.status_code == 422
    assert "1 file is kept" in response.text
    assert len(files(desk) - kept) == 1


async def test_a_full_disk_is_told_and_nothing_is_left(desk: Desk) -> None:
    """The system's limit for the size of files stands in for a disk that is full."""
    before = await everything(desk.blog)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, hard))
    try:
        response = await send(desk, b"Text " * 1_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert response.status_code == 503
    assert "no room left" in response.json()["error"]
    assert await everything(desk.blog) == before
    assert not files(desk)


async def test_media_are_found_by_what_is_said_of_them(desk: Desk) -> None:
    await taken(desk, picture_file(), "IMG_1234.jpg", alt="Ein Gemüsebeet", caption="von Jörg")
    await taken(desk, TAKEN["mp3"][0], "100% öl.mp3")

    async def found(query: str) -> list[str]:
        page = (await desk.get(f"/admin/media?{query}")).text
        return [name for name in ("IMG_1234.jpg", "100% öl.mp3") if f"<bdi>{name}</bdi>" in page]

    assert await found("") == ["IMG_1234.jpg", "100% öl.mp3"]
    assert await found("q=gemuse+JORG") == ["IMG_1234.jpg"]
    assert await found("q=1234") == ["IMG_1234.jpg"]
    assert await found("q=OL") == ["100% öl.mp3"]
    assert await found("q=%25") == ["IMG_1234.jpg", "100% öl.mp3"]
    assert await found("kind=audio") == ["100% öl.mp3"]
    assert await found("kind=audio&q=img") == []
    assert await found("kind=nonsense&before=x") in (["IMG_1234.jpg", "100% öl.mp3"], [])


async def test_what_is_said_of_a_medium_is_checked_and_kept(desk: Desk) -> None:
    told = await taken(desk, picture_file())
    said = {"alt": "A wall", "caption": "By *Ana*", "focus_x": "12", "focus_y": "100"}
    assert (await desk.submit(told["page"], **said)).status_code == 303
    page = await desk.page(told["page"])
    assert {name: page.values[name] for name in said} == said
    for field, value in (
        ("focus_x", "101"),
        ("focus_y", "-1"),
        ("focus_x", "٣"),
        ("alt", "a" * 1501),
    ):
        response = await desk.submit(told["page"], **said | {field: value})
        assert response.status_code == 422
        refused = read(response)
        assert refused.errors.keys() == {field}
        assert refused.values[field] == value
    assert (await desk.page(told["page"])).values["focus_y"] == "100"
    assert (await desk.submit("/admin/media/999", **said)).status_code == 404


async def test_the_library_learns_what_posts_and_pages_say_of_a_picture(desk: Desk) -> None:
    async def known(told: dict[str, Any]) -> tuple[str, str]:
        values = (await desk.page(told["page"])).values
        return values["alt"], values["caption"]

    mine = await taken(desk, picture_file(), alt="Mine")
    new, lead, paged = [await taken(desk, picture_file(), f"{name}.jpg") for name in "abc"]
    url = new["url"]
    await _use(
        desk,
        "/admin/posts/new",
        body=f'![A \\[wide\\] bed]({url} "By *Ana*")\n\n![Again]({url}) ![Other]({mine["url"]})',
        lead=lead["name"],
        lead_alt="A wall",
        lead_caption="In the _shade_",
        action="draft",
    )
    assert await known(new) == ("A [wide] bed", "By *Ana*")
    assert await known(lead) == ("A wall", "In the _shade_")
    assert (await known(mine))[0] == "Mine"
    assert "<bdi>a.jpg</bdi>" in (await desk.get("/admin/media?q=ana+wide")).text

    long = "a" * 1501
    await _use(desk, "/admin/pages/new", body=f"![{long}]({paged['url']})", action="draft")
    assert await known(paged) == ("", "")
    await _use(desk, "/admin/pages/new", body=f"![A page]({paged['url']})", action="draft")
    await _use(desk, "/admin/pages/new", body=f"![Another]({paged['url']} 'C')", action="draft")
    assert await known(paged) == ("A page", "C")


async def _use(desk: Desk, path: str, **typed: str) -> None:
    form = {"title": "A text", "body": "Text."} | typed
    assert (await desk.submit(path, **form)).status_code == 303, typed


async def test_a_medium_knows_where_it_is_used_and_stays_until_it_is_not(desk: Desk) -> None:
    told = await taken(desk, picture_file(), alt="A wall")
    used = f"Look: {told['markdown']}"
    await _use(desk, "/admin/posts/new", title="A draft", body=used, action="draft")
    await _use(desk, "/admin/pages/new", title="A page", body=used, action="publish")
    await _use(
        desk,
        "/admin/posts/new",
        title="Led by it",
        lead=told["name"],
        lead_alt="W",
        action="publish",
    )
    page = (await desk.get(told["page"])).text
    for title in ("A draft", "A page", "Led by it"):
        assert f"<bdi>{title}</bdi>" in page
    assert "used 3 times" in (await desk.get("/admin/media")).text

    there = files(desk)
    asked = await desk.get(f"{told['page']}/delete")
    assert "Led by it" in asked.text
    response = await desk.submit(f"{told['page']}/delete")
    assert response.status_code == 409
    assert "Tick this first." in response.text
    assert files(desk) == there
    desk.blog.clock.offset += timedelta(days=3)
    await keep_house(desk.blog.blog)
    assert files(desk) == there

    response = await desk.submit(f"{told['page']}/delete", used="on")
    assert response.headers["location"] == "/admin/media?notice=medium_deleted"
    assert not files(desk)
    assert (await desk.get(told["page"])).status_code == 404
    shown = await desk.blog.page("/pages/a-page")
    assert shown.status_code == 200
    assert "<img" not in shown.text.partition("<main")[2]
    assert "Look: A wall" in shown.text
    assert (await desk.blog.page("/")).status_code == 200


async def test_an_unused_medium_goes_with_all_its_files(desk: Desk) -> None:
    told = await taken(desk, picture_file(2400, 900))
    await _use(desk, "/admin/posts/new", body=told["markdown"], action="draft")
    key = (await desk.blog.blog.db.rows("SELECT key FROM post"))[0]["key"]
    await _use(desk, f"/admin/posts/{key}", body="Without.", action="save")
    assert "not used" in (await desk.get("/admin/media")).text
    assert (await desk.submit(f"{told['page']}/delete")).status_code == 303
    assert not files(desk)


async def test_the_library_is_read_page_by_page(desk: Desk) -> None:
    for number in range(26):
        await taken(desk, b"Text %d" % number, f"{number:02}.txt")
    first = (await desk.get("/admin/media?kind=file&q=txt")).text
    assert first.count('class="medium"') == 24
    assert ">25.txt<" in first
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    second = await desk.get(unescape(older[1]))
    assert second.text.count('class="medium"') == 2
    assert ">00.txt<" in second.text
