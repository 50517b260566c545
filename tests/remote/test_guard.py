"""Which URLs and addresses are refused (K8)."""

import pytest

from fediblog.errors import AddressRefused
from fediblog.remote.guard import check_address, check_url

PUBLIC_ADDRESSES = ["93.184.216.34", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111"]


@pytest.mark.parametrize("address", PUBLIC_ADDRESSES)
def test_k8_public_addresses_are_allowed(address: str) -> None:
    check_address(address, development=False)


SPECIAL_ADDRESSES = {
    "0.0.0.0": "this network",
    "0.255.255.255": "this network",
    "10.0.0.1": "private",
    "100.64.0.1": "carrier-grade NAT",
    "100.127.255.255": "carrier-grade NAT",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "169.254.169.254": "cloud metadata",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.0.0.1": "protocol assignments",
    "192.0.0.9": "protocol assignments",
    "192.0.2.1": "documentation",
    "192.88.99.1": "6to4 relay",
    "192.168.1.1": "private",
    "198.18.0.1": "benchmarking",
    "198.19.255.255": "benchmarking",
    "198.51.100.1": "documentation",
    "203.0.113.1": "documentation",
    "224.0.0.1": "multicast",
    "239.255.255.255": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "broadcast",
    "::": "unspecified",
    "::1": "loopback",
    "::7f00:1": "IPv4-compatible loopback",
    "::93.184.216.34": "IPv4-compatible",
    "::ffff:127.0.0.1": "IPv4-mapped loopback",
    "::ffff:7f00:1": "IPv4-mapped loopback",
    "::ffff:93.184.216.34": "IPv4-mapped",
    "::ffff:0:127.0.0.1": "IPv4-translated",
    "64:ff9b::7f00:1": "NAT64 loopback",
    "64:ff9b::5db8:d822": "NAT64",
    "64:ff9b:1::7f00:1": "local NAT64",
    "64:ff9b:1:ffff::1": "local NAT64",
    "100::1": "discard",
    "2001::1": "Teredo",
    "2001:0:ffff::1": "Teredo",
    "2001:2::1": "benchmarking",
    "2001:10::1": "ORCHID",
    "2001:20::1": "ORCHIDv2",
    "2001:db8::1": "documentation",
    "2002:7f00:1::": "6to4 loopback",
    "2002:5db8:d822::1": "6to4",
    "3fff::1": "documentation",
    "5f00::1": "segment routing",
    "4000::1": "not allotted",
    "fc00::1": "unique local",
    "fdff::1": "unique local",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local with a zone",
    "2606:4700::1%eth0": "a zone",
    "fec0::1": "site-local",
    "ff02::1": "multicast",
    "": "nothing",
    "127.1": "odd",
    "0177.0.0.1": "odd",
    "example.com": "a name",
}


@pytest.mark.parametrize("address", SPECIAL_ADDRESSES, ids=lambda address: address or "nothing")
def test_k8_special_addresses_are_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        check_address(address, development=False)


def test_k8_mapped_loopback_is_refused() -> None:
    with pytest.raises(AddressRefused):
        check_address("::ffff:127.0.0.1", development=False)


LOOPBACK = ("127.0.0.1", "127.255.255.254", "::1")


@pytest.mark.parametrize("address", LOOPBACK)
def test_development_allows_loopback(address: str) -> None:
    check_address(address, development=True)


@pytest.mark.parametrize(
    "address", [address for address in SPECIAL_ADDRESSES if address not in LOOPBACK]
)
def test_development_allows_nothing_else_special(address: str) -> None:
    with pytest.raises(AddressRefused):
        check_address(address, development=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://example.com:443/users/a?page=1#main-key",
        "https://EXAMPLE.com/",
        "https://bücher.example/",
        "https://x_y.example/",
        "https://93.184.216.34/",
        "https://[2606:4700::1111]/",
    ],
)
def test_public_https_urls_are_allowed(url: str) -> None:
    check_url(url, development=False)


BAD_HOSTS = [
    "0x7f000001",
    "0X7F.1",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "127.1",
    "127.0.1",
    "1.2.3.4.5",
    "169.254.169.254",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[fe80::1%25eth0]",
    "[2606:4700::1%25eth0]",
    "example.com.",
    "127.0.0.1.",
    ".example.com",
    "example..com",
    "a b",
    "①②⑦.⓪.⓪.①",
    "\uff11\uff12\uff17.0.0.1",
    "-x.example",
    "",
]


@pytest.mark.parametrize("host", BAD_HOSTS, ids=ascii)
@pytest.mark.parametrize("development", [True, False])
def test_k8_hosts_with_odd_or_special_addresses_are_refused(host: str, development: bool) -> None:
    with pytest.raises(AddressRefused):
        check_url(f"https://{host}/", development=development)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "//example.com/",
        "example.com",
        "",
        "https:example.com",
        "https://example.com:80/",
        "https://example.com:8443/",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://user@example.com/",
        "https://user:password@example.com/",
        "https://example.com\\@evil.example/",
        "https://example.com/\x00",
        "https://example.com/\r\nX: y",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::7f00:1]/",
        "https://[127.0.0.1]/",
    ],
    ids=ascii,
)
def test_k8_other_urls_are_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url, development=False)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8000/a", "http://[::1]:8000/", "http://localhost/", "https://a.test:8443/"],
)
def test_development_allows_http_and_ports_and_loopback(url: str) -> None:
    check_url(url, development=True)


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://user@127.0.0.1/", "ftp://127.0.0.1/", "http://127.1:80/"]
)
def test_development_still_refuses_the_rest(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url, development=True)
