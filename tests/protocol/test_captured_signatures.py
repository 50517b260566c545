"""Signatures that real servers made: every recorded request holds, and no changed one does."""

from dataclasses import replace

import pytest

from fediblog.errors import Unauthenticated
from fediblog.protocol.digests import check_digest
from fediblog.protocol.keys import PublicKey
from fediblog.protocol.signatures import SignedRequest
from fediblog.protocol.signatures.cavage import (
    check_covered,
    check_host,
    check_window,
    parse_signature,
    verify,
)
from tests.captures_reader import (
    GOTOSOCIAL_TARGET,
    WORDPRESS_TARGET,
    CapturedRequest,
    gotosocial_keys,
    gotosocial_requests,
    gotosocial_stubs,
    wordpress_keys,
    wordpress_requests,
)

GOTOSOCIAL = gotosocial_requests()
GOTOSOCIAL_POSTS = tuple(captured for captured in GOTOSOCIAL if captured.method == "POST")
WORDPRESS = wordpress_requests()
WORDPRESS_POSTS = tuple(captured for captured in WORDPRESS if captured.method == "POST")


def name(captured: CapturedRequest) -> str:
    return captured.name


def without_port(captured: CapturedRequest) -> SignedRequest:
    """The request with the Host that WordPress signed.

    WordPress signs the name of the host without its port, and sends it with the port. On 443 the
    two are the same; these were recorded on port 9099, so the port goes, here in the test only
    (requirement N11).
    """
    request = captured.signed()
    host = ("host", captured.header("host").partition(":")[0])
    return replace(request, headers=tuple(host if h[0] == "host" else h for h in request.headers))


def holds(request: SignedRequest, keys: dict[str, str]) -> bool:
    params = parse_signature(request)
    return verify(request, params, PublicKey.from_pem(keys[params.key_id]))


def with_flipped_body(request: SignedRequest) -> SignedRequest:
    body = bytearray(request.body)
    body[len(body) // 2] ^= 1
    return replace(request, body=bytes(body))


def test_all_the_captures_are_there() -> None:
    assert len(GOTOSOCIAL) == 41
    assert len(GOTOSOCIAL_POSTS) == 31
    assert len(WORDPRESS) == 12


@pytest.mark.parametrize("captured", GOTOSOCIAL, ids=name)
def test_gotosocial_passes_every_check(captured: CapturedRequest) -> None:
    request = captured.signed()
    params = parse_signature(request)
    assert params.algorithm == "hs2019"
    check_covered(params, method=request.method)
    check_window(request, params, captured.sent_at)
    check_host(request, GOTOSOCIAL_TARGET)
    assert holds(request, gotosocial_keys())


@pytest.mark.parametrize("captured", GOTOSOCIAL_POSTS, ids=name)
def test_gotosocial_bodies_have_their_digest(captured: CapturedRequest) -> None:
    request = captured.signed()
    check_digest(request.values("digest"), request.body)


@pytest.mark.parametrize("captured", GOTOSOCIAL_POSTS, ids=name)
def test_a_flipped_byte_in_a_gotosocial_body_is_refused(captured: CapturedRequest) -> None:
    request = with_flipped_body(captured.signed())
    with pytest.raises(Unauthenticated):
        check_digest(request.values("digest"), request.body)


@pytest.mark.parametrize("captured", GOTOSOCIAL, ids=name)
def test_a_flipped_byte_in_a_gotosocial_signature_does_not_hold(captured: CapturedRequest) -> None:
    request = captured.signed()
    params = parse_signature(request)
    flipped = bytearray(params.signature)
    flipped[-1] ^= 1
    key = PublicKey.from_pem(gotosocial_keys()[params.key_id])
    assert not verify(request, replace(params, signature=bytes(flipped)), key)


@pytest.mark.parametrize("captured", GOTOSOCIAL, ids=name)
def test_a_gotosocial_request_for_another_path_does_not_hold(captured: CapturedRequest) -> None:
    request = captured.signed()
    assert not holds(replace(request, target="/x" + request.target), gotosocial_keys())


def test_the_key_that_anybody_may_fetch_is_the_key_of_the_actor() -> None:
    for key_id, stub in gotosocial_stubs().items():
        assert stub["publicKey"]["publicKeyPem"] == gotosocial_keys()[key_id]


@pytest.mark.parametrize("captured", WORDPRESS, ids=name)
def test_wordpress_holds_over_the_host_without_its_port(captured: CapturedRequest) -> None:
    request = without_port(captured)
    params = parse_signature(request)
    assert params.algorithm == "rsa-sha256"
    check_covered(params, method=request.method)
    check_window(request, params, captured.sent_at)
    check_host(captured.signed(), WORDPRESS_TARGET)
    assert holds(request, wordpress_keys())


@pytest.mark.parametrize("captured", WORDPRESS, ids=name)
def test_wordpress_on_a_port_of_its_own_does_not_hold_as_it_came(captured: CapturedRequest) -> None:
    assert not holds(captured.signed(), wordpress_keys())


@pytest.mark.parametrize("captured", WORDPRESS_POSTS, ids=name)
def test_wordpress_bodies_have_their_digest(captured: CapturedRequest) -> None:
    request = captured.signed()
    check_digest(request.values("digest"), request.body)


@pytest.mark.parametrize("captured", WORDPRESS_POSTS, ids=name)
def test_a_flipped_byte_in_a_wordpress_body_is_refused(captured: CapturedRequest) -> None:
    request = with_flipped_body(captured.signed())
    with pytest.raises(Unauthenticated):
        check_digest(request.values("digest"), request.body)
