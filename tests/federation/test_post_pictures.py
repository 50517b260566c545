"""Pictures from elsewhere in the author's posts and pages: readers ask nobody else for them."""

import re
from io import BytesIO
from pathlib import Path

import httpx
from PIL import Image
from starlette.responses import Response

from fediblog.actions.blocking import set_blocked
from fediblog.actions.delete_post import delete_post
from fediblog.actions.documents import permalink
from fediblog.actions.post_form import PostForm
from fediblog.actions.render_again import render_again
from fediblog.actions.write_page import PageForm, create_page, delete_page, edit_page
from fediblog.actions.write_post import create_post, edit_post
from fediblog.demo.server import DemoServer
from fediblog.domain.pictures import ADDRESS, picture_name
from fediblog.store import site
from fediblog.store.pictures import ILLUSTRATION
from fediblog.worker.housekeeping import keep_house
from tests.bench import Bench, RunningBlog, until
from tests.federation.internet import PRIVATE, PUBLIC, internet


def _here(blog: RunningBlog, url: str) -> str:
    return ADDRESS + picture_name(blog.blog.keys.picture_secret, url, ILLUSTRATION)


async def _is_served(blog: RunningBlog, url: str) -> bool:
    return (await blog.http.get(_here(blog, url))).status_code == 200


async def _come(blog: RunningBlog, *urls: str) -> None:
    async def all_here() -> bool:
        return all([await _is_served(blog, url) for url in urls])

    await until(all_here)


def _loaded(page: str) -> list[str]:
    return re.findall(r'\s(?:src|srcset|poster)="([^"]*)"', page)


def _asked(town: DemoServer) -> list[str]:
    return [asked.path for asked in town.requests]


def _photograph(width: int, height: int) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), "#336699").save(file, "JPEG")
    return file.getvalue()


async def test_pictures_of_a_post_come_from_here(blog: RunningBlog, town: DemoServer) -> None:
    views = f"{town.origin}/views"
    lake, hills, poster, lost, secret = (
        f"{views}/{name}.jpg" for name in ("lake", "hills", "poster", "lost", "secret")
    )
    town.responses["/views/lake.jpg"] = Response(_photograph(2400, 1200), media_type="image/jpeg")
    town.responses["/views/lost.jpg"] = Response("nothing", 404)
    draft = await create_post(blog.blog, PostForm("Draft", f"![x]({secret})"), publish=False)
    second = (
        f'<picture><source srcset="{views}/hills.avif"><img src="{hills}" '
        f'srcset="{views}/large.jpg 2x" alt="Hills"></picture>\n\n'
        f'<video src="{town.origin}/film.mp4" poster="{poster}"></video>\n\n'
        f"![Lost]({lost}) ![Ours](/media/own/x.jpg) ![Also]({blog.origin}/media/own/y.jpg)"
    )
    post = await blog.publish("Views", f'![A <lake>]({lake} "Seen")\n\n{second}')
    await _come(blog, lake, hills, poster)

    response = await blog.page(f"/articles/{post.key}")
    assert "img-src 'self';" in response.headers["content-security-policy"]
    page = response.text
    assert (
        f'<img src="{_here(blog, lake)}" alt="A &lt;lake&gt;" loading="lazy" width="1600"' in page
    )
    assert f'src="{_here(blog, hills)}"' in page and f'poster="{_here(blog, poster)}"' in page
    assert f'<a href="{lost}">Lost</a>' in page and _here(blog, lost) not in page
    elsewhere = [each for each in _loaded(page) if not each.startswith("/")]
    assert elsewhere == [f"{town.origin}/film.mp4", f"{blog.origin}/media/own/y.jpg"]
    answer = await blog.http.get(_here(blog, lake))
    assert answer.headers["content-type"] == "image/webp"
    assert Image.open(BytesIO(answer.content)).size == (1600, 800)

    article = (await blog.document(f"/articles/{post.key}")).json()
    feed = (await blog.http.get("/feed.json")).json()["items"][0]["content_html"]
    for told in (article["content"], feed):
        assert all(url in told for url in (lake, hills, poster, lost)) and ADDRESS not in told
    assert "/views/secret.jpg" not in _asked(town) and not await _is_served(blog, secret)
    assert not {"/views/hills.avif", "/views/large.jpg", "/film.mp4"} & set(_asked(town))

    await _forget(blog)
    assert not await _is_served(blog, lake)
    await render_again(blog.blog)
    await _come(blog, lake, hills, poster)

    # What an edit takes out is let go, and the earlier text shows what the post still does.
    await edit_post(blog.blog, post.key, PostForm("Views", second))
    assert [await _is_served(blog, url) for url in (lake, hills)] == [False, True]
    history = (await blog.page(f"/articles/{post.key}")).url.path + "/history"
    [number] = re.findall(r"\?version=(\d+)", (await blog.page(history)).text)
    earlier = (await blog.page(f"{history}?version={number}")).text
    assert (
        f'<a href="{lake}">A &lt;lake&gt;</a>' in earlier and f'"{_here(blog, hills)}"' in earlier
    )

    await edit_post(blog.blog, draft.key, PostForm("Draft", f"![x]({secret})"), publish=True)
    await _come(blog, secret)
    for each in (post, draft):
        await delete_post(blog.blog, each.key)
    assert not any([await _is_served(blog, url) for url in (hills, poster, secret)])
    await keep_house(blog.blog)
    assert await _left(blog) == (0, 0, [])


