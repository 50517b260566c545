"""Signed requests: what holds, and each check broken alone."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from fediblog.errors import Malformed, Unauthenticated
from fediblog.protocol.digests import check_digest, digest_header
from fediblog.protocol.keys import PrivateKey
from fediblog.protocol.signatures import SignedRequest, sign_request
from fediblog.protocol.signatures.cavage import (
    SignatureParams,
    check_covered,
    check_host,
    check_window,
    parse_signature,
    signing_strings,
    verify,
)

NOW = datetime(2026, 11, 22, 14, 44, 8, tzinfo=UTC)
DATE = "Sun, 22 Nov 2026 14:44:08 GMT"
ORIGIN = "https://blog.example"
KEY_ID = "https://remote.example/users/alice#main-key"
KEY = PrivateKey.generate()
BODY = b'{"type":"Create"}'

FIELDS: Mapping[str, str] = {
    "host": "blog.example",
    "date": DATE,
    "digest": digest_header(BODY),
    "content-type": "application/activity+json",
    "content-length": str(len(BODY)),
    "collection-synchronization": 'url="https://remote.example/sync"',
}
GOTOSOCIAL = "(request-target) host date digest"

#: What each sender covers, in its order (requirement B7).
SENDERS: Mapping[str, str] = {
    "mastodon": "host date content-type digest (request-target)",
    "mastodon to followers": (
        "host date content-type digest collection-synchronization (request-target)"
    ),
    "misskey": "(request-target) date host digest",
    "pleroma": "(request-target) content-length date digest host",
    "lemmy": "(request-target) content-type date digest host",
    "gotosocial": GOTOSOCIAL,
    "friendica": "(request-target) date content-length digest host",
    "pixelfed": "(request-target) host date digest content-type",
}


def lines(covered: str, *, target: str = "/inbox", method: str = "post", **extra: str) -> bytes:
    """The text that a foreign server signs, built here without any code of ours."""
    known = {**FIELDS, **extra, "(request-target)": f"{method} {target}"}
    return "\n".join(f"{name}: {known[name]}" for name in covered.split(" ")).encode()


def header(covered: str, signature: bytes, *, algorithm: str = "hs2019", more: str = "") -> str:
    return (
        f'keyId="{KEY_ID}",algorithm="{algorithm}",headers="{covered}",'
        f'signature="{b64encode(signature).decode()}"{more}'
    )


def post(signature: str, *, target: str = "/inbox", **changed: str) -> SignedRequest:
    headers = {**FIELDS, **changed, "signature": signature}
    return SignedRequest("POST", target, tuple(headers.items()), BODY)


def delivery(covered: str = GOTOSOCIAL) -> SignedRequest:
    """A delivery with which nothing is wrong."""
    return post(header(covered, KEY.sign(lines(covered))))


def with_header(request: SignedRequest, name: str, *values: str) -> SignedRequest:
    """The request with these values, and no others, for one header."""
    others = tuple(each for each in request.headers if each[0] != name)
    return replace(request, headers=others + tuple((name, value) for value in values))


def accepts(request: SignedRequest, *, now: datetime = NOW, origin: str = ORIGIN) -> bool:
    """All the checks in the order of an inbox. Unauthenticated from the first that fails."""
    check_digest(request.values("digest"), request.body)
    params = parse_signature(request)
    check_covered(params, method=request.method)
    check_window(request, params, now)
    check_host(request, origin)
    return verify(request, params, KEY.public_key())


def params_of(text: str) -> SignatureParams:
    return parse_signature(SignedRequest("POST", "/inbox", (("signature", text),), b""))


# What holds


@pytest.mark.parametrize("covered", SENDERS.values(), ids=SENDERS.keys())
def test_what_every_sender_signs_is_taken(covered: str) -> None:
    assert accepts(delivery(covered))


@pytest.mark.parametrize("algorithm", ["rsa-sha256", "hs2019", "RSA-SHA256", ""])
def test_every_name_for_rsa_with_sha_256_is_taken(algorithm: str) -> None:
    text = header(GOTOSOCIAL, KEY.sign(lines(GOTOSOCIAL)), algorithm=algorithm)
    assert accepts(post(text))


def test_a_signature_that_names_no_algorithm_is_taken() -> None:
    text = header(GOTOSOCIAL, KEY.sign(lines(GOTOSOCIAL))).replace('algorithm="hs2019",', "")
    assert accepts(post(text))


def test_rsa_sha512_is_taken() -> None:
    raw = load_pem_private_key(KEY.to_pem(), None)
    assert isinstance(raw, rsa.RSAPrivateKey)
    signature = raw.sign(lines(GOTOSOCIAL), padding.PKCS1v15(), SHA512())
    assert accepts(post(header(GOTOSOCIAL, signature, algorithm="rsa-sha512")))


@pytest.mark.parametrize("signed_target", ["/inbox?page=1&q=%C3%A9", "/inbox"])
def test_a_target_is_tried_with_and_without_its_query(signed_target: str) -> None:
    signature = KEY.sign(lines(GOTOSOCIAL, target=signed_target))
    assert accepts(post(header(GOTOSOCIAL, signature), target="/inbox?page=1&q=%C3%A9"))


def test_a_query_that_was_signed_must_come() -> None:
    signature = KEY.sign(lines(GOTOSOCIAL, target="/inbox?page=1"))
    assert not accepts(post(header(GOTOSOCIAL, signature)))
    assert not accepts(post(header(GOTOSOCIAL, signature), target="/inbox?page=2"))


def test_a_get_needs_no_digest() -> None:
    covered = "(request-target) host date"
    text = header(covered, KEY.sign(lines(covered, target="/articles/1", method="get")))
    request = SignedRequest(
        "GET", "/articles/1", (("host", "blog.example"), ("date", DATE), ("signature", text)), b""
    )
    params = parse_signature(request)
    check_covered(params, method="GET")
    check_window(request, params, NOW)
    check_host(request, ORIGIN)
    assert verify(request, params, KEY.public_key())


def test_created_and_expires_may_stand_for_the_date() -> None:
    covered = "(request-target) (created) (expires) host digest"
    created, expires = int(NOW.timestamp()), int(NOW.timestamp()) + 300
    text = lines(covered, **{"(created)": str(created), "(expires)": str(expires)})
    more = f",created={created},expires={expires}"
    assert accepts(post(header(covered, KEY.sign(text), more=more)))


def test_the_values_of_a_repeated_header_are_joined() -> None:
    covered = GOTOSOCIAL + " x-note"
    text = header(covered, KEY.sign(lines(covered, **{"x-note": "one, two"})))
    assert accepts(with_header(post(text), "x-note", " one", "two\t"))


def test_an_empty_header_is_signed_as_an_empty_line() -> None:
    covered = GOTOSOCIAL + " x-note"
    text = header(covered, KEY.sign(lines(covered, **{"x-note": ""})))
    assert accepts(with_header(post(text), "x-note", ""))


@pytest.mark.parametrize("name", ["signature", "authorization"])
@pytest.mark.parametrize("scheme", ["Signature ", "signature "])
def test_the_scheme_may_stand_before_the_signature(name: str, scheme: str) -> None:
    request = delivery()
    (text,) = request.values("signature")
    assert accepts(with_header(with_header(request, "signature"), name, scheme + text))


def test_another_authorization_is_no_signature() -> None:
    assert accepts(with_header(delivery(), "authorization", "Bearer abc"))


# Each check of an inbox broken alone (requirements B2, B8-B12, K12)


def test_one_byte_of_the_body_changed_is_refused() -> None:
    with pytest.raises(Unauthenticated, match="does not match the body"):
        accepts(replace(delivery(), body=BODY.replace(b"C", b"c")))


def test_a_body_and_digest_changed_together_do_not_hold() -> None:
    forged = replace(delivery(), body=b"{}")
    assert not accepts(with_header(forged, "digest", digest_header(b"{}")))


@pytest.mark.parametrize("target", ["/inbix", "/inbox/", "/Inbox", "/inbox%20"])
def test_one_byte_of_the_path_changed_does_not_hold(target: str) -> None:
    assert not accepts(replace(delivery(), target=target))


def test_another_method_does_not_hold() -> None:
    assert not accepts(replace(delivery(), method="PUT"))


@pytest.mark.parametrize("name", ["(request-target)", "host", "date", "digest"])
def test_each_thing_that_must_be_covered_is_needed(name: str) -> None:
    covered = " ".join(each for each in GOTOSOCIAL.split(" ") if each != name)
    with pytest.raises(Unauthenticated, match="must cover"):
        accepts(delivery(covered))


@pytest.mark.parametrize("method", ["POST", "post", "PUT", "PATCH", "DELETE"])
def test_all_but_reading_must_cover_the_digest(method: str) -> None:
    params = SignatureParams(KEY_ID, "", ("(request-target)", "host", "date"), b"x")
    with pytest.raises(Unauthenticated, match="digest"):
        check_covered(params, method=method)


def test_a_signature_that_covers_no_date_is_refused_before_any_clock_is_asked() -> None:
    params = SignatureParams(KEY_ID, "", ("(request-target)", "host", "digest"), b"x")
    with pytest.raises(Unauthenticated, match="date"):
        check_covered(params, method="POST")


def test_a_signature_without_a_list_covers_the_date_alone() -> None:
    params = params_of(f'keyId="{KEY_ID}",signature="eA=="')
    assert params.headers == ("date",)
    with pytest.raises(Unauthenticated, match="must cover"):
        check_covered(params, method="POST")


@pytest.mark.parametrize("algorithm", ["none", "hmac-sha256", "rsa-sha1", "ed25519", "rsa-sha256 "])
def test_every_other_algorithm_is_refused(algorithm: str) -> None:
    text = header(GOTOSOCIAL, KEY.sign(lines(GOTOSOCIAL)), algorithm=algorithm)
    with pytest.raises(Unauthenticated, match="rsa-sha256"):
        accepts(post(text))


@pytest.mark.parametrize(
    "more",
    [
        f',keyId="{KEY_ID}"',
        ',keyid="https://evil.example/key"',
        ',headers="(request-target) host date digest"',
        ',signature="eA=="',
        ',algorithm="hs2019"',
        ",created=1,created=1",
        ",unknown=1,unknown=1",
    ],
)
def test_a_parameter_that_comes_twice_is_refused(more: str) -> None:
    (text,) = delivery().values("signature")
    with pytest.raises(Unauthenticated, match="twice"):
        accepts(post(text + more))


def test_a_header_covered_twice_is_refused() -> None:
    with pytest.raises(Unauthenticated, match="twice"):
        accepts(delivery(GOTOSOCIAL + " date"))


def test_two_signatures_are_refused() -> None:
    (text,) = delivery().values("signature")
    with pytest.raises(Unauthenticated, match="more than one"):
        accepts(with_header(delivery(), "signature", text, text))
    with pytest.raises(Unauthenticated, match="more than one"):
        accepts(with_header(delivery(), "authorization", f"Signature {text}"))


def test_no_signature_is_refused() -> None:
    with pytest.raises(Unauthenticated, match="must be signed"):
        accepts(with_header(delivery(), "signature"))


def test_a_covered_header_that_did_not_come_is_refused() -> None:
    request = delivery(SENDERS["pleroma"])
    with pytest.raises(Unauthenticated, match="content-length"):
        accepts(with_header(request, "content-length"))


def test_a_request_signed_for_another_host_is_refused() -> None:
    signature = KEY.sign(lines(GOTOSOCIAL, host="other.example"))
    replayed = post(header(GOTOSOCIAL, signature), host="other.example")
    with pytest.raises(Unauthenticated, match="another host"):
        accepts(replayed)


def test_a_host_put_in_place_of_the_signed_one_does_not_hold() -> None:
    signature = KEY.sign(lines(GOTOSOCIAL, host="other.example"))
    assert not accepts(post(header(GOTOSOCIAL, signature), host="blog.example"))


def test_the_key_of_another_does_not_hold() -> None:
    request = delivery()
    assert not verify(request, parse_signature(request), PrivateKey.generate().public_key())


@pytest.mark.parametrize("position", [0, 100, 255])
def test_one_byte_of_the_signature_changed_does_not_hold(position: int) -> None:
    signature = bytearray(KEY.sign(lines(GOTOSOCIAL)))
    signature[position] ^= 1
    assert not accepts(post(header(GOTOSOCIAL, bytes(signature))))


# The window (requirement B10)


@pytest.mark.parametrize("late", [timedelta(minutes=65), timedelta(0), timedelta(hours=-1)])
def test_a_date_at_the_edge_of_the_window_is_taken(late: timedelta) -> None:
    assert accepts(delivery(), now=NOW + late)


def test_a_date_that_is_too_old_is_refused() -> None:
    with pytest.raises(Unauthenticated, match="too old"):
        accepts(delivery(), now=NOW + timedelta(minutes=65, seconds=1))


def test_a_date_that_is_too_new_is_refused() -> None:
    with pytest.raises(Unauthenticated, match="future"):
        accepts(delivery(), now=NOW - timedelta(hours=1, seconds=1))


def created_at(moment: datetime, *, expires: datetime | None = None) -> SignatureParams:
    covered = ("(request-target)", "(created)", "host", "digest")
    seconds = None if expires is None else int(expires.timestamp())
    return SignatureParams(KEY_ID, "hs2019", covered, b"x", int(moment.timestamp()), seconds)


def test_created_is_held_to_the_same_window() -> None:
    request = delivery()
    check_window(request, created_at(NOW), NOW)
    with pytest.raises(Unauthenticated, match="too old"):
        check_window(request, created_at(NOW - timedelta(minutes=66)), NOW)
    with pytest.raises(Unauthenticated, match="future"):
        check_window(request, created_at(NOW + timedelta(minutes=61)), NOW)


def test_a_date_that_is_not_signed_does_not_count() -> None:
    with pytest.raises(Unauthenticated, match="too old"):
        check_window(delivery(), created_at(NOW - timedelta(days=1)), NOW)
    unsigned = SignatureParams(KEY_ID, "", ("host",), b"x", created=int(NOW.timestamp()))
    with pytest.raises(Unauthenticated, match="must cover"):
        check_window(delivery(), unsigned, NOW)


def test_of_two_signed_dates_both_must_fit() -> None:
    old = created_at(NOW - timedelta(days=1))
    with pytest.raises(Unauthenticated, match="too old"):
        check_window(delivery(), replace(old, headers=(*old.headers, "date")), NOW)


def test_what_has_expired_is_refused_after_an_hour_of_skew() -> None:
    created = NOW - timedelta(minutes=62)
    check_window(delivery(), created_at(created, expires=NOW - timedelta(hours=1)), NOW)
    with pytest.raises(Unauthenticated, match="expired"):
        expires = NOW - timedelta(minutes=61)
        check_window(delivery(), created_at(created, expires=expires), NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mon, 22 Nov 2026 14:44:08 GMT",
        "sun, 22 nov 2026 14:44:08 gmt",
        "Sun, 22 Nov 2026 14:44:08 +0000",
        "Sun, 22 Nov 2026 14:44:08 UTC",
        "Sun, 22 Nov 26 14:44:08 GMT",
        "Sunday, 22-Nov-26 14:44:08 GMT",
        "Sun Nov 22 14:44:08 2026",
        "Sun, 22 Nov 2026 14:44:60 GMT",
        "Sun, 31 Nov 2026 14:44:08 GMT",
        "Sun, 22 Nov 2026 14:44:08 GMT ",
        "Sun,  22 Nov 2026 14:44:08 GMT",
        "Sun, \uff12\uff12 Nov 2026 14:44:08 GMT",
        "2026-11-22T14:44:08Z",
    ],
)
def test_a_date_in_any_other_form_is_refused(text: str) -> None:
    request = with_header(delivery(), "date", text)
    with pytest.raises(Unauthenticated, match="Date"):
        check_window(request, parse_signature(request), NOW)


def test_two_dates_are_refused() -> None:
    request = with_header(delivery(), "date", DATE, DATE)
    with pytest.raises(Unauthenticated, match="Date"):
        check_window(request, parse_signature(request), NOW)


# (created) and (expires) exist for hs2019 only (draft-cavage-http-signatures-12 section 2.3)


@pytest.mark.parametrize("algorithm", ["", "rsa-sha256", "rsa-sha512"])
@pytest.mark.parametrize("name", ["(created)", "(expires)"])
def test_pseudo_headers_are_refused_with_other_algorithms(algorithm: str, name: str) -> None:
    covered = (*GOTOSOCIAL.split(" "), name)
    params = SignatureParams(KEY_ID, algorithm, covered, b"x", created=1, expires=1)
    with pytest.raises(Unauthenticated, match="hs2019"):
        check_covered(params, method="POST")


@pytest.mark.parametrize("name", ["(created)", "(expires)"])
def test_pseudo_headers_need_their_parameter(name: str) -> None:
    params = SignatureParams(KEY_ID, "hs2019", (*GOTOSOCIAL.split(" "), name), b"x")
    with pytest.raises(Unauthenticated, match="parameter"):
        check_covered(params, method="POST")


# The host (requirement B2)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("blog.example", "https://blog.example"),
        ("BLOG.example", "https://blog.example"),
        ("blog.example:443", "https://blog.example"),
        ("blog.example", "https://blog.example:443"),
        ("blog.example:80", "http://blog.example"),
        ("blog.example:8443", "https://blog.example:8443"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("[::1]", "http://[::1]"),
    ],
)
def test_a_host_that_names_our_origin_is_taken(host: str, origin: str) -> None:
    check_host(with_header(delivery(), "host", host), origin)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("blog.example:8443", "https://blog.example"),
        ("blog.example:80", "https://blog.example"),
        ("blog.example:443", "http://blog.example"),
        ("blog.example", "https://blog.example:8443"),
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("127.0.0.1:8001", "http://127.0.0.1:8000"),
        ("evil.example", "https://blog.example"),
        ("sub.blog.example", "https://blog.example"),
        ("blog.example.", "https://blog.example"),
        ("blog.example/", "https://blog.example"),
        ("blog.example/evil", "https://blog.example"),
        ("evil@blog.example", "https://blog.example"),
        ("blog.example:", "https://blog.example"),
        ("blog.example:99999", "https://blog.example"),
        ("[::1", "http://[::1]"),
        ("", "https://blog.example"),
    ],
)
def test_any_other_host_is_refused(host: str, origin: str) -> None:
    with pytest.raises(Unauthenticated):
        check_host(with_header(delivery(), "host", host), origin)


@pytest.mark.parametrize("hosts", [(), ("blog.example", "blog.example")])
def test_none_or_two_hosts_are_refused(hosts: tuple[str, ...]) -> None:
    with pytest.raises(Unauthenticated):
        check_host(with_header(delivery(), "host", *hosts), ORIGIN)


# The header, letter by letter


def test_everything_that_a_header_says_is_read() -> None:
    text = f'keyId="{KEY_ID}", algorithm="RSA-SHA256" ,headers="Date (created)",signature="eHk="'
    params = params_of(text + ",created=12,expires=34")
    assert params == SignatureParams(KEY_ID, "rsa-sha256", ("date", "(created)"), b"xy", 12, 34)


def test_commas_and_escaped_quotes_inside_quotes_part_nothing() -> None:
    text = (
        r'note="a, \"b\", signature=\"eA==\" \\",keyId="https://a.example/k?x=1,2",signature="eA=="'
    )
    assert params_of(text).key_id == "https://a.example/k?x=1,2"


@pytest.mark.parametrize(
    "key_id",
    [
        "https://a.example/users/alice#main-key",
        "https://a.example/users/alice/main-key",
        "https://a.example/users/alice/publickey",
        "https://a.example?author=1#main-key",
        "http://127.0.0.1:46017/users/alice#main-key",
        "http://[::1]:46017/key",
    ],
)
def test_every_form_of_key_id_is_taken(key_id: str) -> None:
    assert params_of(f'keyId="{key_id}",signature="eA=="').key_id == key_id


@pytest.mark.parametrize(
    "key_id",
    [
        "",
        "acct:alice@a.example",
        "alice",
        "/users/alice#main-key",
        "//a.example/key",
        "ftp://a.example/key",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:///key",
        "https://a.example/a key",
        "https://user:password@a.example/key",
        "https://[a.example/key",
        "https://a.example:port/key",
        "https://a.example/" + "k" * 2048,
    ],
)
def test_a_key_id_that_is_no_http_address_is_refused(key_id: str) -> None:
    with pytest.raises(Unauthenticated, match="keyId"):
        params_of(f'keyId="{key_id}",signature="eA=="')


@pytest.mark.parametrize("signature", ["", "e", "eA", "eB==", "eA==eA==", "e A==", "eA=", "-_8="])
def test_a_signature_that_is_no_strict_base64_is_refused(signature: str) -> None:
    with pytest.raises(Unauthenticated, match="Base64"):
        params_of(f'keyId="{KEY_ID}",signature="{signature}"')


@pytest.mark.parametrize(
    "covered", ["", " ", "date  host", " date", "date,host", "(other)", "(request-target", "date "]
)
def test_a_list_that_is_no_list_of_headers_is_refused(covered: str) -> None:
    with pytest.raises(Unauthenticated, match="covered headers"):
        params_of(f'keyId="{KEY_ID}",signature="eA==",headers="{covered}"')


def test_a_list_that_is_too_long_is_refused() -> None:
    covered = " ".join(f"x-{number}" for number in range(33))
    with pytest.raises(Unauthenticated, match="32"):
        params_of(f'keyId="{KEY_ID}",signature="eA==",headers="{covered}"')


@pytest.mark.parametrize("seconds", ["-1", "1.5", '""', "now", "1" * 12, '"\uff11"'])
def test_a_time_that_is_no_whole_number_is_refused(seconds: str) -> None:
    with pytest.raises(Unauthenticated):
        params_of(f'keyId="{KEY_ID}",signature="eA==",created={seconds}')


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "keyId",
        "keyId=",
        'keyId="https://a.example/k',
        'keyId="https://a.example/k" signature="eA=="',
        'keyId="https://a.example/k",,signature="eA=="',
        'keyId="https://a.example/k",signature="eA==",',
        'keyId="https://a.example/k",signature="eA=="\n',
        'keyId="https://a.example/é",signature="eA=="',
        'keyId="https://a.example/k";signature="eA=="',
        'sig1=:eA==:, keyId="https://a.example/k"x',
    ],
)
def test_a_header_that_two_readers_could_read_differently_is_refused(text: str) -> None:
    with pytest.raises(Unauthenticated, match="cannot be read"):
        params_of(text)


@pytest.mark.parametrize(
    "text", ['keyId="https://a.example/k"', 'signature="eA=="', "sig1=:eA==:", "a=b"]
)
def test_a_header_without_key_id_or_signature_is_refused(text: str) -> None:
    with pytest.raises(Unauthenticated):
        params_of(text)


def test_a_header_that_is_too_long_is_refused() -> None:
    with pytest.raises(Unauthenticated, match="cannot be read"):
        params_of(f'keyId="{KEY_ID}",signature="eA==",more="{"x" * 8192}"')


def only_unauthenticated(text: str) -> None:
    """Parse, and go on with what was parsed as an inbox does; no other error may come out."""
    request = replace(delivery(), headers=(("host", "blog.example"), ("signature", text)))
    try:
        params = parse_signature(request)
        check_covered(params, method="POST")
        check_window(request, params, NOW)
        verify(request, params, KEY.public_key())
    except Unauthenticated:
        return


@given(st.text())
def test_no_text_brings_the_parser_down(text: str) -> None:
    only_unauthenticated(text)


NAMES = st.sampled_from(
    ["keyId", "KEYID", "algorithm", "headers", "signature", "created", "expires", "x", ""]
)
VALUES = st.one_of(
    st.text(alphabet='ab,"\\= ()é\n', max_size=12),
    st.integers().map(str),
    st.binary(max_size=8).map(lambda data: b64encode(data).decode()),
    st.sampled_from([KEY_ID, "https://[", "hs2019", "date", GOTOSOCIAL, "(created)", "(expires)"]),
)
QUOTES: tuple[Callable[[str], str], ...] = (str, '"{}"'.format, '"{}'.format)
PARAMETERS = st.builds(
    lambda name, value, quote: f"{name}={quote(value)}", NAMES, VALUES, st.sampled_from(QUOTES)
)


@given(st.lists(PARAMETERS, max_size=8), st.sampled_from([",", ", ", ";", " "]))
def test_no_mixture_of_parameters_brings_the_parser_down(parts: list[str], comma: str) -> None:
    only_unauthenticated(comma.join(parts))


@given(st.text(min_size=1).filter(lambda text: not text.isascii()))
def test_a_character_that_no_header_can_have_is_refused_or_signed(text: str) -> None:
    request = with_header(delivery(), "x-note", text)
    params = replace(parse_signature(request), headers=("x-note",))
    try:
        assert not verify(request, params, KEY.public_key())
    except Unauthenticated:
        assert max(text) > "\xff"


# What we sign


def signed(method: str, url: str, body: bytes | None = None) -> SignedRequest:
    """What the other server sees when it is sent the headers that we make."""
    headers = sign_request(
        method=method,
        url=url,
        key_id=KEY_ID,
        private_key=KEY,
        date=NOW,
        body=body,
        content_type=None if body is None else "application/activity+json",
    )
    target = "/" + url.partition("://")[2].partition("/")[2].partition("#")[0]
    lower = tuple((name.lower(), value) for name, value in headers.items())
    return SignedRequest(method, target, lower, body or b"")


def test_a_delivery_that_we_sign_passes_our_own_checks() -> None:
    request = signed("POST", "https://blog.example/inbox", BODY)
    assert accepts(request)
    params = parse_signature(request)
    assert params.algorithm == "rsa-sha256"
    assert params.headers == ("(request-target)", "host", "date", "digest", "content-type")
    assert request.values("date") == [DATE]


def test_an_empty_body_is_a_body() -> None:
    assert accepts(signed("POST", "https://blog.example/inbox", b""))


def test_a_fetch_that_we_sign_covers_target_host_and_date() -> None:
    request = signed("GET", "https://remote.example/users/alice?page=1&q=%C3%A9#main-key")
    params = parse_signature(request)
    assert params.headers == ("(request-target)", "host", "date")
    assert signing_strings(request, params)[0].startswith(
        b"(request-target): get /users/alice?page=1&q=%C3%A9\nhost: remote.example\n"
    )
    assert verify(request, params, KEY.public_key())


@pytest.mark.parametrize(
    ("url", "host", "target"),
    [
        ("https://a.example", "a.example", "/"),
        ("https://a.example/", "a.example", "/"),
        ("https://A.example:443/x", "a.example", "/x"),
        ("http://a.example:80/x", "a.example", "/x"),
        ("https://a.example:8443/x?y#z", "a.example:8443", "/x?y"),
        ("http://127.0.0.1:46017/x?", "127.0.0.1:46017", "/x?"),
        ("http://[::1]:46017/x#?", "[::1]:46017", "/x"),
        ("https://a.example?author=1", "a.example", "/?author=1"),
    ],
)
def test_host_and_target_are_signed_as_they_go_over_the_wire(
    url: str, host: str, target: str
) -> None:
    headers = sign_request(method="GET", url=url, key_id=KEY_ID, private_key=KEY, date=NOW)
    assert headers["Host"] == host
    sent = tuple((name.lower(), value) for name, value in headers.items())
    request = SignedRequest("GET", target, sent, b"")
    params = parse_signature(request)
    assert KEY.public_key().verify(
        params.signature, signing_strings(request, params)[0], "rsa-sha256"
    )


def test_the_date_is_written_in_gmt_whatever_the_zone() -> None:
    local = NOW.astimezone(datetime.strptime("+0530", "%z").tzinfo)
    headers = sign_request(method="GET", url=ORIGIN, key_id=KEY_ID, private_key=KEY, date=local)
    assert headers["Date"] == DATE


@pytest.mark.parametrize("url", ["", "/inbox", "ftp://a.example/", "https://", "https://[x/"])
def test_only_http_addresses_can_be_signed_for(url: str) -> None:
    with pytest.raises(Malformed):
        sign_request(method="GET", url=url, key_id=KEY_ID, private_key=KEY, date=NOW)
