"""The blog looks at itself from outside, through proxies that do something wrong."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fediblog.actions.health.checks import CHECKS
from fediblog.actions.health.finding import Finding
from fediblog.errors import AddressRefused
from fediblog.remote.connector import Connector, public_trust
from tests.bench import Bench, RunningBlog
from tests.federation.internet import Internet, internet

NAME, OTHER = "blog.example", "garden.example"
CHECK = {check.name: check.run for check in CHECKS}


@dataclass(slots=True)
class Scene:
    """A blog behind a proxy that can be told to do things wrong."""

    blog: RunningBlog
    net: Internet

    async def found(self, name: str) -> Finding:
        """What a check finds now."""
        return await CHECK[name](self.blog.blog)

    def put(self, app: ASGIApp) -> None:
        """Let this answer for the blog."""
        self.net.apps[NAME] = app


@pytest.fixture
async def scene(bench: Bench) -> AsyncIterator[Scene]:
    """A blog on a name of its own, with a proxy that is right, and a plain port that leads on."""
    async with internet(bench.folder, [NAME, OTHER]) as (net, connector), _plain_port() as plain:

        def dial(address: str, port: int) -> tuple[str, int]:
            return ("127.0.0.1", plain) if port == 80 else net.dial(address, port)

        connector = Connector(connector.resolve, dial, connector.ssl_context)
        async with bench.start(connector=connector, FEDIBLOG_URL=f"https://{NAME}") as blog:
            net.apps[NAME] = blog.app
            yield Scene(blog, net)


@asynccontextmanager
async def _plain_port() -> AsyncIterator[int]:
    async def redirect(scope: Scope, receive: Receive, send: Send) -> None:
        await RedirectResponse(f"https://{NAME}/", 301)(scope, receive, send)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(
            uvicorn.Config(redirect, lifespan="off", log_config=None, access_log=False)
        )
        serving = asyncio.create_task(server.serve([listener]))
        yield listener.getsockname()[1]
        server.should_exit = True
        await serving


async def test_behind_a_proxy_that_is_right_all_is_well(scene: Scene) -> None:
    await scene.blog.publish("Fog")
    for name in (
        "name", "certificate", "redirect", "webfinger", "actor", "negotiation", "signatures",
        "bodies",
    ):  # fmt: skip
        found = await scene.found(name)
        assert (found.state, found.advice) == ("well", ""), (name, found)
    # It leaves nothing behind.
    assert await scene.blog.blog.db.rows("SELECT id FROM arrival") == []


async def test_a_name_without_an_address_or_with_a_private_one(scene: Scene) -> None:
    scene.net.addresses[NAME] = ["10.0.0.1"]
    found = await scene.found("name")
    assert found.state == "warning"
    assert "10.0.0.1 is not public" in found.said
    del scene.net.apps[NAME]
    found = await scene.found("name")
    assert found.state == "failure"
    assert "A and AAAA" in found.advice
    # Nor is anything else seen then, and each check says so in its own words.
    for name in ("certificate", "webfinger", "actor", "signatures", "bodies"):
        with_reason = await CHECK[name](scene.blog.blog) if name != "certificate" else found
        assert with_reason.state == "failure"


async def test_a_certificate_that_ends_or_is_not_believed(scene: Scene, bench: Bench) -> None:
    scene.blog.clock.fixed = datetime(2099, 12, 5, tzinfo=UTC)
    found = await scene.found("certificate")
    assert (found.state, "renewed" in found.advice) == ("warning", True)
    scene.blog.clock.fixed = None
    stranger = Connector(scene.net.resolve, scene.net.dial, public_trust())
    scene.blog.blog.remote._connector = stranger
    found = await scene.found("certificate")
    assert found.state == "failure"
    assert "not believed" in found.said


async def test_http_that_leads_nowhere(scene: Scene) -> None:
    connector = Connector(scene.net.resolve, lambda *_: ("127.0.0.1", 1), public_trust())
    scene.blog.blog.remote._http._transport._connector = connector  # type: ignore[attr-defined]
    found = await scene.found("redirect")
    assert found.state == "warning"
    assert "port 80" in found.advice


@dataclass(slots=True)
class Proxy:
    """Stands in front of the blog. Each field is something that it does wrong."""

    blog: ASGIApp
    without: frozenset[bytes] = frozenset()
    host: bytes | None = None
    most: int | None = None
    takes_away: str = ""
    keeps: bool = False
    answers: PlainTextResponse | None = None
    changes: Callable[[bytes], bytes] = lambda body: body
    _kept: dict[str, list[Message]] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a request, or not."""
        if self.answers is not None:
            await self.answers(scope, receive, send)
            return
        size = int(dict(scope["headers"]).get(b"content-length", b"0"))
        if self.most is not None and size > self.most:
            await PlainTextResponse("Request Entity Too Large", 413)(scope, receive, send)
            return
        key = scope["path"]
        if self.keeps and key in self._kept:
            for message in self._kept[key]:
                await send(message)
            return
        headers = [pair for pair in scope["headers"] if pair[0] not in self.without]
        if self.host is not None:
            headers = [pair for pair in headers if pair[0] != b"host"] + [(b"host", self.host)]
        await self.blog(
            {**scope, "headers": headers}, self._changing(receive), self._answering(key, send)
        )

    def _changing(self, receive: Receive) -> Callable[[], Awaitable[Message]]:
        async def changed() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                message = {**message, "body": self.changes(message.get("body", b""))}
            return message

        return changed

    def _answering(self, key: str, send: Send) -> Send:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if self.takes_away:
                    del headers[self.takes_away]
                if self.keeps:
                    headers["Age"] = "7"
            self._kept.setdefault(key, []).append(message)
            await send(message)

        return answer


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"host": b"127.0.0.1:8000"}, "draft-cavage"),
        ({"without": frozenset({b"date"})}, "draft-cavage"),
        ({"without": frozenset({b"signature-input"})}, "RFC 9421"),
        ({"without": frozenset({b"digest", b"content-digest"})}, "401"),
        ({"without": frozenset({b"signature", b"signature-input"})}, "401"),
        ({"changes": lambda body: body.replace(b"View", b"Wiew")}, "401"),
        ({"answers": PlainTextResponse("Are you a robot?", 403)}, "403 Are you a robot?"),
    ],
)
async def test_signatures_that_do_not_arrive(
    scene: Scene, wrong: dict[str, Any], says: str
) -> None:
    scene.put(Proxy(scene.blog.app, **wrong))
    found = await scene.found("signatures")
    assert found.state == "failure", found
    assert says in found.said
    assert "Host, Date, Digest" in found.advice
    scene.put(Proxy(scene.blog.app))
    assert (await scene.found("signatures")).state == "well"


