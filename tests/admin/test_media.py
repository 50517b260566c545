"""The media library: what is taken, how it is shown and served, where it is used."""

import httpx
import pytest

from tests.admin.desk import Desk, everything
from tests.admin.picture_files import picture_file


async def send(desk: Desk, content: bytes, name: str = "a.jpg", **more: str) -> httpx.Response:
    """As a script of ours does it: the token in a header."""
    return await desk.http.post(
        "/admin/media/upload",
        data=more,
        files={"file": (name, content, "image/jpeg")},
        headers={"Origin": desk.blog.origin, "X-CSRF": desk.csrf, "Accept": "*/*"},
    )


async def test_a_script_learns_how_to_show_what_it_has_sent(desk: Desk) -> None:
    response = await send(desk, picture_file(2400, 1200), alt=" A wall,\nhalf in the shade ")
    assert response.status_code == 201, response.text
    told = response.json()
    assert (told["kind"], told["width"], told["height"]) == ("picture", 1440, 720)
    assert told["url"] == f"/media/own/{told['name']}-1440.jpg"
    assert told["alt"] == "A wall, half in the shade"
    assert told["markdown"] == f"![{told['alt']}]({told['url']})"
    assert (await desk.get(told["url"])).headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize("content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
async def test_a_script_is_told_what_is_wrong(desk: Desk, content: bytes) -> None:
    before = await everything(desk.blog)
    response = await send(desk, content)
    assert response.status_code == 422
    assert "no picture" in response.json()["error"]
    assert await everything(desk.blog) == before


async def test_a_script_needs_the_token(desk: Desk) -> None:
    desk.csrf = "another"
    response = await send(desk, picture_file())
    assert response.status_code == 403
    assert "too old or not from here" in response.json()["error"]
