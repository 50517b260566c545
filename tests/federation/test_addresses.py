"""Which form of a thing is given to whom, and where things are that moved or went."""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fediblog.actions.answer import answer_post, answer_reply
from fediblog.actions.delete_post import delete_post
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import edit_post
from fediblog.demo.server import DemoServer
from fediblog.protocol.outgoing import ACTIVITY_JSON
from tests.bench import Bench, RunningBlog, SettableClock
from tests.federation.records import stored

_LD = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
_FEDERATED = {
    "Mastodon": "application/activity+json, application/ld+json",
    "Mastodon before 4.3": f"application/activity+json, {_LD}, text/html;q=0.1",
    "GoToSocial": f"application/activity+json,{_LD}",
    "Misskey": f"application/activity+json, {_LD}",
    "Pleroma": "application/activity+json",
    "Lemmy": "application/activity+json",
    "with the profile alone": _LD,
    "without the profile": "application/ld+json",
    "in capitals": "Application/Activity+JSON",
}
_READERS = {
    "Firefox": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Chrome": (
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
        "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
    ),
    "Mastodon's card fetcher": "text/html",
    "curl": "*/*",
    "nothing": "",
    "preferring HTML": f"text/html, {ACTIVITY_JSON};q=0.5",
    "refusing the other": f"{ACTIVITY_JSON};q=0",
}


async def test_servers_get_activitypub_at_the_id_and_at_the_permalink(blog: RunningBlog) -> None:
    """0.17: with and without the profile; the bytes are the same."""
    post = await blog.publish()
    permalink = (await blog.document(f"/articles/{post.key}")).json()["url"]
    for who, accept in _FEDERATED.items():
        answers = [
            await blog.http.get(address, headers={"Accept": accept})
            for address in (f"/articles/{post.key}", permalink)
        ]
        for answer in answers:
            assert answer.status_code == 200, who
            assert answer.headers["content-type"].startswith(ACTIVITY_JSON), who
            assert "Accept" in answer.headers["vary"], who
        assert answers[0].content == answers[1].content, who


async def test_readers_get_html_at_the_permalink_and_are_sent_there(blog: RunningBlog) -> None:
    post = await blog.publish()
    permalink = (await blog.document(f"/articles/{post.key}")).json()["url"]
    for who, accept in _READERS.items():
        at_id = await blog.http.get(f"/articles/{post.key}", headers={"Accept": accept})
        assert (at_id.status_code, at_id.headers["location"]) == (303, permalink), who
        assert "Accept" in at_id.headers["vary"], who
        page = await blog.http.get(permalink, headers={"Accept": accept})
        assert page.status_code == 200, who
        assert page.headers["content-type"] == "text/html; charset=utf-8", who
        assert "Accept" in page.headers["vary"], who


async def test_the_page_tells_servers_where_the_article_is(blog: RunningBlog) -> None:
    """E10: in a header and in the page, so that a pasted address works in every search box."""
    post = await blog.publish()
    page = await blog.page(f"/articles/{post.key}")
    link = f'<{blog.article(post)}>; rel="alternate"; type="application/activity+json"'
    assert page.headers["link"] == link
    alternate = f'rel="alternate" type="application/activity+json" href="{blog.article(post)}"'
    assert alternate in page.text


async def test_the_actor_is_a_document_for_servers_and_the_home_page_for_readers(
    blog: RunningBlog,
) -> None:
    assert (await blog.document("/users/blog")).json()["id"] == blog.actor
    for path in ("/users/blog", "/@blog"):
        answer = await blog.http.get(path, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["location"]) == (303, f"{blog.origin}/")
    for path in ("/users/nobody", "/users/nobody/outbox", "/@nobody"):
        assert (await blog.document(path)).status_code == 404


async def test_an_unknown_address_is_refused_in_the_form_that_was_asked_for(
    blog: RunningBlog,
) -> None:
    paths = ("/articles/none", "/notes/none", "/activities/none", "/2026/11/none", "/none")
    for path in paths:
        document = await blog.document(path)
        assert (document.status_code, document.headers["content-type"]) == (404, "application/json")
        page = await blog.page(path)
        assert page.status_code == 404
        assert page.headers["content-type"].startswith("text/html")


