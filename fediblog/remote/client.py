"""Asking other servers: documents, WebFinger, pictures, and deliveries to inboxes."""

from datetime import datetime
from email.message import EmailMessage
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from fediblog.clock import Clock, utc_now
from fediblog.errors import RemoteError, RemoteInvalid
from fediblog.metrics import DELIVERIES
from fediblog.protocol.negotiation import is_activitypub
from fediblog.protocol.signatures import Scheme
from fediblog.remote.answers import Answer, read_excerpt, retry_after
from fediblog.remote.bodies import read_body
from fediblog.remote.connector import Connector
from fediblog.remote.deadlines import within
from fediblog.remote.discovery import WEBFINGER_TYPES, webfinger_url
from fediblog.remote.documents import (
    ACCEPT,
    ACTIVITY_TYPE,
    JSON_CAP,
    Document,
    media_type,
    parse_object,
)
from fediblog.remote.fetching import Fetcher, Found, Question
from fediblog.remote.guard import check_url
from fediblog.remote.knocking import Knocking
from fediblog.remote.looking import Seen, certificate_end, find_addresses
from fediblog.remote.mail import send_mail, try_mail
from fediblog.remote.redirects import is_same_origin
from fediblog.remote.signing import Headers, RequestBuilder, Signer
from fediblog.remote.skews import Skews
from fediblog.remote.transport import GuardedTransport, LateHeaders, own_errors

#: What an inbox says to a signature that it does not believe, or cannot read (B4, B14).
_REFUSALS = frozenset({400, 401})

_TIMEOUTS = httpx.Timeout(connect=5.0, read=10.0, write=10.0, pool=None)


