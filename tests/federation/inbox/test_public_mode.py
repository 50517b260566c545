"""A blog on the public internet: where it goes for a key, how often, and where never (K8, K9)."""

from base64 import b64encode
from datetime import timedelta

import pytest
from starlette.responses import JSONResponse, RedirectResponse, Response

from fediblog.actions.blocking import set_blocked
from fediblog.demo.sealing import Seal
from fediblog.known_keys import Failure
from fediblog.protocol.keys import PrivateKey
from fediblog.protocol.outgoing import ACTIVITY_JSON, encode
from fediblog.protocol.signatures import SignedRequest
from fediblog.protocol.signatures.cavage import SignatureParams, signing_strings
from tests.bench import SettableClock
from tests.federation.inbox.contents import nothing_written
from tests.federation.inbox.public import ORIGIN, Public
from tests.federation.inbox.senders import Sender
from tests.federation.internet import PRIVATE, PUBLIC

pytestmark = pytest.mark.asyncio(loop_scope="module")

#: Addresses that no name of the public internet has.
NOT_PUBLIC = (
    PRIVATE,
    "127.0.0.1",
    "0.0.0.0",
    "100.64.0.1",
    "169.254.169.254",
    "192.168.1.1",
    "::1",
    "::ffff:127.0.0.1",
    "64:ff9b::a00:1",
    "fd00::1",
    "fe80::1",
)


async def test_a_stranger_on_the_public_internet_is_taken(public: Public) -> None:
    stranger = public.stranger("welcome")
    assert (await stranger.send(stranger.view())).status_code == 202
    assert set(public.net.dialled) == {PUBLIC}


@pytest.mark.parametrize("address", NOT_PUBLIC)
async def test_k8_a_key_on_a_private_address_is_not_fetched(public: Public, address: str) -> None:
    """Not one connection is made, also when the name has a public address besides."""
    stranger = public.stranger(f"insider{NOT_PUBLIC.index(address)}", "intranet.test")
    for addresses in ([address], [PUBLIC, address]):
        public.net.addresses["intranet.test"] = addresses
        dialled = len(public.net.dialled)
        async with nothing_written(public.blog):
            answer = await stranger.send(stranger.view())
        assert answer.status_code == 401
        assert len(public.net.dialled) == dialled
        public.blog.blog.known_keys.add_failure(stranger.person.key_id, Failure(0, False))


@pytest.mark.parametrize(
    "origin",
    [
        "https://127.0.0.1",
        "https://10.0.0.1",
        "https://[::1]",
        "https://2130706433",
        "https://0x7f000001",
        "https://evil.test:8443",
        "http://evil.test",
    ],
)
async def test_k8_a_key_id_that_leads_to_no_public_server_is_not_fetched(
    public: Public, origin: str
) -> None:
    stranger = public.stranger("anybody")
    actor_id = f"{origin}/users/anybody"
    dialled = len(public.net.dialled)
    view = stranger.view() | {"id": f"{actor_id}#views/1", "actor": actor_id}
    async with nothing_written(public.blog):
        answer = await stranger.send(view, key_id=f"{actor_id}#main-key")
    assert answer.status_code == 401
    assert len(public.net.dialled) == dialled


async def test_k8_a_redirect_to_a_private_address_is_not_followed(public: Public) -> None:
    public.net.addresses["intranet.test"] = [PRIVATE]
    insider = public.stranger("insider", "intranet.test")
    stranger = public.stranger("redirecting")
    stranger.server.responses[stranger.path] = RedirectResponse(insider.id)
    async with nothing_written(public.blog):
        answer = await stranger.send(stranger.view())
    assert answer.status_code == 401
    assert PRIVATE not in public.net.dialled


@pytest.mark.parametrize("where", ["itself", "http", "another host"])
async def test_k9_a_redirect_that_leads_nowhere_good_is_not_followed(
    public: Public, where: str
) -> None:
    stranger = public.stranger(f"redirect-{where.replace(' ', '-')}")
    there = {
        "itself": stranger.id,
        "http": stranger.id.replace("https:", "http:"),
        "another host": "https://xn--bcher-kva.test/users/alice",
    }[where]
    stranger.server.responses[stranger.path] = RedirectResponse(there)
    async with nothing_written(public.blog):
        answer = await stranger.send(stranger.view())
    assert answer.status_code == 401
    assert public.fetches(stranger) == 1


async def test_k9_a_document_of_two_megabytes_is_not_read(public: Public) -> None:
    stranger = public.stranger("endless")
    document = stranger.document() | {"summary": "x" * 2_000_000}
    response = JSONResponse(document, media_type=ACTIVITY_JSON)
    stranger.server.responses[stranger.path] = response
    async with nothing_written(public.blog):
        answer = await stranger.send(stranger.view())
    assert answer.status_code == 401


