"""Posts on their way out: what is sent, to whom, and what is not."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from starlette.responses import Response

from fediblog.actions.delete_post import delete_post
from fediblog.actions.keep_medium import store_picture
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import create_post, edit_post
from fediblog.demo.people import actor_document
from fediblog.demo.server import DemoServer
from fediblog.errors import Gone, Invalid, NotFound
from fediblog.protocol.incoming import PUBLIC
from fediblog.protocol.outgoing import ACTIVITY_JSON, encode
from fediblog.store.delivery_log import list_deliveries
from fediblog.store.outbox import count_deliveries
from tests.admin.picture_files import picture_file
from tests.bench import RunningBlog, until
from tests.federation.records import activities
from tests.locks import watching


async def test_a_create_carries_the_article_as_it_is_served(
    blog: RunningBlog, town: DemoServer
) -> None:
    await _follow(blog, town, "alice")
    post = await blog.publish("A title", "Some *text*.", tags="one, two")
    await blog.delivered()

    [create] = activities(town, "Create")
    served = (await blog.document(f"/articles/{post.key}")).json()
    context = served.pop("@context")
    assert create["@context"] == context
    assert create["object"] == served
    assert create["actor"] == blog.actor
    assert create["to"] == [PUBLIC]
    assert create["cc"] == [blog.blog.addresses.followers]


async def test_what_is_sent_is_signed_by_the_actor_whom_they_follow(
    blog: RunningBlog, town: DemoServer
) -> None:
    await _follow(blog, town, "alice")
    await blog.publish()
    await blog.delivered()

    received = town.received[-1]
    assert received.key_id == f"{blog.actor}#main-key"
    headers = dict(received.headers)
    assert headers["content-type"] == ACTIVITY_JSON
    assert 'algorithm="rsa-sha256"' in headers["signature"]
    assert 'headers="(request-target) host date digest content-type"' in headers["signature"]


async def test_many_followers_on_one_server_get_one_delivery(
    blog: RunningBlog, town: DemoServer
) -> None:
    await _follow(blog, town, "alice", "bob", "chiyo")
    await blog.publish()
    await blog.delivered()
    inboxes = [each.inbox for each in town.received if each.activity["type"] == "Create"]
    assert inboxes == ["/inbox"]


async def test_followers_without_a_shared_inbox_get_one_delivery_each(
    blog: RunningBlog, town: DemoServer
) -> None:
    """N7: GoToSocial has none."""
    for name in ("alice", "bob"):
        actor = actor_document(town.person(name))
        del actor["endpoints"]
        town.responses[f"/users/{name}"] = Response(encode(actor), media_type=ACTIVITY_JSON)
    await _follow(blog, town, "alice", "bob")
    await blog.publish()
    await blog.delivered()
    inboxes = [each.inbox for each in town.received if each.activity["type"] == "Create"]
    assert sorted(inboxes) == ["/users/alice/inbox", "/users/bob/inbox"]


async def test_a_post_without_followers_is_sent_to_nobody(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    assert (await count_deliveries(blog.blog.db, [blog.article(post)]))[blog.article(post)] == {}
    assert (await blog.document(f"/articles/{post.key}")).status_code == 200


async def test_a_draft_is_sent_to_nobody_and_shown_to_nobody(
    blog: RunningBlog, town: DemoServer
) -> None:
    await _follow(blog, town, "alice")
    draft = await create_post(blog.blog, PostForm("A draft", "Text.", tags="secret"), publish=False)
    draft = await edit_post(blog.blog, draft.key, PostForm("A better draft", "Text.", "secret"))
    await blog.delivered()

    assert activities(town, "Create") == []
    for path in (f"/articles/{draft.key}", "/tags/secret", f"/contexts/{draft.key}"):
        assert (await blog.document(path)).status_code == 404
        assert (await blog.page(path)).status_code == 404
    assert "A better draft" not in (await blog.page("/")).text
    assert (await blog.document("/users/blog/outbox")).json()["totalItems"] == 0


async def test_a_draft_is_sent_once_it_is_published(blog: RunningBlog, town: DemoServer) -> None:
    await _follow(blog, town, "alice")
    draft = await create_post(blog.blog, PostForm("A draft", "Text."), publish=False)
    await edit_post(blog.blog, draft.key, PostForm("Finished", "Text."), publish=True)
    await blog.delivered()
    assert _sent(town) == [("Create", "Finished")]
    [create] = activities(town, "Create")
    assert "updated" not in create["object"]


async def test_a_draft_that_is_deleted_is_sent_to_nobody(
    blog: RunningBlog, town: DemoServer
) -> None:
    await _follow(blog, town, "alice")
    draft = await create_post(blog.blog, PostForm("A draft", "Text."), publish=False)
    await delete_post(blog.blog, draft.key)
    await blog.delivered()
    assert _sent(town) == []
    assert (await blog.document(f"/articles/{draft.key}")).status_code == 404


async def test_an_edit_is_sent_as_an_update_with_a_later_time(
    blog: RunningBlog, town: DemoServer
) -> None:
    """G1, 0.10: each with an id of its own, and `updated` grows even within a millisecond."""
    await _follow(blog, town, "alice")
    post = await blog.publish("First", "Text.")
    for title in ("Second", "Third", "Fourth"):
        await blog.later(timedelta(minutes=1))
        await edit_post(blog.blog, post.key, PostForm(title, "Text."))
    await blog.delivered()

    assert [title for _, title in _sent(town)] == ["First", "Second", "Third", "Fourth"]
    updates = activities(town, "Update")
    assert len({update["id"] for update in updates}) == 3
    times = [each["object"].get("updated", each["object"]["published"]) for each in _posts(town)]
    assert times == sorted(set(times))


async def test_saving_without_a_change_sends_nothing(blog: RunningBlog, town: DemoServer) -> None:
    await _follow(blog, town, "alice")
    post = await blog.publish("First", "Text.")
    await edit_post(blog.blog, post.key, PostForm("First", "Text."))
    await blog.delivered()
    assert _sent(town) == [("Create", "First")]
    assert "updated" not in (await blog.document(f"/articles/{post.key}")).json()


async def test_a_delete_is_sent_as_a_tombstone_that_says_what_it_was(
    blog: RunningBlog, town: DemoServer
) -> None:
    """G3."""
    await _follow(blog, town, "alice")
    post = await blog.publish()
    await blog.delivered()
    await delete_post(blog.blog, post.key)
    await blog.delivered()

    [delete] = activities(town, "Delete")
    assert delete["to"] == [PUBLIC]
    assert delete["object"]["id"] == blog.article(post)
    assert delete["object"]["type"] == "Tombstone"
    assert delete["object"]["formerType"] == "Article"
    assert blog.article(post) not in town.known


@pytest.mark.parametrize("deed", ["reply", "like", "announce"])
async def test_who_took_part_without_following_hears_of_edits_and_of_the_end(
    blog: RunningBlog, town: DemoServer, deed: str
) -> None:
    post = await blog.publish("First", "Text.")
    match deed:
        case "reply":
            await town.reply("bob", blog.article(post), "<p>Interesting</p>")
        case "like":
            await town.like("bob", blog.article(post))
        case "announce":
            await town.announce("bob", blog.article(post))
    await blog.settled()
    await edit_post(blog.blog, post.key, PostForm("Second", "Text."))
    await blog.delivered()
    await delete_post(blog.blog, post.key)
    await blog.delivered()
    assert [kind for kind, _ in _sent(town)] == ["Update", "Delete"]


async def test_a_former_follower_who_got_the_post_hears_of_its_end(
    blog: RunningBlog, town: DemoServer
) -> None:
    await _follow(blog, town, "alice")
    post = await blog.publish()
    await blog.delivered()
    await town.undo_follow("alice", blog.actor)
    await blog.settled()
    await delete_post(blog.blog, post.key)
    await blog.delivered()
    assert [kind for kind, _ in _sent(town)] == ["Create", "Delete"]


async def test_a_post_that_is_deleted_before_it_was_sent_leaves_no_trace_elsewhere(
    blog: RunningBlog, town: DemoServer
) -> None:
    await _follow(blog, town, "alice")
    await _pause_deliveries(blog, town)
    post = await blog.publish("Never out", "Text.")
    await delete_post(blog.blog, post.key)
    await _resume_deliveries(blog)
    await blog.delivered()
    assert "Never out" not in [title for _, title in _sent(town)]
    assert activities(town, "Delete") == []
    assert (await count_deliveries(blog.blog.db, [blog.article(post)]))[blog.article(post)] == {
        "cancelled": 1
    }


async def test_a_post_that_was_attempted_before_it_is_deleted_is_deleted_there_too(
    blog: RunningBlog, town: DemoServer
) -> None:
    """Who answered with a failure may have kept it all the same."""
    await _follow(blog, town, "alice")
    town.status_for_inbox = lambda _: 503
    post = await blog.publish()

    async def was_tried() -> bool:
        return bool(town.turned_away)

    await until(was_tried)
    await delete_post(blog.blog, post.key)
    found = await list_deliveries(blog.blog.db, None, before=None, limit=9)
    about = [(each.type, each.state) for each in found if each.object_uri == blog.article(post)]
    assert about == [("Delete", "queued"), ("Create", "queued")]


async def test_a_form_that_does_not_fit_names_the_field(blog: RunningBlog) -> None:
    for form, field in (
        (PostForm("", "Text."), "title"),
        (PostForm(" \n ", "Text."), "title"),
        (PostForm("t" * 301, "Text."), "title"),
        (PostForm("Title", ""), "body"),
        (PostForm("Title", " \n "), "body"),
        (PostForm("Title", "x" * 500_001), "body"),
        (PostForm("Title", "Text.", excerpt="e" * 501), "excerpt"),
        (PostForm("Title", "Text.", tags="!!!"), "tags"),
        (PostForm("Title", "Text.", tags=",".join(f"tag{n}" for n in range(21))), "tags"),
        (PostForm("Title", "Text.", tags="t" * 101), "tags"),
    ):
        with pytest.raises(Invalid) as caught:
            await create_post(blog.blog, form, publish=True)
        assert caught.value.field == field
    assert (await blog.document("/users/blog/outbox")).json()["totalItems"] == 0


async def test_an_edit_that_does_not_fit_changes_nothing(blog: RunningBlog) -> None:
    post = await blog.publish("Stays", "Text.")
    before = (await blog.document(f"/articles/{post.key}")).content
    with pytest.raises(Invalid):
        await edit_post(blog.blog, post.key, PostForm("", "Other text."))
    assert (await blog.document(f"/articles/{post.key}")).content == before


async def test_two_posts_with_one_title_have_different_slugs(blog: RunningBlog) -> None:
    posts = [await blog.publish("Same", "Text.") for _ in range(3)]
    assert [post.slug for post in posts] == ["same", "same-2", "same-3"]


async def test_a_slug_that_another_post_has_or_had_is_refused(blog: RunningBlog) -> None:
    first = await blog.publish("First", "Text.")
    second = await blog.publish("Second", "Text.")
    await edit_post(blog.blog, first.key, PostForm("First", "Text.", slug="renamed"))
    for taken in ("first", "renamed"):
        with pytest.raises(Invalid, match="has the slug"):
            await edit_post(blog.blog, second.key, PostForm("Second", "Text.", slug=taken))


async def test_what_is_deleted_cannot_be_edited_or_deleted_again(blog: RunningBlog) -> None:
    post = await blog.publish()
    await delete_post(blog.blog, post.key)
    with pytest.raises(Gone):
        await edit_post(blog.blog, post.key, PostForm("Title", "Text."))
    with pytest.raises(Gone):
        await delete_post(blog.blog, post.key)
    with pytest.raises(NotFound):
        await delete_post(blog.blog, "nothing")


async def _follow(blog: RunningBlog, town: DemoServer, *names: str) -> None:
    for name in names:
        await town.follow(name, blog.actor)
    await blog.settled()
    await blog.delivered()


async def _pause_deliveries(blog: RunningBlog, town: DemoServer) -> None:
    """Hold the town's deliveries back, as after five failures."""
    authority = town.origin.partition("://")[2]
    async with blog.blog.db.transaction() as tx:
        await tx.execute("UPDATE host SET not_before = $1 WHERE authority = $2", 2**60, authority)


