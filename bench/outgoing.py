"""Deliveries that go out: what one costs, and whether the dead hold up the living."""

import asyncio
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import httpx

from bench.frame.report import ROOT
from bench.frame.row import Row
from bench.frame.servers import TEXT, Bench, ServedBlog
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import create_post
from fediblog.clock import utc_now
from fediblog.opening import open_for_service
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.keys import PublicKey
from fediblog.protocol.signatures import SignedRequest, check_request
from fediblog.remote.connector import Connector
from fediblog.settings import load_settings
from fediblog.store.actors import NewActor, set_actor
from fediblog.store.followers import set_follower
from tests.processes import Installation, free_port

NAME = "outgoing"
TITLE = "A post goes out to those who follow"

_KEPT_SERVERS, _KEPT_INBOXES = 100, 3_000
_SERVERS, _DEAD = 2_000, 400
_FOLLOWERS_EACH = 5
_MOST_US = 900
_MOST_RATIO = 1.1
#: The second number of a loopback address, see bench/frame/sink.py.
_LIVE, _REFUSING, _HANGING, _DRIPPING = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Sink:
    """The servers that take deliveries. port: of all; closed: where nobody listens."""

    port: int
    closed: int

    def server(self, number: int, kind: int = _LIVE) -> str:
        """The origin of a server."""
        port = self.closed if kind == _REFUSING else self.port
        return f"http://127.{kind}.{number // 250}.{number % 250 + 1}:{port}"

    async def got(self) -> dict[str, Any]:
        """What has come since it was asked last."""
        async with httpx.AsyncClient(trust_env=False) as http:
            answer: dict[str, Any] = (await http.get(f"http://127.0.0.1:{self.port}/got")).json()
            return answer


async def run(bench: Bench) -> list[Row]:
    """Inboxes on servers that keep their connections; then a server for each shared inbox, with
    and without dead ones among them."""
    async with _sink() as sink:
        kept = [
            f"{sink.server(number % _KEPT_SERVERS)}/inboxes/{number}"
            for number in range(_KEPT_INBOXES)
        ]
        one = await _deliver(bench, sink, kept, living=kept)
        living = [f"{sink.server(number)}/inbox" for number in range(_SERVERS - _DEAD)]
        dead = [
            f"{sink.server(number, kind)}/inbox"
            for number in range(_DEAD)
            for kind in [(_REFUSING, _REFUSING, _HANGING, _DRIPPING)[number % 4]]
        ]
        mixed = [
            *(inbox for number, each in enumerate(dead) for inbox in
              (*living[number * 4 : number * 4 + 4], each))
        ]  # fmt: skip
        alone = await _deliver(bench, sink, living, living=living)
        among = await _deliver(bench, sink, mixed, living=living, followers=_FOLLOWERS_EACH)
    ratio = among.seconds / alone.seconds
    return [
        Row(
            f"publish for {len(mixed) * _FOLLOWERS_EACH:,} followers on {len(mixed):,} servers",
            among.publishing_cpu * 1e6,
            wall=f"{among.publishing_wall * 1000:.0f} ms",
        ),
        Row.by_cpu(
            "delivery out, over a kept connection",
            one.cpu / len(kept) * 1e6,
            _MOST_US,
            wall=f"{len(kept) / one.seconds:,.0f}/s",
            note="publishing counts too; every inbox got it once, and the signatures are good",
        ),
        Row(
            "delivery out, a new connection each",
            alone.cpu / len(living) * 1e6,
            wall=f"{len(living) / alone.seconds:,.0f}/s",
        ),
        Row(
            f"{len(living):,} live servers, with {_DEAD} dead or hanging ones among them",
            ratio=ratio,
            wall=f"{among.seconds:.1f} s, {alone.seconds:.1f} s without",
            limit=f"≤ {_MOST_RATIO} × the time without",
            ok=ratio <= _MOST_RATIO,
        ),
    ]


@dataclass(frozen=True, slots=True)
class Sent:
    """How a delivery to all inboxes went. publishing_cpu, publishing_wall: seconds for the post and
    its rows; cpu: of the server until all was recorded; seconds: from the first to the last."""

    publishing_cpu: float
    publishing_wall: float
    cpu: float
    seconds: float


