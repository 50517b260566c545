"""Whose connection this is: behind a trusted proxy the address that the proxy names."""

import ipaddress

from starlette.requests import Request

from fediblog.settings import Network


def peer_address(request: Request, trusted: tuple[Network, ...]) -> str:
    """The address of the client.

    X-Forwarded-For counts only as far as trusted proxies have written it, from its end (K19).
    """
    address = request.client.host if request.client else ""
    forwarded = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    for named in reversed([part.strip() for part in forwarded if part.strip()]):
        if not _is_trusted(address, trusted):
            return address
        address = named
    return address


def _is_trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in trusted)
