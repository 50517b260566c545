"""The admin and the replies: hide and show, answer, edit an answer, delete it."""

from dataclasses import replace

from fediblog.demo.server import DemoServer
from tests.admin.desk import Desk, number_of, reply_to
from tests.admin.page import read
from tests.bench import reply_ids


async def _shown(desk: Desk, key: str) -> str:
    return (await desk.blog.page(f"/articles/{key}")).text


async def test_a_hidden_reply_leaves_the_page_and_can_come_back(
    desk: Desk, town: DemoServer
) -> None:
    post = await desk.blog.publish()
    note, number = await reply_to(desk.blog, town, post, "<p>Buy this!</p>")
    await town.reply("bob", note.id, "<p>Please not.</p>")
    await desk.blog.settled()
    thread = f"/admin/posts/{post.key}/thread"

    response = await desk.submit(f"/admin/replies/{number}/hide")
    assert response.headers["location"] == f"{thread}?notice=hidden#reply-{number}"
    page = await _shown(desk, post.key)
    assert "Buy this!" not in page
    assert "Please not." in page
    assert len(reply_ids(page)) == 2
    assert "1 more not public" in page
    seen = await desk.page(thread)
    assert "Buy this!" in seen.text and "You have hidden it." in seen.text
    assert f"/admin/replies/{number}/show" in seen.links
    assert "Buy this!" in (await desk.page("/admin/replies?state=hidden")).text

    assert (await desk.submit(f"/admin/replies/{number}/hide")).status_code == 303
    response = await desk.submit(f"/admin/replies/{number}/show")
    assert response.headers["location"] == f"{thread}?notice=shown#reply-{number}"
    assert "Buy this!" in await _shown(desk, post.key)


async def test_what_was_not_meant_for_everybody_cannot_be_shown(
    desk: Desk, town: DemoServer
) -> None:
    post = await desk.blog.publish()
    note = await town.reply("alice", desk.blog.article(post), "<p>Between us.</p>", to="direct")
    await desk.blog.settled()
    number = await number_of(desk.blog, note.id)
    seen = await desk.page("/admin/replies?state=private")
    assert "Between us." in seen.text and "only you can see it" in seen.text
    offered = [link for link in seen.links if link.startswith(f"/admin/replies/{number}/")]
    assert offered == [f"/admin/replies/{number}/report"]
    for deed in ("show", "hide", "answer"):
        response = await desk.submit(f"/admin/replies/{number}/{deed}", body="Out with it.")
        assert response.status_code == 409
    assert "Between us." not in await _shown(desk, post.key)


async def test_a_hidden_reply_that_became_private_stays_so(desk: Desk, town: DemoServer) -> None:
    post = await desk.blog.publish()
    note, number = await reply_to(desk.blog, town, post, "<p>For all.</p>")
    await desk.submit(f"/admin/replies/{number}/hide")
    town.notes[note.id] = replace(note, to="direct")
    await town.edit(note, "<p>For you.</p>")
    await desk.blog.settled()
    assert (await desk.submit(f"/admin/replies/{number}/show")).status_code == 409
    page = await _shown(desk, post.key)
    assert "For you." not in page and "For all." not in page


async def test_an_answer_reaches_whom_it_answers_and_stands_in_the_tree(
    desk: Desk, town: DemoServer
) -> None:
    post = await desk.blog.publish()
    note, number = await reply_to(desk.blog, town, post, "<p>A question?</p>")
    response = await desk.submit(f"/admin/replies/{number}/answer", body="An *answer*.")
    location = response.headers["location"]
    assert location.startswith(f"/admin/posts/{post.key}/thread?notice=answered#reply-")
    await desk.blog.delivered()
    sent = town.received[-1].activity
    assert sent["type"] == "Create"
    assert sent["object"]["inReplyTo"] == note.id
    assert "<em>answer</em>" in sent["object"]["content"]
    page = await _shown(desk, post.key)
    assert page.index("A question?") < page.index("<em>answer</em>")
    assert '<span class="author">author</span>' in page


async def test_the_author_comments_on_a_post(desk: Desk) -> None:
    post = await desk.blog.publish()
    response = await desk.submit(f"/admin/posts/{post.key}/answer", body="A postscript.")
    assert response.status_code == 303
    page = await _shown(desk, post.key)
    assert "A postscript." in page and '<li class="reply mine">' in page


