"""What is around a thread is kept while replies come, and made anew when anything of it changes."""

import re
from dataclasses import replace
from datetime import timedelta

from fediblog.actions.documents import permalink
from fediblog.actions.post_form import form_of
from fediblog.actions.write_post import edit_post
from fediblog.demo.server import DemoServer
from fediblog.store.changes import Reads
from fediblog.store.posts import Post
from fediblog.store.threads import _COLUMNS, ThreadReply
from fediblog.web.frames import Frame, Frames, hole
from tests.bench import RunningBlog, until


async def _page(blog: RunningBlog, post: Post, query: str = "") -> str:
    address = permalink(blog.blog, post).removeprefix(blog.origin)
    return (await blog.page(f"{address}{query}")).text


async def test_a_reply_changes_nothing_around_its_thread(
    blog: RunningBlog, town: DemoServer
) -> None:
    frames = blog.app.state.frames
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>One.</p>")
    await blog.settled()
    await _page(blog, post)
    kept = set(map(id, frames._values.values()))
    assert len(kept) == 1
    await town.reply("bob", blog.article(post), "<p>Two.</p>")
    await town.like("chiyo", blog.article(post))
    await town.announce("chiyo", blog.article(post))
    await blog.settled()
    page = await _page(blog, post)
    assert set(map(id, frames._values.values())) == kept
    assert "<p>Two.</p>" in page
    assert 'id="reactions"' in page
    german = await _page(blog, post, "?lang=de")
    assert '<html lang="de"' in german
    address = permalink(blog.blog, post).removeprefix(blog.origin)
    wanted = {"Accept": "text/html", "Accept-Language": "fr"}
    assert '<html lang="fr"' in (await blog.http.get(address, headers=wanted)).text
    assert "<p>Two.</p>" in german
    assert "<!--" not in page + german


async def test_it_is_the_page_that_is_made_at_once(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish(tags="one", category="Notes")
    await town.reply("alice", blog.article(post), "<p>One.</p>")
    await town.like("chiyo", blog.article(post))
    await blog.settled()
    await until(lambda: _has_pictures(blog))
    framed = [await _page(blog, post, query) for query in ("", "?lang=ja", "?sort=newest")]
    own = blog.blog.settings.data / "templates" / "site"
    own.mkdir(parents=True)
    # With any template of the operator's, nothing is kept apart.
    (own / "unused.html").write_text("")
    blog.app.state.frames.clear()
    whole = [await _page(blog, post, query) for query in ("", "?lang=ja", "?sort=newest")]
    assert len(blog.app.state.frames) == 0
    for one, other in zip(framed, whole, strict=True):
        assert one.splitlines() == other.splitlines()


async def test_what_somebody_writes_behind_an_address_is_not_kept_without_end(
    blog: RunningBlog,
) -> None:
    post = await blog.publish()
    for number in range(3):
        assert "A post" in await _page(blog, post, f"?lang=de&{number}{'x' * 5_000}")
    assert len(blog.app.state.frames) == 0


async def _has_pictures(blog: RunningBlog) -> bool:
    """Whether nobody's picture is yet to come, which would make the page another one."""
    rows = await blog.blog.db.rows("SELECT 1 FROM actor WHERE icon_url <> '' AND avatar = ''")
    return not rows


async def test_an_edit_and_the_time_are_seen(blog: RunningBlog) -> None:
    post = await blog.publish(close_after="2")
    assert "have been closed" not in await _page(blog, post)
    form = await form_of(blog.blog.db, post)
    await edit_post(blog.blog, post.key, replace(form, title="Another title", quiet="on"))
    page = await _page(blog, post)
    assert "<title>Another title" in page
    assert "have been closed" not in page
    await blog.later(timedelta(days=3))
    assert "have been closed" in await _page(blog, post)


def test_only_so_much_is_kept() -> None:
    frames = Frames(100)
    for number in range(10):
        text = f"{'a' * 20}{hole('talk')}{'b' * 20}"
        frames.put(number, Frame.of(text, "", Reads(0)))
    assert len(frames) == 2
    assert frames.get(0) is None
    frame = frames.get(9)
    assert frame is not None
    assert frame.filled({"talk": "!"}) == f"{'a' * 20}!{'b' * 20}"


def test_what_is_read_of_a_reply_stands_in_the_order_of_its_columns() -> None:
    names = [re.split(r"\.| AS ", column)[-1] for column in _COLUMNS.split(", ")]
    assert tuple(names) == ThreadReply._fields
