"""The author answers: in the same tree, federated, edited, deleted."""

import pytest
from starlette.responses import Response

from fediblog.actions.answer import answer_post, answer_reply, delete_answer, edit_answer
from fediblog.actions.delete_post import delete_post
from fediblog.demo.server import DemoServer
from fediblog.errors import Conflict, Gone, Invalid, NotFound
from fediblog.protocol.outgoing import ACTIVITY_JSON
from tests.bench import RunningBlog
from tests.federation.records import activities, stored, thread
from tests.federation.thread_page import Shape, shape


async def test_an_answer_stands_beneath_what_it_answers(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    reply = await town.reply("alice", blog.article(post), "<p>A question?</p>")
    await blog.settled()
    await answer_reply(blog.blog, await _number(blog, reply.id), "An *answer*.")
    await answer_post(blog.blog, post.key, "An afterthought.")

    page = (await blog.page(f"/articles/{post.key}")).text
    assert shape(page) == [("A question?", [("An answer .", [])]), ("An afterthought.", [])]
    assert page.count('<span class="author">author</span>') == 2
    assert "3 responses" in page
    assert f"@{blog.blog.addresses.handle}" in page


async def test_who_is_answered_is_told_without_following(
    blog: RunningBlog, town: DemoServer
) -> None:
    """C5: a Mention in the text, in the tags and in the audience; once for each server."""
    post = await blog.publish()
    reply = await town.reply("alice", blog.article(post), "<p>A question?</p>")
    await town.reply("bob", blog.article(post), "<p>Me too</p>")
    await blog.settled()
    answer = await answer_reply(blog.blog, await _number(blog, reply.id), "An answer.")
    await blog.delivered()

    [create] = activities(town, "Create")
    assert create["object"]["id"] == answer.uri
    assert create["object"]["inReplyTo"] == reply.id
    assert create["object"]["tag"][0]["href"] == town.person("alice").id
    assert town.person("alice").id in create["cc"]
    assert [each.inbox for each in town.received] == ["/inbox"]


async def test_followers_get_answers_too(blog: RunningBlog, town: DemoServer) -> None:
    """D6."""
    await town.follow("dana", blog.actor)
    await blog.settled()
    post = await blog.publish()
    answer = await answer_post(blog.blog, post.key, "By the way")
    await blog.delivered()
    ids = [create["object"]["id"] for create in activities(town, "Create")]
    assert ids == [blog.article(post), answer.uri]


async def test_a_reply_to_an_answer_hangs_beneath_it(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    first = await town.reply("alice", blog.article(post), "<p>One</p>")
    await blog.settled()
    answer = await answer_reply(blog.blog, await _number(blog, first.id), "Two")
    await blog.delivered()
    third = await town.reply("alice", answer.uri, "<p>Three</p>")
    await blog.settled()
    await answer_reply(blog.blog, await _number(blog, third.id), "Four")

    page = (await blog.page(f"/articles/{post.key}")).text
    assert shape(page) == [("One", [("Two", [("Three", [("Four", [])])])])]


async def test_the_author_can_answer_an_answer_of_their_own(blog: RunningBlog) -> None:
    post = await blog.publish()
    first = await answer_post(blog.blog, post.key, "One")
    second = await answer_reply(blog.blog, first.id, "Two")
    page = (await blog.page(f"/articles/{post.key}")).text
    assert shape(page) == [("One", [("Two", [])])]
    note = (await blog.document(f"/notes/{second.key}")).json()
    assert note["inReplyTo"] == first.uri
    assert note["tag"] == []
    assert note["content"] == "<p>Two</p>"


async def test_an_edited_answer_is_told_to_who_got_it(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    reply = await town.reply("alice", blog.article(post), "<p>A question?</p>")
    await blog.settled()
    answer = await answer_reply(blog.blog, await _number(blog, reply.id), "Teh answer.")
    await blog.delivered()
    await edit_answer(blog.blog, answer.id, "The answer.")
    await blog.delivered()

    [update] = activities(town, "Update")
    assert update["object"]["id"] == answer.uri
    assert "The answer." in update["object"]["content"]
    assert update["object"]["content"].startswith('<p><span class="h-card">')
    assert update["object"]["updated"] > update["object"]["published"]
    page = (await blog.page(f"/articles/{post.key}")).text
    assert shape(page) == [("A question?", [("The answer.", [])])]
    assert "edited" in page


async def test_a_deleted_answer_is_deleted_everywhere(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    reply = await town.reply("alice", blog.article(post), "<p>A question?</p>")
    await blog.settled()
    answer = await answer_reply(blog.blog, await _number(blog, reply.id), "An answer.")
    await blog.delivered()
    await town.reply("alice", answer.uri, "<p>Thanks</p>")
    await blog.settled()
    await delete_answer(blog.blog, answer.id)
    await blog.delivered()

    [delete] = activities(town, "Delete")
    assert (delete["object"]["id"], delete["object"]["formerType"]) == (answer.uri, "Note")
    page = (await blog.page(f"/articles/{post.key}")).text
    gone: Shape = [("A reply that was deleted", [("Thanks", [])])]
    assert shape(page) == [("A question?", gone)]
    document = await blog.document(f"/notes/{answer.key}")
    assert document.status_code == 410
    assert document.headers["content-type"].startswith(ACTIVITY_JSON)
    assert document.json() == delete["object"] | {"@context": document.json()["@context"]}
    assert (await blog.page(f"/notes/{answer.key}")).status_code == 410
    with pytest.raises(Gone):
        await edit_answer(blog.blog, answer.id, "Too late")
    with pytest.raises(Gone):
        await delete_answer(blog.blog, answer.id)


async def test_who_found_an_answer_by_themselves_hears_of_its_edits_and_its_end(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    answer = await answer_post(blog.blog, post.key, "Ask me anything")
    await town.reply("alice", answer.uri, "<p>Why?</p>")
    await blog.settled()
    await edit_answer(blog.blog, answer.id, "Ask me something")
    await blog.delivered()
    await delete_answer(blog.blog, answer.id)
    await blog.delivered()
    assert [each.activity["type"] for each in town.received] == ["Update", "Delete"]


async def test_a_private_reply_cannot_be_answered_in_public(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    secret = await town.reply("alice", blog.article(post), "<p>A secret</p>", to="direct")
    await blog.settled()
    with pytest.raises(Conflict):
        await answer_reply(blog.blog, await _number(blog, secret.id), "Oh!")
    assert activities(town, "Create") == []


async def test_what_is_not_in_the_tree_cannot_be_answered(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    gone = await town.reply("alice", blog.article(post), "<p>Never mind</p>")
    parent = await town.reply("alice", blog.article(post), "<p>Unseen</p>", deliver=False)
    town.responses[parent.id.removeprefix(town.origin)] = Response(status_code=404)
    waiting = await town.reply("bob", parent.id, "<p>Waits</p>")
    await blog.settled()
    await town.delete(gone)
    await blog.settled()
    for note in (gone, waiting):
        with pytest.raises(Conflict):
            await answer_reply(blog.blog, await _number(blog, note.id), "Hello?")
    with pytest.raises(NotFound):
        await answer_reply(blog.blog, 4711, "Hello?")
    with pytest.raises(NotFound):
        await answer_post(blog.blog, "nothing", "Hello?")


async def test_a_deleted_post_cannot_be_answered(blog: RunningBlog) -> None:
    post = await blog.publish()
    await delete_post(blog.blog, post.key)
    with pytest.raises(NotFound):
        await answer_post(blog.blog, post.key, "Hello?")


async def test_an_answer_needs_text(blog: RunningBlog) -> None:
    post = await blog.publish()
    for text in ("", " \n ", "x" * 20_001):
        with pytest.raises(Invalid) as caught:
            await answer_post(blog.blog, post.key, text)
        assert caught.value.field == "text"
    answer = await answer_post(blog.blog, post.key, "Here")
    with pytest.raises(Invalid):
        await edit_answer(blog.blog, answer.id, " ")


async def test_a_reply_of_somebody_else_is_not_edited_as_an_answer(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    reply = await town.reply("alice", blog.article(post), "<p>Mine</p>")
    await blog.settled()
    number = await _number(blog, reply.id)
    with pytest.raises(NotFound):
        await edit_answer(blog.blog, number, "Yours")
    with pytest.raises(NotFound):
        await delete_answer(blog.blog, number)
    assert await thread(blog, post) == [("Mine", [])]


async def test_an_answer_stays_readable_while_the_town_needs_it(
    blog: RunningBlog, town: DemoServer
) -> None:
    """C10: Misskey refuses a reply whose parent it cannot fetch."""
    post = await blog.publish()
    answer = await answer_post(blog.blog, post.key, "Ask me anything")
    reply = await town.reply("alice", answer.uri, "<p>Why?</p>")
    await blog.settled()
    assert (await stored(blog, reply.id)).in_reply_to == answer.uri
    assert {mentioned.id for mentioned in reply.mentions} == {blog.actor}


async def _number(blog: RunningBlog, uri: str) -> int:
    return (await stored(blog, uri)).id
