"""Where a command's deed is carried out: here, or by the running server that has the database."""

import asyncio
import os
from typing import Any

from fediblog.clock import utc_now
from fediblog.deeds import DEEDS
from fediblog.errors import Unavailable
from fediblog.local_socket import NobodyThere, ask
from fediblog.opening import open_blog
from fediblog.remote.connector import Connector
from fediblog.settings import Settings
from fediblog.store.locking import Held

#: Half a minute: the first command of all makes the tables, which takes a slow machine a while.
_TRIES = 120
_PAUSE_SECONDS = 0.25


async def carry_out(settings: Settings, deed: str, values: dict[str, Any]) -> dict[str, Any]:
    """The deed's result. Raises what the deed raises, or Unavailable.

    The embedded database belongs to whoever holds the data folder's lock: the server, which is
    asked, or for a moment another command, which is waited for.
    """
    for _ in range(_TRIES):
        try:
            async with open_blog(
                settings, utc_now, Connector(), adopt_origin=not os.environ.get("FEDIBLOG_URL")
            ) as blog:
                return await DEEDS[deed](blog, values)
        except Held:
            try:
                return await ask(settings.data, deed, values)
            except NobodyThere:
                await asyncio.sleep(_PAUSE_SECONDS)
    raise Unavailable(f"Another command is busy with {settings.data}. Please try again.")
