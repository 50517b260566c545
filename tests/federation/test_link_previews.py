"""Links alone in a paragraph of the author's, as previews of where they lead."""

import gzip
from datetime import UTC, datetime, timedelta
from html import escape
from io import BytesIO
from pathlib import Path

from PIL import Image
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from fediblog.actions.blocking import set_blocked
from fediblog.actions.delete_post import delete_post
from fediblog.actions.documents import permalink
from fediblog.actions.post_form import PostForm
from fediblog.actions.render_again import render_again
from fediblog.actions.write_page import PageForm, create_page, delete_page
from fediblog.actions.write_post import create_post, edit_post
from fediblog.demo.server import DemoServer
from fediblog.domain.pictures import ADDRESS, picture_name
from fediblog.store import site
from fediblog.store.pictures import PREVIEW
from fediblog.store.posts import Post
from fediblog.worker.housekeeping import keep_house
from tests.bench import Bench, RunningBlog, until
from tests.federation.internet import PRIVATE, PUBLIC, internet


def _page(title: str, more: str = "") -> Response:
    head = f'<html lang="nl"><head><title>{escape(title)}</title>{more}</head><body>'
    return Response(head + "<p>text</p>" * 200_000, media_type="text/html; charset=utf-8")


def _meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{escape(content)}">'


def _photograph() -> Response:
    file = BytesIO()
    Image.new("RGB", (1200, 600), "#336699").save(file, "JPEG")
    return Response(file.getvalue(), media_type="image/jpeg")


async def _shown(blog: RunningBlog, post: Post) -> str:
    return (await blog.page(f"/articles/{post.key}")).text


async def _comes(blog: RunningBlog, post: Post, text: str) -> str:
    """The page of a post, once a text is on it."""

    async def is_there() -> bool:
        return text in await _shown(blog, post)

    await until(is_there)
    return await _shown(blog, post)


def _asked(town: DemoServer) -> list[str]:
    return [asked.path for asked in town.requests]


