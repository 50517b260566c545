"""Who may reply is told to other servers, and each reply is approved or rejected (GoToSocial)."""

from typing import Any

import pytest

from fediblog.actions.moderate import hide_reply, reject_reply, show_reply
from fediblog.actions.moderation import change_moderation
from fediblog.demo import activities as demo
from fediblog.demo.notes import Note
from fediblog.demo.server import DemoServer
from fediblog.protocol.incoming import PUBLIC
from fediblog.store.posts import Post
from tests.admin.desk import number_of
from tests.bench import RunningBlog
from tests.federation.records import activities, fates, stored


async def _set(blog: RunningBlog, policy: str, **more: str) -> None:
    on = {"take_likes": "on", "take_boosts": "on", "take_emoji": "on", "hold_late": "on"}
    await change_moderation(blog.blog, on | {"comment_policy": policy} | more)


async def _policy(blog: RunningBlog, post: Post) -> dict[str, Any]:
    article = (await blog.document(f"/articles/{post.key}")).json()
    policy: dict[str, Any] = article["interactionPolicy"]
    return policy


async def _replied(blog: RunningBlog, town: DemoServer, post: Post) -> Note:
    note = await town.reply("alice", blog.article(post), "<p>May I?</p>")
    await blog.settled()
    await blog.delivered()
    return note


async def _asked(
    blog: RunningBlog, town: DemoServer, note: Note, target: str, **fields: object
) -> str:
    """Ask as GoToSocial does, with the reply embedded; the id of the request."""
    create = demo.create(note)
    request = {
        "@context": create["@context"],
        "id": f"{note.author.id}/requests/1",
        "type": "ReplyRequest",
        "actor": note.author.id,
        "to": [blog.actor],
        "object": target,
        "instrument": create["object"],
    } | fields
    answer = await town.post("alice", blog.blog.addresses.shared_inbox, request)
    assert answer.status_code == 202
    await blog.settled()
    await blog.delivered()
    return str(request["id"])


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("open", None),
        ("followers", {"automaticApproval": ["me", "mine"], "manualApproval": [PUBLIC]}),
        ("mentioned", {"automaticApproval": ["me"], "manualApproval": [PUBLIC]}),
        ("first", {"automaticApproval": ["me"], "manualApproval": [PUBLIC]}),
        ("all", {"automaticApproval": ["me"], "manualApproval": [PUBLIC]}),
        ("closed", {"automaticApproval": ["me"]}),
    ],
)
async def test_a_post_says_who_may_reply_where_not_everybody_may(
    blog: RunningBlog, who: str, expected: dict[str, list[str]] | None
) -> None:
    await _set(blog, who)
    post = await blog.publish()
    names = {"me": blog.actor, "mine": f"{blog.actor}/followers"}
    found = (await _policy(blog, post)).get("canReply")
    if expected is None:
        assert found is None, "GoToSocial would wait for us to approve each"
        return
    assert found == {
        name: [names.get(each, each) for each in each_of] for name, each_of in expected.items()
    }


async def test_what_is_switched_off_is_said_too(blog: RunningBlog) -> None:
    await _set(blog, "open", take_likes="", take_boosts="")
    policy = await _policy(blog, await blog.publish())
    assert policy["canLike"] == policy["canAnnounce"] == {"automaticApproval": [blog.actor]}


