"""Media from the command line."""

from tests.admin.media_files import PLACE, film_file
from tests.admin.picture_files import picture_file
from tests.commands.answers import call, printed, refused, write
from tests.processes import Installation


async def test_media_are_added_and_listed(place: Installation) -> None:
    wall = write(place.folder / "wall.jpg", picture_file())
    film = write(place.folder / "film.mp4", film_file())
    page = write(place.folder / "page.jpg", b"<html>")
    async with place.serving() as server:
        added = printed(await place.run("media", "add", wall, "--alt", "A wall"))
        assert (added["kind"], added["title"], added["alt"]) == ("picture", "wall.jpg", "A wall")
        served = await server.http.get(added["url"])
        assert served.headers["content-type"] == "image/jpeg"
        assert await server.stop() == 0
    video = printed(await call(place, "media", "add", film))
    assert (video["kind"], video["width"], video["height"]) == ("video", 640, 360)
    assert PLACE in (place.folder / "film.mp4").read_bytes()
    assert "HTML" in refused(await call(place, "media", "add", page))
    found = printed(await call(place, "media", "list"))["media"]
    assert [each["title"] for each in found] == ["film.mp4", "wall.jpg"]
    assert printed(await call(place, "media", "list", "--query", "WALL"))["media"] == [added]
    assert printed(await call(place, "media", "list", "--kind", "audio"))["media"] == []
