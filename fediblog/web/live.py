"""Open pages that hear of new replies: who listens to which thread, and when something is new.

One loop looks at the versions of all posts that are listened to, however many listen: when
something of this process says that threads have changed, and once a second besides, which is how
it learns of other processes. A listener is told a version and nothing else.
"""

import asyncio
import logging
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from fediblog.blog import Blog
from fediblog.errors import FediblogError, TooManyRequests, Unavailable
from fediblog.store import posts

log = logging.getLogger("fediblog.web")

_POLL_SECONDS = 1.0
_MOST = 1000
#: A family, or an office, behind one address.
_MOST_OF_ONE_PEER = 20


@dataclass(slots=True)
class _Thread:
    """A post that is listened to. version: as last seen; ended: it is deleted."""

    version: int
    listeners: int = 0
    ended: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self) -> None:
        """Wake everybody who waits; who comes now waits for the next change."""
        self.changed.set()
        self.changed = asyncio.Event()


class LiveThreads:
    """All listeners of this process."""

    def __init__(self, blog: Blog) -> None:
        self._blog = blog
        self._threads: dict[int, _Thread] = {}
        self._peers: Counter[str] = Counter()
        self._closed = False

    def listen(self, post_id: int, version: int, since: int, peer: str) -> "Listener":
        """Begin to listen to a thread, until the listener is closed.

        version: that of the post now; since: the one that the page has.

        Raises TooManyRequests when this address listens too often, Unavailable when too many do.
        """
        if self._closed or self._peers.total() >= _MOST:
            raise Unavailable("Too many pages wait for new replies. Please reload the page.")
        if self._peers[peer] >= _MOST_OF_ONE_PEER:
            raise TooManyRequests("Too many open pages wait for new replies at your address.")
        thread = self._threads.setdefault(post_id, _Thread(version))
        thread.listeners += 1
        self._peers[peer] += 1
        return Listener(self, post_id, thread, since, peer)

    async def run(self) -> None:
        """Look for what has changed until cancelled."""
        signal = self._blog.signals.threads
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_POLL_SECONDS):
                    await signal.wait()
            signal.clear()
            try:
                await self._look()
            except FediblogError:
                log.warning("what is new in threads cannot be seen", exc_info=True)

    def close(self) -> None:
        """The server stops: end every listener now, and let nobody listen any more."""
        self._closed = True
        for thread in self._threads.values():
            thread.ended = True
            thread.tell()

    async def _look(self) -> None:
        if not self._threads:
            return
        asked = dict(self._threads)
        versions = await posts.list_versions(self._blog.db, list(asked))
        for post_id, thread in asked.items():
            version = versions.get(post_id)
            thread.ended = thread.ended or version is None
            if thread.ended or version != thread.version:
                thread.version = version or thread.version
                thread.tell()

    def _leave(self, post_id: int, peer: str) -> None:
        self._threads[post_id].listeners -= 1
        if not self._threads[post_id].listeners:
            del self._threads[post_id]
        self._peers[peer] -= 1
        if not self._peers[peer]:
            del self._peers[peer]


class Listener:
    """One open page. It has to be closed."""

    def __init__(
        self, threads: LiveThreads, post_id: int, thread: _Thread, since: int, peer: str
    ) -> None:
        self._threads = threads
        self._post_id = post_id
        self._thread = thread
        self._peer = peer
        self._told = since

    async def next(self, *, seconds: float) -> int | None:
        """The next version of the post; the one before again if it does not change so soon; None
        when there is nothing more to wait for."""
        changed = self._thread.changed
        if self._thread.version <= self._told and not self._thread.ended:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await changed.wait()
        if self._thread.ended:
            return None
        self._told = max(self._told, self._thread.version)
        return self._told

    def close(self) -> None:
        """Make room for another one."""
        self._threads._leave(self._post_id, self._peer)
