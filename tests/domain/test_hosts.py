"""Links that say one host and lead to another."""

import pytest

from fediblog.domain.hosts import undisclosed_host


@pytest.mark.parametrize(
    "text",
    [
        "bank.example",
        "https://bank.example/login",
        "WWW.BANK.EXAMPLE",
        "see (bank.example) now",
        "🔒bank.example",
        "https://bank.example@evil.example/",
        "https://evil.example.bank.example/",
        "https://bank.example/?next=https://evil.example/",
        "bank.example/evil.example",
        "ba\u200bnk.exam\u00adple",
        "bank\u3002example",
        "\uff42\uff41\uff4e\uff4b.example",
        "127.0.0.1",
        "me@bank.example",
        "bank.example://evil.example",
    ],
)
def test_another_host_in_the_text_is_undisclosed(text: str) -> None:
    assert undisclosed_host(text, "https://evil.example/path") == "evil.example"


@pytest.mark.parametrize(
    "text",
    [
        "evil.example",
        "https://www.evil.example/a/b,c.html?d=bank.example",
        "click here",
        "e.g. this",
        "Version 1.2.3",
        "@alice@bank.example",
        "#bank.example",
        "and so on...",
        "",
    ],
)
def test_the_same_host_or_none_misleads_nobody(text: str) -> None:
    assert undisclosed_host(text, "https://evil.example/path") is None


@pytest.mark.parametrize(
    "href",
    [
        "https://evil.example\\@bank.example/",
        "https:evil.example",
        "https:///evil.example",
        "https:\\\\evil.example\\bank.example",
        "https://bank.example@evil.example/",
        "https://EVIL.example:8443/",
    ],
)
def test_the_host_is_the_one_that_browsers_go_to(href: str) -> None:
    assert undisclosed_host("bank.example", href) == "evil.example"


def test_a_name_in_its_own_script_is_its_ascii_form() -> None:
    assert undisclosed_host("münchen.example", "https://xn--mnchen-3ya.example/") is None
    assert undisclosed_host("xn--mnchen-3ya.example", "https://münchen.example/") is None
    assert undisclosed_host("fass.example", "https://faß.example/") == "faß.example"


def test_an_address_without_a_host_gives_its_scheme() -> None:
    assert undisclosed_host("bank.example", "magnet:?xt=urn:x") == "magnet"


def test_an_address_that_cannot_be_read_misleads_nobody() -> None:
    assert undisclosed_host("bank.example", "https://[") is None
