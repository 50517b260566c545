"""Feeds as readers fetch them, read by a parser that is not ours."""

import re
from typing import Any

import feedparser

from fediblog.actions.answer import answer_post
from fediblog.actions.moderate import hide_reply
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import create_post
from fediblog.demo.notes import Extras
from fediblog.demo.server import DemoServer
from fediblog.store.posts import Post
from tests.admin.desk import number_of
from tests.bench import RunningBlog
from tests.checkers.feeds import atom_errors, json_feed_errors, rss_errors
from tests.site.writing import publish_on, put_into

_TYPES = {
    "atom": "application/atom+xml",
    "rss": "application/rss+xml",
    "json": "application/feed+json",
}


async def fetched(blog: RunningBlog, address: str) -> Any:
    """A feed as feedparser understands it, once its schema has nothing against it."""
    response = await blog.http.get(address)
    assert response.status_code == 200, address
    errors = atom_errors if ".atom" in address else rss_errors
    assert errors(response.content) == []
    parsed = feedparser.parse(response.content)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


async def path_of(blog: RunningBlog, post: Post) -> str:
    """Where people read a post."""
    return (await blog.page(f"/articles/{post.key}")).url.path


async def test_a_feed_has_the_newest_posts_whole(blog: RunningBlog) -> None:
    for day in range(1, 23):
        await publish_on(blog, f"2024-05-{day:02}", f"Day {day}", tags="days, C++")
    note = await publish_on(
        blog, "2024-06-01", "Notes", body="One[^1] ![fog](/media/own/fog.jpg)\n\n[^1]: Two."
    )
    await create_post(blog.blog, PostForm("A draft", "Not yet."), publish=False)
    for ending, media_type in _TYPES.items():
        response = await blog.http.get(f"/feed.{ending}")
        assert response.headers["content-type"] == media_type
        assert response.headers["last-modified"] == "Sat, 01 Jun 2024 12:00:00 GMT"
        assert response.headers["access-control-allow-origin"] == "*"
        known = {"If-None-Match": response.headers["etag"]}
        assert (await blog.http.get(f"/feed.{ending}", headers=known)).status_code == 304
        known = {"If-Modified-Since": response.headers["last-modified"]}
        assert (await blog.http.get(f"/feed.{ending}", headers=known)).status_code == 304

    for ending in ("atom", "rss"):
        feed = await fetched(blog, f"/feed.{ending}")
        assert len(feed.entries) == 20
        newest = feed.entries[0]
        assert newest.title == "Notes"
        assert newest.id == blog.article(note)
        assert newest.link == blog.origin + await path_of(blog, note)
        prefix = f"post-{note.key}"
        assert f'href="#{prefix}-fn1"' in newest.content[0].value
        assert f'src="{blog.origin}/media/own/fog.jpg"' in newest.content[0].value
        assert [tag.term for tag in feed.entries[1].tags] == ["days", "C++"]
        links = {link.rel: link.href for link in feed.feed.links}
        assert links["self"] == f"{blog.origin}/feed.{ending}"
        older = await fetched(blog, links["next"])
        assert [entry.title for entry in older.entries] == ["Day 3", "Day 2", "Day 1"]
        links = {link.rel: link.href for link in older.feed.links}
        assert links["first"] == f"{blog.origin}/feed.{ending}"
        assert "next" not in links

    response = await blog.http.get("/feed.json")
    assert json_feed_errors(response.content) == []
    document = response.json()
    assert document["items"][0]["id"] == blog.article(note)
    assert document["items"][0]["image"] == f"{blog.origin}/media/own/fog.jpg"
    assert len((await blog.http.get(document["next_url"])).json()["items"]) == 3


async def test_tags_categories_and_the_pages_that_lead_to_feeds(blog: RunningBlog) -> None:
    rain = await publish_on(blog, "2024-05-01", "Rain", tags="日本")
    fog = await publish_on(blog, "2024-05-02", "Fog", tags="fog")
    await put_into(blog, "Journal", "journal", [rain])
    for path, titles in (
        ("/", ["Fog", "Rain"]),
        ("/tags/日本", ["Rain"]),
        ("/categories/journal", ["Rain"]),
        ("/tags/fog", ["Fog"]),
        (await path_of(blog, fog), []),
    ):
        page = (await blog.page(path)).text
        found = re.findall(
            r'<link rel="alternate" type="([^"]*)" title="[^"]*" href="([^"]*)"', page
        )
        assert [media_type for media_type, _ in found[:3]] == list(_TYPES.values())
        assert found[-3][1] == "/feed.atom"
        feed = await fetched(blog, found[0][1])
        assert [entry.title for entry in feed.entries] == titles
    entry = (await fetched(blog, "/categories/journal/feed.atom")).entries[0]
    assert [tag.term for tag in entry.tags] == ["Journal", "日本"]


async def test_responses_have_a_feed_in_which_only_what_is_shown_appears(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish("A title")
    path = await path_of(blog, post)
    link = f'href="{blog.origin}{path}/responses.atom" type="application/atom+xml">Feed</a>'
    assert link in (await blog.page(path)).text
    assert (await fetched(blog, f"{path}/responses.atom")).entries == []
    first = await town.reply("alice", blog.article(post), "<p>Hello &amp; \x0bwelcome</p>")
    await town.reply("bob", blog.article(post), "<p>For you alone</p>", to="direct")
    hidden = await town.reply("chiyo", blog.article(post), "<p>To be hidden</p>")
    warned = await town.reply(
        "dana", first.id, "<p>They all die</p>", extras=Extras(warning="The end of a book")
    )
    await blog.settled()
    await hide_reply(blog.blog, await number_of(blog, hidden.id))
    await answer_post(blog.blog, post.key, "Thank *you*.")

    for ending in ("atom", "rss"):
        feed = await fetched(blog, f"{path}/responses.{ending}")
        assert [entry.author for entry in feed.entries] == ["blog", "دانة", "Alice Okafor"]
        mine, second, oldest = feed.entries
        assert second.id == warned.id
        assert oldest.link.startswith(f"{blog.origin}/replies/")
        assert "Thank <em>you</em>." in mine.content[0].value
        assert "Hello &amp; welcome" in oldest.content[0].value
        text = second.content[0].value
        assert 0 < text.index("The end of a book") < text.index("They all die")
    document = await blog.http.get(f"{path}/responses.json")
    assert json_feed_errors(document.content) == []
    assert "For you alone" not in document.text
    assert "To be hidden" not in document.text
    assert document.json()["items"][1]["summary"] == "The end of a book"
    wrong_month = re.sub(r"/\d\d/", "/01/" if "/01/" not in path else "/02/", path, count=1)
    moved = await blog.http.get(f"{wrong_month}/responses.rss")
    assert moved.headers["location"] == f"{blog.origin}{path}/responses.rss"
