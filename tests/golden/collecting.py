"""A blog in which everything happens that it can tell others of, and all that it then serves."""

import io
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from PIL import Image

from fediblog.actions.answer import answer_post, answer_reply, delete_answer, edit_answer
from fediblog.actions.change_site import change_site
from fediblog.actions.delete_post import delete_post
from fediblog.actions.follow import remove_follower
from fediblog.actions.move_away import move_away
from fediblog.actions.own_pictures import set_picture
from fediblog.actions.pin_post import pin_post, unpin_post
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import edit_post
from fediblog.demo.cast import CAST, GARDENERS
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.demo.state import Received
from fediblog.protocol.keys import PrivateKey
from fediblog.store.followers import list_followers
from tests.bench import Bench, RunningBlog, SettableClock
from tests.federation.profile_forms import FORM, field_form
from tests.federation.records import stored
from tests.golden.found import Found, Site

#: As Mastodon asks, as Lemmy and Pleroma do, as GoToSocial does, and with the profile alone.
ACCEPTS = (
    "application/activity+json, application/ld+json",
    "application/activity+json",
    "application/ld+json",
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
)
#: They lead to pages for people and to inboxes, or say what is in a document and not where more is.
_NOT_FOLLOWED = frozenset(
    {"url", "href", "inbox", "sharedInbox", "owner", "controller", "content", "source", "value"}
)
_MOST = 500


async def collect(folder: Path) -> tuple[Site, list[Found]]:
    """Every document that a blog with a rich life serves or has sent."""
    clock = SettableClock()
    keys = cycle([PrivateKey.generate() for _ in range(3)])
    bench = Bench(folder, f"sqlite://{folder}/data/fediblog.sqlite")
    async with (
        bench.start(clock=clock) as blog,
        running(cast=(*CAST, GARDENERS), clock=clock, new_key=lambda: next(keys)) as town,
    ):
        await _live(blog, town)
        sent = [_delivered(town, each) for each in [*town.received, *town.turned_away]]
        served = [found async for found in _served(blog, [each.document for each in sent])]
        return Site(blog.origin, blog.actor), sent + served


async def collect_public(folder: Path) -> tuple[Site, list[Found]]:
    """What a blog serves that is on the internet: its addresses are https, its port none."""
    bench = Bench(folder, f"sqlite://{folder}/data/fediblog.sqlite")
    async with bench.start(FEDIBLOG_URL="https://blog.example") as blog:
        post = await blog.publish("R&D <b>", "A *text*.", tags="one, Größe")
        await answer_post(blog.blog, post.key, "More.")
        await pin_post(blog.blog, post.key)
        rows = await blog.blog.db.rows("SELECT key FROM activity")
        activities = [f"{blog.origin}/activities/{row['key']}" for row in rows]
        found = [each async for each in _served(blog, activities)]
        return Site(blog.origin, blog.actor), found


async def _live(blog: RunningBlog, town: DemoServer) -> None:
    """Followers come and go, posts are written, edited, pinned and deleted, people answer."""
    await change_site(
        blog.blog,
        FORM | field_form(("Garden", "https://garden.example/")) | {"description": "Of *gardens*."},
    )
    await set_picture(blog.blog, "picture", _picture())
    await set_picture(blog.blog, "header", _picture())
    for name in ("alice", "bob", "chiyo"):
        await town.follow(name, blog.actor)
    await _quiet(blog)
    plain = await blog.publish("Plain", "Text.")
    post = await blog.publish(
        "千代 & <b>R&D</b> “quoted”",
        f"# Head\n\nFor @{town.person('dana').handle} in @{town.person('gardeners').handle}: "
        "*text*, [link](https://a.example/), ![a bed](https://a.example/bed.jpg)\n\n"
        "| a | b |\n|---|--:|\n| 1 | 2 |",
        tags="one, Größe, two words",
        excerpt="What it “is” about & why.",
    )
    await _quiet(blog)
    uri = blog.article(post)
    reply = await town.reply("alice", uri, "<p>A question?</p>")
    for number in range(60):
        await town.reply("bob", uri, f"<p>Number {number}</p>")
    await town.like("bob", uri)
    await town.announce("alice", uri)
    await blog.settled()
    number = (await stored(blog, reply.id)).id
    answer = await answer_reply(blog.blog, number, f"Ask @{town.person('bob').handle}.")
    await town.reply("alice", answer.uri, "<p>Thank you</p>")
    passing = await answer_post(blog.blog, post.key, "A passing thought.")
    doomed = await blog.publish("Doomed", "Text.")
    await pin_post(blog.blog, post.key)
    await pin_post(blog.blog, plain.key)
    await _quiet(blog)

    await blog.later(timedelta(minutes=2))
    await edit_post(
        blog.blog, post.key, PostForm("千代, again", "![a bed](https://a.example/bed.jpg)")
    )
    await edit_answer(blog.blog, answer.id, "Ask *anybody*.")
    await delete_answer(blog.blog, passing.id)
    await unpin_post(blog.blog, plain.key)
    await delete_post(blog.blog, doomed.key)
    await change_site(blog.blog, FORM | {"author_name": "Marta M."})
    chiyo = next(
        each
        for each in await list_followers(blog.blog.db, before=None, limit=9)
        if each.uri == town.person("chiyo").id
    )
    await remove_follower(blog.blog, chiyo)
    await _quiet(blog)

    for title in [f"Another {number}" for number in range(22)]:
        await blog.publish(title, "Text.")
    dana = replace(town.person("dana"), also_known_as=(blog.actor,))
    town.people["dana"] = dana
    await move_away(blog.blog, dana.handle)
    await _quiet(blog)
    await _try_twice(blog, town)


