"""Custom emoji that a stranger's text names, as pictures that are shown from here (I4)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fediblog.blog import Blog
from fediblog.domain.pictures import ADDRESS, picture_name
from fediblog.protocol.incoming import Emoji
from fediblog.store.pictures import EMOJI, NewPicture

#: Of one text; more is no longer a text.
_MOST = 50


@dataclass(frozen=True, slots=True)
class UsedEmojis:
    """Names, with their colons, and the pictures that stand for them."""

    pictures: dict[str, NewPicture]

    @property
    def addresses(self) -> dict[str, str]:
        """Where each picture will be, by its emoji's name."""
        return {name: f"{ADDRESS}{picture.name}" for name, picture in self.pictures.items()}

    def written(self) -> str:
        """JSON of [name, picture] pairs, as it is stored; empty for none."""
        pairs = [[name, picture.name] for name, picture in self.pictures.items()]
        return json.dumps(pairs, ensure_ascii=False) if pairs else ""


def emoji_picture(blog: Blog, emoji: Emoji) -> NewPicture:
    """The picture of an emoji."""
    return NewPicture(picture_name(blog.keys.picture_secret, emoji.url, EMOJI), emoji.url, EMOJI)


def use_emojis(blog: Blog, texts: Iterable[str], emojis: Sequence[Emoji]) -> UsedEmojis:
    """Those of the emoji that one of the texts names; what only stands in a tag is not fetched."""
    together = "\n".join(texts)
    named = {each.name: emoji_picture(blog, each) for each in emojis if each.name in together}
    return UsedEmojis(dict(list(named.items())[:_MOST]))
