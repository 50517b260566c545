"""Public keys of other servers' actors, and whether a request really comes from one of them."""

from collections.abc import Collection
from datetime import datetime

from fediblog.demo.mail import Mail
from fediblog.demo.people import Person
from fediblog.errors import (
    RemoteError,
    RemoteRefused,
    RemoteUnreachable,
    Unauthenticated,
    Unavailable,
)
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import PublishedKey, one_id, parse_key
from fediblog.protocol.keys import PublicKey
from fediblog.protocol.signatures import Scheme, Signature, SignedRequest, check_request, scheme_of


class Keyring:
    """Keeps the keys that it fetched, in the name of `fetcher`.

    To be set: schemes, the ways of signing that are believed.
    """

    def __init__(self, mail: Mail, fetcher: Person) -> None:
        self._mail = mail
        self._fetcher = fetcher
        self._known: dict[str, PublishedKey] = {}
        self.schemes: Collection[Scheme] = frozenset(Scheme)

    def knows(self, key_id: str) -> bool:
        """Whether this key is at hand without a fetch."""
        return key_id in self._known

    async def check(self, request: SignedRequest, *, origin: str, now: datetime) -> PublishedKey:
        """The key that signed a request for this origin, a body included.

        Unauthenticated when anything about the signature is wrong; Unavailable when the key
        cannot be fetched just now (requirement B14).
        """
        if scheme_of(request) not in self.schemes:
            raise Unauthenticated("Signatures of this kind are not known here.")
        return await self._holding(check_request(request, origin=origin, now=now))

    async def _holding(self, signature: Signature) -> PublishedKey:
        """The key under which the signature holds, fetched again if the one at hand is old."""
        known = self._known.get(signature.key_id)
        if known is not None and signature.holds(PublicKey.from_pem(known.pem)):
            return known
        fresh = await self._fetch(signature.key_id)
        if not signature.holds(PublicKey.from_pem(fresh.pem)):
            raise Unauthenticated("The signature does not hold.")
        self._known[signature.key_id] = fresh
        return fresh

    async def _fetch(self, key_id: str) -> PublishedKey:
        try:
            return await self._published(key_id)
        except RemoteUnreachable as error:
            raise Unavailable(detail=str(error)) from error
        except RemoteError as error:
            if isinstance(error, RemoteRefused) and error.answer_status >= 500:
                raise Unavailable(detail=str(error)) from error
            raise Unauthenticated("The key cannot be had.") from error

    async def _published(self, key_id: str) -> PublishedKey:
        """The key as its owner, on the same host, publishes it too (requirement B12)."""
        document = await self._mail.document(key_id, self._fetcher)
        key = parse_key(document, key_id)
        if key is None or authority_of(key.owner) != authority_of(key_id):
            raise Unauthenticated("There is no such key.")
        if one_id(document.get("id")) != key.owner or key.owner != key_id.partition("#")[0]:
            owner = await self._mail.document(key.owner, self._fetcher)
            if one_id(owner.get("id")) != key.owner or parse_key(owner, key_id) != key:
                raise Unauthenticated("The owner of the key does not publish it.")
        return key
