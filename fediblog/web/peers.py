"""Whose connection this is: behind a trusted proxy the address that the proxy names.

Nobody is told apart by more than a subscriber has: of IPv6 that is a network of 2^64 addresses
(RFC 6177), each of which would be a client of its own.
"""

import ipaddress

from starlette.requests import Request

from fediblog.settings import Network

_NETWORK_BITS = 64


def peer_of(request: Request, trusted: tuple[Network, ...]) -> str:
    """The client, as limits count them: an IPv4 address, or the /64 network of an IPv6 address.

    X-Forwarded-For counts only as far as trusted proxies have written it, from its end (K19).
    """
    address = request.client.host if request.client else ""
    forwarded = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    for named in reversed([part.strip() for part in forwarded if part.strip()]):
        if not is_trusted(address, trusted):
            break
        address = named
    return _counted(address)


def _counted(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    # A socket that listens on both has IPv4 addresses in this form.
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed), _NETWORK_BITS), strict=False))


def is_trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    """Whether an address is that of a trusted proxy."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in trusted)
