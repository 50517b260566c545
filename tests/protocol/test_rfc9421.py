"""RFC 9421: what holds, and each check broken alone."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha512

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediblog.errors import Unauthenticated
from fediblog.protocol.digests import content_digest_header
from fediblog.protocol.keys import PrivateKey, PublicKey
from fediblog.protocol.signatures import (
    Scheme,
    Signature,
    SignedRequest,
    check_request,
    claimed_key_id,
    sign_request,
)
from fediblog.protocol.signatures.rfc9421 import MessageSignature, signature_base

NOW = datetime(2026, 11, 22, 14, 44, 8, tzinfo=UTC)
CREATED = int(NOW.timestamp())
ORIGIN = "https://blog.example"
KEY_ID = "https://remote.example/users/alice#main-key"
RSA = PrivateKey.generate()
ED25519 = PrivateKey.generate("Ed25519")
BODY = b'{"type":"Create"}'
#: What Mastodon, and what Fedify covers.
MASTODON = ("@method", "@target-uri", "content-digest")
FEDIFY = ("@method", "@target-uri", "@authority", "host", "date", "content-digest")

VALUES = {
    "@method": "POST",
    "@target-uri": "https://blog.example/inbox",
    "@authority": "blog.example",
    "@scheme": "https",
    "@path": "/inbox",
    "@query": "?",
    "@request-target": "/inbox",
    "host": "blog.example",
    "date": "Sun, 22 Nov 2026 14:44:08 GMT",
    "content-digest": content_digest_header(BODY),
    "content-type": "application/activity+json",
}


def made(
    covered: Sequence[str] = MASTODON,
    params: str = f'created={CREATED};keyid="{KEY_ID}"',
    key: PrivateKey = RSA,
    *,
    changed: Mapping[str, str] | None = None,
) -> SignedRequest:
    """A delivery as another server signs it, put together here without any code of ours."""
    values = VALUES | dict(changed or {})
    names = " ".join(f'"{name}"' for name in covered)
    lines = [f'"{name}": {values[name]}' for name in covered]
    base = "\n".join([*lines, f'"@signature-params": ({names});{params}'])
    return signed(f"sig1=({names});{params}", key.sign(base.encode()))


def signed(signature_input: str, signature: bytes) -> SignedRequest:
    headers = {name: value for name, value in VALUES.items() if not name.startswith("@")}
    text = f"sig1={as_bytes(signature)}"
    lines = (*headers.items(), ("signature-input", signature_input), ("signature", text))
    return SignedRequest("POST", "/inbox", lines, BODY)


def as_bytes(data: bytes) -> str:
    return f":{b64encode(data).decode()}:"


def with_header(request: SignedRequest, name: str, *values: str) -> SignedRequest:
    """The request with these values, and no others, for one header."""
    others = tuple(each for each in request.headers if each[0] != name)
    return replace(request, headers=others + tuple((name, value) for value in values))


def checked(request: SignedRequest, *, now: datetime = NOW, origin: str = ORIGIN) -> Signature:
    return check_request(request, origin=origin, now=now)


def accepts(request: SignedRequest, key: PrivateKey = RSA) -> bool:
    return checked(request).holds(key.public_key())


def refuses(request: SignedRequest) -> bool:
    """Whether no key is even asked for."""
    try:
        checked(request)
    except Unauthenticated as error:
        return bool(error.public)
    return False


# What holds


def test_the_example_of_the_standard_holds() -> None:
    """RFC 9421, appendix B.2.6, with the key of B.1.4."""
    key = PublicKey.from_pem(
        "-----BEGIN PUBLIC KEY-----\n"
        "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n"
        "-----END PUBLIC KEY-----\n"
    )
    covered = ("date", "@method", "@path", "@authority", "content-type", "content-length")
    names = " ".join(f'"{name}"' for name in covered)
    found = MessageSignature(
        key_id="test-key-ed25519",
        algorithm="",
        covered=covered,
        created=1618884473,
        expires=None,
        signature=bytes.fromhex(
            "c2a700a9b9982768e2da095f00c691cb882bb986"
            "27c769c414dd8737a8eb9c39d008ad6ed3619bd3"
            "8bfd10383050f8aee00d30eafb90bf9948a7958f"
            "a412910b"
        ),
        params=f'({names});created=1618884473;keyid="test-key-ed25519"',
    )
    headers = (
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("content-type", "application/json"),
        ("content-length", "18"),
    )
    request = SignedRequest("POST", "/foo?param=Value&Pet=dog", headers, b"")
    text = signature_base(request, found, "https://example.com")
    assert key.verify(found.signature, text, "hs2019")


@pytest.mark.parametrize("covered", [MASTODON, FEDIFY, tuple(VALUES)], ids=str)
def test_what_others_cover_is_taken(covered: tuple[str, ...]) -> None:
    assert accepts(made(covered))


@pytest.mark.parametrize(
    "params",
    [
        f'created={CREATED};keyid="{KEY_ID}"',
        f'alg="rsa-v1_5-sha256";keyid="{KEY_ID}";created={CREATED}',
        f'created={CREATED};expires={CREATED + 300};nonce="n";tag="t";keyid="{KEY_ID}"',
    ],
)
def test_every_way_to_write_the_parameters_is_taken(params: str) -> None:
    assert accepts(made(params=params))


def test_ed25519_holds_with_and_without_its_name() -> None:
    assert accepts(made(key=ED25519), ED25519)
    named = f'created={CREATED};keyid="{KEY_ID}";alg="ed25519"'
    assert accepts(made(params=named, key=ED25519), ED25519)


def test_blanks_in_the_header_change_nothing() -> None:
    """What was signed is spelled in one way, however the header is written (section 2.3)."""
    request = made()
    (text,) = request.values("signature-input")
    spread = text.replace('" "', '"  "').replace(";", ";  ")
    assert accepts(with_header(request, "signature-input", spread))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_we_sign_holds(method: str) -> None:
    url = f"{ORIGIN}/users/alice?a=b"
    body = BODY if method == "POST" else None
    headers = sign_request(
        method=method,
        url=url,
        key_id=KEY_ID,
        private_key=RSA,
        date=NOW,
        body=body,
        content_type="application/activity+json" if body else None,
        scheme=Scheme.RFC_9421,
    )
    lines = tuple((name.lower(), value) for name, value in headers.items())
    request = SignedRequest(method, "/users/alice?a=b", lines, body or b"")
    assert accepts(request)
    digest = ' "content-digest"' if body else ""
    assert headers["Signature-Input"] == (
        f'sig1=("@method" "@target-uri"{digest});created={CREATED};keyid="{KEY_ID}"'
    )
    assert claimed_key_id(request) == KEY_ID


# What it must cover


@pytest.mark.parametrize("left_out", MASTODON)
def test_b17_what_a_delivery_leaves_open_is_refused(left_out: str) -> None:
    assert refuses(made([name for name in FEDIFY if name != left_out]))


def test_b17_parts_of_the_target_do_not_stand_for_all_of_it() -> None:
    assert refuses(made(["@method", "@authority", "@scheme", "@path", "@query", "content-digest"]))


def test_a_covered_header_that_did_not_come_is_refused() -> None:
    assert refuses(with_header(made(FEDIFY), "date"))


@pytest.mark.parametrize(
    "component",
    [
        '"@method";req',
        '"@target-uri";x=1',
        '"content-digest";sf',
        '"content-digest";bs',
        '"content-digest";key="sha-256"',
        '"@query-param";name="a"',
        '"@status"',
        '"@signature-params"',
        '"@unknown"',
        '"Content-Type"',
        '"content type"',
        "date",
        "1",
        '"@method"',
    ],
)
def test_a_component_that_is_unknown_or_has_parameters_is_refused(component: str) -> None:
    text = f'sig1=("@method" "@target-uri" "content-digest" {component});created={CREATED}'
    assert refuses(signed(f'{text};keyid="{KEY_ID}"', b"s"))


def test_more_components_than_anybody_covers_are_refused() -> None:
    names = " ".join(f'"x-{number}"' for number in range(40))
    text = f'sig1=("@method" "@target-uri" "content-digest" {names});created={CREATED}'
    assert refuses(signed(f'{text};keyid="{KEY_ID}"', b"s"))


# For whom, when and with what body


def test_b17_the_target_is_told_by_our_origin_not_by_the_host_header() -> None:
    elsewhere = made(changed={"@target-uri": "https://other.example/inbox"})
    assert not accepts(elsewhere)
    assert not accepts(with_header(elsewhere, "host", "other.example"))
    assert accepts(with_header(made(), "host", "behind.a.proxy:8000"))


@pytest.mark.parametrize("target", ["/users/blog/inbox", "/inbox?", "/inbox?a"])
def test_another_target_does_not_hold(target: str) -> None:
    assert not accepts(replace(made(), target=target))


def test_another_method_does_not_hold() -> None:
    assert not accepts(replace(made(), method="PUT"))


@pytest.mark.parametrize(("minutes", "taken"), [(-59, True), (64, True), (66, False), (-61, False)])
def test_b10_the_window_is_the_same_as_for_draft_cavage(minutes: int, taken: bool) -> None:
    now = NOW + timedelta(minutes=minutes)
    if taken:
        assert checked(made(), now=now).holds(RSA.public_key())
    else:
        with pytest.raises(Unauthenticated):
            checked(made(), now=now)


def test_b10_what_has_expired_is_refused() -> None:
    assert refuses(made(params=f'created={CREATED};expires={CREATED - 3601};keyid="{KEY_ID}"'))


@pytest.mark.parametrize(
    "digest",
    [
        content_digest_header(b"another body"),
        "sha-256=:AAAA:",
        "md5=:AAAA:",
        "",
        "sha-256",
        'sha-256="text"',
        "sha-256=(1 2)",
        "SHA-256=AAAA",
        f"{content_digest_header(BODY)}, sha-512=:AAAA:",
        f"{content_digest_header(b'x')}, {content_digest_header(BODY)}",
    ],
)
def test_b11_another_body_than_the_one_in_the_digest_is_refused(digest: str) -> None:
    request = made(changed={"content-digest": digest})
    assert refuses(with_header(request, "content-digest", digest))


def test_sha_512_is_taken_too() -> None:
    digest = f"sha-512={as_bytes(sha512(BODY).digest())}"
    request = with_header(made(changed={"content-digest": digest}), "content-digest", digest)
    assert accepts(request)


# One meaning only


def test_a_request_with_signature_input_is_never_read_as_draft_cavage() -> None:
    """One that holds as draft-cavage does not become another by a header more, nor less."""
    headers = sign_request(
        method="POST",
        url=f"{ORIGIN}/inbox",
        key_id=KEY_ID,
        private_key=RSA,
        date=NOW,
        body=BODY,
        content_type="application/activity+json",
    )
    lines = tuple((name.lower(), value) for name, value in headers.items())
    plain = SignedRequest("POST", "/inbox", lines, BODY)
    assert accepts(plain)
    (text,) = made().values("signature-input")
    assert refuses(with_header(plain, "signature-input", text))
    assert refuses(with_header(plain, "signature-input", ""))
    both = (*plain.values("signature"), *made().values("signature"))
    assert refuses(with_header(with_header(plain, "signature-input", text), "signature", *both))


def test_an_authorization_besides_is_refused() -> None:
    request = with_header(made(), "authorization", f'Signature keyId="{KEY_ID}",signature="AAAA"')
    assert refuses(request)


def test_the_signature_of_rfc_9421_is_nothing_without_its_input() -> None:
    assert refuses(with_header(made(), "signature-input"))


def test_two_signatures_are_refused() -> None:
    request = made()
    (text,), (signature,) = request.values("signature-input"), request.values("signature")
    two = with_header(request, "signature-input", text, text.replace("sig1", "sig2"))
    two = with_header(two, "signature", signature, signature.replace("sig1", "sig2"))
    assert refuses(two)
    assert refuses(with_header(request, "signature-input", text, text))
    assert refuses(with_header(request, "signature", signature, signature))


def test_another_label_is_refused() -> None:
    request = made()
    (signature,) = request.values("signature")
    assert refuses(with_header(request, "signature", signature.replace("sig1", "sig2")))


@pytest.mark.parametrize(
    "params",
    [
        f'keyid="{KEY_ID}"',
        f"created={CREATED}",
        f'created;keyid="{KEY_ID}"',
        f'created={CREATED}.0;keyid="{KEY_ID}"',
        f'created="{CREATED}";keyid="{KEY_ID}"',
        f'created={CREATED};created={CREATED};keyid="{KEY_ID}"',
        f'created={CREATED};keyid="{KEY_ID}";keyid="{KEY_ID}"',
        f"created={CREATED};keyid=key",
        f'created={CREATED};keyid="acct:alice@remote.example"',
        f'created={CREATED};keyid="{KEY_ID}";alg="rsa-pss-sha512"',
        f'created={CREATED};keyid="{KEY_ID}";alg="hmac-sha256"',
        f'created={CREATED};keyid="{KEY_ID}";alg="none"',
        f'created={CREATED};keyid="{KEY_ID}";alg=ed25519',
        f'created={CREATED};keyid="{KEY_ID}";more=1',
    ],
)
def test_parameters_that_are_missing_twice_or_unknown_are_refused(params: str) -> None:
    assert refuses(made(params=params))


@pytest.mark.parametrize("named", ["ed25519", "rsa-v1_5-sha256"])
def test_k12_the_named_algorithm_must_be_the_keys(named: str) -> None:
    key = RSA if named == "ed25519" else ED25519
    request = made(params=f'created={CREATED};keyid="{KEY_ID}";alg="{named}"', key=key)
    assert not accepts(request, key)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("signature-input", "("),
        ("signature-input", "sig1"),
        ("signature-input", 'sig1="text"'),
        ("signature-input", f'sig1=("@method"),;keyid="{KEY_ID}"'),
        ("signature-input", "sig1=(" + '"a" ' * 4000 + ")"),
        ("signature-input", "é"),
        ("signature", "sig1"),
        ("signature", "sig1=::"),
        ("signature", "sig1=AAAA"),
        ("signature", 'sig1="AAAA"'),
        ("signature", "sig1=:AA*A:"),
        ("signature", "sig1=:AAAA:;x"),
        ("signature", "sig1=(:AAAA:)"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(name: str, text: str) -> None:
    assert refuses(with_header(made(), name, text))


@given(name=st.sampled_from(["signature-input", "signature", "content-digest"]), text=st.text())
def test_no_header_makes_us_stumble(name: str, text: str) -> None:
    """Whatever comes: it is a refusal, or the very signature that was there before."""
    request = with_header(made(), name, text)
    assert refuses(request) or not accepts(request)