async def test_a_request_waits_for_the_author_and_is_then_approved(
    blog: RunningBlog, town: DemoServer
) -> None:
    await _set(blog, "all")
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>May I?</p>", deliver=False)
    asked = await _asked(blog, town, note, blog.article(post))
    assert (await fates(blog))[-1] == (
        "ReplyRequest", "done", "asks to reply: waits for your decision",
    )  # fmt: skip
    assert activities(town, "Accept") == activities(town, "Reject") == []
    await show_reply(blog.blog, await number_of(blog, note.id))
    await blog.delivered()
    (accept,) = activities(town, "Accept")
    assert accept["to"] == [note.author.id]
    assert accept["object"] == {
        "id": asked,
        "type": "ReplyRequest",
        "actor": note.author.id,
        "object": blog.article(post),
        "instrument": note.id,
    }
    path = accept["result"].removeprefix(blog.origin)
    approval = (await blog.document(path)).json()
    assert {name: approval[name] for name in approval if name != "@context"} == {
        "id": accept["result"],
        "type": "ReplyAuthorization",
        "attributedTo": blog.actor,
        "interactingObject": note.id,
        "interactionTarget": blog.article(post),
    }
    served = (await blog.document(accept["id"].removeprefix(blog.origin))).json()
    assert served == accept, "for those who know approvedBy: the Accept itself answers"

    await hide_reply(blog.blog, await number_of(blog, note.id))
    await blog.delivered()
    (deleted,) = activities(town, "Delete")
    assert deleted["object"]["id"] == accept["result"]
    assert (await blog.document(path)).status_code == 404


async def test_a_request_that_the_rule_lets_is_approved_at_once(
    blog: RunningBlog, town: DemoServer
) -> None:
    await _set(blog, "followers")
    await town.follow("alice", blog.actor)
    await blog.settled()
    await blog.delivered()
    town.received.clear()
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>May I?</p>", deliver=False)
    asked = await _asked(blog, town, note, blog.article(post))
    accept = activities(town, "Accept")[-1]
    assert accept["object"]["id"] == asked
    await _asked(blog, town, note, blog.article(post))
    again = activities(town, "Accept")[-1]
    assert again["result"] == accept["result"], "however often they ask"


async def test_a_reply_that_just_comes_is_answered_by_its_id(
    blog: RunningBlog, town: DemoServer
) -> None:
    await _set(blog, "all")
    post = await blog.publish()
    note = await _replied(blog, town, post)
    await show_reply(blog.blog, await number_of(blog, note.id))
    await blog.delivered()
    (accept,) = activities(town, "Accept")
    assert (accept["object"], accept["target"]) == (note.id, blog.article(post))

    other = await _replied(blog, town, post)
    await reject_reply(blog.blog, await number_of(blog, other.id))
    await blog.delivered()
    (reject,) = activities(town, "Reject")
    assert (reject["object"], reject["target"]) == (other.id, blog.article(post))
    assert "result" not in reject


async def test_where_everybody_may_reply_nobody_is_told(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await _replied(blog, town, post)
    await hide_reply(blog.blog, await number_of(blog, note.id))
    await blog.delivered()
    assert [
        each for kind in ("Accept", "Reject", "Delete") for each in activities(town, kind)
    ] == []


async def test_what_is_put_aside_at_once_is_rejected(blog: RunningBlog, town: DemoServer) -> None:
    await _set(blog, "closed", hold_late="")
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>May I?</p>", deliver=False)
    await _asked(blog, town, note, blog.article(post))
    assert len(activities(town, "Reject")) == 1
    assert (await stored(blog, note.id)).state == "hidden"


async def test_a_request_must_be_about_its_own_reply(blog: RunningBlog, town: DemoServer) -> None:
    await _set(blog, "all")
    post, other = await blog.publish(), await blog.publish("Another")
    note = await town.reply("alice", blog.article(post), "<p>May I?</p>", deliver=False)
    bobs = await town.reply("bob", blog.article(post), "<p>Bob's.</p>", deliver=False)
    for target, fields in (
        (blog.article(other), {}),
        ("https://elsewhere.test/1", {}),
        (blog.article(post), {"instrument": demo.create(bobs)["object"]}),
        (blog.article(post), {"instrument": "https://elsewhere.test/note"}),
    ):
        await _asked(blog, town, note, target, **fields)
        assert (await fates(blog))[-1][1] == "ignored", (target, fields)
    assert await blog.blog.db.rows("SELECT id FROM reply") == []
