"""Public keys as objects, so that a known sender costs neither a query nor a parse.

Also which fetches failed lately: a key that cannot be had is not asked for with every request.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from weakref import WeakValueDictionary

from fediblog.protocol.keys import PublicKey

_MOST = 20_000
_PREFIX = "key:"


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A public key with the id of the actor it belongs to.

    fetched_at: when its origin gave it, in ms.
    """

    owner: str
    key: PublicKey
    fetched_at: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A key could not be had, and is not asked for before `until` (ms). transient: it may be had
    then, as its origin did not say that there is none."""

    until: int
    transient: bool


def changed_key(key_id: str) -> str:
    """How a key that has changed, or is gone, is named to other processes."""
    return _PREFIX + key_id


class KnownKeys:
    """A bounded cache by key id; the one used longest ago goes first.

    forgotten: how often something was dropped, so that who has asked the database can tell whether
    the answer is from before.
    """

    def __init__(self) -> None:
        self.forgotten = 0
        self._keys: OrderedDict[str, KnownKey] = OrderedDict()
        self._failed: OrderedDict[str, Failure] = OrderedDict()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def get(self, key_id: str) -> KnownKey | None:
        """The key, if it is here."""
        known = self._keys.get(key_id)
        if known is not None:
            self._keys.move_to_end(key_id)
        return known

    def add(self, key_id: str, known: KnownKey) -> None:
        """Keep a key, in place of an older one."""
        self._keys[key_id] = known
        self._keys.move_to_end(key_id)
        self._failed.pop(key_id, None)
        while len(self._keys) > _MOST:
            self._keys.popitem(last=False)

    def turn(self, key_id: str) -> asyncio.Lock:
        """To be held while asking for a key: who waits for it finds what the one before found."""
        return self._turns.setdefault(key_id, asyncio.Lock())

    def forget(self, key_id: str) -> None:
        """Drop a key."""
        self.forgotten += 1
        self._keys.pop(key_id, None)

    def hear(self, names: Collection[str] | None) -> None:
        """Drop the keys that are named, or all if anything may have changed."""
        if names is None:
            self.forgotten += 1
            self._keys.clear()
            return
        for name in names:
            if name.startswith(_PREFIX):
                self.forget(name.removeprefix(_PREFIX))

    def add_failure(self, key_id: str, failure: Failure) -> None:
        """Remember that the key could not be had."""
        self._failed[key_id] = failure
        self._failed.move_to_end(key_id)
        while len(self._failed) > _MOST:
            self._failed.popitem(last=False)

    def get_failure(self, key_id: str, now: int) -> Failure | None:
        """How asking failed, if that was so lately that it is not worth asking again."""
        failure = self._failed.get(key_id)
        return failure if failure is not None and failure.until > now else None

    def is_unknown_again(self, key_id: str) -> bool:
        """Whether its origin has said before that there is no such key, however long ago."""
        failure = self._failed.get(key_id)
        return failure is not None and not failure.transient