async def _deliver(
    bench: Bench,
    sink: Sink,
    inboxes: Sequence[str],
    *,
    living: Sequence[str],
    followers: int = 1,
) -> Sent:
    """Publish to all these inboxes, each with so many followers. Raises RuntimeError unless each
    that lives got it once, and no other did."""
    async with bench.installation() as place:
        publishing_cpu, publishing_wall = await _prepare(place, inboxes, followers)
        await sink.got()
        async with bench.serve(place) as blog:
            before = blog.cpu()
            await blog.publish("A post")
            await blog.counts("delivery WHERE state = 'done'", least=len(living))
            cpu = blog.cpu() - before
            got = await sink.got()
            _check_inboxes(got, living)
            await _check_signatures(blog, got["sample"])
    return Sent(publishing_cpu, publishing_wall, cpu, got["seconds"])


def _check_inboxes(got: Mapping[str, Any], living: Sequence[str]) -> None:
    """Raises RuntimeError, which names some inboxes, unless these have got it once, and no other
    has. Who is asked for anything, as for a witness that we are on the net, is told besides."""
    expected = {inbox.removeprefix("http://"): 1 for inbox in living}
    times: Mapping[str, int] = got["inboxes"]
    if times == expected:
        return
    missing = sorted(expected.keys() - times.keys())
    wrong = {inbox: n for inbox, n in times.items() if n != expected.get(inbox)}
    raise RuntimeError(
        f"of {len(expected)} inboxes {len(missing)} got nothing, as {missing[:5]}; got too often: "
        f"{len(wrong)}, as {list(wrong.items())[:5]}; asked for: {got['asked'][:5]}"
    )


async def _prepare(
    place: Installation, inboxes: Sequence[str], followers: int
) -> tuple[float, float]:
    """A blog with followers; CPU and wall seconds of publishing a post that nobody gets."""
    settings = load_settings(place.environ({}), host="127.0.0.1", port=place.port)
    async with open_for_service(settings, utc_now, Connector()) as blog:
        async with blog.db.transaction() as tx:
            for inbox in inboxes:
                for number in range(followers):
                    actor_id = await set_actor(tx, _follower(inbox, number), now=0)
                    await set_follower(tx, actor_id, f"{inbox}#{number}", 0)
        cpu, wall = time.process_time(), time.monotonic()
        await create_post(blog, PostForm("Nobody gets this", TEXT), publish=True)
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        async with blog.db.transaction() as tx:
            await tx.execute("UPDATE delivery SET state = 'cancelled'")
    return cpu, wall


def _follower(inbox: str, number: int) -> NewActor:
    shared = inbox.endswith("/inbox")
    return NewActor(
        uri=f"{inbox}/users/{number}",
        authority=authority_of(inbox),
        type="Person",
        username="somebody",
        name="Somebody",
        page_url="",
        icon_url="",
        inbox=f"{inbox}/users/{number}/inbox" if shared else inbox,
        shared_inbox=inbox if shared else "",
    )


async def _check_signatures(blog: ServedBlog, sample: Sequence[dict[str, Any]]) -> None:
    """Raises RuntimeError unless the blog's key made every one of these signatures."""
    accept = {"Accept": "application/activity+json"}
    actor = (await blog.http.get(blog.addresses.actor, headers=accept)).json()
    key = PublicKey.from_pem(actor["publicKey"]["publicKeyPem"])
    for each in sample:
        headers = tuple((name, value) for name, value in each["headers"])
        request = SignedRequest("POST", each["target"], headers, b64decode(each["body"]))
        origin = f"http://{dict(headers)['host']}"
        said = check_request(request, origin=origin, now=datetime.now(UTC))
        if not any(key.verify(said.signature, text, said.algorithm) for text in said.texts):
            raise RuntimeError("a delivery was not signed with the blog's key")


@asynccontextmanager
async def _sink() -> AsyncIterator[Sink]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.frame.sink", str(port), cwd=ROOT, stdout=subprocess.PIPE
    )
    try:
        if not await cast(asyncio.StreamReader, process.stdout).readline():
            raise RuntimeError("the sink ended at its start")
        yield Sink(port, free_port())
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()
