"""The blog that the captured requests were sent to, as it was, with their senders around it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fediblog.actions.place_reply import place_reply
from fediblog.store import actors, posts, replies
from fediblog.store.posts import PostText
from fediblog.store.replies import NewReply, Place, Reply, ReplyText
from tests.bench import Bench, RunningBlog, SettableClock
from tests.captures_reader import GOTOSOCIAL_TARGET, CapturedRequest, gotosocial_requests
from tests.federation.captured_senders import HOST, CapturedSenders
from tests.federation.internet import internet
from tests.federation.records import fates, stored

#: By number, as in the names of the files.
CAPTURED = {each.name.partition("-")[0]: each for each in gotosocial_requests()}


@dataclass(frozen=True, slots=True)
class Target:
    """The blog that the requests were sent to, and the server that sent them."""

    running: RunningBlog
    senders: CapturedSenders

    async def replay(self, *numbers: int) -> list[int]:
        """Send captures again, each at the moment of its Date, and let them be processed."""
        statuses = []
        for number in numbers:
            request = CAPTURED[f"{number:02}"]
            self.running.clock.fixed = request.sent_at
            statuses.append(await send_as_captured(self.running, request))
            await self.running.settled()
        return statuses

    async def fate(self) -> tuple[str, str, str]:
        """(type, state, reason) of the latest arrival."""
        return (await fates(self.running))[-1]

    async def page(self, key: str) -> str:
        """The page of a post. Its address is on an origin that leads nowhere, so only the path
        is asked for."""
        found = await self.running.http.get(f"/articles/{key}", headers={"Accept": "text/html"})
        path = found.headers["location"].removeprefix(GOTOSOCIAL_TARGET)
        return (await self.running.page(path)).text


@asynccontextmanager
async def target(bench: Bench, tmp_path: Path, username: str) -> AsyncIterator[Target]:
    """A blog at https://fake.test with the posts that the captures speak of."""
    clock = SettableClock()
    clock.fixed = CAPTURED["11"].sent_at
    senders = CapturedSenders()
    environment = {"FEDIBLOG_URL": GOTOSOCIAL_TARGET, "FEDIBLOG_USERNAME": username}
    async with (
        internet(tmp_path, [HOST]) as (net, connector),
        bench.start(clock=clock, connector=connector, **environment) as running,
    ):
        net.apps[HOST] = senders.app()
        addresses, keys = running.blog.addresses, running.blog.keys
        senders.reader_keys[addresses.instance_key] = keys.instance.public_pem()
        senders.reader_keys[addresses.actor_key(1)] = keys.blog(1).public_pem()
        for key in ("full", "nosummary", "approval"):
            await add_post(running, key)
        yield Target(running, senders)


async def send_as_captured(running: RunningBlog, request: CapturedRequest) -> int:
    """Send the very bytes of a request; the status of the answer."""
    host, _, port = running.address.removeprefix("http://").partition(":")
    stream, writer = await asyncio.open_connection(host, int(port))
    lines = [f"{request.method} {request.path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + request.body)
    status = (await stream.readline()).split()[1]
    writer.close()
    await writer.wait_closed()
    return int(status)


async def add_post(running: RunningBlog, key: str) -> None:
    """A published post with the key that the captures name it by."""
    text = PostText(key, f"The post {key}", "Text.", "<p>Text.</p>", "", "en", ())
    now = running.blog.now_ms()
    async with running.blog.db.transaction() as tx:
        await posts.set_published(tx, await posts.add_post(tx, key, text, now), now)


async def add_answer(running: RunningBlog, key: str, to: Reply) -> Reply:
    """The author's own answer with the key that the captures name it by."""
    blog = running.blog
    uri, now = blog.addresses.note(key), blog.now_ms()
    text = ReplyText(
        True, "<p>The author's answer</p>", "The author's answer", "", "en", uri, "[]", None
    )
    assert to.post_id is not None
    async with blog.db.transaction() as tx:
        own = await actors.get_actor(tx, blog.addresses.actor)
        assert own is not None
        number = await replies.add_reply(tx, NewReply(uri, key, to.uri, own.id, text, now, now))
        assert number is not None
        place = Place(to.post_id, to.id, to.branch_id, to.depth + 1)
        await place_reply(blog, tx, number, uri, place)
    return await stored(running, uri)