async def _count(blog: RunningBlog, table: str) -> int:
    return int((await blog.blog.db.rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"])


async def test_a_link_alone_is_shown_as_what_it_leads_to(
    blog: RunningBlog, town: DemoServer
) -> None:
    story, picture = f"{town.origin}/story?a=1&b=2", f"{town.origin}/views/cover.jpg"
    said = (
        _meta("og:title", "Wind & <b>water</b>")
        + _meta("og:site_name", "The \u202eTown")
        + _meta("og:description", 'A "story"\n about <script>alert(1)</script> them.')
        + _meta("og:image", "/views/cover.jpg")
    )
    town.responses["/story"] = _page("Not this", said)
    town.responses["/views/cover.jpg"] = _photograph()
    body = f"Before.\n\n{story}\n\nAfter {town.origin}/inline it.\n\n- {town.origin}/item\n"
    draft = await create_post(blog.blog, PostForm("Later", f"{town.origin}/draft"), publish=False)
    post = await blog.publish("Links", body)
    here = ADDRESS + picture_name(blog.blog.keys.picture_secret, picture, PREVIEW)
    page = await _comes(blog, post, here)

    assert (
        f'<div dir="auto" lang="nl"><p><a href="{escape(story)}">Wind &amp; &lt;b&gt;water' in page
    )
    assert 'A "story" about &lt;script&gt;alert(1)&lt;/script&gt; them.' in page
    assert "The Town · 127.0.0.1" in page
    assert f'<img src="{here}" alt="" loading="lazy" width="640" height="320">' in page
    assert page.count('class="preview"') == 1 and picture not in page
    assert Image.open(BytesIO((await blog.http.get(here)).content)).size == (640, 320)

    # Nobody else is told, and a reader's visit asks nobody.
    article = (await blog.document(f"/articles/{post.key}")).json()
    feed = (await blog.http.get("/feed.json")).json()["items"][0]["content_html"]
    for told in (article["content"], feed):
        assert f'<a href="{escape(story)}">' in told and "preview" not in told
    assert _asked(town).count("/story") == 1
    assert not {"/inline", "/item", "/draft"} & set(_asked(town))

    # Taken out by an edit, it is let go; its earlier text shows what the post still does.
    await edit_post(blog.blog, post.key, PostForm("Links", "No more."))
    assert (await blog.http.get(here)).status_code == 404
    assert 'class="preview"' not in await _shown(blog, post)
    await keep_house(blog.blog)
    assert [await _count(blog, name) for name in ("link_preview", "link_preview_use")] == [0, 0]

    await edit_post(blog.blog, draft.key, PostForm("Later", f"{town.origin}/draft"), publish=True)
    await until(lambda: _is_asked(town, "/draft"))
    await delete_post(blog.blog, draft.key)
    await keep_house(blog.blog)
    assert await _count(blog, "link_preview") == 0


async def _is_asked(town: DemoServer, path: str) -> bool:
    return path in _asked(town)


async def test_what_cannot_be_had_stays_a_link(blog: RunningBlog, town: DemoServer) -> None:
    town.responses["/down"] = Response("not now", 503)
    town.responses["/untitled"] = Response("<p>hello</p>", media_type="text/html")
    town.responses["/file"] = Response("%PDF", media_type="application/pdf")
    town.responses["/last"] = _page("The last one")
    blog.clock.fixed = datetime.now(UTC)
    names = ("down", "untitled", "file", "last")
    post = await blog.publish("Links", "\n\n".join(f"{town.origin}/{name}" for name in names))
    page = await _comes(blog, post, "The last one")
    await until(lambda: _are_asked(town, names))
    await blog.at_rest()
    page = await _shown(blog, post)
    assert page.count('class="preview"') == 1
    for name in names[:3]:
        assert f'<p><a href="{town.origin}/{name}"><span class="invisible">http://' in page

    town.responses["/down"] = _page("Up again")
    await blog.later(timedelta(minutes=11))
    await _comes(blog, post, "Up again")
    assert _asked(town).count("/untitled") == 1


async def _are_asked(town: DemoServer, names: tuple[str, ...]) -> bool:
    return {f"/{name}" for name in names} <= set(_asked(town))


async def test_our_own_posts_are_shown_as_they_are_now(blog: RunningBlog, town: DemoServer) -> None:
    first = await blog.publish("The first", "How it *began*.")
    hidden = await create_post(blog.blog, PostForm("Hidden", "x"), publish=False)
    links = (permalink(blog.blog, first), blog.article(hidden), f"{blog.origin}/archive")
    post = await blog.publish("The second", "\n\n".join(links))
    page = await _shown(blog, post)
    assert page.count('class="preview"') == 1
    assert f'<div dir="auto" lang="en"><p><a href="{links[0]}">The first</a>' in page
    assert "How it began." in page and "Hidden" not in page
    await edit_post(blog.blog, first.key, PostForm("The very first", "x"))
    assert ">The very first</a>" in await _shown(blog, post)
    assert await _count(blog, "link_preview") == 0
    await delete_post(blog.blog, first.key)
    assert 'class="preview"' not in await _shown(blog, post)


async def test_pages_and_texts_of_an_earlier_version_have_them(
    blog: RunningBlog, town: DemoServer
) -> None:
    town.responses["/story"] = _page("A story")
    form = PageForm("About", f"{town.origin}/story")
    page = await create_page(blog.blog, form, publish=True)
    post = await blog.publish("Links", f"{town.origin}/story")

    async def is_there() -> bool:
        return ">A story</a>" in (await blog.page("/pages/about")).text

    await until(is_there)
    assert ">A story</a>" in await _shown(blog, post)
    assert _asked(town).count("/story") == 1
    async with blog.blog.db.transaction() as tx:
        await tx.execute("DELETE FROM link_preview_use")
        await tx.execute("DELETE FROM link_preview")
        await site.set_value(tx, "render_version", "3")
    assert ">A story</a>" not in await _shown(blog, post)
    await render_again(blog.blog)
    await _comes(blog, post, ">A story</a>")
    await until(is_there)
    await delete_page(blog.blog, page.id)
    await keep_house(blog.blog)
    assert ">A story</a>" in await _shown(blog, post)


async def test_blocked_and_private_servers_are_not_asked(bench: Bench, tmp_path: Path) -> None:
    names = ("open.test", "blocked.test", "intranet.test", "leads.test", "endless.test")
    pages = {name: _page(f"At {name}") for name in names}
    async with (
        internet(tmp_path, names) as (net, connector),
        bench.start(connector=connector, FEDIBLOG_URL="https://fake.test") as blog,
    ):
        net.apps.update(pages)
        net.apps["leads.test"] = Response(
            status_code=302, headers={"Location": "https://blocked.test/"}
        )
        net.apps["endless.test"] = _bomb
        net.addresses["intranet.test"] = [PRIVATE]
        await set_blocked(blog.blog, "blocked.test", True)
        order = ("blocked.test", "intranet.test", "leads.test", "endless.test", "open.test")
        post = await blog.publish("A post", "\n\n".join(f"https://{name}/x" for name in order))
        path = permalink(blog.blog, post).removeprefix(blog.origin)

        async def is_there() -> bool:
            page = (await blog.http.get(path)).text
            return "At open.test" in page and "Endless" in page

        await until(is_there)
        await blog.at_rest()
        page = (await blog.http.get(path)).text
        assert page.count('class="preview"') == 2
        assert set(net.dialled) == {PUBLIC}


async def _bomb(scope: Scope, receive: Receive, send: Send) -> None:
    """A page that has a title, and unpacks to a gigabyte after it."""
    packer = gzip.compress(b"<title>Endless</title>" + b" " * 60_000_000)
    await Response(packer, headers={"Content-Encoding": "gzip"}, media_type="text/html")(
        scope, receive, send
    )
