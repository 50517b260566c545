"""The Digest header: made, and held against the raw bytes."""

import hashlib
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediblog.errors import Unauthenticated
from fediblog.protocol.digests import check_digest, digest_header

BODY = b'{"type": "Create"}'
SHA_256 = b64encode(hashlib.sha256(BODY).digest()).decode()
SHA_512 = b64encode(hashlib.sha512(BODY).digest()).decode()


def test_a_digest_that_we_make_holds() -> None:
    assert digest_header(BODY) == f"SHA-256={SHA_256}"
    check_digest([digest_header(BODY)], BODY)


def test_the_digest_of_an_empty_body_is_the_well_known_one() -> None:
    assert digest_header(b"") == "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@pytest.mark.parametrize(
    "values",
    [
        [f"sha-256={SHA_256}"],
        [f"Sha-256={SHA_256}"],
        [f"SHA-512={SHA_512}"],
        [f"SHA-256={SHA_256},sha-512={SHA_512}"],
        [f"SHA-256={SHA_256}", f"SHA-512={SHA_512}"],
        [f"MD5=whatever , SHA-256={SHA_256}"],
        [f"SHA-256={SHA_256},SHA-256={SHA_256}"],
    ],
)
def test_every_spelling_of_a_right_digest_is_taken(values: list[str]) -> None:
    check_digest(values, BODY)


@pytest.mark.parametrize("values", [[], [""], ["MD5=whatever"], ["SHA-256"], [SHA_256]])
def test_without_a_digest_that_we_know_it_is_refused(values: list[str]) -> None:
    with pytest.raises(Unauthenticated):
        check_digest(values, BODY)


@pytest.mark.parametrize("position", range(len(BODY)))
def test_one_changed_byte_of_the_body_is_refused(position: int) -> None:
    changed = bytearray(BODY)
    changed[position] ^= 1
    with pytest.raises(Unauthenticated):
        check_digest([digest_header(BODY)], bytes(changed))


@pytest.mark.parametrize(
    "values",
    [
        [f"SHA-256={SHA_256},SHA-512={SHA_256}"],
        [f"SHA-512={SHA_512},SHA-256={SHA_512}"],
        [f"SHA-256={SHA_256}", digest_header(b"another body")],
    ],
)
def test_one_wrong_digest_beside_a_right_one_is_refused(values: list[str]) -> None:
    with pytest.raises(Unauthenticated):
        check_digest(values, BODY)


@pytest.mark.parametrize(
    "value",
    [
        SHA_256.rstrip("="),
        SHA_256 + "=",
        SHA_256[:8] + "\n" + SHA_256[8:],
        SHA_256.replace("+", "-").replace("/", "_").lower(),
        hashlib.sha256(BODY).hexdigest(),
        f'"{SHA_256}"',
        f":{SHA_256}:",
    ],
)
def test_only_strict_base64_is_taken(value: str) -> None:
    with pytest.raises(Unauthenticated):
        check_digest([f"SHA-256={value}"], BODY)


@given(st.lists(st.text()), st.binary())
def test_whatever_comes_it_is_refused_in_order(values: list[str], body: bytes) -> None:
    with pytest.raises(Unauthenticated):
        check_digest(values, body)
