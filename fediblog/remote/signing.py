"""One outgoing request: guarded, signed for exactly what goes over the wire, ready to be sent."""

import inspect
from collections.abc import Awaitable, Callable, Mapping

import httpx

from fediblog.protocol.signatures import Scheme
from fediblog.remote.guard import check_url
from fediblog.remote.redirects import without_fragment

Headers = Mapping[str, str]
Signer = Callable[[str, str, bytes | None, str | None, Scheme], Awaitable[Headers] | Headers]
"""(method, url, body, content type, scheme) -> the headers that sign this one request.

Host, Date and Signature, and for a body its digest and Content-Type. It is asked anew for every hop
and every attempt, with the URL spelled as it goes over the wire.
"""


class RequestBuilder:
    """Makes requests for one httpx client, each of them checked by the guard."""

    def __init__(self, http: httpx.AsyncClient, *, development: bool) -> None:
        self._http = http
        self._common = {name: http.headers[name] for name in ("User-Agent", "Accept-Encoding")}
        self._development = development

    async def get(
        self, url: str, *, accept: str, sign: Signer | None, scheme: Scheme, etag: str = ""
    ) -> httpx.Request:
        """Return a GET of `url`, if it is not `etag` any more. Raises `AddressRefused`."""
        target = self._target(url)
        signed = {} if sign is None else await _signed(sign, "GET", target, None, None, scheme)
        headers = _named(target) | {"Accept": accept}
        if etag:
            headers["If-None-Match"] = etag
        return self._http.build_request("GET", target, headers=_merged(headers, signed))

    def post(
        self,
        url: str,
        body: bytes,
        *,
        content_type: str,
        accept: str,
        sign: Signer,
        scheme: Scheme,
    ) -> tuple[httpx.URL, Headers, Callable[[], Awaitable[Headers]]]:
        """Return where a POST of `body` to `url` goes, its headers, and what makes those that sign
        it. Raises `AddressRefused`."""
        target = self._target(url)

        async def signed() -> Headers:
            return await _signed(sign, "POST", target, body, content_type, scheme)

        headers = {**self._common, **_named(target), "Content-Type": content_type, "Accept": accept}
        return target, headers, signed

    def _target(self, url: str) -> httpx.URL:
        return check_url(without_fragment(url), development=self._development)


async def _signed(
    sign: Signer,
    method: str,
    target: httpx.URL,
    body: bytes | None,
    content_type: str | None,
    scheme: Scheme,
) -> Headers:
    outcome = sign(method, str(target), body, content_type, scheme)
    return await outcome if inspect.isawaitable(outcome) else outcome


def _named(target: httpx.URL) -> dict[str, str]:
    """The Host header. Without one httpx looks for what an xn-- name means to people, and fails
    where it means nothing to IDNA, such as for one with an emoji in it."""
    return {"Host": target.netloc.decode("ascii")}


def _merged(headers: Headers, signed: Headers) -> httpx.Headers:
    # Compared without case, so that a header which the signer sets is not sent twice.
    merged = httpx.Headers(headers)
    merged.update(signed)
    return merged
