"""Keys: what is taken, what is refused, and that signatures hold."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA512

from fediblog.errors import KeysError, Malformed
from fediblog.protocol.keys import PrivateKey, PublicKey


@pytest.fixture(scope="module")
def key() -> PrivateKey:
    return PrivateKey.generate()


def public_pem(modulus_bits: int, exponent: int = 65537) -> str:
    """A public key of a size that nobody would generate; no private half is known."""
    modulus = (1 << (modulus_bits - 1)) | (12345 << 10) | 1
    return _pem(rsa.RSAPublicNumbers(exponent, modulus).public_key())


def _pem(key: rsa.RSAPublicKey | ed448.Ed448PublicKey) -> str:
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def _private_pem(
    key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey,
    encryption: serialization.KeySerializationEncryption,
) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )


def test_a_generated_key_has_at_least_2048_bits(key: PrivateKey) -> None:
    loaded = serialization.load_pem_public_key(key.public_pem().encode())
    assert isinstance(loaded, rsa.RSAPublicKey)
    assert loaded.key_size >= 2048


def test_a_private_key_survives_its_file(key: PrivateKey) -> None:
    pem = key.to_pem()
    assert pem.startswith(b"-----BEGIN PRIVATE KEY-----")
    assert PrivateKey.from_pem(pem).public_pem() == key.public_pem()


def test_a_signature_holds_for_its_data_only(key: PrivateKey) -> None:
    public = PublicKey.from_pem(key.public_pem())
    signature = key.sign(b"data")
    assert public.verify(signature, b"data", "rsa-sha256")
    assert not public.verify(signature, b"date", "rsa-sha256")
    assert not public.verify(signature[:-1], b"data", "rsa-sha256")
    assert not public.verify(b"", b"data", "rsa-sha256")


def test_rsa_sha512_holds_under_its_own_name_only(key: PrivateKey) -> None:
    raw = serialization.load_pem_private_key(key.to_pem(), None)
    assert isinstance(raw, rsa.RSAPrivateKey)
    signature = raw.sign(b"data", padding.PKCS1v15(), SHA512())
    assert key.public_key().verify(signature, b"data", "rsa-sha512")
    assert not key.public_key().verify(signature, b"data", "rsa-sha256")


@pytest.mark.parametrize("algorithm", ["", "none", "hmac-sha256", "rsa-sha1", "ed25519"])
def test_an_algorithm_of_another_type_of_key_never_verifies(
    key: PrivateKey, algorithm: str
) -> None:
    assert not key.public_key().verify(key.sign(b"data"), b"data", algorithm)


@pytest.mark.parametrize("bits", [1024, 8192])
def test_public_keys_from_1024_to_8192_bits_are_taken(bits: int) -> None:
    PublicKey.from_pem(public_pem(bits))


@pytest.mark.parametrize("bits", [512, 1023, 8193, 16384])
def test_public_keys_of_other_sizes_are_refused(bits: int) -> None:
    with pytest.raises(Malformed, match=f"{bits} bits"):
        PublicKey.from_pem(public_pem(bits))


def test_a_huge_exponent_is_refused() -> None:
    with pytest.raises(Malformed, match="exponent"):
        PublicKey.from_pem(public_pem(2048, exponent=(1 << 1000) + 1))


def test_the_older_form_of_an_rsa_public_key_is_taken(key: PrivateKey) -> None:
    raw = serialization.load_pem_public_key(key.public_pem().encode())
    pem = raw.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1)
    assert pem.startswith(b"-----BEGIN RSA PUBLIC KEY-----")
    assert PublicKey.from_pem(pem.decode()) == key.public_key()


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "no key",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\né\n-----END PUBLIC KEY-----\n",
        _pem(ed448.Ed448PrivateKey.generate().public_key()),
    ],
)
def test_what_is_no_public_key_of_these_types_is_refused(pem: str) -> None:
    with pytest.raises(Malformed):
        PublicKey.from_pem(pem)


def test_ed25519_holds_as_pem_and_as_multikey() -> None:
    own = PrivateKey.generate("Ed25519")
    public = PublicKey.from_pem(own.public_pem())
    assert public == PublicKey.from_multibase(public.multibase()) == own.public_key()
    signature = own.sign(b"data")
    assert public.verify(signature, b"data", "ed25519")
    assert public.verify(signature, b"data", "hs2019")
    assert not public.verify(signature, b"other", "ed25519")
    assert not public.verify(signature, b"data", "rsa-sha256")


def test_the_multikey_of_the_fep_is_read() -> None:
    """The example of FEP-521a."""
    text = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
    assert PublicKey.from_multibase(text).multibase() == text


@pytest.mark.parametrize("text", ["", "z", "z0", "u7QE", "z" + "1" * 200, "z6Mk", "zé"])
def test_what_is_no_multikey_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        PublicKey.from_multibase(text)


def test_an_rsa_key_where_ed25519_is_needed_is_refused(key: PrivateKey) -> None:
    with pytest.raises(KeysError, match="must be Ed25519"):
        PrivateKey.from_pem(key.to_pem(), "Ed25519")


def test_a_private_key_is_not_taken_for_a_public_one(key: PrivateKey) -> None:
    with pytest.raises(Malformed):
        PublicKey.from_pem(key.to_pem().decode())


@pytest.mark.parametrize(
    ("pem", "sentence"),
    [
        (b"", "cannot be read"),
        (b"no key", "cannot be read"),
        (
            _private_pem(ed25519.Ed25519PrivateKey.generate(), serialization.NoEncryption()),
            "must be RSA",
        ),
        (
            _private_pem(
                rsa.generate_private_key(public_exponent=65537, key_size=1024),
                serialization.NoEncryption(),
            ),
            "has 1024 bits",
        ),
        (
            _private_pem(
                ed25519.Ed25519PrivateKey.generate(),
                serialization.BestAvailableEncryption(b"secret"),
            ),
            "is encrypted",
        ),
    ],
    ids=["empty", "text", "ed25519", "small", "encrypted"],
)
def test_a_private_key_that_cannot_serve_is_refused_with_a_sentence(
    pem: bytes, sentence: str
) -> None:
    with pytest.raises(KeysError, match=sentence):
        PrivateKey.from_pem(pem)


def test_nothing_that_prints_a_private_key_shows_it(key: PrivateKey) -> None:
    assert repr(key) == "PrivateKey()"


def test_a_fingerprint_is_the_same_for_the_same_key(key: PrivateKey) -> None:
    fingerprint = key.public_key().fingerprint()
    assert [len(group) for group in fingerprint.split(" ")] == [4] * 16
    assert PublicKey.from_pem(key.public_pem()).fingerprint() == fingerprint
    assert PrivateKey.generate().public_key().fingerprint() != fingerprint
