"""Readers search: what they find, in which order, how it is shown, and what they never find."""

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from html import unescape
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from fediblog.actions.answer import answer_post, delete_answer, edit_answer
from fediblog.actions.delete_post import delete_post
from fediblog.actions.index_search import index_due
from fediblog.actions.moderate import hide_reply, show_reply
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_page import PageForm, create_page, delete_page, edit_page
from fediblog.actions.write_post import create_post, edit_post
from fediblog.demo.notes import Attachment, Extras, Note, Poll
from fediblog.demo.server import DemoServer
from fediblog.domain.search_queries import parse_query
from fediblog.store import search
from fediblog.store.database import Database
from fediblog.store.posts import Post
from fediblog.store.search import Entry, Target
from tests.bench import Bench, RunningBlog, until
from tests.federation.records import stored
from tests.web.finding import excerpts, find, headings, is_indexed, search_page, write_dear_texts


async def known(blog: RunningBlog) -> set[Target]:
    """Everything that the index has, whoever may read it."""
    rows = await blog.blog.db.rows(
        f"SELECT {'rowid' if blog.blog.db.sqlite else 'id'} AS entry FROM search_index"
    )
    return {search.target_of(int(row["entry"])) for row in rows}


async def say(blog: RunningBlog, town: DemoServer, post: Post, html: str) -> Note:
    """Somebody answers a post."""
    note = await town.reply("alice", blog.article(post), html)
    await blog.settled()
    return note


