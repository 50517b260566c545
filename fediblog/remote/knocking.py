"""How a request is signed that nobody has asked us to sign in one way or the other (B4).

Most servers take draft-cavage, some take RFC 9421 alone. So whoever refuses a signature is asked
once more with the other kind, and what was taken is remembered for the next request.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from fediblog.errors import RemoteUnreachable
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.signatures import Scheme

Answered = TypeVar("Answered")
Remember = Callable[[str, Scheme], Awaitable[None]]

#: More servers than a blog ever meets; the one that was asked longest ago is forgotten first.
MOST_REMEMBERED = 20_000


class Knocking:
    """Which servers begin with RFC 9421; draft-cavage is for all others.

    known: their authorities, as of the last start. remember: is told of a server (its authority)
    that took another way than before, so that it is known at the next start too.
    """

    def __init__(self, known: Iterable[str] = (), remember: Remember | None = None) -> None:
        self._modern = OrderedDict.fromkeys(known)
        self._remember = remember

    async def ask(
        self,
        url: str,
        attempt: Callable[[Scheme], Awaitable[Answered]],
        *,
        refused: Callable[[Answered], bool],
        taken: Callable[[Answered], bool],
    ) -> Answered:
        """The answer to a request that is signed in the one way, and if it is refused in the other.

        refused: the answer means that the signature was not believed; taken: that it certainly was.
        The second answer counts unless it is a refusal too, or none came: then the first one does.
        So what was taken is never sent again, and nobody is asked more than twice.
        """
        authority = authority_of(url)
        first = self._first(authority)
        answer = await attempt(first)
        if not refused(answer):
            return answer
        second = Scheme.CAVAGE if first is Scheme.RFC_9421 else Scheme.RFC_9421
        try:
            other = await attempt(second)
        except RemoteUnreachable:
            return answer
        if refused(other):
            return answer
        if taken(other):
            await self._note(authority, second)
        return other

    def _first(self, authority: str) -> Scheme:
        if authority not in self._modern:
            return Scheme.CAVAGE
        self._modern.move_to_end(authority)
        return Scheme.RFC_9421

    async def _note(self, authority: str, scheme: Scheme) -> None:
        if scheme is Scheme.RFC_9421:
            self._modern[authority] = None
            while len(self._modern) > MOST_REMEMBERED:
                self._modern.popitem(last=False)
        else:
            self._modern.pop(authority, None)
        if self._remember is not None:
            await self._remember(authority, scheme)
