"""Custom emoji of the demo server."""

import re
from dataclasses import dataclass

from fediblog.protocol.outgoing import Document

_NAME = re.compile(r":(\w+):")


@dataclass(frozen=True, slots=True)
class CustomEmoji:
    """A picture that stands for a word. name: with its colons."""

    name: str
    url: str


def custom_emoji(origin: str, name: str) -> CustomEmoji:
    """An emoji of the server at an origin. name: without colons."""
    return CustomEmoji(f":{name}:", f"{origin}/emoji/{name}.png")


def emojis_in(origin: str, text: str) -> list[CustomEmoji]:
    """The emoji that a text of somebody on that server names."""
    return [custom_emoji(origin, name) for name in dict.fromkeys(_NAME.findall(text))]


def emoji_tag(emoji: CustomEmoji) -> Document:
    """An emoji as it stands in a `tag` (requirement I4)."""
    return {
        "id": None,
        "type": "Emoji",
        "name": emoji.name,
        "icon": {"type": "Image", "mediaType": "image/png", "url": emoji.url},
    }
