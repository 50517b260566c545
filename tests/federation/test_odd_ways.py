"""Replies that come by unusual ways are kept, and what comes by forbidden ones is not."""

from itertools import cycle

from starlette.responses import Response

from fediblog.actions.blocking import set_blocked
from fediblog.actions.delete_post import delete_post
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.protocol.keys import PrivateKey
from fediblog.protocol.outgoing import encode
from fediblog.store.replies import get_reply
from tests.bench import ACTIVITY_JSON, RunningBlog, until


async def test_a_reply_to_the_permalink_hangs_beneath_the_post(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    page = (await blog.document(f"/articles/{post.key}")).json()["url"]
    note = await town.reply("alice", page, "<p>To the page.</p>", recipients=[blog.actor])
    await until(lambda: _is_shown(blog, note.id))


async def test_a_reply_to_another_address_of_its_parent_hangs_beneath_it(
    blog: RunningBlog, town: DemoServer
) -> None:
    """Some name the page of what they answer in place of its id."""
    post = await blog.publish()
    parent = await town.reply("bob", blog.article(post), "<p>Parent.</p>")
    await until(lambda: _is_shown(blog, parent.id))
    document = (await town.signed_get(parent.id, "bob")).json()
    town.responses["/@bob/1"] = Response(encode(document), media_type=ACTIVITY_JSON)
    child = await town.reply(
        "alice", f"{town.origin}/@bob/1", "<p>Child.</p>", recipients=[blog.actor]
    )
    await until(lambda: _is_shown(blog, child.id))
    stored = await get_reply(blog.blog.db, child.id)
    above = await get_reply(blog.blog.db, parent.id)
    assert stored and above and stored.parent_id == above.id


async def test_k17_a_blocked_server_comes_in_as_nobody_s_parent(
    blog: RunningBlog, town: DemoServer, people_keys: tuple[PrivateKey, ...]
) -> None:
    post = await blog.publish()
    keys = cycle(people_keys)
    async with running(new_key=lambda: next(keys)) as blocked:
        parent = await blocked.reply("bob", blog.article(post), "<p>Parent.</p>", deliver=False)
        await set_blocked(blog.blog, blocked.origin.removeprefix("http://"), True)
        child = await town.reply("alice", parent.id, "<p>Child.</p>", recipients=[blog.actor])
        await blog.settled()
    assert await get_reply(blog.blog.db, parent.id) is None
    assert not await _is_shown(blog, child.id)


async def test_what_was_said_of_a_deleted_post_is_no_longer_told(
    blog: RunningBlog, town: DemoServer
) -> None:
    await town.follow("alice", blog.actor)
    await blog.settled()
    post = await blog.publish("Regretted", "A secret.")
    await blog.delivered()
    create = next(each for each in town.received if each.activity["type"] == "Create")
    address = create.activity["id"].removeprefix(blog.origin)
    assert "A secret." in (await blog.document(address)).text
    await delete_post(blog.blog, post.key)
    gone = await blog.document(address)
    assert gone.status_code == 410
    assert "A secret." not in gone.text
    bodies = await blog.blog.db.rows("SELECT body FROM activity WHERE type = 'Create'")
    assert all(b"A secret." not in bytes(row["body"]) for row in bodies)


async def test_a_delete_by_a_neighbour_does_not_keep_a_reply_out(
    blog: RunningBlog, town: DemoServer
) -> None:
    """Bob deletes an id of Alice, on his own server, before her reply comes."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Mine.</p>", deliver=False)
    await town.follow("bob", blog.actor)
    await blog.settled()
    forged = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{town.people['bob'].id}#deletes/1",
        "type": "Delete",
        "actor": town.people["bob"].id,
        "object": note.id,
    }
    assert (await town.post("bob", blog.blog.addresses.inbox, forged)).status_code == 202
    await blog.settled()
    await town.deliver(note)
    await until(lambda: _is_shown(blog, note.id))


async def test_one_parent_that_cannot_be_asked_for_holds_up_no_other(
    blog: RunningBlog, town: DemoServer
) -> None:
    """An odd Retry-After, an odd Location: whatever a stranger answers, it is tried later."""
    post = await blog.publish()
    odd = {
        "/odd/1": Response(
            status_code=503, headers={"Retry-After": "Mon, 01 Jan 2024 00:00:00 +99999999999999"}
        ),
        "/odd/2": Response(status_code=302, headers={"Location": "https:////]%ax"}),
    }
    for path, response in odd.items():
        town.responses[path] = response
        known = {"id": f"{town.origin}{path}", "attributedTo": town.people["bob"].id}
        town.known[known["id"]] = known
        await town.reply("bob", f"{town.origin}{path}", "<p>Lost.</p>", recipients=[blog.actor])
    parent = await town.reply("bob", blog.article(post), "<p>Parent.</p>", deliver=False)
    child = await town.reply("alice", parent.id, "<p>Child.</p>", recipients=[blog.actor])
    await until(lambda: _is_shown(blog, child.id))


async def _is_shown(blog: RunningBlog, uri: str) -> bool:
    stored = await get_reply(blog.blog.db, uri)
    return stored is not None and stored.state == "shown"
