"""Names of the pictures that we show from here, known before they are fetched."""

import hashlib
import hmac

ADDRESS = "/media/pictures/"


def picture_name(secret: bytes, url: str, kind: str) -> str:
    """The name of the file in which a picture will be: the picture's own address, signed with what
    only this blog knows, so that nobody else can make a name. kind: emoji, attachment or
    illustration, as they differ in size."""
    return f"{hmac.new(secret, f'{kind} {url}'.encode(), hashlib.sha256).hexdigest()[:32]}.webp"
