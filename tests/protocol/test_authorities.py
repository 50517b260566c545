"""By what hosts are compared: one host has one name, however it is spelled."""

import sys

import httpx
import pytest

from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming.values import is_uri


@pytest.mark.parametrize(
    ("spelled", "authority"),
    [
        ("https://Social.Example/users/a", "social.example"),
        ("https://social.example:443/", "social.example"),
        ("https://social.example:8443/", "social.example:8443"),
        ("http://social.example:80/", "social.example"),
        ("https://social.example./", "social.example"),
        ("https://social\u3002example/", "social.example"),
        ("https://social\uff0eexample/", "social.example"),
        ("https://social\uff61example:443/", "social.example"),
        ("https://b\u00fccher.example/", "xn--bcher-kva.example"),
        ("https://B\u00dcCHER.example/", "xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ("https://[2001:DB8::1]:8443/", "[2001:db8::1]:8443"),
    ],
)
def test_a_host_has_one_name(spelled: str, authority: str) -> None:
    assert authority_of(spelled) == authority
    asked = httpx.URL(spelled)
    host = asked.raw_host.decode().rstrip(".").lower()
    assert host.strip("[]") in authority, "it is the one that is asked"


@pytest.mark.parametrize(
    "none",
    [
        "",
        "mailto:a@social.example",
        "https://",
        "https://./",
        "https://\u3002/",
        "https://social example/",
        "https://social.example:x/",
        "https://-\u00fc-.example/",
        "https://a\u0300\u200dx.example/",
        "//social.example/",
    ],
)
def test_what_is_no_address_has_no_host(none: str) -> None:
    assert authority_of(none) == ""


def test_long_addresses_take_no_room() -> None:
    """Before anybody has proved who they are, a body of a megabyte may be one address."""
    many = [f"https://social.example/{number}/{'a' * 900_000}" for number in range(20)]
    held = [sys.getrefcount(each) for each in many]
    assert not any(is_uri(each) for each in many)
    assert [sys.getrefcount(each) for each in many] == held


def test_of_addresses_only_short_ones_are_kept() -> None:
    for number in range(300):
        assert authority_of(f"https://social.example/{number}/{'a' * 2_000}") == "social.example"
    first = f"https://social.example/x/{'a' * 2_000}"
    held = sys.getrefcount(first)
    authority_of(first)
    # The standard library keeps the last few.
    for number in range(300):
        authority_of(f"https://social.example/{number}/{'b' * 2_000}")
    assert sys.getrefcount(first) == held
