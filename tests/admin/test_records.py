"""Followers, settings, deliveries and what came in."""

from collections import deque

from fediblog.demo.server import DemoServer
from tests.admin.desk import Desk, everything, reply_to
from tests.admin.page import read

_SITE = {"title": "A blog", "author_name": "Ada", "description": "*Notes*.", "language": "en"}


async def test_a_follower_is_listed_and_can_be_removed(desk: Desk, town: DemoServer) -> None:
    await town.follow("alice", desk.blog.actor)
    await desk.blog.settled()
    await desk.blog.delivered()
    listed = await desk.page("/admin/followers")
    assert "1 follower" in listed.text and "Alice Okafor" in listed.text
    remove = next(link for link in listed.links if link.endswith("/remove"))

    assert (await desk.submit(remove)).headers["location"] == "/admin/followers?notice=removed"
    await desk.blog.delivered()
    assert town.received[-1].activity["type"] == "Reject"
    assert "0 followers" in (await desk.page("/admin/followers")).text
    assert (await desk.submit(remove)).status_code == 404
    await desk.blog.publish()
    await desk.blog.delivered()
    assert town.received[-1].activity["type"] == "Reject"


async def test_settings_show_at_once_and_followers_are_told(desk: Desk, town: DemoServer) -> None:
    await town.follow("alice", desk.blog.actor)
    await desk.blog.settled()
    await desk.blog.delivered()
    changed = _SITE | {"title": "Less is < more", "excerpt_as_summary": "on"}
    response = await desk.submit("/admin/settings", **changed)
    assert response.headers["location"] == "/admin/settings?notice=saved"
    await desk.blog.delivered()
    update = town.received[-1].activity
    assert update["type"] == "Update" and update["object"]["name"] == "Ada"
    page = (await desk.blog.page("/")).text
    assert "Less is &lt; more" in page and "<em>Notes</em>" in page
    form = await desk.page("/admin/settings")
    assert {name: form.values[name] for name in _SITE} == _SITE | {"title": "Less is < more"}
    assert "checked" in form.attributes["excerpt_as_summary"]


async def test_without_the_tick_a_post_has_no_summary(desk: Desk) -> None:
    await desk.submit("/admin/settings", **_SITE)
    assert "checked" not in (await desk.page("/admin/settings")).attributes["excerpt_as_summary"]
    post = await desk.blog.publish(excerpt="An excerpt.")
    assert "summary" not in (await desk.blog.document(f"/articles/{post.key}")).json()


async def test_settings_that_do_not_fit_are_told_beside_their_field(desk: Desk) -> None:
    before = await everything(desk.blog)
    for field, value, sentence in (
        ("title", " ", "needs a title"),
        ("title", "x" * 121, "at most 120"),
        ("author_name", "", "needs a name"),
        ("language", "English", "language tag"),
        ("description", "x" * 5001, "at most 5,000"),
        ("description", "<div>" * 300, "nested"),
    ):
        typed = _SITE | {field: value}
        refused = await desk.submit("/admin/settings", **typed)
        assert refused.status_code == 422, field
        page = read(refused)
        assert sentence in page.errors[field]
        assert {name: page.values[name] for name in typed} == typed
        assert "checked" not in page.attributes["excerpt_as_summary"]
    assert await everything(desk.blog) == before


async def test_deliveries_are_listed_with_their_last_answer(desk: Desk, town: DemoServer) -> None:
    await town.follow("alice", desk.blog.actor)
    await desk.blog.settled()
    await desk.blog.delivered()
    town.status_for_inbox = deque([500])
    await desk.blog.publish("First, later")
    await desk.blog.delivered()
    waiting = (await desk.page("/admin/deliveries?state=waiting")).text
    assert "Create" in waiting and "First, later" in waiting and "1 attempt " in waiting
    assert "500" in waiting and "next " in waiting
    assert "1 waiting" in (await desk.page("/admin/posts")).text
    done = (await desk.page("/admin/deliveries?state=done")).text
    assert "Accept" in done and "First, later" not in done
    everything_sent = await desk.page("/admin/deliveries")
    assert "First, later" in everything_sent.text and "Accept" in everything_sent.text
    assert "No delivery has failed" in (await desk.page("/admin/deliveries?state=failed")).text


async def test_a_delivery_that_failed_for_good_is_named(desk: Desk, town: DemoServer) -> None:
    await town.follow("alice", desk.blog.actor)
    await desk.blog.settled()
    await desk.blog.delivered()
    # One for each of the two ways in which a request is signed.
    town.status_for_inbox = deque([400, 400])
    await desk.blog.publish("Unwanted")
    await desk.blog.delivered()
    failed = (await desk.page("/admin/deliveries?state=failed")).text
    assert "Unwanted" in failed and "400" in failed
    assert "1 failed" in (await desk.page("/admin/posts")).text


async def test_what_came_in_is_listed_with_what_became_of_it(desk: Desk, town: DemoServer) -> None:
    await town.follow("alice", desk.blog.actor)
    post = await desk.blog.publish()
    await reply_to(desk.blog, town, post, "<p>Hello.</p>")
    listed = (await desk.page("/admin/incoming")).text
    assert "Follow from" in listed and "Create from" in listed
    assert f"@alice@{town.origin.removeprefix('http://')}" in listed
    assert "follows the blog" in listed
    assert "done" in listed


async def test_lists_that_are_empty_say_so(desk: Desk) -> None:
    for path, sentence in (
        ("/admin/posts", "Nothing is written yet."),
        ("/admin/replies", "No replies here."),
        ("/admin/followers", "Nobody follows yet."),
        ("/admin/deliveries?state=waiting", "Nothing is waiting"),
        ("/admin/incoming", "Nothing has come in yet."),
    ):
        assert sentence in (await desk.page(path)).text