async def test_bodies_that_are_too_large_for_the_proxy(scene: Scene) -> None:
    scene.put(Proxy(scene.blog.app, most=100_000))
    found = await scene.found("bodies")
    assert found.state == "failure"
    assert "413" in found.said
    assert "client_max_body_size" in found.advice
    assert (await scene.found("signatures")).state == "well"


async def test_pages_and_documents_that_are_mixed_up(scene: Scene) -> None:
    assert (await scene.found("negotiation")).state == "skipped"
    await scene.blog.publish("Fog")
    scene.put(Proxy(scene.blog.app, takes_away="vary"))
    found = await scene.found("negotiation")
    assert (found.state, "without Vary" in found.said) == ("warning", True), found
    scene.put(Proxy(scene.blog.app, keeps=True))
    found = await scene.found("negotiation")
    assert found.state == "failure"
    assert "mixes up" in found.advice
    assert "age: 7" in found.said
    scene.put(Proxy(scene.blog.app, answers=PlainTextResponse("Are you a robot?", 403)))
    found = await scene.found("negotiation")
    assert (found.state, "403" in found.said) == ("failure", True)


async def test_a_handle_or_a_profile_that_is_somebody_elses(scene: Scene, bench: Bench) -> None:
    blog = scene.blog.blog
    for path in ("webfinger", "actor"):
        scene.put(Proxy(scene.blog.app, answers=PlainTextResponse("Not Found", 404)))
        assert (await scene.found(path)).state == "failure"

    async def neighbour(scope: Scope, receive: Receive, send: Send) -> None:
        response = PlainTextResponse(
            '{"subject": "acct:x@y", "links": [{"rel": "self", "href": "https://y/x"}]}',
            media_type="application/jrd+json",
        )
        await response(scope, receive, send)

    scene.put(neighbour)
    found = await scene.found("webfinger")
    assert "somebody else" in found.said
    document = (await scene.blog.document(f"/users/{blog.addresses.username}")).text
    own = blog.keys.blog(1).public_key().pem().splitlines()[1]

    async def impostor(scope: Scope, receive: Receive, send: Send) -> None:
        response = PlainTextResponse(
            document.replace(own, own[::-1]), media_type="application/activity+json"
        )
        await response(scope, receive, send)

    scene.put(impostor)
    found = await scene.found("actor")
    assert (found.state, "another key" in found.said) == ("failure", True), found


async def test_a_clock_that_is_off(scene: Scene) -> None:
    """Other servers tell the time with each answer."""
    blog = scene.blog
    assert (await scene.found("signatures")).state == "well"
    assert (await scene.found("clock")).state == "skipped"
    scene.net.apps[OTHER] = PlainTextResponse("Hello.")
    for minutes, state in ((0, "well"), (2, "warning"), (9, "failure")):
        blog.clock.offset = timedelta(minutes=minutes)
        await blog.blog.remote.look(f"https://{OTHER}/", accept="text/html")
        found = await scene.found("clock")
        assert found.state == state
        assert ("ahead of" in found.said, "NTP" in found.advice) == (minutes > 0, minutes > 0)


async def test_plain_http_leads_nowhere_else(scene: Scene) -> None:
    """K8: only the look at our own port 80 is not encrypted, and the guard holds for it, too."""
    client = scene.blog.blog.remote
    for url, plain in (
        (f"http://{NAME}/", False),
        (f"http://{NAME}:8080/", True),
        ("http://127.0.0.1/", True),
        ("http://10.0.0.1/", True),
        (f"http://me@{NAME}/", True),
    ):
        with pytest.raises(AddressRefused):
            await client.look(url, accept="text/html", plain=plain)
    # Nor if somebody asks past `look`.
    for url in (f"http://{NAME}:8080/", "http://10.0.0.1/", f"ftp://{NAME}/"):
        request = client._http.build_request("GET", url, extensions={"plain": True})
        with pytest.raises(AddressRefused):
            await client._http.send(request)
    scene.net.addresses[NAME] = ["10.0.0.1"]
    with pytest.raises(AddressRefused):
        await client.look(f"http://{NAME}/", accept="text/html", plain=True)