async def test_an_old_slug_leads_to_the_new_one(blog: RunningBlog) -> None:
    post = await blog.publish("First title")
    old = (await blog.document(f"/articles/{post.key}")).json()["url"]
    await edit_post(blog.blog, post.key, PostForm("First title", "Text.", slug="Second Title"))
    await edit_post(blog.blog, post.key, PostForm("First title", "Text.", slug="third"))
    new = (await blog.document(f"/articles/{post.key}")).json()["url"]
    assert new.endswith("/third")
    for slug in ("first-title", "second-title"):
        address = old.replace("first-title", slug)
        for accept in ("text/html", ACTIVITY_JSON):
            answer = await blog.http.get(address, headers={"Accept": accept})
            assert (answer.status_code, answer.headers["location"]) == (301, new)


async def test_a_slug_may_go_back_to_what_it_was(blog: RunningBlog) -> None:
    post = await blog.publish("First")
    for slug in ("second", "first"):
        await edit_post(blog.blog, post.key, PostForm("First", "Text.", slug=slug))
    url = (await blog.document(f"/articles/{post.key}")).json()["url"]
    assert url.endswith("/first")
    assert (await blog.http.get(url, headers={"Accept": "text/html"})).status_code == 200
    second = await blog.http.get(url.replace("/first", "/second"))
    assert (second.status_code, second.headers["location"]) == (301, url)


async def test_a_wrong_month_leads_to_the_right_one(blog: RunningBlog) -> None:
    post = await blog.publish("A title")
    url = (await blog.document(f"/articles/{post.key}")).json()["url"]
    for path in ("/1999/12/a-title", f"/{datetime.now(UTC):%Y}/{_other_month()}/a-title"):
        answer = await blog.http.get(path)
        assert (answer.status_code, answer.headers["location"]) == (301, url)
    for path in ("/1999/13/a-title", "/99/12/a-title", "/1999/1/a-title"):
        assert (await blog.http.get(path)).status_code == 404