async def test_pictures_of_a_page_come_from_here(blog: RunningBlog, town: DemoServer) -> None:
    garden = f"{town.origin}/views/garden.jpg"
    form = PageForm("About", f"![The garden]({garden})")
    page = await create_page(blog.blog, form, publish=False)
    other = f"{town.origin}/views/other.jpg"
    await blog.publish("Other", f"![]({other})")
    await _come(blog, other)
    assert "/views/garden.jpg" not in _asked(town)

    await edit_page(blog.blog, page.id, form, publish=True)
    await _come(blog, garden)
    text = (await blog.page("/pages/about")).text
    assert f'src="{_here(blog, garden)}" alt="The garden"' in text and garden not in _loaded(text)
    await _forget(blog)
    await render_again(blog.blog)
    await _come(blog, garden, other)
    await edit_page(blog.blog, page.id, form, publish=False)
    assert not await _is_served(blog, garden)
    await edit_page(blog.blog, page.id, form, publish=True)
    await _come(blog, garden)
    await delete_page(blog.blog, page.id)
    assert not await _is_served(blog, garden)
    await keep_house(blog.blog)
    assert await _left(blog) == (1, 1, [_here(blog, other).removeprefix(ADDRESS)])


async def test_a_picture_in_the_blogs_description_is_a_link(
    blog: RunningBlog, town: DemoServer
) -> None:
    me = f"{town.origin}/views/me.jpg"
    async with blog.blog.db.transaction() as tx:
        await site.set_value(tx, "description", f"![Me]({me})")
    home = (await blog.page("/")).text
    assert f'<a href="{me}">Me</a>' in home and me not in _loaded(home)


async def test_blocked_servers_are_not_asked_for_pictures_of_posts(
    blog: RunningBlog, town: DemoServer
) -> None:
    elsewhere = town.origin.replace("127.0.0.1", "localhost")
    await set_blocked(blog.blog, elsewhere.removeprefix("http://"), True)
    blocked, other = f"{elsewhere}/views/blocked.jpg", f"{town.origin}/views/other.jpg"
    post = await blog.publish("A post", f"![Blocked]({blocked}) ![Other]({other})")
    await _come(blog, other)
    await blog.at_rest()
    assert httpx.URL(blocked).path not in _asked(town)
    page = (await blog.page(f"/articles/{post.key}")).text
    assert f'<a href="{blocked}">Blocked</a>' in page


async def test_private_addresses_are_not_asked_for_pictures_of_posts(
    bench: Bench, tmp_path: Path
) -> None:
    names = ("pictures.test", "intranet.test")
    photograph = Response(_photograph(40, 30), media_type="image/jpeg")
    async with (
        internet(tmp_path, names) as (net, connector),
        bench.start(connector=connector, FEDIBLOG_URL="https://fake.test") as blog,
    ):
        net.apps.update(dict.fromkeys(names, photograph))
        net.addresses["intranet.test"] = [PRIVATE]
        inside, outside = (f"https://{name}/a.jpg" for name in reversed(names))
        post = await blog.publish("A post", f"![Inside]({inside}) ![Outside]({outside})")
        await _come(blog, outside)
        await blog.at_rest()
        assert net.dialled == [PUBLIC]
        path = permalink(blog.blog, post).removeprefix(blog.origin)
        page = (await blog.http.get(path)).text
        assert f'<a href="{inside}">Inside</a>' in page
        assert 'alt="Outside" loading="lazy" width="40" height="30"' in page


async def _forget(blog: RunningBlog) -> None:
    """As it is after an upgrade from a version that noted no pictures of posts and pages."""
    async with blog.blog.db.transaction() as tx:
        await tx.execute("DELETE FROM picture_use")
        await tx.execute("DELETE FROM picture")
        await site.set_value(tx, "render_version", "1")


async def _left(blog: RunningBlog) -> tuple[int, int, list[str]]:
    """Pictures, uses of them, and files."""
    counts = [
        (await blog.blog.db.rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"]
        for table in ("picture", "picture_use")
    ]
    folder = blog.blog.settings.data / "media" / "pictures"
    return counts[0], counts[1], [path.name for path in folder.iterdir()]
