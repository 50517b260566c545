"""Wake-ups inside one process: who writes a row tells who waits for it."""

import asyncio


class Signals:
    """One event for each queue. A lost wake-up costs a second, no row: the loops also poll."""

    def __init__(self) -> None:
        self.arrivals = asyncio.Event()
        self.deliveries = asyncio.Event()
        self.fetches = asyncio.Event()
        self.walks = asyncio.Event()
        self.timed = asyncio.Event()
        self.threads = asyncio.Event()
        self.backups = asyncio.Event()