async def test_year_and_month_are_those_of_the_first_publication_in_utc(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the server's clock is elsewhere, and after an edit in another year."""
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    clock = SettableClock()
    clock.fixed = datetime(2024, 12, 31, 23, 59, 59, tzinfo=UTC)
    async with bench.start(clock=clock) as blog:
        post = await blog.publish("New year")
        before = (await blog.document(f"/articles/{post.key}")).json()
        assert before["url"] == f"{blog.origin}/2024/12/new-year"
        await blog.later(timedelta(days=400))
        await edit_post(blog.blog, post.key, PostForm("Old year", "Text."))
        after = (await blog.document(f"/articles/{post.key}")).json()
        assert after["url"] == before["url"]
        assert after["published"] == before["published"]
        assert (await blog.page("/2024/12/new-year")).status_code == 200
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("form", ["document", "page"])
async def test_who_has_it_already_gets_304(blog: RunningBlog, form: str) -> None:
    post = await blog.publish("A title")
    url = (await blog.document(f"/articles/{post.key}")).json()["url"]
    headers = {"Accept": ACTIVITY_JSON if form == "document" else "text/html"}
    first = await blog.http.get(url, headers=headers)
    headers["If-None-Match"] = f'"other", {first.headers["etag"]}'
    again = await blog.http.get(url, headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "Accept" in again.headers["vary"]

    await edit_post(blog.blog, post.key, PostForm("Another title", "Text."))
    changed = await blog.http.get(url, headers=headers)
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


async def test_the_two_forms_have_different_etags(blog: RunningBlog) -> None:
    post = await blog.publish()
    url = (await blog.document(f"/articles/{post.key}")).json()["url"]
    forms = [await blog.http.get(url, headers={"Accept": a}) for a in (ACTIVITY_JSON, "text/html")]
    assert forms[0].headers["etag"] != forms[1].headers["etag"]


async def test_a_deleted_post_is_gone_and_says_so(blog: RunningBlog) -> None:
    """G3: 410 and a Tombstone, at the id and at every address that it had."""
    post = await blog.publish("A title")
    old = (await blog.document(f"/articles/{post.key}")).json()["url"]
    await edit_post(blog.blog, post.key, PostForm("A title", "Secret text.", slug="moved"))
    await delete_post(blog.blog, post.key)
    for address in (f"/articles/{post.key}", old, old.replace("a-title", "moved")):
        tombstone = await blog.document(address)
        assert tombstone.status_code == 410
        assert tombstone.headers["content-type"].startswith(ACTIVITY_JSON)
        assert tombstone.json()["type"] == "Tombstone"
        assert tombstone.json()["id"] == blog.article(post)
        assert tombstone.json()["formerType"] == "Article"
        page = await blog.page(address)
        assert page.status_code == 410
        assert "Secret text" not in page.text
    assert "A title" not in (await blog.page("/")).text


async def test_no_slug_shadows_an_address(blog: RunningBlog) -> None:
    for title in ("Inbox", "admin", "actor", "users", "static", ".well-known", "../x", "?", "//"):
        post = await blog.publish(title)
        url = (await blog.document(f"/articles/{post.key}")).json()["url"]
        assert re.fullmatch(rf"{re.escape(blog.origin)}/\d{{4}}/\d\d/[a-z0-9-]+", url)
        assert (await blog.page(url)).status_code == 200
    assert (await blog.document("/users/blog")).json()["id"] == blog.actor
    assert (await blog.document("/actor")).json()["type"] == "Application"


async def test_titles_of_every_script_make_addresses(blog: RunningBlog) -> None:
    for title in ("日本語の題名", "Žluťoučký kůň", "مرحبا بالعالم", "🎉"):
        post = await blog.publish(title)
        url = (await blog.document(f"/articles/{post.key}")).json()["url"]
        assert url.isascii()
        assert (await blog.page(url)).status_code == 200


async def test_everything_that_our_documents_mention_answers(
    blog: RunningBlog, town: DemoServer
) -> None:
    """Every address of ours, in every document of ours and in every activity that we sent."""
    await town.follow("alice", blog.actor)
    await blog.settled()
    post = await blog.publish("A title", "Text.", tags="one, two words")
    await blog.delivered()
    reply = await town.reply("alice", blog.article(post), "<p>Hi</p>")
    await blog.settled()
    await answer_reply(blog.blog, (await stored(blog, reply.id)).id, "Hi Alice")
    answer = await answer_post(blog.blog, post.key, "Hi all")
    await edit_post(
        blog.blog, post.key, PostForm("Another", "Text.", "one, two words", slug="moved")
    )
    await blog.delivered()

    handle = f"acct:{blog.blog.addresses.handle}"
    queue = [
        f"{blog.origin}/.well-known/webfinger?resource={handle}",
        f"{blog.origin}/.well-known/nodeinfo",
        f"{blog.origin}/actor",
        blog.actor,
        blog.article(post),
        answer.uri,
    ]
    for received in town.received:
        queue += _own_addresses(blog, received.body.decode())
    crawled = await _crawl(blog, queue)
    kinds = ("/activities/", "/notes/", "/contexts/", "/tags/", "/nodeinfo/", "/outbox?", "/likes")
    for kind in kinds:
        assert any(kind in address for address in crawled), f"nothing led to {kind}"


async def _crawl(blog: RunningBlog, queue: list[str]) -> set[str]:
    """Follow every address of ours that a document mentions; each must answer."""
    seen: set[str] = set()
    while queue:
        address = queue.pop().partition("#")[0]
        if address in seen:
            continue
        seen.add(address)
        answer: Any = await blog.document(address)
        if address.endswith("/inbox"):
            assert answer.status_code == 405, address
            continue
        if answer.status_code != 200:
            answer = await blog.page(address)
        assert answer.status_code == 200, f"{address} answers {answer.status_code}"
        if "json" in answer.headers["content-type"]:
            queue += _own_addresses(blog, answer.text)
    return seen


def _own_addresses(blog: RunningBlog, text: str) -> list[str]:
    found = re.findall(rf'{re.escape(blog.origin)}[^"\\<>\s{{]*', text)
    return [address for address in found if not address.endswith("=")]


def _other_month() -> str:
    return f"{datetime.now(UTC).month % 12 + 1:02}"
