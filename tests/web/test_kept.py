"""Answers that are kept: whatever changes, nobody is ever shown how it was before."""

import random
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpx
import pytest
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from fediblog.actions.answer import answer_post, delete_answer, edit_answer
from fediblog.actions.blocking import Wanted, add_rule, end_rule
from fediblog.actions.change_appearance import change_appearance
from fediblog.actions.change_site import change_site
from fediblog.actions.delete_post import delete_post
from fediblog.actions.moderate import hide_reply, show_reply
from fediblog.actions.moderation import change_moderation
from fediblog.actions.own_pictures import remove_picture, set_picture
from fediblog.actions.pin_post import pin_post, unpin_post
from fediblog.actions.post_form import PostForm, form_of
from fediblog.actions.rotate_key import rotate_key
from fediblog.actions.write_page import PageForm, create_page, delete_page
from fediblog.actions.write_post import create_post, edit_post
from fediblog.demo.notes import Note
from fediblog.demo.server import DemoServer
from fediblog.errors import Conflict
from fediblog.store import posts
from fediblog.store.changes import (
    Changes,
    Reads,
    named,
    note_known,
    read_tables,
    written_tables,
)
from fediblog.store.posts import Post
from fediblog.web.kept import Kept, KeptAnswers, _Answer, _is_never_kept
from tests.admin.picture_files import picture_file
from tests.bench import RunningBlog, secretly, until
from tests.federation.profile_forms import FORM
from tests.federation.records import stored
from tests.web.everywhere import FEDERATED, HTML, Address, busy

#: A request with it is for somebody, and always answered anew.
_ANEW = {"Authorization": "Bearer none"}
#: They differ from one answer to the next.
_OWN = {"date", "x-request-id"}


@dataclass
class Life:
    """A blog to which things happen. notes: replies in the thread of post."""

    blog: RunningBlog
    town: DemoServer
    post: Post
    chance: random.Random = field(default_factory=lambda: random.Random(6))
    notes: list[Note] = field(default_factory=list)
    count: int = 0

    @property
    def article(self) -> str:
        return self.blog.article(self.post)

    def word(self) -> str:
        self.count += 1
        return f"word{self.count}x"

    async def number(self, note: Note) -> int:
        return (await stored(self.blog, note.id)).id


async def _reply(life: Life) -> None:
    name = life.chance.choice(["alice", "bob", "chiyo"])
    under = life.chance.choice([life.article, *(note.id for note in life.notes[-2:])])
    life.notes.append(await life.town.reply(name, under, f"<p>{life.word()}</p>"))


async def _edit_reply(life: Life) -> None:
    life.notes[-1] = await life.town.edit(life.notes[-1], f"<p>{life.word()}</p>")


async def _delete_reply(life: Life) -> None:
    await life.town.delete(life.notes.pop())


async def _hide_and_show(life: Life) -> None:
    number = await life.number(life.notes[-1])
    is_shown = (await stored(life.blog, life.notes[-1].id)).state == "shown"
    await (hide_reply if is_shown else show_reply)(life.blog.blog, number)


async def _like(life: Life) -> None:
    await life.town.like(life.chance.choice(["alice", "bob"]), life.article)


async def _like_reply(life: Life) -> None:
    await life.town.like("bob", life.notes[-1].id)


async def _unlike(life: Life) -> None:
    with suppress(Conflict):
        await life.town.undo_like("alice", life.article)


async def _boost(life: Life) -> None:
    await life.town.announce("chiyo", life.article)


async def _follow(life: Life) -> None:
    await life.town.follow("bob", life.blog.actor)


async def _unfollow(life: Life) -> None:
    with suppress(Conflict):
        await life.town.undo_follow("bob", life.blog.actor)


async def _edit(life: Life, quiet: str = "") -> None:
    blog = life.blog.blog
    now = await posts.get_post(blog.db, life.post.key)
    assert now is not None
    form = await form_of(blog.db, now)
    body = f"{form.body} {life.word()}"
    await edit_post(blog, life.post.key, replace(form, body=body, quiet=quiet))


async def _edit_quietly(life: Life) -> None:
    await _edit(life, "on")


async def _publish(life: Life) -> None:
    await life.blog.publish(life.word(), tags="one", category="Notes")


