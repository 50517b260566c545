"""What tells others where everything is: sitemap, robots.txt, oEmbed."""

import xml.etree.ElementTree as ET

from fediblog.actions.delete_post import delete_post
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_page import PageForm, create_page
from fediblog.actions.write_post import create_post
from tests.admin.desk import Desk
from tests.admin.picture_files import picture_file
from tests.bench import RunningBlog
from tests.site.writing import publish_on, put_into

_NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


async def locations(blog: RunningBlog, address: str) -> dict[str, str]:
    """The addresses in a sitemap, as paths, and when each was changed last."""
    response = await blog.http.get(address)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/xml"
    root = ET.fromstring(response.content)
    return {
        (each.findtext(f"{_NAMESPACE}loc") or "").removeprefix(blog.origin): each.findtext(
            f"{_NAMESPACE}lastmod"
        )
        or ""
        for each in root
    }


async def test_the_sitemap_has_everything_that_is_public(blog: RunningBlog) -> None:
    assert list(await locations(blog, "/sitemap.xml")) == ["/", "/archive"]
    rain = await publish_on(blog, "2024-05-01", "Rain", tags="日本")
    gone = await publish_on(blog, "2023-05-02", "Gone", tags="gone")
    await put_into(blog, "Journal", "journal", [rain])
    await delete_post(blog.blog, gone.key)
    await create_post(blog.blog, PostForm("A draft", "Not yet.", tags="draft"), publish=False)
    await create_page(blog.blog, PageForm("About", "Me."), publish=True)
    await create_page(blog.blog, PageForm("Draft", "Not yet."), publish=False)
    found = await locations(blog, "/sitemap.xml")
    assert sorted(found) == [
        "/",
        "/2024",
        "/2024/05",
        "/2024/05/rain",
        "/archive",
        "/categories",
        "/categories/journal",
        "/pages/about",
        "/tags",
        "/tags/%E6%97%A5%E6%9C%AC",
    ]
    assert found["/2024/05/rain"] == "2024-05-01T12:00:00.000Z"
    for path in found:
        page = await blog.page(path)
        assert page.status_code == 200, path
        assert f'<link rel="canonical" href="{blog.origin}{path}">' in page.text
        assert '<meta name="robots"' not in page.text
    robots = (await blog.http.get("/robots.txt")).text
    assert f"Sitemap: {blog.origin}/sitemap.xml\n" in robots


async def test_a_large_blog_has_its_sitemap_in_parts(blog: RunningBlog) -> None:
    async with blog.blog.db.transaction() as tx:
        await tx.execute_many(
            "INSERT INTO post (key, slug, state, title, source, html, excerpt, language, "
            "created_at, published_at, version) VALUES ($1, $2, 'published', 'x', 'x', 'x', '', "
            "'en', 0, $3, 1)",
            [(f"k{n}", f"post-{n}", 1_700_000_000_000 + n) for n in range(2001)],
        )
    parts = await locations(blog, "/sitemap.xml")
    assert list(parts) == ["/sitemaps/0.xml", "/sitemaps/1.xml", "/sitemaps/2.xml"]
    assert "/archive" in await locations(blog, "/sitemaps/0.xml")
    assert len(await locations(blog, "/sitemaps/1.xml")) == 2000
    assert list(await locations(blog, "/sitemaps/2.xml")) == ["/2023/11/post-2000"]


async def test_what_is_at_a_link_is_told_as_oembed(blog: RunningBlog) -> None:
    post = await publish_on(blog, "2024-05-01", "Rain & snow")
    draft = await create_post(blog.blog, PostForm("A draft", "Not yet."), publish=False)
    await create_page(blog.blog, PageForm("About", "Me."), publish=True)
    address = f"{blog.origin}/2024/05/rain-snow"
    told = (await blog.http.get("/oembed", params={"url": address})).json()
    assert told == {
        "version": "1.0",
        "type": "link",
        "title": "Rain & snow",
        "author_name": "blog",
        "author_url": f"{blog.origin}/",
        "provider_name": blog.blog.addresses.authority,
        "provider_url": f"{blog.origin}/",
        "cache_age": 3600,
        "thumbnail_url": told["thumbnail_url"],
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
    }
    assert (await blog.http.get(told["thumbnail_url"])).status_code == 200
    answer = await blog.http.get("/oembed", params={"url": f"{address}#x", "format": "xml"})
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert {each.tag: each.text for each in ET.fromstring(answer.content)} == {
        name: str(value) for name, value in told.items()
    }
    page = await blog.http.get("/oembed", params={"url": f"{blog.origin}/pages/about"})
    assert page.json()["title"] == "About"
    for status, query in (
        (400, {}),
        (404, {"url": "https://elsewhere.example/2024/05/rain-snow"}),
        (404, {"url": blog.article(draft)}),
        (404, {"url": f"{blog.origin}/pages/none"}),
        (404, {"url": f"{blog.origin}/archive"}),
        (501, {"url": address, "format": "yaml"}),
    ):
        assert (await blog.http.get("/oembed", params=query)).status_code == status, query
    # Mastodon would take it for the whole card (A9f).
    assert "oembed" not in (await blog.page(address)).text
    await delete_post(blog.blog, post.key)
    assert (await blog.http.get("/oembed", params={"url": address})).status_code == 410


async def test_a_page_with_a_picture_is_not_told_with_another_one(desk: Desk) -> None:
    """oEmbed wants the size of a picture, and that of one elsewhere is not known: then there is
    none, as for a post, and not the author's in its place."""
    blog = desk.blog
    await desk.upload("/admin/settings/picture", picture_file())
    await create_page(blog.blog, PageForm("Plain", "Me."), publish=True)
    body = "![A kettle](https://pictures.example/kettle.jpg)"
    await create_page(blog.blog, PageForm("Kettle", body), publish=True)
    told = {}
    for slug in ("plain", "kettle"):
        answer = await blog.http.get("/oembed", params={"url": f"{blog.origin}/pages/{slug}"})
        told[slug] = answer.json()
    assert "/media/own/" in told["plain"]["thumbnail_url"]
    assert "thumbnail_url" not in told["kettle"]
