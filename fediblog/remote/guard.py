"""Which URLs and addresses we may connect to (requirement K8: no way into private networks)."""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx

from fediblog.errors import AddressRefused

_SPECIAL_RANGES = tuple(
    (ip_network(block), meaning)
    for block, meaning in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local, cloud metadata"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved, broadcast"),
        ("::/96", "unspecified, loopback, IPv4-compatible"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::ffff:0:0:0/96", "IPv4-translated"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "local NAT64"),
        ("100::/64", "discard"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fc00::/7", "unique local"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_ALLOTTED_IPV6 = ip_network("2000::/3")

_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


def check_url(url: str | httpx.URL, *, development: bool) -> httpx.URL:
    """Return the parsed URL, or raise `AddressRefused` if we may not go there.

    Only https on its own port, no user or password, and a host that is a name or a plainly
    written public address. `development` also takes http, any port, and loopback addresses.
    A name is only judged by its looks here: what it resolves to is for `check_address`.
    """
    return _checked(str(url), development)


@lru_cache(maxsize=1024)
def _checked(url: str, development: bool) -> httpx.URL:
    """What `check_url` says, which follows from the text alone. Refusals are not remembered. What
    is sent is looked at more than once on its way, and parsing takes longer than all the rest."""
    parsed = _parsed(url)
    if parsed.scheme not in (("https", "http") if development else ("https",)):
        raise AddressRefused(detail=f"the scheme of {parsed} is not taken")
    if parsed.userinfo:
        raise AddressRefused(detail=f"a URL for {host_of(parsed)} carries a user name")
    if not _port_is_fine(parsed.port, development=development):
        raise AddressRefused(detail=f"the port of {parsed} is not taken")
    _check_host(host_of(parsed), development=development)
    return parsed


def host_of(url: httpx.URL) -> str:
    """The host as it is asked for. httpx's own `host` is for people, and raises for an xn-- name
    that stands for nothing IDNA knows, such as one with an emoji in it."""
    return url.raw_host.decode("ascii")


def check_address(address: str, *, development: bool) -> None:
    """Raise `AddressRefused` unless `address` (IPv4 or IPv6 text) is one of the public internet.

    Both our own table and the standard library are asked: `is_global` changes its mind between
    versions of Python, and knows nothing of the IPv4 addresses inside NAT64 or 6to4.
    """
    try:
        parsed = ip_address(address)
    except ValueError as error:
        raise AddressRefused(detail=f"{address!r} is no address") from error
    if "%" in address:
        raise AddressRefused(detail=f"{address!r} is only meant for one interface")
    if development and any(parsed in block for block in _LOOPBACK):
        return
    for block, meaning in _SPECIAL_RANGES:
        if parsed in block:
            raise AddressRefused(detail=f"{address} is not public ({meaning})")
    if not parsed.is_global or _is_unallotted(parsed):
        raise AddressRefused(detail=f"{address} is not public")


def _parsed(url: str) -> httpx.URL:
    try:
        return httpx.URL(url)
    except httpx.InvalidURL as error:
        raise AddressRefused(detail=f"this is no URL: {error}") from error


def _port_is_fine(port: int | None, *, development: bool) -> bool:
    if development:
        return port is None or 0 < port < 65536
    return port in (None, 443)


def _check_host(host: str, *, development: bool) -> None:
    # What ends in a number is an address to the operating system, however odd its spelling:
    # 127.1, 2130706433, 0177.0.0.1 and 0x7f000001 are all 127.0.0.1, and all are refused.
    if ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]):
        check_address(host, development=development)
    elif not _NAME.fullmatch(host):
        raise AddressRefused(detail=f"{host!r} is no host name")


def _is_unallotted(address: IPv4Address | IPv6Address) -> bool:
    return isinstance(address, IPv6Address) and address not in _ALLOTTED_IPV6
