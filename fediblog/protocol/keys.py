"""Keys that sign and keys that verify: RSA with PKCS #1 v1.5, which all servers know, and Ed25519.

The type of a key decides what it may verify, never the one who sends a signature (requirement K12).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Literal, Self

import base58
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256, SHA512, HashAlgorithm

from fediblog.errors import KeysError, Malformed

KeyType = Literal["RSA", "Ed25519"]

#: Bits of the RSA keys that we make; less is refused for our own (requirement B1).
OWN_BITS = 2048

#: Bits of the keys that we believe: old servers still have 1024, and a huge key is a way to keep
#: our processor busy, as is a huge exponent.
_FOREIGN_BITS = range(1024, 8193)
_EXPONENT_BITS = 64
_PEM_CHARACTERS = 8192

#: What an RSA key may verify. An algorithm that belongs to another type of key is not in here, so
#: nobody can choose how a key is read (requirement K12). hs2019 leaves the choice to the key.
_RSA_HASHES: Mapping[str, HashAlgorithm] = {
    "hs2019": SHA256(),
    "rsa-sha256": SHA256(),
    "rsa-sha512": SHA512(),
}
_ED25519_NAMES = frozenset({"hs2019", "ed25519"})

#: A Multikey begins with z for base58btc, and its bytes with those that stand for ed25519-pub.
_BASE58BTC = "z"
_ED25519_PREFIX = b"\xed\x01"
_ED25519_BYTES = 32
_MULTIBASE_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Somebody's public key. der: its SubjectPublicKeyInfo, by which keys are compared."""

    der: bytes = field(repr=False)
    _key: RSAPublicKey | Ed25519PublicKey = field(repr=False, compare=False)

    @classmethod
    def from_pem(cls, pem: str) -> Self:
        """The key in a `publicKeyPem`: Ed25519, or RSA of 1024 to 8192 bits. Else Malformed."""
        try:
            key = serialization.load_pem_public_key(pem[:_PEM_CHARACTERS].encode("ascii"))
        except (ValueError, UnsupportedAlgorithm) as error:
            raise Malformed("The public key cannot be read.", detail=str(error)) from error
        if isinstance(key, Ed25519PublicKey):
            return cls(_subject_public_key_info(key), key)
        if not isinstance(key, RSAPublicKey):
            raise Malformed("The public key is neither RSA nor Ed25519.")
        if key.key_size not in _FOREIGN_BITS:
            raise Malformed(f"A public key of {key.key_size} bits is not taken.")
        if key.public_numbers().e.bit_length() > _EXPONENT_BITS:
            raise Malformed("The exponent of the public key is too large.")
        return cls(_subject_public_key_info(key), key)

    @classmethod
    def from_multibase(cls, text: str) -> Self:
        """The key in a `publicKeyMultibase`. Malformed unless it is Ed25519 in base58btc."""
        if not text.startswith(_BASE58BTC) or len(text) > _MULTIBASE_CHARACTERS:
            raise Malformed("The public key must be in base58btc.")
        try:
            data = base58.b58decode(text.removeprefix(_BASE58BTC))
        except ValueError as error:
            raise Malformed("The public key must be in base58btc.", detail=str(error)) from error
        raw = data.removeprefix(_ED25519_PREFIX)
        if len(raw) != _ED25519_BYTES or data == raw:
            raise Malformed("The public key must be Ed25519.")
        key = Ed25519PublicKey.from_public_bytes(raw)
        return cls(_subject_public_key_info(key), key)

    def verify(self, signature: bytes, data: bytes, algorithm: str) -> bool:
        """Whether the signature over data is this key's; False for an algorithm not of its type."""
        try:
            if isinstance(self._key, Ed25519PublicKey):
                if algorithm not in _ED25519_NAMES:
                    return False
                self._key.verify(signature, data)
            else:
                if algorithm not in _RSA_HASHES:
                    return False
                self._key.verify(signature, data, padding.PKCS1v15(), _RSA_HASHES[algorithm])
        except InvalidSignature:
            return False
        return True

    def pem(self) -> str:
        """The key as an actor's `publicKeyPem` carries it: SubjectPublicKeyInfo."""
        info = serialization.PublicFormat.SubjectPublicKeyInfo
        return self._key.public_bytes(serialization.Encoding.PEM, info).decode("ascii")

    def multibase(self) -> str:
        """An Ed25519 key as the `publicKeyMultibase` of a Multikey (FEP-521a)."""
        raw = serialization.PublicFormat.Raw
        data = _ED25519_PREFIX + self._key.public_bytes(serialization.Encoding.Raw, raw)
        return multibase(data)

    def fingerprint(self) -> str:
        """SHA-256 of the key in groups of four hexadecimal digits, for people to compare."""
        digits = sha256(self.der).hexdigest()
        return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


@dataclass(frozen=True, slots=True, eq=False)
class PrivateKey:
    """One of our own private keys; nothing that prints it shows the key."""

    _key: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    @classmethod
    def generate(cls, kind: KeyType = "RSA") -> Self:
        """A new key. RSA takes some tenths of a second."""
        if kind == "Ed25519":
            return cls(Ed25519PrivateKey.generate())
        return cls(generate_private_key(public_exponent=65537, key_size=OWN_BITS))

    @classmethod
    def from_pem(cls, pem: bytes, kind: KeyType = "RSA") -> Self:
        """The key in the bytes of a key file. KeysError says what is wrong with it."""
        try:
            key = _read_pem(pem)
        except TypeError as error:
            raise KeysError("The private key is encrypted; store it unencrypted.") from error
        except (ValueError, UnsupportedAlgorithm) as error:
            raise KeysError("The private key cannot be read; it must be PEM (PKCS #8).") from error
        if kind == "Ed25519" and isinstance(key, Ed25519PrivateKey):
            return cls(key)
        if kind != "RSA" or not isinstance(key, RSAPrivateKey):
            raise KeysError(f"The private key is of another type; it must be {kind}.")
        if key.key_size < OWN_BITS:
            raise KeysError(f"The private key has {key.key_size} bits; {OWN_BITS} are needed.")
        return cls(key)

    def to_pem(self) -> bytes:
        """The key as it is kept in its file: PKCS #8, unencrypted."""
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def public_key(self) -> PublicKey:
        """The half that everybody may know."""
        key = self._key.public_key()
        return PublicKey(_subject_public_key_info(key), key)

    def public_pem(self) -> str:
        """The public half as an actor's `publicKeyPem` carries it."""
        return self.public_key().pem()

    def sign(self, data: bytes) -> bytes:
        """The signature over data: Ed25519, or PKCS #1 v1.5 with SHA-256, called rsa-sha256."""
        if isinstance(self._key, Ed25519PrivateKey):
            return self._key.sign(data)
        return self._key.sign(data, padding.PKCS1v15(), SHA256())


@lru_cache(maxsize=8)
def _read_pem(pem: bytes) -> object:
    """The key in a file. To check that an RSA key's numbers belong together takes 36 ms, in which
    nothing else can run, so it is done once for each of our own."""
    return serialization.load_pem_private_key(pem, password=None)


def multibase(data: bytes) -> str:
    """Bytes in base58btc, as proofs and Multikeys carry them."""
    return _BASE58BTC + base58.b58encode(data).decode("ascii")


def _subject_public_key_info(key: RSAPublicKey | Ed25519PublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