async def _try_twice(blog: RunningBlog, town: DemoServer) -> None:
    town.status_for_inbox = lambda _: 503
    await blog.publish("Not at first", "Text.")
    await blog.at_rest()
    town.status_for_inbox = lambda _: None
    await blog.later(timedelta(minutes=10))
    await _quiet(blog)


async def _quiet(blog: RunningBlog) -> None:
    await blog.settled()
    await blog.delivered()


async def _served(blog: RunningBlog, starts: Sequence[Any]) -> AsyncIterator[Found]:
    """Everything of ours that can be reached from the actors and from some documents."""
    ours = blog.blog.addresses
    waiting = [ours.actor, ours.instance_actor, *_addresses(starts, blog.origin)]
    seen: set[str] = set()
    while waiting and len(seen) < _MOST:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        found = await _fetched(blog, address)
        if found.status == 410 and not found.document.get("type"):
            continue  # An activity that told of something deleted: nothing is left of it.
        waiting += _addresses([found.document], blog.origin)
        yield found
    assert len(seen) < _MOST, "there is no end of it"


async def _fetched(blog: RunningBlog, address: str) -> Found:
    path = address.removeprefix(blog.origin)
    answers = {accept: await blog.http.get(path, headers={"Accept": accept}) for accept in ACCEPTS}
    answer = answers[ACCEPTS[0]]
    is_json = "json" in answer.headers.get("content-type", "")
    return Found(
        where=address,
        document=answer.json() if is_json else {},
        body=answer.content,
        headers=dict(answer.headers),
        status=answer.status_code,
        negotiated={
            accept: each.headers.get("content-type", "") for accept, each in answers.items()
        },
    )


def _delivered(town: DemoServer, received: Received) -> Found:
    tried = [
        dict(each.headers)
        for each in [*town.turned_away, *town.received]
        if each.body == received.body and each.inbox == received.inbox
    ]
    return Found(
        where=f"what came to {received.inbox}",
        document=received.activity,
        body=received.body,
        headers=dict(received.headers),
        attempts=tuple((each["date"], each["signature"]) for each in tried),
    )


def _addresses(documents: Iterable[Any], origin: str) -> list[str]:
    """What documents of ours name on our own origin, fragments aside."""
    found: dict[str, None] = {}
    waiting: list[tuple[str, Any]] = [("", document) for document in documents]
    while waiting:
        name, value = waiting.pop(0)
        if name in _NOT_FOLLOWED or name.endswith("Map"):
            continue
        if isinstance(value, dict):
            waiting += [each for each in value.items() if each[0] != "@context"]
        elif isinstance(value, list):
            waiting += [(name, each) for each in value]
        elif isinstance(value, str) and value.startswith(f"{origin}/") and value != f"{origin}/":
            found[value.partition("#")[0]] = None
    return list(found)


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(file, "PNG")
    return file.getvalue()


def as_bytes(document: dict[str, Any]) -> bytes:
    """A document as it would travel."""
    return json.dumps(document).encode()
