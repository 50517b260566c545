"""Looking at our own addresses as anybody sees them: status, headers and body, whatever they are.

What is looked at is ours, so nothing here is believed; the guard holds all the same.
"""

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from fediblog.errors import RemoteInvalid, RemoteUnreachable
from fediblog.remote.connector import Connector
from fediblog.remote.guard import check_address

_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer. headers: by their names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def find_addresses(
    connector: Connector, host: str, port: int, *, development: bool
) -> list[str]:
    """The addresses of a name. Raises RemoteUnreachable when it has none, and AddressRefused for
    one that is not on the public internet."""
    try:
        addresses = list(await connector.resolve(host, port))
    except (OSError, UnicodeError) as error:
        raise RemoteUnreachable(detail=f"{host} has no address ({error})") from error
    for address in addresses:
        check_address(address, development=development)
    if not addresses:
        raise RemoteUnreachable(detail=f"{host} has no address")
    return addresses


async def certificate_end(
    connector: Connector, host: str, port: int, *, development: bool
) -> datetime:
    """Until when the certificate of a host holds.

    Raises RemoteInvalid when it is not to be believed, with the reason, and as `find_addresses`.
    """
    addresses = await find_addresses(connector, host, port, development=development)
    address, real_port = connector.dial(addresses[0], port)
    try:
        async with asyncio.timeout(_SECONDS):
            _, writer = await asyncio.open_connection(
                address, real_port, ssl=connector.ssl_context, server_hostname=host
            )
    except ssl.SSLCertVerificationError as error:
        raise RemoteInvalid(detail=error.verify_message) from error
    except (OSError, TimeoutError) as error:
        raise RemoteUnreachable(detail=f"{host} cannot be reached ({error})") from error
    try:
        shown = writer.get_extra_info("peercert") or {}
        seconds = ssl.cert_time_to_seconds(str(shown.get("notAfter", "")))
    except ValueError as error:
        raise RemoteInvalid(detail="the certificate does not say how long it holds") from error
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    return datetime.fromtimestamp(seconds, UTC)