class RemoteClient:
    """Everything that we ever ask of another server.

    Its methods raise only `RemoteError`s: `AddressRefused`, `RemoteUnreachable` (no connection,
    or no end within the deadline), `RemoteRefused` and `RemoteGone` (the status), `RemoteInvalid`
    (what came must not be believed). Deadlines are in seconds, and waiting for one's turn counts.
    At most 2 fetches go to one host at once, and 32 altogether. What is signed is asked once more,
    signed in the other way, if the signature is refused; within the same deadline.
    """

    def __init__(
        self,
        connector: Connector,
        *,
        development: bool,
        user_agent: str,
        now: Clock = utc_now,
        knocking: Knocking | None = None,
    ) -> None:
        self._development = development
        self._connector = connector
        self._now = now
        self.skews = Skews()
        self._transport = GuardedTransport(
            connector, development=development, now=now, skews=self.skews
        )
        self._http = _http_client(self._transport, user_agent)
        self._requests = RequestBuilder(self._http, development=development)
        self._knocking = knocking or Knocking()
        self._fetcher = Fetcher(self._http, self._requests, self._knocking, now=now)

    async def get_document(
        self,
        url: str,
        *,
        sign: Signer | None,
        deadline: float = 10.0,
        id_may_differ: bool = False,
    ) -> Document:
        """Fetch an ActivityPub document whose `id` is exactly the URL that it came from.

        If the `id` is another URL of the same origin, that one is fetched instead, once
        (requirement K2). The result's URL is not always the one that was asked for, and may
        after a redirect be on another host: whoever asks decides what that means.

        `id_may_differ` is for key ids, at which GoToSocial serves a stub of the actor (B12, N2):
        the document is then returned as it is, and only a redirect to another origin is refused,
        since nothing else would tie the document to the key id. The caller checks the owner.
        """
        async with within(deadline, url):
            document = await self._document(url, sign)
            if id_may_differ:
                return _of_same_origin(document, url)
            if document.document.get("id") == document.url:
                return document
            return await self._at_its_id(document, sign)

    async def get_page(
        self, url: str, *, sign: Signer | None, etag: str, deadline: float = 10.0
    ) -> Document | None:
        """Fetch a collection or a page of one; None if it is still what `etag` names.

        Its `id` may be another or missing, as for many servers' pages; so the caller believes no
        more of it than that its own origin says so, and a redirect to another one is refused.
        """
        question = Question(ACCEPT, is_activitypub, JSON_CAP, sign, etag)
        async with within(deadline, url):
            found = await self._fetcher.fetch(url, question)
        if found.unchanged:
            return None
        return _of_same_origin(Document(found.url, parse_object(found.body), found.etag), url)

    async def get_json(
        self, url: str, *, accept: str, types: tuple[str, ...], deadline: float = 10.0
    ) -> dict[str, Any]:
        """Fetch any JSON object that is served as one of the media types `types`."""
        question = Question(accept, lambda given: media_type(given) in types, JSON_CAP)
        async with within(deadline, url):
            found = await self._fetcher.fetch(url, question)
        return parse_object(found.body)

    async def webfinger(
        self, resource: str, host: str, *, deadline: float = 10.0
    ) -> dict[str, Any]:
        """Ask `host` (with its port in development) about an `acct:` URI, a handle or a URL."""
        url = webfinger_url(resource, host, development=self._development)
        accept = ", ".join(WEBFINGER_TYPES)
        return await self.get_json(url, accept=accept, types=WEBFINGER_TYPES, deadline=deadline)

    async def get_bytes(
        self,
        url: str,
        *,
        cap: int,
        types: tuple[str, ...],
        deadline: float = 10.0,
        beginning: bool = False,
    ) -> Found:
        """Fetch at most `cap` bytes whose media type starts with one of `types`; of more, the
        `beginning`, if that is enough.

        Which address they came from is in the answer. What they truly are is for the caller to find
        out.
        """
        accept = ", ".join(f"{name}*" if name.endswith("/") else name for name in types)
        question = Question(
            accept, lambda given: media_type(given).startswith(types), cap, beginning=beginning
        )
        async with within(deadline, url):
            return await self._fetcher.fetch(url, question)

    async def post(
        self,
        url: str,
        body: bytes,
        *,
        sign: Signer,
        content_type: str = ACTIVITY_TYPE,
        deadline: float = 30.0,
    ) -> Answer:
        """Send `body`, and return the answer whatever its status is; redirects are answers.

        Raises only `AddressRefused` and `RemoteUnreachable`.
        """

        async def attempt(scheme: Scheme) -> Answer:
            target, headers, signed = self._requests.post(
                url, body, content_type=content_type, accept=ACCEPT, sign=sign, scheme=scheme
            )
            return await self._answer(target, headers, signed, body)

        try:
            async with within(deadline, url):
                answer = await self._knocking.ask(
                    url,
                    attempt,
                    refused=lambda answer: answer.status in _REFUSALS,
                    taken=lambda answer: 200 <= answer.status < 300,
                )
        except RemoteError:
            DELIVERIES.labels("unreachable").inc()
            raise
        DELIVERIES.labels(f"{answer.status // 100}xx").inc()
        return answer

    async def look(
        self, url: str, *, accept: str, plain: bool = False, deadline: float = 10.0
    ) -> Seen:
        """What anybody gets at `url`, whatever it is; redirects are answers.

        plain: by http, also where only https is taken: to see whether it leads there.
        """
        target = httpx.URL(url)
        secure = target.copy_with(scheme="https") if plain else target
        check_url(secure, development=self._development)
        extensions = {"plain": True} if plain else {}
        async with within(deadline, url):
            request = self._http.build_request(
                "GET", target, headers={"Accept": accept}, extensions=extensions
            )
            with own_errors(url):
                response = await self._http.send(request, stream=True)
                try:
                    body = await read_body(response, cap=JSON_CAP)
                    return Seen(response.status_code, dict(response.headers), body)
                finally:
                    await response.aclose()

    async def addresses(self, host: str, port: int) -> list[str]:
        """Where a name leads. Raises AddressRefused for what is not on the public internet."""
        return await find_addresses(self._connector, host, port, development=self._development)

    async def certificate_end(self, host: str, port: int) -> datetime:
        """Until when the certificate of a host holds. Raises RemoteInvalid with the reason when it
        is not to be believed."""
        return await certificate_end(self._connector, host, port, development=self._development)

    async def send_mail(self, url: str, message: EmailMessage) -> None:
        """Hand a mail to the operator's mail server. Raises RemoteUnreachable with the reason."""
        await send_mail(url, message, self._connector.ssl_context)

    async def try_mail(self, url: str) -> None:
        """See whether that server lets us in. Raises RemoteUnreachable with the reason."""
        await try_mail(url, self._connector.ssl_context)

    async def aclose(self) -> None:
        """Close every connection. The client cannot be used afterwards."""
        await self._http.aclose()

    async def _answer(
        self, url: httpx.URL, headers: Headers, signed: LateHeaders, body: bytes
    ) -> Answer:
        with own_errors(str(url)):
            response = await self._transport.post(url, headers, signed, body, _TIMEOUTS)
            try:
                wait = retry_after(response.headers, now=self._now())
                return Answer(response.status_code, wait, await read_excerpt(response))
            finally:
                await response.aclose()

    async def _document(self, url: str, sign: Signer | None) -> Document:
        question = Question(ACCEPT, is_activitypub, JSON_CAP, sign)
        found = await self._fetcher.fetch(url, question)
        return Document(found.url, parse_object(found.body))

    async def _at_its_id(self, document: Document, sign: Signer | None) -> Document:
        claimed = document.document.get("id")
        if not isinstance(claimed, str) or not is_same_origin(claimed, document.url):
            raise RemoteInvalid(detail=f"{document.url} is a document of {claimed!r}")
        confirmed = await self._document(claimed, sign)
        if confirmed.document.get("id") != confirmed.url:
            raise RemoteInvalid(detail=f"{document.url} has more than one id")
        return _of_same_origin(confirmed, document.url)


def _http_client(transport: GuardedTransport, user_agent: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=transport,
        headers={"User-Agent": user_agent, "Accept-Encoding": "gzip"},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        timeout=_TIMEOUTS,
        follow_redirects=False,
        trust_env=False,
    )


def _of_same_origin(document: Document, url: str) -> Document:
    if not is_same_origin(document.url, url):
        raise RemoteInvalid(detail=f"{document.url} cannot speak for {url}")
    return document
