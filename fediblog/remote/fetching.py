"""One GET from the first hop to the last byte: turns, redirects, status, type, size (K3, K9)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx

from fediblog.errors import RemoteError, RemoteInvalid, RemoteRefused
from fediblog.metrics import FETCHED
from fediblog.protocol.signatures import Scheme
from fediblog.remote.answers import check_success
from fediblog.remote.bodies import read_beginning, read_body
from fediblog.remote.knocking import Knocking
from fediblog.remote.redirects import next_hop, without_fragment
from fediblog.remote.signing import RequestBuilder, Signer
from fediblog.remote.slots import Slots
from fediblog.remote.transport import own_errors

FETCHES = 32
FETCHES_PER_HOST = 2
_LONGEST_ETAG = 200

_UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Question:
    """What a fetch asks for: `takes` judges the Content-Type, `cap` is in bytes, `etag` is that of
    what is at hand already; of what is longer, the `beginning` may be enough."""

    accept: str
    takes: Callable[[str], bool]
    cap: int
    sign: Signer | None = None
    etag: str = ""
    beginning: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A complete, successful answer, and the URL (without fragment) that gave it.

    unchanged: it is still what the question's `etag` names, and nothing else was said.
    """

    url: str
    content_type: str
    body: bytes
    etag: str = ""
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    location: str


class Fetcher:
    """Follows redirects itself, so that every hop is guarded, signed and counted like the first."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        requests: RequestBuilder,
        knocking: Knocking,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._http = http
        self._requests = requests
        self._knocking = knocking
        self._now = now
        self._slots = Slots(overall=FETCHES, per_host=FETCHES_PER_HOST)

    async def fetch(self, url: str, question: Question) -> Found:
        """Return what is at `url`, or where that redirects to. Raises any `RemoteError`."""
        try:
            found = await self._follow(url, question)
        except RemoteError as error:
            FETCHED.labels(type(error).__name__).inc()
            raise
        FETCHED.labels("found").inc()
        return found

    async def _follow(self, url: str, question: Question) -> Found:
        here = without_fragment(url)
        seen = {here}
        while True:
            outcome = await self._hop(here, question)
            if isinstance(outcome, Found):
                return outcome
            here = next_hop(here, outcome.location, seen=seen)
            seen.add(here)

    async def _hop(self, url: str, question: Question) -> Found | _Elsewhere:
        """One request, or two where the first one is signed and refused."""

        async def attempt(scheme: Scheme) -> Found | _Elsewhere | RemoteRefused:
            try:
                return await self._ask(url, question, scheme)
            except RemoteRefused as error:
                if error.answer_status != _UNAUTHORIZED:
                    raise
                return error

        async with self._slots.taken(_host(url)):
            if question.sign is None:
                return await self._ask(url, question, Scheme.CAVAGE)
            outcome = await self._knocking.ask(
                url, attempt, refused=_is_refusal, taken=lambda each: not _is_refusal(each)
            )
        if isinstance(outcome, RemoteRefused):
            raise outcome
        return outcome

    async def _ask(self, url: str, question: Question, scheme: Scheme) -> Found | _Elsewhere:
        # Signed only now: a signature made before the wait for a turn could be stale.
        request = await self._requests.get(
            url, accept=question.accept, sign=question.sign, scheme=scheme, etag=question.etag
        )
        with own_errors(url):
            response = await self._http.send(request, stream=True)
            try:
                return await self._judge(url, response, question)
            finally:
                await response.aclose()

    async def _judge(
        self, url: str, response: httpx.Response, question: Question
    ) -> Found | _Elsewhere:
        if response.has_redirect_location:
            return _Elsewhere(response.headers["location"])
        if question.etag and response.status_code == httpx.codes.NOT_MODIFIED:
            return Found(url, "", b"", question.etag, unchanged=True)
        check_success(response, now=self._now())
        content_type = response.headers.get("content-type", "")
        if not question.takes(content_type):
            raise RemoteInvalid(detail=f"{url} is served as {content_type[:80]!r}")
        read = read_beginning if question.beginning else read_body
        body = await read(response, cap=question.cap)
        return Found(url, content_type, body, _etag(response.headers))


def _etag(headers: httpx.Headers) -> str:
    """Return an ETag that can be sent back; an overlong one is as good as none."""
    given: str = headers.get("etag", "")
    return given if len(given) <= _LONGEST_ETAG and given.isascii() and given.isprintable() else ""


def _is_refusal(outcome: Found | _Elsewhere | RemoteRefused) -> bool:
    return isinstance(outcome, RemoteRefused)


def _host(url: str) -> str:
    """Return the host and port that turns are counted by; what is no URL is refused later."""
    try:
        return httpx.URL(url).netloc.decode("ascii")
    except httpx.InvalidURL:
        return ""