@pytest.mark.parametrize(("status", "expected", "pause"), [(503, 503, 30), (404, 401, 30)])
async def test_b13_a_key_that_could_not_be_had_is_not_asked_for_again_at_once(
    public: Public, later: SettableClock, status: int, expected: int, pause: int
) -> None:
    """The answer stays what it was, and after a pause a key that is there is found."""
    stranger = public.stranger(f"failing{status}")
    stranger.server.responses[stranger.path] = Response(status_code=status)
    async with nothing_written(public.blog):
        answers = [await stranger.send(stranger.view()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [expected] * 3
    assert public.fetches(stranger) == 1

    del stranger.server.responses[stranger.path]
    later.offset = timedelta(seconds=pause + 1)
    assert (await stranger.send(stranger.view())).status_code == 202


async def test_b13_a_key_that_is_missing_again_is_left_alone_for_longer(
    public: Public, later: SettableClock
) -> None:
    """Half a minute at the first time, five minutes whenever it is missing after that."""
    stranger = public.stranger("unborn")
    stranger.server.responses[stranger.path] = Response(status_code=404)
    for seconds, fetches in ((0, 1), (29, 1), (31, 2), (62, 2), (330, 2), (332, 3)):
        later.offset = timedelta(seconds=seconds)
        assert (await stranger.send(stranger.view())).status_code == 401
        assert public.fetches(stranger) == fetches, seconds


async def test_b13_a_key_id_that_names_no_key_is_not_asked_for_again_at_once(
    public: Public,
) -> None:
    stranger = public.stranger("keyless")
    for _ in range(3):
        answer = await stranger.send(stranger.view(), key_id=f"{stranger.id}#no-key")
        assert answer.status_code == 401
    assert public.fetches(stranger) == 1


async def test_b13_wrong_signatures_do_not_make_us_ask_again_and_again(
    public: Public, later: SettableClock
) -> None:
    """A key is asked for again after half a minute, and what does not hold then never will. Until
    it has been asked for, nobody can tell (N8)."""
    stranger = public.stranger("wrong")
    assert (await stranger.send(stranger.view())).status_code == 202
    other = PrivateKey.generate()
    async with nothing_written(public.blog):
        for _ in range(3):
            answer = await stranger.send(stranger.view(), sign_with=other)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert public.fetches(stranger) == 1

    later.offset = timedelta(seconds=31)
    async with nothing_written(public.blog):
        for expected in (401, 503, 503):
            answer = await stranger.send(stranger.view(), sign_with=other)
            assert answer.status_code == expected
    assert public.fetches(stranger) == 2


async def test_b13_a_key_that_was_fetched_for_the_message_itself_is_final(public: Public) -> None:
    stranger = public.stranger("wrong-from-the-start")
    answer = await stranger.send(stranger.view(), sign_with=PrivateKey.generate())
    assert answer.status_code == 401
    assert public.fetches(stranger) == 1


@pytest.mark.parametrize("host", ["fake.test", "fake.test:443", "FAKE.test"])
async def test_b2_our_host_may_be_written_with_its_default_port(public: Public, host: str) -> None:
    stranger = public.stranger("polite")
    assert await _status(stranger, host) == 202


@pytest.mark.parametrize(
    "host", ["fake.test:80", "fake.test:8443", "fake.test.", "evil.test", "fake.test, evil.test"]
)
async def test_b2_what_was_signed_for_another_host_is_refused(public: Public, host: str) -> None:
    stranger = public.stranger("polite")
    async with nothing_written(public.blog):
        assert await _status(stranger, host) == 401


async def test_k14_a_blocked_name_cannot_come_back_in_other_letters(public: Public) -> None:
    """Hosts are compared as punycode in lower case, so there is no second spelling of one."""
    host = "xn--bcher-kva.test"
    await set_blocked(public.blog.blog, host.upper(), True)
    ida = public.stranger("ida", host)
    for spelled in (host, host.upper(), "bücher.test", "BÜCHER.test"):
        actor_id = f"https://{spelled}/users/ida"
        key_id = f"{actor_id}#main-key"
        pem = ida.person.key.public_pem()
        document = {
            "id": actor_id,
            "type": "Person",
            "preferredUsername": "ida",
            "inbox": f"{actor_id}/inbox",
            "publicKey": {"id": key_id, "owner": actor_id, "publicKeyPem": pem},
        }
        ida.server.responses[ida.path] = JSONResponse(document, media_type=ACTIVITY_JSON)
        body = encode(ida.view() | {"id": f"{actor_id}#views/1", "actor": actor_id})
        seal = Seal(key_id, ida.person.key, ida.server.clock())
        headers = seal.headers("POST", f"{ORIGIN}/inbox", body)
        sent = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        async with nothing_written(public.blog):
            answer = await public.blog.http.post("/inbox", content=body, headers=sent)
        assert answer.status_code in {400, 401, 403}, spelled


async def _status(sender: Sender, host: str) -> int:
    """The answer to a delivery that was sent, and signed, with this very Host header."""
    view, person = sender.view(), sender.person
    headers = sender.sealed(view) | {"Host": host}
    lines = tuple((name.lower(), value) for name, value in headers.items())
    covered = ("(request-target)", "host", "date", "digest")
    params = SignatureParams(person.key_id, "rsa-sha256", covered, b"")
    request = SignedRequest("POST", "/inbox", lines, encode(view))
    signature = b64encode(person.key.sign(signing_strings(request, params)[0])).decode()
    headers["Signature"] = (
        f'keyId="{person.key_id}",headers="{" ".join(covered)}",signature="{signature}"'
    )
    return (await sender.send_with(view, headers)).status_code
