"""Where a redirect leads, and when it is not followed (K9)."""

from collections.abc import Collection

import httpx

from fediblog.errors import AddressRefused, RemoteInvalid

REDIRECTS = 3
"""The most that are followed, as in Mastodon (requirement H1)."""


def next_hop(url: str, location: str, *, seen: Collection[str]) -> str:
    """Return the URL that `location`, answered by `url`, leads to, without a fragment.

    Raises `RemoteInvalid` for a loop, one redirect too many, or something that is no URL, and
    `AddressRefused` for a way from https down to http. Whether we may go there is for the guard.
    """
    try:
        here = httpx.URL(url)
        there = here.join(location)
    except (httpx.InvalidURL, ValueError) as error:
        raise RemoteInvalid(detail=f"{url} redirects to something that is no URL") from error
    target = without_fragment(str(there))
    if here.scheme == "https" and there.scheme != "https":
        raise AddressRefused(detail=f"{url} redirects away from https")
    if target in seen:
        raise RemoteInvalid(detail=f"{url} redirects in a circle")
    if len(seen) > REDIRECTS:
        raise RemoteInvalid(detail=f"{url} is one redirect too many")
    return target


def without_fragment(url: str) -> str:
    """Return `url` as it is fetched: a fragment never leaves the asker."""
    return url.partition("#")[0]


def is_same_origin(one: str, other: str) -> bool:
    """Tell whether two URLs have the same scheme, host and port; no URL is like nothing."""
    try:
        return _origin(one) == _origin(other)
    except (httpx.InvalidURL, ValueError):
        return False


def _origin(url: str) -> tuple[str, bytes]:
    parsed = httpx.URL(url)
    return parsed.scheme, parsed.netloc