async def _pin(life: Life) -> None:
    now = await posts.get_post(life.blog.blog.db, life.post.key)
    assert now is not None
    await (unpin_post if now.pinned_at else pin_post)(life.blog.blog, life.post.key)


async def _profile(life: Life) -> None:
    await change_site(life.blog.blog, FORM | {"author_name": life.word(), "title": life.word()})


async def _language(life: Life) -> None:
    wanted = life.chance.choice(["de", "fr", ""])
    await change_site(life.blog.blog, FORM | {"interface_language": wanted})


async def _theme(life: Life) -> None:
    accent = life.chance.choice(["#1e40af", "#7c2d12"])
    look = {"own_accent": "on", "accent": accent, "custom_css": f".{life.word()} {{}}"}
    await change_appearance(life.blog.blog, look | {"footer": life.word()})


async def _picture(life: Life) -> None:
    await set_picture(life.blog.blog, "picture", picture_file())


async def _no_picture(life: Life) -> None:
    await remove_picture(life.blog.blog, "picture")


async def _menu(life: Life) -> None:
    form = PageForm(life.word(), "Text.", place="1")
    page = await create_page(life.blog.blog, form, publish=True)
    if life.chance.random() < 0.5:
        await delete_page(life.blog.blog, page.id)


async def _answer(life: Life) -> None:
    answer = await answer_post(life.blog.blog, life.post.key, life.word())
    chance = life.chance.random()
    if chance < 0.3:
        await edit_answer(life.blog.blog, answer.id, life.word())
    elif chance < 0.6:
        await delete_answer(life.blog.blog, answer.id)


async def _block(life: Life) -> None:
    person = life.town.person("alice").id
    await add_rule(life.blog.blog, Wanted("person", person, person, "silence", ""))


async def _unblock(life: Life) -> None:
    for row in await life.blog.blog.db.rows("SELECT id FROM rule WHERE ended_at IS NULL"):
        await end_rule(life.blog.blog, row["id"])


async def _close(life: Life) -> None:
    await change_moderation(life.blog.blog, {"comment_policy": "followers", "take_likes": "1"})


async def _reopen(life: Life) -> None:
    switches = dict.fromkeys(("take_likes", "take_boosts", "take_emoji"), "1")
    await change_moderation(life.blog.blog, {"comment_policy": "open"} | switches)


async def _rotate(life: Life) -> None:
    await rotate_key(life.blog.blog)


Deed = Callable[[Life], Awaitable[None]]

DEEDS: tuple[Deed, ...] = (
    *(_reply, _edit_reply, _reply, _hide_and_show, _like, _like_reply, _unlike, _boost),
    *(_follow, _unfollow, _edit, _edit_quietly, _publish, _pin, _profile, _language, _theme),
    *(_picture, _no_picture, _menu, _answer, _block, _unblock, _close, _reopen, _rotate),
    *(_hide_and_show, _delete_reply),
)


async def test_what_is_kept_is_what_would_be_made_anew(blog: RunningBlog, town: DemoServer) -> None:
    async with busy(blog, town) as addresses:
        [first] = await posts.list_published(blog.blog.db, before=None, limit=1)
        life = Life(blog, town, first)
        for first_deed in (_reply, _like, _follow):
            await first_deed(life)
        await blog.settled()
        seed = random.randrange(10**6)
        life.chance.seed(seed)
        always = [each for each in addresses if _is_about_the_post(each)]
        rest = [each for each in addresses if each not in always]
        later = list(DEEDS)
        life.chance.shuffle(later)
        for deed in later:
            some = [*always, *life.chance.sample(rest, 3)]
            for each in some:
                await _ask(blog, each)
                # So that its pieces are kept, too.
                await _ask(blog, each, _ANEW)
            if not life.notes:
                await _reply(life)
                await blog.settled()
            await deed(life)
            await blog.settled()
            answers = [await _ask(blog, each) for each in some]
            blog.app.state.templates.fragments.clear()
            blog.app.state.frames.clear()
            for each, kept in zip(some, answers, strict=True):
                anew = await _ask(blog, each, _ANEW)
                assert _whole(kept) == _whole(anew), (seed, deed.__name__, each)


def _is_about_the_post(address: Address) -> bool:
    """What nearly every deed changes."""
    return address.route in {"/{year}/{month}/{slug}", "/"} or address.path == "/users/blog"


