"""The queue: what is held, why, and all that can be decided about it; no script is needed."""

import httpx
import pytest

from fediblog.actions.moderation import change_moderation
from fediblog.demo.notes import Note
from fediblog.demo.server import DemoServer
from fediblog.store.posts import Post
from tests.admin.desk import Desk, number_of
from tests.federation.records import stored


async def _held(desk: Desk, town: DemoServer, *names: str) -> tuple[Post, list[Note]]:
    """A post whose replies all wait, one of each of these people."""
    await change_moderation(desk.blog.blog, {"comment_policy": "all"})
    post = await desk.blog.publish("The post")
    notes = []
    for name in names:
        notes.append(await town.reply(name, desk.blog.article(post), f"<p>I am {name}.</p>"))
        await desk.blog.settled()
    return post, notes


async def _states(desk: Desk, notes: list[Note]) -> list[str]:
    return [(await stored(desk.blog, note.id)).state for note in notes]


async def _tick(desk: Desk, deed: str, notes: list[Note]) -> httpx.Response:
    """Send the form with some boxes ticked."""
    numbers = [str(await number_of(desk.blog, note.id)) for note in notes]
    return await desk.http.post(
        "/admin/queue",
        data={"csrf": desk.csrf, "deed": deed, "reply": numbers},
        headers={"Origin": desk.blog.origin, "Sec-Fetch-Site": "same-origin"},
    )


async def test_the_queue_shows_what_is_held_and_why(desk: Desk, town: DemoServer) -> None:
    assert "Nothing waits for you." in (await desk.page("/admin/queue")).text
    await _held(desk, town, "alice", "bob")
    page = await desk.page("/admin/queue")
    for words in ("I am alice.", "I am bob.", "Every reply waits for you here.", "2 held"):
        assert words in page.text, words
    assert page.inline == []
    assert "Approve ticked" in page.text
    assert sum(link.startswith("/admin/blocks?kind=person") for link in page.links) == 2
    assert "Queue 2 open" in (await desk.page("/admin/posts")).text
    listed = await desk.page("/admin/replies?state=held")
    assert "I am alice." in listed.text and "Every reply waits" in listed.text


@pytest.mark.parametrize(
    ("deed", "state"),
    [("approve", "shown"), ("reject", "hidden"), ("hide", "hidden"), ("delete", "deleted")],
)
async def test_one_is_decided_by_its_button_and_the_others_wait_on(
    desk: Desk, town: DemoServer, deed: str, state: str
) -> None:
    _, notes = await _held(desk, town, "alice", "bob")
    number = await number_of(desk.blog, notes[0].id)
    response = await desk.submit("/admin/queue", deed=f"{deed} {number}")
    assert response.headers["location"].startswith("/admin/queue?notice=")
    assert await _states(desk, notes) == [state, "held"]


@pytest.mark.parametrize(
    ("deed", "state"),
    [("approve", "shown"), ("reject", "hidden"), ("hide", "hidden"), ("delete", "deleted")],
)
async def test_many_are_decided_at_once(
    desk: Desk, town: DemoServer, deed: str, state: str
) -> None:
    _, notes = await _held(desk, town, "alice", "bob", "chiyo")
    assert (await _tick(desk, deed, notes[:2])).status_code == 303
    assert await _states(desk, notes) == [state, state, "held"]


async def test_home_and_notifications_tell_what_has_become_of_it(
    desk: Desk, town: DemoServer
) -> None:
    _, notes = await _held(desk, town, "alice", "bob", "chiyo")
    assert "3 replies that wait for you" in (await desk.page("/admin/")).text
    await _tick(desk, "approve", notes[:1])
    await _tick(desk, "reject", notes[1:2])
    home = (await desk.page("/admin/")).text
    assert "2 replies" in home and "1 reply that waits for you" in home
    for path in ("/admin/", "/admin/notifications"):
        text = (await desk.page(path)).text
        for words in ("Okafor replied to The post", "🚲 replied, and it is hidden, to The post",
                      "千代 replied, and waits for you, to The post"):  # fmt: skip
            assert words in text, (path, words)
        assert text.count("waits for you, to") == 1


