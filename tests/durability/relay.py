"""An address that leads to one port of loopback or another, or to silence."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from tests.remote.server import listening


@dataclass(slots=True)
class Relay:
    """port: where it listens. target: where it leads, None for nowhere: it hangs up. silent: it
    takes whatever comes, and carries nothing; who was connected then is never heard again."""

    target: int | None
    port: int = 0
    silent: bool = False
    _cuts: int = 0

    def cut(self) -> None:
        """From now on nothing is carried, and nobody is told."""
        self.silent = True
        self._cuts += 1

    def mend(self) -> None:
        """Who connects from now on gets through."""
        self.silent = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry bytes both ways until one side hangs up."""
        cuts = self._cuts

        def heard() -> bool:
            return not self.silent and self._cuts == cuts

        try:
            if self.target is not None:
                with suppress(OSError):
                    far = await asyncio.open_connection("127.0.0.1", self.target)
                    await _carry_both(reader, writer, *far, heard)
        finally:
            writer.close()


@asynccontextmanager
async def relaying(target: int) -> AsyncIterator[Relay]:
    """A relay to a port, on a port of its own."""
    relay = Relay(target)
    async with listening(relay.serve) as relay.port:
        yield relay


async def _carry_both(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    far_reader: asyncio.StreamReader,
    far_writer: asyncio.StreamWriter,
    heard: Callable[[], bool],
) -> None:
    ways = [
        asyncio.create_task(_carry(reader, far_writer, heard)),
        asyncio.create_task(_carry(far_reader, writer, heard)),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        far_writer.close()
        await asyncio.gather(*ways, return_exceptions=True)


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: Callable[[], bool]
) -> None:
    while data := await reader.read(65_536):
        if heard():
            writer.write(data)
            await writer.drain()
