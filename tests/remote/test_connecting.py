"""Names, addresses and certificates: whom a connection may reach (K8)."""

import socket
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from fediblog.errors import AddressRefused, RemoteUnreachable
from fediblog.protocol.signatures import Scheme
from fediblog.remote.client import RemoteClient
from fediblog.remote.connector import Connector, SystemResolver, public_trust
from fediblog.remote.transport import GuardedTransport
from tests.remote.server import (
    NO_TRUST,
    PUBLIC,
    RawServer,
    activity,
    known,
    leading_to,
    redirect,
    running,
)
from tests.tls import make_tls


def in_production(connector: Connector) -> RemoteClient:
    return RemoteClient(connector, development=False, user_agent="fediblog-tests")


async def sign_nothing(
    method: str, url: str, body: bytes | None, content_type: str | None, scheme: Scheme
) -> dict[str, str]:
    return {}


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["0.0.0.0"], ["::ffff:127.0.0.1"], ["::7f00:1"], [PUBLIC, "127.0.0.1"]],
    ids=" ".join,
)
async def test_k8_name_with_a_special_address_is_refused_unconnected(
    site: RawServer, addresses: list[str]
) -> None:
    connector = Connector(
        known({"evil.test": addresses}), lambda address, port: ("127.0.0.1", site.port), NO_TRUST
    )
    client = in_production(connector)
    with pytest.raises(AddressRefused):
        await client.get_document("https://evil.test/a", sign=None)
    with pytest.raises(AddressRefused):
        await client.post("https://evil.test/inbox", b"{}", sign=sign_nothing)
    with pytest.raises(AddressRefused):
        await client.get_bytes("https://evil.test/a.png", cap=100, types=("image/",))
    with pytest.raises(AddressRefused):
        await client.webfinger("a@evil.test", "evil.test")
    await client.aclose()
    assert site.connections == 0


async def test_k8_odd_literal_address_is_refused_unconnected(
    client: RemoteClient, site: RawServer
) -> None:
    for host in ("[::ffff:127.0.0.1]", "[::7f00:1]", "2130706433", "0x7f000001", "127.1"):
        with pytest.raises(AddressRefused):
            await client.get_document(f"http://{host}:{site.port}/a", sign=None)
    assert site.connections == 0


async def test_k8_transport_itself_refuses_what_nobody_checked(site: RawServer) -> None:
    transport = GuardedTransport(Connector(known({}), ssl_context=NO_TRUST), development=False)
    with pytest.raises(AddressRefused):
        await transport.handle_async_request(
            httpx.Request("GET", f"http://127.0.0.1:{site.port}/a")
        )
    assert site.connections == 0


async def test_k8_rebinding_never_reaches_the_second_answer(tmp_path: Path) -> None:
    server_tls, client_tls = make_tls(tmp_path, ["evil.test"])
    lookups: list[str] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        lookups.append(host)
        return [PUBLIC] if len(lookups) == 1 else ["127.0.0.1"]

    async with running(server_tls) as public, running(server_tls) as private:
        ports = {PUBLIC: public.port, "127.0.0.1": private.port}
        connector = Connector(resolve, lambda a, _: ("127.0.0.1", ports[a]), client_tls)
        # A connection kept alive would make the second look-up unnecessary.
        public.answers["/a"] = activity({"id": "https://evil.test/a"}).replace(
            b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1
        )
        client = in_production(connector)
        await client.get_document("https://evil.test/a", sign=None)
        assert lookups == ["evil.test"], "the address that was checked is the one connected to"
        with pytest.raises(AddressRefused):
            await client.get_document("https://evil.test/a", sign=None)
        await client.aclose()
        assert (public.connections, private.connections) == (1, 0)


@pytest.mark.parametrize(
    "location",
    [
        "https://169.254.169.254/latest/meta-data/",
        "https://inside.test/",
        "https://[::ffff:7f00:1]/",
        "https://gts1.test:8443/",
        "http://gts1.test/",
        "file:///etc/passwd",
        "//0x7f000001/",
    ],
)
async def test_k8_every_redirect_is_guarded(tmp_path: Path, location: str) -> None:
    server_tls, client_tls = make_tls(tmp_path, ["gts1.test"])
    async with running(server_tls) as public, running() as inside:
        ports = {PUBLIC: public.port}
        connector = Connector(
            known({"gts1.test": [PUBLIC], "inside.test": ["10.0.0.1"]}),
            lambda address, _: ("127.0.0.1", ports.get(address, inside.port)),
            client_tls,
        )
        public.answers["/a"] = redirect(location)
        client = in_production(connector)
        with pytest.raises(AddressRefused):
            await client.get_document("https://gts1.test/a", sign=None)
        await client.aclose()
        assert (public.targets, inside.connections) == (["/a"], 0)


async def test_tls_reaches_the_server_that_the_certificate_names(tmp_path: Path) -> None:
    server_tls, client_tls = make_tls(tmp_path, ["gts1.test"])
    async with running(server_tls) as server:
        server.answers["/users/a"] = activity({"id": "https://gts1.test/users/a"})
        client = in_production(leading_to(server.port, {"gts1.test": [PUBLIC]}, client_tls))
        found = await client.get_document("https://gts1.test/users/a", sign=None)
        await client.aclose()
        assert found.url == "https://gts1.test/users/a"
        assert server.requests[0].headers["host"] == "gts1.test"


async def test_tls_refuses_a_certificate_for_another_name(tmp_path: Path) -> None:
    server_tls, client_tls = make_tls(tmp_path, ["other.test"])
    async with running(server_tls) as server:
        client = in_production(leading_to(server.port, {"gts1.test": [PUBLIC]}, client_tls))
        with pytest.raises(RemoteUnreachable, match=r"gts1\.test"):
            await client.get_document("https://gts1.test/a", sign=None)
        await client.aclose()
        assert server.requests == []


async def test_tls_refuses_an_unknown_authority(tmp_path: Path) -> None:
    server_tls, _ = make_tls(tmp_path, ["gts1.test"])
    async with running(server_tls) as server:
        client = in_production(leading_to(server.port, {"gts1.test": [PUBLIC]}))
        with pytest.raises(RemoteUnreachable):
            await client.get_document("https://gts1.test/a", sign=None)
        await client.aclose()
        assert server.requests == []


async def test_unknown_name_is_unreachable() -> None:
    client = in_production(Connector(known({"empty.test": []}), ssl_context=NO_TRUST))
    for host in ("nobody.test", "empty.test"):
        with pytest.raises(RemoteUnreachable):
            await client.get_document(f"https://{host}/a", sign=None)
    await client.aclose()


async def test_closed_port_is_unreachable(client: RemoteClient) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/a"
        with pytest.raises(RemoteUnreachable):
            await client.get_document(url, sign=None)


async def test_development_reaches_loopback_by_name(client: RemoteClient, site: RawServer) -> None:
    url = f"http://localhost:{site.port}/a"
    site.answers["/a"] = activity({"id": url})
    assert (await client.get_document(url, sign=None)).url == url


async def test_system_resolver_gives_each_address_once() -> None:
    addresses = await SystemResolver()("127.0.0.1", 443)
    assert addresses == ["127.0.0.1"]


async def test_a_name_that_cannot_be_one_is_unreachable() -> None:
    client = in_production(Connector())
    host = ".".join(["a" * 60] * 6)
    with pytest.raises(RemoteUnreachable):
        await client.get_document(f"https://{host}/a", sign=None)
    await client.aclose()


def test_public_trust_checks_names() -> None:
    assert public_trust().check_hostname
