"""Names of the pictures that we show from here, known before they are fetched."""

import hashlib

ADDRESS = "/media/pictures/"


def picture_name(url: str, kind: str) -> str:
    """The name of the file in which a picture will be. kind: emoji, attachment or illustration, as
    they differ in size."""
    return f"{hashlib.sha256(f'{kind} {url}'.encode()).hexdigest()[:32]}.webp"