async def _resume_deliveries(blog: RunningBlog) -> None:
    async with blog.blog.db.transaction() as tx:
        await tx.execute("UPDATE host SET not_before = 0")
    blog.blog.signals.deliveries.set()


def _sent(town: DemoServer) -> list[tuple[str, str]]:
    """(type, title) of what reached the town about posts; a Tombstone has no title."""
    return [(each["type"], each["object"].get("name", "")) for each in _posts(town)]


def _posts(town: DemoServer) -> list[dict[str, Any]]:
    received = [each.activity for each in town.received]
    return [each for each in received if each["type"] in {"Create", "Update", "Delete"}]


async def test_an_edit_that_is_under_way_brings_nothing_back(
    blog: RunningBlog, town: DemoServer, only_postgres: None
) -> None:
    """On PostgreSQL two can write at once. The edit stops where it looks for its picture, after it
    has read the post; the deletion looks for none."""
    async with watching(blog) as (connection, waiting):
        await _follow(blog, town, "alice")
        post = await blog.publish()
        await blog.delivered()
        lead = await store_picture(blog.blog, picture_file())
        form = PostForm("After", "Other text.", lead=lead.name, lead_alt="A wall")

        async def one_waits() -> bool:
            return await waiting() == 1

        async def deleted_or_waits() -> bool:
            return deleting.done() or await waiting() == 2

        async with connection.transaction():
            await connection.execute("LOCK TABLE medium IN ACCESS EXCLUSIVE MODE")
            editing = asyncio.create_task(edit_post(blog.blog, post.key, form))
            await until(one_waits)
            deleting = asyncio.create_task(delete_post(blog.blog, post.key))
            await until(deleted_or_waits)
        await asyncio.gather(editing, deleting)
    rows = await blog.blog.db.rows("SELECT state, title, html, lead_id FROM post")
    assert [tuple(row.values()) for row in rows] == [("deleted", "", "", None)]
    assert not await blog.blog.db.rows("SELECT * FROM post_revision")
    sent = await blog.blog.db.rows(
        "SELECT type FROM activity WHERE object_uri = $1 ORDER BY id", blog.article(post)
    )
    assert [row["type"] for row in sent] == ["Create", "Update", "Delete"]