async def test_posts_and_replies_are_found_and_shown(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish(
        "Über das Wetter", "Der *Nebel* über dem Fluß, 1 < 2.", tags="Garten", excerpt="Kurz."
    )
    note = await say(blog, town, post, "<p>So viel <b>Nebel</b> & Tau!</p>")
    reply = await stored(blog, note.id)
    page = await search_page(blog, "nebel")
    assert headings(page) == ["Über das Wetter", "Alice Okafor on Über das Wetter"]
    assert excerpts(page) == [
        "Der [Nebel] über dem Fluß, 1 < 2.",
        "So viel [Nebel] & Tau!",
    ]
    assert "2 results for <bdi>nebel</bdi>" in page
    assert f'href="{blog.origin}/' in page and f'href="/replies/{reply.id}"' in page
    assert '<p class="excerpt" lang="en" dir="auto">' in page
    led = await blog.http.get(f"/replies/{reply.id}")
    assert led.headers["location"].endswith(f"#reply-{reply.id}")
    for typed in ("uber wetter", "fluss", "garten", "kurz", '"das wetter"', "WETTER -sonne", "neb"):
        assert "Über das Wetter" in await find(blog, typed), typed
    for typed in ("Sonne", '"wetter das"', "wetter -nebel", "em"):
        assert not await find(blog, typed), typed
    page = await search_page(blog, "uber")
    assert "<mark>Über</mark> das Wetter" in page


async def test_the_best_comes_first(blog: RunningBlog, town: DemoServer) -> None:
    in_text = await blog.publish("One", "There is a lighthouse here.")
    await say(blog, town, in_text, "<p>There is a lighthouse here.</p>")
    await blog.publish("The lighthouse", "On a rock.")
    await blog.publish("Two", "There is a lighthouse here.")
    assert await find(blog, "lighthouse") == ["The lighthouse", "Two", "One", "Alice Okafor on One"]


async def test_every_script_is_found_as_it_is_written_there(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish("東京の天気", "今日は晴れです。")
    await say(blog, town, post, "<p>فكرة جَمِيلة، سأبدأ غدًا</p>")
    for typed in ("東京", "天気", "晴", "京の天"):
        assert await find(blog, typed) == ["東京の天気"], typed
    assert not await find(blog, "東天")
    page = await search_page(blog, "جميلة")
    assert excerpts(page) == ["فكرة [جَمِيلة]، سأبدأ غدًا"]


async def _publish(blog: RunningBlog) -> Post:
    return await blog.publish("Kettle", "It boils.")


async def test_a_draft_is_found_once_it_is_published(blog: RunningBlog) -> None:
    form = PostForm(title="Kettle", body="It boils.")
    draft = await create_post(blog.blog, form, publish=False)
    assert not await find(blog, "kettle")
    await edit_post(blog.blog, draft.key, PostForm(title="Kettle", body="It *is* hot."))
    assert not await find(blog, "kettle") and not await known(blog)
    await edit_post(blog.blog, draft.key, form, publish=True)
    assert await find(blog, "kettle") == ["Kettle"]


async def test_an_edited_post_is_found_by_what_it_says_now(blog: RunningBlog) -> None:
    post = await _publish(blog)
    assert await find(blog, "boils")
    await edit_post(blog.blog, post.key, PostForm(title="Teapot", body="It steeps."))
    assert not await known(blog)
    assert await find(blog, "steeps") == ["Teapot"]
    assert not await find(blog, "boils") and not await find(blog, "kettle")


async def test_a_deleted_post_is_gone_with_what_was_said_of_it(
    blog: RunningBlog, town: DemoServer
) -> None:
    post, other = await _publish(blog), await blog.publish("Other", "More of a kettle.")
    await say(blog, town, post, "<p>My kettle sings.</p>")
    assert len(await find(blog, "kettle")) == 3
    await delete_post(blog.blog, post.key)
    assert ("post", post.id) not in await known(blog)
    # Nothing that hangs beneath it is found either, not even before the index has been read.
    page = await blog.page("/search?q=kettle")
    assert headings(page.text) == ["Other"]
    await is_indexed(blog)
    assert await known(blog) == {("post", other.id)}


async def test_pages_are_found_while_they_are_published(blog: RunningBlog) -> None:
    form = PageForm(title="About the kettle", body="It is *old*.")
    page = await create_page(blog.blog, form, publish=False)
    assert not await find(blog, "kettle")
    await edit_page(blog.blog, page.id, form, publish=True)
    assert f'href="{blog.origin}/pages/{page.slug}"' in await search_page(blog, "old kettle")
    await edit_page(blog.blog, page.id, form, publish=False)
    assert not await known(blog) and not await find(blog, "kettle")
    await edit_page(blog.blog, page.id, form, publish=True)
    assert await find(blog, "old") == ["About the kettle"]
    async with blog.blog.db.transaction() as tx:
        await tx.execute("UPDATE page SET state = 'draft'")
    assert await known(blog) and not await find(blog, "old")
    await delete_page(blog.blog, page.id)
    assert not await known(blog)


async def _hide(blog: RunningBlog, town: DemoServer, note: Note) -> None:
    await hide_reply(blog.blog, (await stored(blog, note.id)).id)


async def _make_private(blog: RunningBlog, town: DemoServer, note: Note) -> None:
    town.notes[note.id] = replace(note, to="followers")
    await town.edit(note, "<p>Only the kettle and me.</p>")
    await blog.settled()
    assert (await stored(blog, note.id)).state == "private"


async def _delete(blog: RunningBlog, town: DemoServer, note: Note) -> None:
    await town.delete(note)
    await blog.settled()


async def _delete_account(blog: RunningBlog, town: DemoServer, note: Note) -> None:
    await town.delete_person("alice", [blog.actor])
    await blog.settled()


@pytest.mark.parametrize("change", [_hide, _make_private, _delete, _delete_account])
async def test_what_may_no_longer_be_read_leaves_the_index_at_once(
    blog: RunningBlog,
    town: DemoServer,
    change: Callable[[RunningBlog, DemoServer, Note], Awaitable[None]],
) -> None:
    post = await blog.publish()
    note = await say(blog, town, post, "<p>My kettle sings.</p>")
    assert len(await find(blog, "kettle")) == 1
    number = (await stored(blog, note.id)).id
    await change(blog, town, note)
    assert ("reply", number) not in await known(blog)
    assert not await find(blog, "kettle")
    assert await known(blog) == {("post", post.id)}


async def test_what_may_be_read_again_is_found_again(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await say(blog, town, post, "<p>My kettle sings.</p>")
    await _hide(blog, town, note)
    await town.edit(note, "<p>My teapot sings.</p>")
    await blog.settled()
    assert not await find(blog, "teapot")
    await show_reply(blog.blog, (await stored(blog, note.id)).id)
    assert len(await find(blog, "teapot")) == 1 and not await find(blog, "kettle")
    await town.edit(note, "<p>My samovar sings.</p>")
    await blog.settled()
    assert len(await find(blog, "samovar")) == 1 and not await find(blog, "teapot")


async def test_what_was_never_public_is_never_found(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>kettle</p>", to="followers")
    await town.reply("bob", note.id, "<p>kettle</p>", to="followers", deliver=True)
    await blog.settled()
    assert (await stored(blog, note.id)).state == "private"
    assert not await find(blog, "kettle")
    assert await known(blog) == {("post", post.id)}


async def test_a_reply_that_has_waited_for_its_parent_is_found_with_it(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    parent = await town.reply("alice", blog.article(post), "<p>first kettle</p>", deliver=False)
    child = await town.reply("bob", parent.id, "<p>second kettle</p>", recipients=[blog.actor])
    await until(lambda: _has(blog, "kettle", 2))
    assert (await stored(blog, child.id)).state == "shown"


async def _has(blog: RunningBlog, typed: str, number: int) -> bool:
    return len(await find(blog, typed)) == number


async def test_the_authors_answers_are_found(blog: RunningBlog) -> None:
    post = await blog.publish()
    answer = await answer_post(blog.blog, post.key, "My *kettle* sings.")
    assert len(await find(blog, "kettle")) == 1
    await edit_answer(blog.blog, answer.id, "My teapot sings.")
    assert not await find(blog, "kettle") and len(await find(blog, "teapot")) == 1
    await delete_answer(blog.blog, answer.id)
    assert await known(blog) == {("post", post.id)}
    assert not await find(blog, "teapot")


@pytest.mark.parametrize("state", ["hidden", "private", "waiting", "deleted"])
async def test_what_the_index_knows_by_mistake_is_not_shown(
    blog: RunningBlog, town: DemoServer, state: str
) -> None:
    """The state is asked for, too, whatever the index says (K18)."""
    post = await blog.publish()
    note = await say(blog, town, post, "<p>My kettle sings.</p>")
    await is_indexed(blog)
    number = (await stored(blog, note.id)).id
    async with blog.blog.db.transaction() as tx:
        await tx.execute("UPDATE reply SET state = $1 WHERE id = $2", state, number)
    assert ("reply", number) in await known(blog)
    assert not await find(blog, "kettle")


@pytest.mark.parametrize("state", ["draft", "deleted"])
async def test_nor_is_a_post_or_what_is_said_of_it(
    blog: RunningBlog, town: DemoServer, state: str
) -> None:
    post = await _publish(blog)
    await say(blog, town, post, "<p>My kettle sings.</p>")
    await is_indexed(blog)
    async with blog.blog.db.transaction() as tx:
        await tx.execute("UPDATE post SET state = $1 WHERE id = $2", state, post.id)
    assert len(await known(blog)) == 2
    assert not await find(blog, "kettle")


@pytest.mark.parametrize("gone", ["the reply", "the post"])
async def test_what_is_taken_away_between_two_reads_is_not_shown(
    blog: RunningBlog, town: DemoServer, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    post, other = await _publish(blog), await blog.publish("Other", "More of a kettle.")
    note = await say(blog, town, post, "<p>My kettle sings.</p>")
    await say(blog, town, other, "<p>No kettle of mine.</p>")
    assert len(await find(blog, "kettle")) == 4
    really_find = search.find

    async def find_and_then(
        db: Database, terms: Iterable[search.Term], *, limit: int
    ) -> Sequence[Target]:
        found = await really_find(db, terms, limit=limit)
        if gone == "the reply":
            await _hide(blog, town, note)
        else:
            await delete_post(blog.blog, post.key)
        return found

    monkeypatch.setattr(search, "find", find_and_then)
    page = await blog.page("/search?q=kettle")
    assert page.status_code == 200
    rest = {"Other", "Alice Okafor on Other"} | ({"Kettle"} if gone == "the reply" else set())
    assert set(headings(page.text)) == rest


async def test_more_than_can_be_shown_is_said_only_when_it_is_so(
    blog: RunningBlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fediblog.web.site.search._MOST", 3)
    for number in range(3):
        await blog.publish(f"Kettle {number}", "It boils.")
    page = await search_page(blog, "kettle")
    assert "3 results for" in page and "More than" not in page
    await blog.publish("Kettle 3", "It boils.")
    page = await search_page(blog, "kettle")
    assert "More than 3 results for" in page
    assert headings(page) == ["Kettle 3", "Kettle 2", "Kettle 1"]


async def test_a_warning_stands_for_what_is_behind_it(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    picture = Attachment(f"{town.origin}/media/a.png", "image/png", "A candlestick")
    extras = Extras(
        warning="Ending",
        attachments=(picture,),
        poll=Poll(options=("Library", "Kitchen"), votes=(1, 2)),
    )
    await town.reply("alice", blog.article(post), "<p>The butler did it.</p>", extras=extras)
    await blog.settled()
    for typed in ("candlestick", "kitchen"):
        assert excerpts(await search_page(blog, typed)) == ["Ending"], typed
    page = await search_page(blog, "butler")
    assert excerpts(page) == ["Ending"] and "did it" not in page
    assert excerpts(await search_page(blog, "ending")) == ["[Ending]"]


ODD = [
    "\x00",
    "\x00 kettle",
    '"',
    '""',
    '"""kettle',
    "(((",
    "kettle AND",
    "NOT kettle",
    "NEAR(kettle boils)",
    "title:kettle",
    "kettle*",
    "^kettle",
    "{kettle}",
    "'kettle'",
    "kettle'; DROP TABLE post; --",
    "kettle & !boils | x:*",
    "-kettle",
    "- -",
    "\\",
    "%",
    "🍅👩‍🌾",
    "\u202e\u0627",
    "שלום עולם",
    "\ufffd\ud7ff",
    "日" * 200,
    "a " * 100,
    "x" * 200,
    "%F0%28%8C%28",
]


async def test_whatever_is_typed_there_is_an_answer(blog: RunningBlog) -> None:
    await _publish(blog)
    await is_indexed(blog)
    for typed in ODD:
        answer = await blog.page(f"/search?q={quote(typed)}")
        assert answer.status_code == 200, typed
        assert "\x00" not in answer.text
    for address in (
        "/search",
        "/search?q=",
        "/search?q=%20",
        "/search?q=%ff%fe",
        "/search?after=1",
    ):
        assert (await blog.page(address)).status_code == 200, address
    for after in ("x", "1.p99999999999999999999", "9999.p1", "-1.r1", "1.q1", "1.p1.p1", "%00"):
        assert (await blog.page(f"/search?q=kettle&after={after}")).status_code == 200, after
    page = await search_page(blog, '<b>"kettle')
    assert "<b>" not in page
    assert (await blog.http.post("/search", data={"q": "kettle"})).status_code == 405
    assert (await blog.http.head("/search?q=kettle")).status_code == 200


async def test_what_cannot_be_searched_for_is_told_beside_the_field(blog: RunningBlog) -> None:
    long = await blog.page(f"/search?q={quote('kettle ' * 1500)}")
    assert long.status_code == 422
    assert "This is too long" in long.text and 'role="alert"' in long.text
    assert len(re.findall(r'name="q"[^>]*value="[^"]{1,200}"', long.text)) == 1
    page = await search_page(blog, "...")
    assert "There is no word in this" in page and 'aria-invalid="true"' in page
    page = await search_page(blog, "nothing of the kind")
    assert "Nothing here has all of these words: <bdi>nothing of the kind</bdi>" in page
    page = await search_page(blog, " ".join(f"w{number}" for number in range(20)))
    assert "Only the first words were used." in page


async def test_a_search_that_takes_too_long_is_told_beside_the_field(blog: RunningBlog) -> None:
    typed = await write_dear_texts(blog.blog.db)
    asked = await blog.page(f"/search?q={quote(typed)}")
    assert asked.status_code == 422
    assert "This search takes too long." in asked.text and 'aria-invalid="true"' in asked.text
    assert f'value="{typed}"' in unescape(asked.text)
    assert (await blog.page("/search?q=kettle")).status_code == 200


async def test_pages_lead_on_from_what_was_seen_last(blog: RunningBlog) -> None:
    posts = [await blog.publish(f"Kettle {number}", "Same text.") for number in range(23)]
    await is_indexed(blog)
    first = (await blog.page("/search?q=kettle")).text
    assert headings(first) == [f"Kettle {number}" for number in range(22, 12, -1)]
    assert "23 results for" in first
    second = _next(first)
    # What comes meanwhile stands before, and moves nothing; what has gone leaves no gap.
    await blog.publish("Kettle 23", "Same text.")
    await delete_post(blog.blog, posts[20].key)
    await is_indexed(blog)
    page = (await blog.page(second)).text
    assert headings(page) == [f"Kettle {number}" for number in range(12, 2, -1)]
    assert '<ol class="posts results" start="11">' in page
    await delete_post(blog.blog, posts[3].key)
    await is_indexed(blog)
    last = (await blog.page(_next(page))).text
    assert headings(last) == ["Kettle 1", "Kettle 0"] or headings(last) == [
        "Kettle 2",
        "Kettle 1",
        "Kettle 0",
    ]
    assert "More results" not in last and 'href="/search?q=kettle"' in last


def _next(page: str) -> str:
    found = re.search(r'rel="next" href="([^"]+)"', page)
    assert found is not None
    return unescape(found[1])


async def test_every_page_has_the_field_and_names_the_description(blog: RunningBlog) -> None:
    post = await blog.publish()
    for path in ("/", f"/articles/{post.key}", "/tags/none", "/no-such-page"):
        page = (await blog.page(path)).text
        assert page.count('role="search" action="/search"') == 1, path
        assert 'type="application/opensearchdescription+xml"' in page
    assert (await search_page(blog, "x")).count('role="search"') == 1
    answer = await blog.http.get("/opensearch.xml")
    assert answer.headers["content-type"] == "application/opensearchdescription+xml"
    names = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    document = ElementTree.fromstring(answer.content)
    assert len(document.findtext("o:ShortName", "", names)) in range(1, 17)
    url = document.find("o:Url", names)
    assert url is not None
    template = url.get("template", "")
    assert template == f"{blog.origin}/search?q={{searchTerms}}"


async def test_who_searches_without_end_has_to_wait(bench: Bench) -> None:
    async with bench.start(FEDIBLOG_URL="https://blog.example") as blog:
        for _ in range(60):
            assert (await blog.page("/search?q=a")).status_code == 200
        refused = await blog.page("/search?q=a")
        assert refused.status_code == 429 and refused.headers["retry-after"] == "60"
        assert "You are searching very often." in refused.text
        assert (await blog.page("/search")).status_code == 200


async def test_what_was_there_before_is_read_bit_by_bit(blog: RunningBlog) -> None:
    """As after the migration; and a text that fails keeps no other from being found."""
    for number in range(30):
        await blog.publish(f"Kettle {number}", "Same text.")
    await is_indexed(blog)
    async with blog.blog.db.transaction() as tx:
        await search.mark_everything(tx)
        # A number that is no row's: it was removed meanwhile.
        await search.mark(tx, "reply", 999)
    assert await search.count_due(blog.blog.db) == 31
    await index_due(blog.blog)
    assert await search.count_due(blog.blog.db) < 31
    assert "30 results for" in await search_page(blog, "kettle")


@pytest.mark.parametrize("typed", ["kettle", '"of kettle" -x', "ket"])
async def test_the_index_is_used(blog: RunningBlog, typed: str) -> None:
    db = blog.blog.db
    async with db.transaction() as tx:
        for number in range(1, 1500):
            words = [f"w{number}", "of", "kettle" if number % 300 == 0 else "other"]
            await search.set_entry(tx, "reply", number, Entry([], words, [], "plain"))
        await tx.execute("ANALYZE")
    asked = search.expression(db.sqlite, parse_query(typed).terms)
    explain = "EXPLAIN QUERY PLAN" if db.sqlite else "EXPLAIN"
    rows = await db.rows(f"{explain} {search.find_sql(db.sqlite)}", asked, 500)
    plan = "\n".join(str(row["detail" if db.sqlite else "QUERY PLAN"]) for row in rows)
    if db.sqlite:
        assert "SCAN search_index VIRTUAL TABLE INDEX" in plan
        assert plan.count("SEARCH") == 4 and plan.count("SCAN") == 2
    else:
        assert "Bitmap Index Scan on search_index_words" in plan
        assert "Seq Scan on search_index" not in plan
