"""Whether it is we who are off the net, when another server cannot be reached (requirement H2)."""

import asyncio
from datetime import datetime, timedelta

from fediblog.blog import Blog
from fediblog.errors import AddressRefused, RemoteError, RemoteUnreachable
from fediblog.store import hosts

_WITNESS_SECONDS = 5.0
_WITNESSED_MS = 3600 * 1000
_HOLDS = timedelta(minutes=1)


class Surroundings:
    """What is known of our own way to others.

    An answer holds for a minute: when a thousand servers fail at once, the database is asked
    little, and nobody else is asked more than once.
    """

    def __init__(self) -> None:
        self._proof = ""
        self._lonely = False
        self._until: datetime | None = None
        self._asking = asyncio.Lock()

    async def are_well(self, blog: Blog, authority: str) -> bool:
        """Whether we reach any server but this one: if none, it is we who are off the net.

        One that answered within the hour is proof; else the one that answered last is asked.
        """
        async with self._asking:
            if self._until is not None and blog.clock() < self._until:
                if self._lonely:
                    return False
                if self._proof != authority:
                    return True
            return await self._find(blog, authority)

    async def _find(self, blog: Blog, authority: str) -> bool:
        proof = await hosts.get_last_reached(
            blog.db, since=blog.now_ms() - _WITNESSED_MS, but=authority
        )
        if proof is None:
            witness = await hosts.get_witness(blog.db, but=authority)
            if witness is None:
                return False
            if await self._ask(blog, witness):
                proof = witness.authority
        self._proof, self._lonely = proof or "", proof is None
        self._until = blog.clock() + _HOLDS
        return proof is not None

    async def _ask(self, blog: Blog, witness: hosts.Witness) -> bool:
        try:
            await blog.remote.get_document(
                witness.uri, sign=blog.sign_as_instance(), deadline=_WITNESS_SECONDS
            )
        except (RemoteUnreachable, AddressRefused):
            return False
        except RemoteError:
            pass
        async with blog.db.transaction() as tx:
            await hosts.set_reached(tx, [witness.authority], blog.now_ms())
        return True