async def test_what_is_deleted_here_does_not_come_again(desk: Desk, town: DemoServer) -> None:
    post, (note,) = await _held(desk, town, "alice")
    await _tick(desk, "delete", [note])
    await town.deliver(note)
    await town.edit(note, "<p>Once more.</p>")
    await desk.blog.settled()
    reply = await stored(desk.blog, note.id)
    assert (reply.state, reply.html) == ("deleted", "")
    assert "Once more." not in (await desk.blog.page(f"/articles/{post.key}")).text


async def test_a_person_is_always_allowed_until_that_is_taken_back(
    desk: Desk, town: DemoServer
) -> None:
    post, notes = await _held(desk, town, "alice", "alice", "bob")
    number = await number_of(desk.blog, notes[0].id)
    await desk.submit("/admin/queue", deed=f"allow {number}")
    assert await _states(desk, notes) == ["shown", "shown", "held"]
    later = await town.reply("alice", desk.blog.article(post), "<p>At once.</p>")
    await desk.blog.settled()
    assert (await stored(desk.blog, later.id)).state == "shown"

    page = await desk.page("/admin/queue")
    forbid = next(link for link in page.links if link.endswith("/forbid"))
    assert (await desk.submit(forbid)).status_code == 303
    again = await town.reply("alice", desk.blog.article(post), "<p>Waits.</p>")
    await desk.blog.settled()
    assert (await stored(desk.blog, again.id)).state == "held"


async def test_nothing_ticked_and_nonsense_are_refused(desk: Desk, town: DemoServer) -> None:
    _, notes = await _held(desk, town, "alice")
    response = await desk.submit("/admin/queue", deed="approve")
    assert response.status_code == 422 and "Tick the replies first." in response.text
    for deed in ("", "burn 1", "approve x", "approve 9" * 9):
        assert (await desk.submit("/admin/queue", deed=deed)).status_code == 422
    assert (await desk.submit("/admin/queue", deed="approve 99999")).status_code == 303
    assert await _states(desk, notes) == ["held"]


async def test_a_long_queue_has_pages(desk: Desk, town: DemoServer) -> None:
    _, notes = await _held(desk, town, *["alice"] * 27)
    page = await desk.page("/admin/queue")
    later = next(link for link in page.links if "after=" in link)
    first = await number_of(desk.blog, notes[0].id)
    last = await number_of(desk.blog, notes[-1].id)
    response = await desk.get("/admin/queue")
    assert f'value="approve {first}"' in response.text
    assert f'value="approve {last}"' not in response.text
    assert f'value="approve {last}"' in (await desk.get(later)).text


async def test_the_blogs_rule_is_chosen_and_refused_with_a_reason(desk: Desk) -> None:
    page = await desk.page("/admin/settings/moderation")
    assert page.inline == []
    refused = await desk.submit(
        "/admin/settings/moderation", comment_policy="first", close_after="soon"
    )
    assert refused.status_code == 422
    assert "Write a number of days" in refused.text and 'value="soon"' in refused.text
    bad = await desk.submit("/admin/settings/moderation", comment_policy="nonsense")
    assert bad.status_code == 422 and "Choose who may reply." in bad.text
    form = {"comment_policy": "first", "close_after": "14"}
    assert (await desk.submit("/admin/settings/moderation", **form)).status_code == 303
    response = await desk.get("/admin/settings/moderation")
    assert 'value="first" checked' in response.text and 'value="14"' in response.text


async def test_a_post_keeps_its_own_rule_in_its_form(desk: Desk) -> None:
    form = {"title": "A", "body": "B", "comment_policy": "followers", "close_after": "0"}
    await desk.submit("/admin/posts/new", action="publish", **form)
    key = (await desk.blog.blog.db.rows("SELECT key FROM post"))[0]["key"]
    response = await desk.get(f"/admin/posts/{key}")
    assert '<option value="followers" selected' in response.text
    refused = await desk.submit(
        f"/admin/posts/{key}", action="save", **(form | {"close_after": "-1"})
    )
    assert refused.status_code == 422 and "Write a number of days" in refused.text
