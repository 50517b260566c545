"""Keys that sign and keys that verify: RSA with PKCS #1 v1.5, the one kind every server knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA512, HashAlgorithm

from fediblog.errors import KeysError, Malformed

#: Bits of the keys that we make; less is refused for our own (requirement B1).
OWN_BITS = 2048

#: Bits of the keys that we believe: old servers still have 1024, and a huge key is a way to keep
#: our processor busy, as is a huge exponent.
_FOREIGN_BITS = range(1024, 8193)
_EXPONENT_BITS = 64
_PEM_CHARACTERS = 8192

#: What an RSA key may verify. An algorithm that belongs to another type of key is not in here, so
#: nobody can choose how a key is read (requirement K12).
_RSA_HASHES: Mapping[str, HashAlgorithm] = {"rsa-sha256": SHA256(), "rsa-sha512": SHA512()}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Somebody's public key. der: its SubjectPublicKeyInfo, by which keys are compared."""

    der: bytes = field(repr=False)
    _key: rsa.RSAPublicKey = field(repr=False, compare=False)

    @classmethod
    def from_pem(cls, pem: str) -> Self:
        """The key in a `publicKeyPem`. Malformed unless it is RSA of 1024 to 8192 bits."""
        try:
            key = serialization.load_pem_public_key(pem[:_PEM_CHARACTERS].encode("ascii"))
        except (ValueError, UnsupportedAlgorithm) as error:
            raise Malformed("The public key cannot be read.", detail=str(error)) from error
        if not isinstance(key, rsa.RSAPublicKey):
            raise Malformed("The public key is no RSA key.")
        if key.key_size not in _FOREIGN_BITS:
            raise Malformed(f"A public key of {key.key_size} bits is not taken.")
        if key.public_numbers().e.bit_length() > _EXPONENT_BITS:
            raise Malformed("The exponent of the public key is too large.")
        return cls(_subject_public_key_info(key), key)

    def verify(self, signature: bytes, data: bytes, algorithm: str) -> bool:
        """Whether the signature over data is this key's; False for an algorithm not of its type."""
        chosen = _RSA_HASHES.get(algorithm)
        if chosen is None:
            return False
        try:
            self._key.verify(signature, data, padding.PKCS1v15(), chosen)
        except InvalidSignature:
            return False
        return True

    def fingerprint(self) -> str:
        """SHA-256 of the key in groups of four hexadecimal digits, for people to compare."""
        digits = sha256(self.der).hexdigest()
        return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


@dataclass(frozen=True, slots=True, eq=False)
class PrivateKey:
    """One of our own private keys; nothing that prints it shows the key."""

    _key: rsa.RSAPrivateKey = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        """A new key. It takes some tenths of a second."""
        return cls(rsa.generate_private_key(public_exponent=65537, key_size=OWN_BITS))

    @classmethod
    def from_pem(cls, pem: bytes) -> Self:
        """The key in the bytes of a key file. KeysError says what is wrong with it."""
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except TypeError as error:
            raise KeysError("The private key is encrypted; store it unencrypted.") from error
        except (ValueError, UnsupportedAlgorithm) as error:
            raise KeysError("The private key cannot be read; it must be PEM (PKCS #8).") from error
        if not isinstance(key, rsa.RSAPrivateKey):
            raise KeysError("The private key is of another type; it must be RSA.")
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
        """The public half as an actor's `publicKeyPem` carries it: SubjectPublicKeyInfo."""
        info = serialization.PublicFormat.SubjectPublicKeyInfo
        pem = self._key.public_key().public_bytes(serialization.Encoding.PEM, info)
        return pem.decode("ascii")

    def sign(self, data: bytes) -> bytes:
        """The signature over data: PKCS #1 v1.5 with SHA-256, which is called rsa-sha256."""
        return self._key.sign(data, padding.PKCS1v15(), SHA256())


def _subject_public_key_info(key: rsa.RSAPublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
