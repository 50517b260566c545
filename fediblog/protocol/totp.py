"""Codes that change every half minute, as apps on phones make them (RFC 6238)."""

import base64
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

_STEP_SECONDS = 30
_DIGITS = 6
_SECRET_BYTES = 20
#: A phone's clock may be so many steps before or behind ours.
_DRIFT = (0, -1, 1)


def new_secret() -> str:
    """A secret in base32, as people can type it."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def code_at(secret: str, step: int) -> str:
    """The code of a step, counted from the epoch."""
    totp = TOTP(base64.b32decode(secret), _DIGITS, SHA1(), _STEP_SECONDS)  # noqa: S303
    return totp.generate(step * _STEP_SECONDS).decode()


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The step whose code this is: that of now, the one before or the one behind; None for none."""
    here = int(now.timestamp()) // _STEP_SECONDS
    for drift in _DRIFT:
        if secrets.compare_digest(code_at(secret, here + drift).encode(), code.encode()):
            return here + drift
    return None


def app_address(secret: str, *, issuer: str, account: str) -> str:
    """The address that apps read from a square of dots (otpauth, as Google's app began it)."""
    label = quote(f"{issuer}:{account}")
    return (
        f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"
    )
