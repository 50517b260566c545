"""The httpx transport that carries the address guard, on aiohttp's connections."""

import socket
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

import aiohttp
import httpx
import yarl
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import Connection
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.tracing import Trace
from httpx_aiohttp.transport import (
    AiohttpResponseStream,
    AiohttpTransport,
    map_aiohttp_exceptions,
)

from fediblog.clock import Clock, utc_now
from fediblog.errors import RemoteUnreachable
from fediblog.remote.connector import Connector
from fediblog.remote.guard import check_address, check_url, host_of
from fediblog.remote.skews import Skews

CONNECTIONS = 600
CONNECTIONS_PER_HOST = 4
KEEP_ALIVE_SECONDS = 4.0
"""Less than the 5 s after which Node and uvicorn hang up: a POST must not meet a closing door."""


LateHeaders = Callable[[], Awaitable[Mapping[str, str]]]

#: Of the request that is being made in this task.
_late: ContextVar[LateHeaders | None] = ContextVar("late", default=None)


@contextmanager
def own_errors(url: str) -> Iterator[None]:
    """Turn whatever the libraries raise about a connection into `RemoteUnreachable`."""
    try:
        yield
    except (
        httpx.HTTPError,
        httpx.StreamError,
        aiohttp.ClientError,
        HttpProcessingError,
        OSError,
    ) as error:
        reason = f"{type(error).__name__}: {error}"
        raise RemoteUnreachable(detail=f"{url} cannot be reached ({reason})") from error


class GuardedResolver(AbstractResolver):
    """Resolves a name once, and hands on only addresses that the guard has seen.

    aiohttp connects to exactly what is returned here, so there is no second look-up whose
    answer could differ (DNS rebinding).
    """

    def __init__(self, connector: Connector, *, development: bool) -> None:
        self._connector = connector
        self._development = development

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return where to connect for `host`.

        One special address refuses the whole name: an honest server has none, and dropping only
        that one would let an attacker find out by trial what the guard knows.
        Raises `AddressRefused` and, for a name without addresses, `RemoteUnreachable`.
        """
        addresses = await self._addresses(host, port)
        for address in addresses:
            check_address(address, development=self._development)
        return [self._place(host, address, port) for address in addresses]

    async def close(self) -> None:
        """Nothing to close: the connector belongs to whoever made it."""

    async def _addresses(self, host: str, port: int) -> list[str]:
        try:
            addresses = list(await self._connector.resolve(host, port))
        except (OSError, UnicodeError) as error:
            raise RemoteUnreachable(detail=f"{host} has no address ({error})") from error
        if not addresses:
            raise RemoteUnreachable(detail=f"{host} has no address")
        return addresses

    def _place(self, host: str, address: str, port: int) -> ResolveResult:
        real_address, real_port = self._connector.dial(address, port)
        return ResolveResult(
            hostname=host,
            host=real_address,
            port=real_port,
            family=socket.AF_INET6 if ":" in real_address else socket.AF_INET,
            proto=socket.IPPROTO_TCP,
            flags=socket.AI_NUMERICHOST,
        )


class LateConnector(aiohttp.TCPConnector):
    """Adds to a request, once there is a connection for it, what is made only then.

    So who cannot be reached costs no signature, and what waits for a connection is not signed with
    the time at which it began to wait.
    """

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - aiohttp's own
    ) -> Connection:
        """A connection for a request, whose headers are complete then."""
        connection = await super().connect(req, traces, timeout)
        if late := _late.get():
            try:
                req.headers.update(await late())
            except BaseException:
                connection.close()
                raise
        return connection


class GuardedTransport(AiohttpTransport):
    """Every request of ours passes here; none leaves for an address that is not allowed."""

    def __init__(
        self,
        connector: Connector,
        *,
        development: bool,
        now: Clock = utc_now,
        skews: Skews | None = None,
    ) -> None:
        super().__init__(verify=connector.ssl_context, client=self._open_session)
        self._connector = connector
        self._development = development
        self._now = now
        self._skews = skews or Skews()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request as it is; redirects, cookies and decompression are not done here.

        The library's own method hands the URL over as text, which aiohttp would spell anew
        (`%3D` becomes `=`), and the signature would be over a different target.
        """
        _check(request, development=self._development)
        headers = request.headers.multi_items()
        timeouts = request.extensions.get("timeout", {})
        answer = await self._send(request.method, request.url, headers, request.content, timeouts)
        return _response(answer, request)

    async def post(
        self,
        url: httpx.URL,
        headers: Mapping[str, str],
        late: LateHeaders,
        body: bytes,
        timeouts: httpx.Timeout,
    ) -> httpx.Response:
        """Send one POST as it is, with no headers but these and what HTTP needs besides.

        late: makes those that are made once there is a connection.

        For what goes to thousands of servers: an `httpx.AsyncClient` sees to redirects, cookies and
        credentials, none of which we have, and that takes as long as the request itself.
        """
        check_url(url, development=self._development)
        token = _late.set(late)
        try:
            answer = await self._send("POST", url, headers, body, timeouts.as_dict())
        finally:
            _late.reset(token)
        return _response(answer, httpx.Request("POST", url))

    async def _send(
        self,
        method: str,
        url: httpx.URL,
        headers: Mapping[str, str] | Iterable[tuple[str, str]],
        body: bytes,
        timeouts: Mapping[str, float | None],
    ) -> aiohttp.ClientResponse:
        with map_aiohttp_exceptions():
            answer = await self._session().request(
                method,
                _as_signed(url),
                headers=headers,
                data=body or None,
                allow_redirects=False,
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(
                    sock_connect=timeouts.get("connect"), sock_read=timeouts.get("read")
                ),
            )
        self._skews.note(host_of(url), answer.headers.get("date", ""), self._now())
        return answer

    def _session(self) -> aiohttp.ClientSession:
        # The session wants a running loop, so it is opened by the first request.
        if not isinstance(self.client, aiohttp.ClientSession):
            self.client = self._open_session()
        return self.client

    def _open_session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=LateConnector(
                resolver=GuardedResolver(self._connector, development=self._development),
                use_dns_cache=False,
                ssl=self._connector.ssl_context,
                limit=CONNECTIONS,
                limit_per_host=CONNECTIONS_PER_HOST,
                keepalive_timeout=KEEP_ALIVE_SECONDS,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )


def _check(request: httpx.Request, *, development: bool) -> None:
    """The guard's word on a request. One that is to be plain may be http on its own port, and
    everything else about it is as for https."""
    url = request.url
    if request.extensions.get("plain") and url.scheme == "http" and url.port in {None, 80}:
        url = url.copy_with(scheme="https", port=None)
    check_url(url, development=development)


def _response(answer: aiohttp.ClientResponse, request: httpx.Request) -> httpx.Response:
    return httpx.Response(
        answer.status,
        headers=answer.raw_headers,
        stream=AiohttpResponseStream(answer),
        request=request,
    )


def _as_signed(url: httpx.URL) -> yarl.URL:
    """Build aiohttp's URL from httpx's parts: parsed once, and not one byte respelled."""
    host = host_of(url)
    path, _, query = url.raw_path.decode("ascii").partition("?")
    return yarl.URL.build(
        scheme=url.scheme,
        host=f"[{host}]" if ":" in host else host,
        port=url.port,
        path=path,
        query_string=query,
        encoded=True,
    )