async def _ask(
    blog: RunningBlog, address: Address, more: Mapping[str, str] | None = None
) -> httpx.Response:
    headers = {"Accept": address.accept, "Accept-Encoding": "gzip", **(more or {})}
    return await blog.http.get(address.path, headers=headers)


def _whole(response: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    headers = {name: value for name, value in response.headers.items() if name not in _OWN}
    return response.status_code, response.content, headers


async def test_it_is_kept(blog: RunningBlog) -> None:
    post = await blog.publish("Before", "Text. " * 300)
    page = (await blog.page(f"/articles/{post.key}")).url.path
    for path, accept in ((page, HTML), (page, FEDERATED), ("/", HTML), ("/feed.atom", "*/*")):
        headers = {"Accept": accept}
        first = await blog.http.get(path, headers=headers)
        await secretly(blog.blog.db, "UPDATE post SET title = 'Afterwards'")
        again = await blog.http.get(path, headers=headers)
        assert again.content == first.content and b"Before" in again.content, path
        assert _whole(again) == _whole(first)
        head = await blog.http.head(path, headers=headers)
        assert _whole(head)[2] == _whole(first)[2] and head.content == b""
        for known in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
            same = await blog.http.get(path, headers=headers | {"If-None-Match": known})
            assert (same.status_code, same.content) == (304, b"")
            assert "content-type" not in same.headers and "vary" in same.headers
        other = await blog.http.get(path, headers=headers | {"If-None-Match": '"x"'})
        assert other.content == first.content
        blog.app.state.frames.clear()
        anew = await blog.http.get(path, headers=headers | _ANEW)
        assert b"Afterwards" in anew.content, path
        await secretly(blog.blog.db, "UPDATE post SET title = 'Before'")
        blog.app.state.frames.clear()


async def test_each_reader_gets_what_they_want(blog: RunningBlog) -> None:
    post = await blog.publish(body="Text. " * 300)
    page = (await blog.page(f"/articles/{post.key}")).url.path
    for _ in range(2):
        for headers, there in (
            ({"Accept": HTML, "Accept-Language": "de"}, b'<html lang="de"'),
            ({"Accept": HTML, "Accept-Language": "xx, fr;q=0.5, de;q=0.1"}, b'<html lang="fr"'),
            ({"Accept": HTML}, b'<html lang="en"'),
            ({"Accept": FEDERATED, "Accept-Language": "de"}, b'"type":"Article"'),
            ({"Accept": f"{FEDERATED};q=0.1, text/html"}, b"<!doctype html>"),
        ):
            for coding in ("identity", "gzip", "br"):
                got = await blog.http.get(page, headers={**headers, "Accept-Encoding": coding})
                assert there in got.content, (headers, coding)
                assert got.headers.get("content-encoding", "identity") == coding
    french = await blog.http.get(f"{page}?lang=fr", headers={"Accept": HTML})
    assert b'<html lang="fr"' in french.content


async def test_headers_that_come_twice_put_nothing_in_the_way_of_others(blog: RunningBlog) -> None:
    """What is kept is found by the header that it was made for, also where the first one is empty:
    else a stranger decides in which language everybody reads."""
    german = {"Accept": HTML, "Accept-Language": "de"}
    twice = [("Accept", HTML), ("Accept-Language", ""), ("Accept-Language", "de")]
    assert '<html lang="en"' in (await blog.http.get("/", headers=twice)).text
    assert '<html lang="de"' in (await blog.http.get("/", headers=german)).text


async def test_no_address_takes_more_room_than_its_answer(blog: RunningBlog) -> None:
    kept: KeptAnswers = blog.app.state.kept

    async def is_kept() -> bool:
        """On PostgreSQL not before the process hears the others."""
        await blog.http.get("/robots.txt?page=1")
        return kept.size > 0

    await until(is_kept)
    size, paths = kept.size, _is_never_kept.cache_info().currsize
    for query in ("&".join(["page=" + "a" * 300] * 100), "page=1&" * 5_000):
        assert (await blog.http.get(f"/robots.txt?{query}")).status_code == 200
    assert (await blog.http.get(f"/{'a' * 60_000}")).status_code == 404
    assert (kept.size, _is_never_kept.cache_info().currsize) == (size, paths)


async def test_a_reply_elsewhere_leaves_a_post_alone(blog: RunningBlog, town: DemoServer) -> None:
    quiet, loud = await blog.publish("Quiet"), await blog.publish("Loud")
    reply = await town.reply("alice", blog.article(loud), "<p>First.</p>")
    await town.follow("alice", blog.actor)
    await blog.settled()
    await until(lambda: _have_pictures(blog))
    page = (await blog.page(f"/articles/{quiet.key}")).url.path
    kept = await blog.page(page)
    await secretly(blog.blog.db, "UPDATE post SET title = 'Changed' WHERE slug = 'quiet'")
    await town.reply("alice", reply.id, "<p>Second.</p>")
    await town.like("alice", blog.article(loud))
    await town.edit(reply, "<p>Third.</p>")
    await blog.settled()
    assert (await blog.page(page)).content == kept.content
    await town.reply("alice", blog.article(quiet), "<p>Here.</p>")
    await blog.settled()
    blog.app.state.frames.clear()
    now = (await blog.page(page)).text
    assert "Changed" in now and "Here." in now


async def _have_pictures(blog: RunningBlog) -> bool:
    """Whether everybody's picture is here, which changes what is seen of them everywhere."""
    due = "SELECT 1 AS one FROM actor WHERE avatar_at IS NOT NULL"
    return not await blog.blog.db.rows(due)


async def test_what_time_alone_changes(blog: RunningBlog) -> None:
    post = await blog.publish(close_after="2")
    path = (await blog.page(f"/articles/{post.key}")).url.path
    page, policy = (await blog.page(path)).text, await _policy(blog, path)
    assert "have been closed" not in page
    assert ((await blog.page(path)).text, await _policy(blog, path)) == (page, policy)
    await blog.later(timedelta(days=3))
    assert "Responses to this post have been closed" in (await blog.page(path)).text
    assert await _policy(blog, path) != policy


async def _policy(blog: RunningBlog, path: str) -> object:
    return (await blog.document(path)).json()["interactionPolicy"]


async def test_a_scheduled_post_is_there_once_it_is_published(blog: RunningBlog) -> None:
    tomorrow = f"{blog.clock() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    form = PostForm("Later", "Text.", publish_at=tomorrow)
    await create_post(blog.blog, form, publish=False, schedule=True)
    assert "Later" not in (await blog.page("/")).text
    await blog.later(timedelta(days=2))
    await blog.at_rest()
    assert "Later" in (await blog.page("/")).text


async def test_what_is_deleted_is_gone_at_once(blog: RunningBlog) -> None:
    post = await blog.publish()
    page = (await blog.page(f"/articles/{post.key}")).url.path
    for _ in range(2):
        assert (await blog.page(page)).status_code == 200
        assert (await blog.document(page)).status_code == 200
    await delete_post(blog.blog, post.key)
    assert (await blog.page(page)).status_code == 410
    assert (await blog.document(page)).json()["type"] == "Tombstone"


async def test_readers_are_counted_all_the_same(blog: RunningBlog) -> None:
    post = await blog.publish()
    page = (await blog.page(f"/articles/{post.key}")).url.path
    browser = {"Accept": HTML, "User-Agent": "Mozilla/5.0 (X11) Firefox/140.0"}
    program = {"Accept": HTML, "User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}
    for headers in (program, browser, browser, browser, program):
        await blog.http.get(page, headers=headers)
    await blog.http.head(page, headers=browser)
    await blog.app.state.reads.write()
    [row] = await blog.blog.db.rows(
        "SELECT count FROM day_count WHERE name = $1", f"post:{post.id}"
    )
    assert row["count"] == 3


async def test_the_operators_templates_count_at_once(blog: RunningBlog) -> None:
    own = blog.blog.settings.data / "templates" / "site"
    assert "MINE" not in (await blog.page("/")).text
    own.mkdir(parents=True)
    (own / "home.html").write_text("MINE 1")
    assert (await blog.page("/")).text == "MINE 1"
    (own / "home.html").write_text("MINE two")
    assert (await blog.page("/")).text == "MINE two"
    (own / "home.html").unlink()
    assert "MINE" not in (await blog.page("/")).text


async def test_what_is_for_somebody_is_never_kept(blog: RunningBlog) -> None:
    await set_picture(blog.blog, "picture", picture_file())
    post = await blog.publish(body="Text. " * 300)
    page = await blog.page(f"/articles/{post.key}")
    picture, *_ = re.findall(r"/media/own/[^\"]+", page.text)
    kept: KeptAnswers = blog.app.state.kept
    size = kept.size
    for path, headers in (
        ("/admin/sign-in", {}),
        ("/", _ANEW),
        ("/", {"Range": "bytes=0-9"}),
        ("/?utm_source=somewhere", {}),
        ("/nothing-here", {}),
        ("/search?q=text", {}),
        ("/", {"Host": "elsewhere/path"}),
        (picture, {}),
        ("/health/live", {}),
        ("/micropub?q=config", {}),
        ("/.well-known/oauth-authorization-server", {}),
        (f"{page.url.path}/changes?since=0", {}),
    ):
        await blog.http.get(path, headers=headers)
        assert kept.size == size, path


@pytest.mark.parametrize(
    ("header", "value", "is_kept"),
    [
        ("Cache-Control", "public, max-age=0", True),
        ("Cache-Control", "no-store", False),
        ("Cache-Control", "private, max-age=60", False),
        ("Set-Cookie", "a=b", False),
    ],
)
async def test_an_answer_that_says_so_is_not_kept(
    blog: RunningBlog, header: str, value: str, is_kept: bool
) -> None:
    """Even if its address is none of those that are never kept."""
    await blog.page("/")
    inside = Kept(Response("for whom?", headers={header: value}))
    kept: KeptAnswers = blog.app.state.kept
    size = kept.size
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(_belongs_to(blog, inside)), base_url=blog.address
    ) as http:
        assert (await http.get("/somewhere")).text == "for whom?"
    assert (kept.size > size) is is_kept


def _belongs_to(blog: RunningBlog, inside: ASGIApp) -> ASGIApp:
    """As it is called within the blog's app."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await inside({**scope, "app": blog.app}, receive, send)

    return app


def test_the_oldest_goes_when_there_is_no_room() -> None:
    kept = KeptAnswers(most_bytes=10_000)
    answers = [_Answer((), bytes(1_000), Reads(0), (), ()) for _ in range(4)]
    for number, answer in enumerate(answers):
        kept.put((number,), answer)
        assert kept.get((0,)) is answers[0]
    assert kept.size <= 10_000
    assert [kept.get((number,)) is not None for number in range(4)] == [True, False, True, True]
    kept.put((3,), answers[0])
    assert kept.size == 9_000


def test_statements_are_understood() -> None:
    assert written_tables("UPDATE post SET version = version + 1 WHERE id = $1") == {"post.version"}
    assert written_tables("UPDATE post SET pinned_at = $1, version = version + 1") == {
        "post",
        "post.version",
    }
    assert written_tables(
        "INSERT INTO actor (uri) VALUES ($1) ON CONFLICT (uri) DO UPDATE SET x = 1"
    ) == {"actor"}
    assert written_tables("DELETE FROM reply WHERE id IN (SELECT id FROM post)") == {"reply"}
    assert written_tables("SELECT 1 FROM reply FOR UPDATE OF r") == frozenset()
    assert written_tables("ROLLBACK TO SAVEPOINT here") == frozenset()
    assert {"reply", "setting"} <= written_tables("TRUNCATE reply")
    assert read_tables("SELECT 1 FROM reply r, actor a JOIN post p ON 1") == {
        *("reply", "actor", "post", "post.version")
    }


def test_changes_spoil_what_was_read_before() -> None:
    changes = Changes()
    page = Reads(changes.now, {"reply", "post.version"}, thread=1)
    everything = Reads(changes.now, {"reply"})
    changes.hear(named({"reply", "delivery"}, [2]))
    assert not changes.spoilt(page) and changes.spoilt(everything)
    assert not changes.spoilt(Reads(changes.now, {"reply"}))
    changes.hear({"host", "wake:arrivals"})
    assert not changes.spoilt(page)
    for told in (
        named({"reply"}, [1]),
        named({"reply"}, None),
        named({"actor", "reply"}, None),
        None,
    ):
        page = Reads(changes.now, {"reply"}, thread=1)
        changes.hear(told)
        assert changes.spoilt(page), told


def test_what_is_known_without_a_query_counts_as_read() -> None:
    """Else a block would end nothing that was answered while no server was blocked."""
    changes = Changes()
    with changes.reading() as reads:
        note_known("rule")
    changes.hear({"post"})
    assert not changes.spoilt(reads)
    changes.hear({"rule"})
    assert changes.spoilt(reads)
