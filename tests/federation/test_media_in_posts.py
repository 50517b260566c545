"""The author's media in a post: in every size on its page, with all that is known of them in the
Article, in thumbnails with what matters in sight (0.7, 0.8, A9c)."""

import re
from typing import Any

from tests.admin.desk import Desk
from tests.admin.media_files import TAKEN, film_file
from tests.admin.picture_files import picture_file
from tests.admin.test_media import taken


async def _post(desk: Desk, body: str, **typed: str) -> tuple[str, dict[str, Any]]:
    """A published post: its page and its Article."""
    form = {"title": "A post", "body": body, "action": "publish"} | typed
    response = await desk.submit("/admin/posts/new", **form)
    assert response.status_code == 303, response.text
    rows = await desk.blog.blog.db.rows("SELECT key FROM post ORDER BY id DESC LIMIT 1")
    address = f"/articles/{rows[0]['key']}"
    return (await desk.blog.page(address)).text, (await desk.blog.document(address)).json()


async def test_a_picture_in_a_text_comes_in_every_size(desk: Desk) -> None:
    told = await taken(desk, picture_file(1200, 600), alt="A wall", caption="By Ana")
    page, article = await _post(desk, told["markdown"])
    figure = page.partition("<figure>")[2].partition("</figure>")[0]
    assert figure.startswith('<picture><source type="image/avif" srcset="/media/own/')
    for ending in ("avif", "webp"):
        srcset = re.search(rf'type="image/{ending}" srcset="([^"]+)" sizes="[^"]+"', figure)
        assert srcset
        assert re.findall(r" (\d+)w", srcset[1]) == ["480", "960", "1200"]
        for address in re.findall(r"(\S+) \d+w", srcset[1]):
            assert (await desk.get(address)).headers["content-type"] == f"image/{ending}"
    assert (
        f'<img src="{told["url"]}" alt="A wall" loading="lazy" width="1200" height="600"></picture>'
        in figure
    )
    assert "<figcaption>By Ana</figcaption>" in figure

    image = article["image"]
    assert (image["url"], image["mediaType"]) == (desk.blog.origin + told["url"], "image/jpeg")
    assert (image["width"], image["height"], image["name"]) == (1200, 600, "A wall")
    assert re.fullmatch(r"\S{20,40}", image["blurhash"])
    assert "focalPoint" not in image
    assert article["attachment"] == [
        {"type": "Link", "href": article["url"], "mediaType": "text/html"}
    ]
    assert 'property="og:image:width" content="1200"' in page


async def test_the_point_that_matters_travels_and_stays_in_sight(desk: Desk) -> None:
    told = await taken(desk, picture_file(1200, 400), focus_x="90", focus_y="20")
    lead = {"lead_pick": told["name"], "lead_alt": "A wall", "gallery": "on"}
    _, article = await _post(desk, "Text.", **lead)
    assert article["image"]["focalPoint"] == [0.8, 0.6]
    assert article["attachment"] == [article["image"]]
    assert 'class="u-featured at-end"' in (await desk.blog.page("/")).text
    terms = article["@context"][-1]
    assert terms["focalPoint"] == {"@id": "toot:focalPoint", "@container": "@list"}
    assert terms["blurhash"] == "toot:blurhash"


async def test_sounds_and_films_go_along_where_the_author_prefers_that(desk: Desk) -> None:
    sound = await taken(desk, TAKEN["mp3"][0], "Wind.mp3")
    film = await taken(desk, film_file(), alt="The sea")
    book = await taken(desk, TAKEN["epub"][0], "Book.epub")
    picture = await taken(desk, picture_file(), alt="A wall")
    body = "\n\n".join(each["markdown"] for each in (sound, film, book, picture))
    page, article = await _post(desk, body, gallery="on")
    assert f'<video src="{film["url"]}"' in page
    assert 'width="640" height="360"' in page
    assert f'<audio src="{sound["url"]}"' in page
    kinds = [(each["type"], each["mediaType"], each["name"]) for each in article["attachment"]]
    assert kinds == [
        ("Image", "image/jpeg", "A wall"),
        ("Document", "audio/mpeg", "Wind.mp3"),
        ("Document", "video/mp4", "The sea"),
    ]
    assert article["attachment"][2]["width"] == 640
    _, article = await _post(desk, body)
    assert [each["type"] for each in article["attachment"]] == ["Link"]


async def test_a_lead_picture_is_picked_with_its_description(desk: Desk) -> None:
    told = await taken(desk, picture_file(), alt="A wall")
    form = (await desk.get("/admin/posts/new")).text
    assert f'name="lead_pick" value="{told["name"]}"' in form
    _, article = await _post(desk, "Text.", lead_pick=told["name"])
    assert article["image"]["name"] == "A wall"
