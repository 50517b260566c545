"""What pages say of themselves to machines, as other people's libraries read it.

Proves that Open Graph, JSON-LD and microformats (h-entry, h-card, h-cite, h-feed) are parsed by
libraries that we did not write, and say the same as the page.
"""

from datetime import datetime
from typing import Any

import extruct
import mf2py

from tests.browser.scene import BLOG, EXCERPT, SITE, TITLE
from tests.realistic.world import NEWEST, World

_PUBLISHED = NEWEST.isoformat().replace("+00:00", "Z")


async def test_the_post_says_what_it_is(world: World) -> None:
    address = BLOG + (await world.paths())[TITLE]
    page = (await world.blog.page(address.removeprefix(BLOG))).text
    found = extruct.extract(page, base_url=address, syntaxes=["opengraph", "json-ld"])
    graph = dict(reversed(found["opengraph"][0]["properties"]))
    assert graph["og:type"] == "article"
    assert graph["og:title"] == TITLE
    assert graph["og:url"] == address
    assert graph["og:site_name"] == SITE["title"]
    assert graph["og:description"] == EXCERPT
    assert graph["article:published_time"] == _PUBLISHED
    assert (await world.blog.http.get(graph["og:image"].removeprefix(BLOG))).is_success

    (data,) = found["json-ld"]
    # The type that Mastodon looks for.
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == TITLE
    assert datetime.fromisoformat(data["datePublished"]) == NEWEST
    assert data["author"]["name"] == SITE["author_name"]
    assert data["mainEntityOfPage"] == address


async def test_the_post_and_its_replies_are_an_entry_with_citations(world: World) -> None:
    address = BLOG + (await world.paths())[TITLE]
    page = (await world.blog.page(address.removeprefix(BLOG))).text
    entry = _only(mf2py.parse(doc=page, url=address)["items"], "h-entry")
    assert entry["name"] == [TITLE]
    assert entry["url"] == [address]
    assert entry["published"] == [_PUBLISHED]
    assert set(entry["category"]) >= {"weather", "notebooks", "habits"}
    assert "the kettle boiled" in entry["content"][0]["value"]
    author = entry["author"][0]
    assert author["type"] == ["h-card"]
    assert author["properties"]["name"] == [SITE["author_name"]]
    # Then the links of the profile.
    assert author["properties"]["url"][0] == f"{BLOG}/"
    assert author["properties"]["photo"] and author["properties"]["note"]

    comments = entry["comment"]
    assert len(comments) > 10
    for comment in comments:
        assert comment["type"] == ["h-cite"]
        said = comment["properties"]
        assert said["url"] and said["published"] and said["content"], said
        (person,) = said["author"]
        assert person["type"] == ["h-card"]
        assert person["properties"]["name"] and person["properties"]["url"]
        assert person["properties"]["nickname"][0].startswith("@")


async def test_the_home_page_is_a_feed_with_its_author(world: World) -> None:
    items = mf2py.parse(doc=(await world.blog.page("/")).text, url=f"{BLOG}/")["items"]
    feed = next(each for each in items if each["type"] == ["h-feed"])
    entries = [each for each in feed["children"] if each["type"] == ["h-entry"]]
    assert len(entries) > 5
    assert entries[0]["properties"]["name"] == [TITLE]
    assert all(each["properties"]["url"] and each["properties"]["published"] for each in entries)
    card = next(each for each in items if each["type"] == ["h-card"])
    assert f"{BLOG}/" in card["properties"]["url"]


def _only(items: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """The properties of the only item of a kind."""
    (found,) = [each for each in items if each["type"] == [kind]]
    properties: dict[str, Any] = found["properties"]
    return properties
