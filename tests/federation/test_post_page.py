"""The page of a post: what is on it beside what is sent to others."""

from fediblog.actions.post_form import form_of
from fediblog.actions.render_again import render_again
from fediblog.actions.write_page import PageForm, create_page
from fediblog.actions.write_post import edit_post
from fediblog.demo.server import DemoServer
from fediblog.store import pages, posts, site
from tests.bench import RunningBlog, until
from tests.federation.records import activities
from tests.web.finding import find

_BODY = "## One & only\n\n```python\nreturn 1\n```\n\n### Beneath\n\n- [ ] a task\n\n## Last"


async def test_headings_are_led_to_here_and_plain_elsewhere(blog: RunningBlog) -> None:
    post = await blog.publish(body=_BODY, contents="on")
    page = (await blog.page(f"/articles/{post.key}")).text
    contents = page.partition('<nav class="band contents"')[2].partition("</nav>")[0]
    assert '<a href="#one-only">One &amp; only</a><ol>' in contents
    assert '<a href="#beneath">Beneath</a></li>\n</ol></li>' in contents
    assert '<a class="anchor" href="#last" aria-labelledby="last">#</a>' in page
    article = (await blog.document(f"/articles/{post.key}")).json()
    assert '<h2 id="one-only">One &amp; only</h2>' in article["content"]
    assert '<span class="tok-keyword">return </span>' in article["content"]
    assert "anchor" not in article["content"]

    without = await blog.publish(body=_BODY)
    assert "contents-title" not in (await blog.page(f"/articles/{without.key}")).text


async def test_a_new_version_makes_the_html_anew_and_tells_nobody(
    blog: RunningBlog, town: DemoServer
) -> None:
    await town.follow("alice", blog.actor)
    await blog.settled()
    handle = town.person("alice").handle
    post = await blog.publish(body=f"{_BODY}\n\nFor @{handle}.")
    await blog.delivered()
    async with blog.blog.db.transaction() as tx:
        await posts.set_html(tx, post, "<p>As it was</p>", 0)
        await site.set_value(tx, "render_version", "0")
    await render_again(blog.blog)
    again = await posts.get_post(blog.blog.db, post.key)
    assert again is not None
    assert (again.html, again.words) == (post.html, post.words)
    assert f">@{handle.partition('@')[0]}<" in again.html or "mention" in again.html
    assert again.updated_at is None

    await edit_post(blog.blog, post.key, await form_of(blog.blog.db, again))
    await blog.delivered()
    assert not activities(town, "Update"), "nothing has changed"


async def test_the_html_is_made_anew_at_the_start(blog: RunningBlog) -> None:
    await until(lambda: _is_done(blog))


async def _is_done(blog: RunningBlog) -> bool:
    return bool(await site.get_value(blog.blog.db, "render_version"))


async def test_a_post_that_a_new_version_refuses_stays_as_it_is(blog: RunningBlog) -> None:
    post, other = await blog.publish("Deep", "Text."), await blog.publish("Other", "Text.")
    async with blog.blog.db.transaction() as tx:
        for each in (post, other):
            await posts.set_html(tx, each, "<p>As it was</p>", 1)
        await tx.execute(
            "UPDATE post SET source = $1 WHERE id = $2", "<div>" * 300 + "Text", post.id
        )
        await site.set_value(tx, "render_version", "0")
    await render_again(blog.blog)
    page = (await blog.page(f"/articles/{post.key}")).text
    assert "<p>As it was</p>" in page
    assert "As it was" not in (await blog.page(f"/articles/{other.key}")).text


async def test_pages_are_made_anew_too_and_found_by_it(blog: RunningBlog) -> None:
    page = await create_page(blog.blog, PageForm("About", "It is *new*."), publish=True)
    deep = await create_page(blog.blog, PageForm("Deep", "Text."), publish=True)
    async with blog.blog.db.transaction() as tx:
        for each in (page, deep):
            await pages.set_html(tx, each, "<p>As it was</p>")
        await tx.execute(
            "UPDATE page SET source = $1 WHERE id = $2", "<div>" * 300 + "Text", deep.id
        )
        await site.set_value(tx, "render_version", "0")
    assert await find(blog, "was") == ["Deep", "About"]
    await render_again(blog.blog)
    assert await pages.get_page(blog.blog.db, page.id) == page, "nor is it called changed"
    assert "<p>It is <em>new</em>.</p>" in (await blog.page("/pages/about")).text
    assert "<p>As it was</p>" in (await blog.page("/pages/deep")).text
    assert await find(blog, "was") == ["Deep"]

    async with blog.blog.db.transaction() as tx:
        await tx.execute("UPDATE page SET source = 'Edited meanwhile.' WHERE id = $1", page.id)
        await pages.set_html(tx, page, "<p>Too late</p>")
    assert "Too late" not in (await blog.page("/pages/about")).text
