"""Signed requests to other servers: fetching documents, finding inboxes, delivering."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import httpx

from fediblog.demo.people import Person
from fediblog.demo.sealing import Seal
from fediblog.errors import Malformed, RemoteGone, RemoteInvalid, RemoteRefused, RemoteUnreachable
from fediblog.protocol.incoming import Actor, Document, parse_actor, parse_json
from fediblog.protocol.negotiation import is_activitypub
from fediblog.protocol.outgoing import encode
from fediblog.remote.connector import public_trust

#: What Mastodon asks for, without the profile (requirement 0.17).
ACCEPT = "application/activity+json, application/ld+json"

_SECONDS = 10.0
_WORTH_ANOTHER_TRY = {429, 500, 502, 503, 504}


class Mail:
    """The server's way out.

    http: makes the connections; one that takes no proxy is made when there is none. patience:
    seconds to wait before each further try of a delivery that failed for a reason that may pass.
    """

    def __init__(self, http: httpx.AsyncClient | None, clock: Callable[[], datetime]) -> None:
        self.patience: Sequence[float] = ()
        self._clock = clock
        self._owned = http is None
        self._http = http or httpx.AsyncClient(
            trust_env=False, timeout=_SECONDS, verify=public_trust()
        )
        self._actors: dict[str, Actor] = {}

    async def get(self, url: str, signer: Person | None) -> httpx.Response:
        """A GET, signed unless there is no signer. RemoteUnreachable when nothing answers."""
        wire = str(httpx.URL(url.partition("#")[0]))
        signed = {} if signer is None else self.seal(signer).headers("GET", wire)
        return await self._send("GET", wire, [("Accept", ACCEPT), *signed.items()])

    async def post(
        self, url: str, body: bytes, headers: Sequence[tuple[str, str]]
    ) -> httpx.Response:
        """A POST with exactly these headers. RemoteUnreachable when nothing answers."""
        return await self._send("POST", url, headers, body)

    async def document(self, url: str, signer: Person | None) -> Document:
        """The ActivityPub document at an address. Raises any RemoteError."""
        response = await self._patiently(lambda: self.get(url, signer))
        if not is_activitypub(response.headers.get("content-type", "")):
            raise RemoteInvalid(detail=f"{url} is no ActivityPub document")
        with _believing(url):
            return parse_json(response.content)

    async def actor(self, actor_id: str, signer: Person) -> Actor:
        """An actor, fetched once. Raises any RemoteError."""
        if actor_id not in self._actors:
            document = await self.document(actor_id, signer)
            with _believing(actor_id):
                self._actors[actor_id] = parse_actor(document)
        return self._actors[actor_id]

    async def deliver(self, inbox: str, activity: Document, sender: Person) -> None:
        """Post an activity, signed anew on every try. RemoteError when the last one fails."""
        wire, body = str(httpx.URL(inbox)), encode(activity)

        async def attempt() -> httpx.Response:
            headers = self.seal(sender).headers("POST", wire, body)
            return await self.post(wire, body, list(headers.items()))

        await self._patiently(attempt)

    def seal(self, person: Person) -> Seal:
        """The ordinary signature of a person, at this moment."""
        return Seal(person.key_id, person.key, self._clock())

    async def aclose(self) -> None:
        """Close the connections, unless they are somebody else's."""
        if self._owned:
            await self._http.aclose()

    async def _patiently(self, attempt: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        """The first success; the last failure when none comes in time, or when none can."""
        for pause in self.patience:
            try:
                return _success(await attempt())
            except (RemoteUnreachable, RemoteRefused) as error:
                if not _may_pass(error):
                    raise
            await asyncio.sleep(pause)
        return _success(await attempt())

    async def _send(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes | None = None
    ) -> httpx.Response:
        request = self._http.build_request(method, url, headers=headers, content=body)
        try:
            return await self._http.send(request)
        except httpx.TransportError as error:
            raise RemoteUnreachable(detail=f"{url}: {error!r}") from error


def _success(response: httpx.Response) -> httpx.Response:
    if response.status_code in {404, 410}:
        raise RemoteGone(response.status_code)
    if not response.is_success:
        raise RemoteRefused(response.status_code)
    return response


def _may_pass(error: RemoteUnreachable | RemoteRefused) -> bool:
    return isinstance(error, RemoteUnreachable) or error.answer_status in _WORTH_ANOTHER_TRY


@contextmanager
def _believing(url: str) -> Iterator[None]:
    try:
        yield
    except Malformed as error:
        raise RemoteInvalid(detail=f"{url}: {error}") from error
