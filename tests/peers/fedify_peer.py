"""Runs the Fedify server in tests/peers/fedify and tells its people what to do."""

import asyncio
import contextlib
import socket
import time
from asyncio.subprocess import STDOUT, Process
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

FEDIFY = Path(__file__).parent / "fedify"
START_SECONDS = 30
STOP_SECONDS = 5
POLL_SECONDS = 0.05

Json = dict[str, Any]


class PeerError(Exception):
    """What was asked failed; `remote_status` is what a server that refused a delivery answered."""

    def __init__(self, message: str, remote_status: int | None = None) -> None:
        super().__init__(message)
        self.remote_status = remote_status


@dataclass(frozen=True, slots=True)
class Received:
    """An activity that came in and whose signature Fedify found right.

    inbox: "shared" or the name of a person. object_type, name and content: of an embedded object.
    """

    type: str
    id: str
    actor: str
    inbox: str
    object_id: str | None
    object_type: str | None
    name: str | None
    content: str | None
    raw: Json


class FedifyPeer:
    """The server while it runs, as an asynchronous context manager.

    node: the program, 22 or later. log: the file that gets all the server says. options: of
    peer.mjs. People are named "alice" and "bob"; content is HTML; visibility is public, unlisted,
    followers or direct.
    """

    def __init__(self, node: Path, log: Path, *options: str) -> None:
        self._node = node
        self._options = options
        self._log = log
        self._port = _free_port()
        self._process: Process | None = None
        self._client = httpx.AsyncClient(
            base_url=f"{self.origin}/control/", timeout=30, trust_env=False
        )

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def actor(self, username: str) -> str:
        """The actor id of a person."""
        return f"{self.origin}/users/{username}"

    def handle(self, username: str) -> str:
        """@name@host:port of a person."""
        return f"@{username}@127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stop()

    async def lookup(self, handle_or_url: str, as_: str = "alice") -> Json:
        """Find an actor or object as a user's search would: type, id, name, content, raw …"""
        return await self._tell("lookup", url=handle_or_url, **{"as": as_})

    async def collection(self, url: str, as_: str = "alice") -> list[str]:
        """The ids in a collection, over all its pages, each item fetched."""
        answer = await self._tell("collection", url=url, **{"as": as_})
        return [str(item) for item in answer["items"]]

    async def follow(self, as_: str, target: str) -> str:
        """Follow a handle or actor id; the id of the Follow."""
        return str((await self._tell("follow", target=target, **{"as": as_}))["activity"])

    async def post(self, as_: str, content: str, visibility: str = "public") -> str:
        """Send a note that answers nothing to the followers; its id."""
        told = {"as": as_, "content": content, "visibility": visibility}
        return str((await self._tell("post", **told))["note"])

    async def reply(
        self,
        as_: str,
        in_reply_to: str,
        content: str,
        *,
        mention: Sequence[str] | None = None,
        visibility: str = "public",
    ) -> str:
        """Answer a post or note; the id of the new note.

        mention: actor ids to mention and deliver to, besides the author of what is answered, who
        gets it in any case. Without it the author is mentioned.
        """
        told = {"as": as_, "inReplyTo": in_reply_to, "content": content, "visibility": visibility}
        named = {} if mention is None else {"mention": list(mention)}
        return str((await self._tell("reply", **told, **named))["note"])

    async def quote(self, as_: str, target: str, content: str) -> str:
        """Ask whether a new note may quote an object; the note's id."""
        told = {"as": as_, "object": target, "content": content}
        return str((await self._tell("quote", **told))["note"])

    async def quote_state(self, note: str) -> str:
        """What became of a quote: asked, accepted, rejected or revoked."""
        quotes = (await self._ask("quotes"))["quotes"]
        return next(str(each["state"]) for each in quotes if each["note"] == note)

    async def wait_for_quote(self, note: str, state: str, seconds: float = 15) -> None:
        """Return once a quote is in this state."""
        deadline = time.monotonic() + seconds
        while (now := await self.quote_state(note)) != state:
            if time.monotonic() > deadline:
                raise PeerError(f"{note} is {now}, not {state}, after {seconds} s")
            await asyncio.sleep(POLL_SECONDS)

    async def finds_authorized(self, as_: str, note: str) -> bool:
        """Whether somebody who reads a quote finds its authorization, and that it is for it.

        Raises PeerError when there is none at its address.
        """
        return bool((await self._tell("readQuote", note=note, **{"as": as_}))["valid"])

    async def edit(self, as_: str, note: str, content: str) -> str:
        """Change a note; the id of the Update."""
        return str(
            (await self._tell("edit", note=note, content=content, **{"as": as_}))["activity"]
        )

    async def delete(self, as_: str, note: str) -> str:
        """Delete a note; the id of the Delete."""
        return str((await self._tell("delete", note=note, **{"as": as_}))["activity"])

    async def like(self, as_: str, target: str) -> str:
        """Like an object; the id of the Like."""
        return str((await self._tell("like", object=target, **{"as": as_}))["activity"])

    async def announce(self, as_: str, target: str) -> str:
        """Boost an object; the id of the Announce."""
        return str((await self._tell("announce", object=target, **{"as": as_}))["activity"])

    async def undo(self, as_: str, activity: str) -> str:
        """Take back a Follow, Like or Announce by its id; the id of the Undo."""
        return str((await self._tell("undo", activity=activity, **{"as": as_}))["activity"])

    async def rotate(self, as_: str) -> None:
        """Give a person another RSA key under the same key id."""
        await self._tell("rotate", **{"as": as_})

    async def verifies(self, activity: Json) -> bool:
        """Whether the proof in an activity holds, and is its actor's."""
        return bool((await self._tell("verify", activity=activity))["verified"])

    def said(self) -> str:
        """What the server has written to its log so far."""
        return self._log.read_text(errors="replace")

    async def followers(self, username: str) -> list[str]:
        """Actor ids of those who follow a person here."""
        return [str(each) for each in (await self._ask("followers"))["followers"][username]]

    async def is_accepted(self, follow: str) -> bool:
        """Whether the actor whom a Follow was for has accepted it."""
        sent = (await self._ask("follows"))["follows"]
        return any(each["id"] == follow and each["accepted"] for each in sent)

    async def received(self) -> list[Received]:
        """All verified activities so far, oldest first."""
        activities = (await self._ask("received"))["activities"]
        return [_received(each) for each in activities]

    async def wait_for(
        self, kind: str, *, object_id: str | None = None, seconds: float = 15
    ) -> Received:
        """The newest activity of a type, about an object if one is named, once there is one."""
        deadline = time.monotonic() + seconds
        while True:
            seen = await self.received()
            for each in reversed(seen):
                if each.type == kind and object_id in (None, each.object_id):
                    return each
            if time.monotonic() > deadline:
                came = [(each.type, each.object_id) for each in seen]
                raise PeerError(f"no {kind} of {object_id} within {seconds} s; came: {came}")
            await asyncio.sleep(POLL_SECONDS)

    async def wait_until_accepted(self, follow: str, seconds: float = 15) -> None:
        """Return once a Follow is accepted."""
        deadline = time.monotonic() + seconds
        while not await self.is_accepted(follow):
            if time.monotonic() > deadline:
                raise PeerError(f"{follow} was not accepted within {seconds} s")
            await asyncio.sleep(POLL_SECONDS)

    async def _tell(self, deed: str, **told: object) -> Json:
        return _answer(await self._client.post(deed, json=told))

    async def _ask(self, question: str) -> Json:
        return _answer(await self._client.get(question))

    async def _start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                self._node,
                FEDIFY / "peer.mjs",
                "--port",
                str(self._port),
                *self._options,
                stdout=log,
                stderr=STDOUT,
            )
        deadline = time.monotonic() + START_SECONDS
        while not await self._is_ready():
            if self._process.returncode is not None or time.monotonic() > deadline:
                tail = self._log.read_text(errors="replace")[-2000:]
                raise PeerError(f"the Fedify server did not start:\n{tail}")
            await asyncio.sleep(POLL_SECONDS)

    async def _is_ready(self) -> bool:
        try:
            await self._ask("health")
        except httpx.TransportError:
            return False
        return True

    async def _stop(self) -> None:
        await self._client.aclose()
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _answer(response: httpx.Response) -> Json:
    answer: Json = response.json()
    if response.is_error:
        raise PeerError(answer["error"], answer.get("remote", {}).get("status"))
    return answer


def _received(told: Json) -> Received:
    return Received(
        type=told["type"],
        id=told["id"],
        actor=told["actor"],
        inbox=told["inbox"],
        object_id=told["objectId"],
        object_type=told["objectType"],
        name=told["name"],
        content=told["content"],
        raw=told["raw"],
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