async def test_an_answer_is_edited_and_deleted_everywhere(desk: Desk, town: DemoServer) -> None:
    post = await desk.blog.publish()
    _, number = await reply_to(desk.blog, town, post, "<p>A question?</p>")
    await desk.submit(f"/admin/replies/{number}/answer", body="A first & *hasty* answer.")
    rows = await desk.blog.blog.db.rows("SELECT id FROM reply WHERE key IS NOT NULL")
    base = f"/admin/replies/{rows[0]['id']}"
    assert (await desk.page(f"{base}/edit")).values["body"] == "A first & *hasty* answer."

    assert (await desk.submit(f"{base}/edit", body="A better one.")).status_code == 303
    await desk.blog.delivered()
    update = town.received[-1].activity
    assert update["type"] == "Update" and "A better one." in update["object"]["content"]
    page = await _shown(desk, post.key)
    assert "A better one." in page and "hasty" not in page

    assert (await desk.submit(f"{base}/delete")).status_code == 303
    await desk.blog.delivered()
    assert town.received[-1].activity["type"] == "Delete"
    assert "A better one." not in await _shown(desk, post.key)
    assert (await desk.get(f"{base}/edit")).status_code == 410
    assert (await desk.submit(f"{base}/edit", body="Again.")).status_code == 410
    assert (await desk.submit(f"{base}/delete")).status_code == 410


async def test_other_peoples_replies_cannot_be_edited(desk: Desk, town: DemoServer) -> None:
    post = await desk.blog.publish()
    _, number = await reply_to(desk.blog, town, post, "<p>Mine!</p>")
    base = f"/admin/replies/{number}"
    assert (await desk.get(f"{base}/edit")).status_code == 404
    assert (await desk.submit(f"{base}/edit", body="Yours.")).status_code == 404
    assert (await desk.submit(f"{base}/delete")).status_code == 404
    assert "Mine!" in await _shown(desk, post.key)


async def test_a_refused_answer_keeps_what_was_typed(desk: Desk, town: DemoServer) -> None:
    post = await desk.blog.publish()
    _, number = await reply_to(desk.blog, town, post, "<p>A question?</p>")
    await desk.submit(f"/admin/replies/{number}/answer", body="Fine.")
    rows = await desk.blog.blog.db.rows("SELECT id FROM reply WHERE key IS NOT NULL")
    long = "Much & more. " * 2000
    for path in (
        f"/admin/replies/{number}/answer",
        f"/admin/posts/{post.key}/answer",
        f"/admin/replies/{rows[0]['id']}/edit",
    ):
        for text, sentence in ((" \n ", "needs some text"), (long, "at most 20000")):
            refused = await desk.submit(path, body=text)
            assert refused.status_code == 422
            assert sentence in read(refused).errors["body"]
            assert text.strip() in refused.text.replace("&amp;", "&")
    assert len(reply_ids(await _shown(desk, post.key))) == 2


async def test_a_refused_answer_deep_in_a_long_thread_keeps_what_was_typed(
    desk: Desk, town: DemoServer
) -> None:
    """The thread is shown in pages of a hundred replies; the form is on the reply's own page."""
    post = await desk.blog.publish()
    for number in range(100):
        await desk.submit(f"/admin/posts/{post.key}/answer", body=f"Comment {number}.")
    first, last = await reply_to(desk.blog, town, post, "<p>The last branch.</p>")
    below = await town.reply("bob", first.id, "<p>And beneath it.</p>")
    await desk.blog.settled()
    deep = await number_of(desk.blog, below.id)
    long = "Much & more. " * 2000
    for number in (last, deep):
        refused = await desk.submit(f"/admin/replies/{number}/answer", body=long)
        assert refused.status_code == 422
        assert "at most" in read(refused).errors["body"]
        assert long.strip() in refused.text.replace("&amp;", "&")
        hidden = await desk.submit(f"/admin/replies/{number}/hide")
        landed = await desk.get(hidden.headers["location"].partition("#")[0])
        assert f'id="reply-{number}"' in landed.text


async def test_a_draft_has_no_thread(desk: Desk) -> None:
    await desk.submit("/admin/posts/new", title="Draft", body="Text.", action="draft")
    key = (await desk.blog.blog.db.rows("SELECT key FROM post"))[0]["key"]
    assert (await desk.get(f"/admin/posts/{key}/thread")).status_code == 404
    assert (await desk.submit(f"/admin/posts/{key}/answer", body="Hello?")).status_code == 404


async def test_waiting_replies_are_listed_apart(desk: Desk, town: DemoServer) -> None:
    lost = f"{town.origin}/users/bob/statuses/none"
    blog = [desk.blog.actor]
    await town.reply("alice", lost, "<p>To nobody.</p>", mention=blog, recipients=blog)
    await desk.blog.settled()
    assert "To nobody." in (await desk.page("/admin/replies?state=waiting")).text
    assert "To nobody." not in (await desk.page("/admin/replies?state=hidden")).text
