"""The address at which a host is asked about one of its people (WebFinger, RFC 7033)."""

from urllib.parse import quote

from fediblog.errors import AddressRefused

WEBFINGER_TYPES = ("application/jrd+json", "application/json")

_MORE_THAN_A_HOST = frozenset("/?#@\\ ")


def webfinger_url(resource: str, host: str, *, development: bool) -> str:
    """Return the WebFinger URL for an `acct:` URI, a handle or a URL at `host`.

    `host` may carry a port. In development a host with a port, or on loopback, is asked by http.
    Raises `AddressRefused` if `host` is more than a host.
    """
    scheme = "http" if development and _is_local(host) else "https"
    if not host or not _MORE_THAN_A_HOST.isdisjoint(host):
        raise AddressRefused(detail=f"{host!r} is no host")
    query = quote(_uri(resource), safe=":@/")
    return f"{scheme}://{host}/.well-known/webfinger?resource={query}"


def _uri(resource: str) -> str:
    if resource.startswith(("acct:", "https://", "http://")):
        return resource
    return f"acct:{resource.removeprefix('@')}"


def _is_local(host: str) -> bool:
    return host == "localhost" or host.startswith("127.") or ":" in host
