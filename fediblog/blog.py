"""The parts that make one running blog, handed to every action as its first argument."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from fediblog.clock import Clock
from fediblog.keyring import Keyring
from fediblog.known_keys import KnownKeys
from fediblog.protocol.addresses import Addresses
from fediblog.protocol.keys import PrivateKey
from fediblog.protocol.signatures import Scheme, sign_request
from fediblog.refusals import Refusals
from fediblog.remote.client import RemoteClient
from fediblog.remote.signing import Signer
from fediblog.settings import Settings
from fediblog.signals import Signals
from fediblog.store.arrival_log import ArrivalLog
from fediblog.store.database import Database
from fediblog.store.moments import to_ms
from fediblog.store.thread_counts import ThreadCounts


@dataclass(frozen=True, slots=True)
class Blog:
    """One blog: what it was told, what it stores, whom it can ask, and what time it is.

    drawing: held by who draws a card, as many may ask for the same one at once.
    """

    settings: Settings
    addresses: Addresses
    db: Database
    remote: RemoteClient
    keys: Keyring
    clock: Clock
    arrivals: ArrivalLog
    signals: Signals = field(default_factory=Signals)
    known_keys: KnownKeys = field(default_factory=KnownKeys)
    drawing: asyncio.Lock = field(default_factory=asyncio.Lock)
    refusals: Refusals = field(default_factory=Refusals)
    thread_counts: ThreadCounts = field(default_factory=ThreadCounts)

    def now_ms(self) -> int:
        """The time, as the tables keep it."""
        return to_ms(self.clock())

    def sign_as_instance(self) -> Signer:
        """Signs fetches, with the instance actor's key (requirement B5)."""
        return self._signer(self.addresses.instance_key, self.keys.instance)

    def sign_as_blog(self, number: int) -> Signer:
        """Signs deliveries, with the key of this number of the actor whom they are from. Raises
        KeysError when it is not there."""
        return self._signer(self.addresses.actor_key(number), self.keys.blog(number))

    def _signer(self, key_id: str, key: PrivateKey) -> Signer:
        def sign(
            method: str, url: str, body: bytes | None, content_type: str | None, scheme: Scheme
        ) -> Mapping[str, str]:
            return sign_request(
                method=method,
                url=url,
                key_id=key_id,
                private_key=key,
                date=self.clock(),
                body=body,
                content_type=content_type,
                scheme=scheme,
            )

        return sign
