"""Feeds and the site map of a blog in use, by their schemas and by a reader that is not ours.

Proves that Atom, RSS and JSON Feed, for the site, each tag and category, and the responses of each
post, validate against their schemas, and that they and the site map are found from the pages.
"""

import json
from collections.abc import Callable, Mapping
from urllib.parse import urljoin

import feedparser
import lxml.html
import pytest
from lxml import etree

from tests.browser.scene import BLOG, TITLE
from tests.checkers.feeds import atom_errors, json_feed_errors, rss_errors, sitemap_errors
from tests.realistic.pages import kinds
from tests.realistic.world import World
from tests.realistic.writing import POSTS

_JUDGES: Mapping[str, Callable[[bytes], list[str]]] = {
    "application/atom+xml": atom_errors,
    "application/rss+xml": rss_errors,
    "application/feed+json": json_feed_errors,
}
_ARABIC = "عن الشتاء وأشياء أخرى"


async def test_every_feed_that_a_page_names_is_valid(world: World) -> None:
    feeds: dict[str, str] = {}
    for kind in await kinds(world):
        if kind.is_page:
            feeds |= {path: media for media, path in _feeds_of(kind.path, kind.body)}
    families = {path.rpartition(".")[0] for path in feeds}
    assert len(families) >= 4, "of the site, a tag, a category and the responses of a post"
    assert len(feeds) == len(_JUDGES) * len(families)
    for path, media_type in feeds.items():
        response = await world.blog.http.get(path)
        assert response.headers["content-type"].startswith(media_type)
        assert _JUDGES[media_type](response.content) == [], path
        if media_type != "application/feed+json":
            _is_read(response.content, path)


@pytest.mark.parametrize("ending", ["atom", "rss", "json"])
async def test_the_feed_says_what_the_blog_says(world: World, ending: str) -> None:
    body = (await world.blog.http.get(f"/feed.{ending}")).content
    address = BLOG + (await world.paths())[TITLE]
    if ending == "json":
        first = json.loads(body)["items"][0]
        assert (first["title"], first["url"]) == (TITLE, address)
        assert set(first["tags"]) >= {"weather", "notebooks", "habits"}
        return
    entry = feedparser.parse(body).entries[0]
    assert (entry.title, entry.link) == (TITLE, address)
    assert {each.term for each in entry.tags} >= {"weather", "notebooks", "habits"}
    assert "kettle" in entry.content[0].value


async def test_the_site_map_has_every_post(world: World) -> None:
    body = (await world.blog.http.get("/sitemap.xml")).content
    assert sitemap_errors(body) == []
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    places = etree.fromstring(body).xpath("//s:loc/text()", namespaces=names)
    paths = await world.paths()
    assert len(paths) == POSTS
    assert {BLOG + path for path in paths.values()} <= set(places)
    assert BLOG + paths[_ARABIC] in places


def _feeds_of(path: str, page: str) -> list[tuple[str, str]]:
    """(media type, path) of the feeds that a page names in its head."""
    links = lxml.html.document_fromstring(page).iterfind(".//head/link[@rel='alternate']")
    return [
        (each.get("type"), urljoin(BLOG + path, each.get("href")).removeprefix(BLOG))
        for each in links
        if each.get("type") in _JUDGES
    ]


def _is_read(body: bytes, path: str) -> None:
    """A feed reader takes it as well-formed, with what it needs of each entry."""
    read = feedparser.parse(body)
    assert not read.bozo, f"{path}: {read.get('bozo_exception')}"
    assert read.feed.title
    ids = [each.id for each in read.entries]
    assert ids and len(set(ids)) == len(ids)
    assert all(each.link.startswith(("http:", "https:")) for each in read.entries)
