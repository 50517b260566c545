"""Handing mail to the operator's own mail server.

The server is named by a setting, so it may be anywhere, also in a private network; what is said to
it is encrypted, unless it is on this very machine.
"""

import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from fediblog.errors import RemoteUnreachable

_SECONDS = 20.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


async def send_mail(url: str, message: EmailMessage, trust: ssl.SSLContext) -> None:
    """Send a message. url: smtp://user:password@host:port, or smtps:// for TLS from the beginning;
    smtp:// goes on with STARTTLS, or not at all, unless the host is this machine.

    Raises RemoteUnreachable, with what the server said and nothing of the password.
    """
    try:
        async with _session(url, trust) as session:
            await session.send_message(message)
    except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
        raise RemoteUnreachable(detail=_reason(error)) from error


async def try_mail(url: str, trust: ssl.SSLContext) -> None:
    """See whether the server lets us in. Raises RemoteUnreachable."""
    try:
        async with _session(url, trust) as session:
            await session.noop()
    except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
        raise RemoteUnreachable(detail=_reason(error)) from error


def _session(url: str, trust: ssl.SSLContext) -> aiosmtplib.SMTP:
    parts = urlsplit(url)
    host, encrypted = parts.hostname or "", parts.scheme == "smtps"
    return aiosmtplib.SMTP(
        hostname=host,
        port=parts.port or (465 if encrypted else 587),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        timeout=_SECONDS,
        use_tls=encrypted,
        start_tls=not encrypted and host not in _LOOPBACK,
        tls_context=trust,
    )


def _reason(error: Exception) -> str:
    """What went wrong on one line."""
    said = " ".join(str(error).split())[:200]
    return said or type(error).__name__
