"""Where feeds are, as pages tell it."""

from typing import Any

#: The formats of a feed, as its address ends and as readers know them.
FORMATS = {
    "atom": ("application/atom+xml", "Atom"),
    "rss": ("application/rss+xml", "RSS"),
    "json": ("application/feed+json", "JSON Feed"),
}


def feed_links(start: str, title: str, *, responses: bool = False) -> list[dict[str, Any]]:
    """The feeds of one thing in every format: {url, type, format, title, responses}.

    start: of their addresses, up to the dot. title: of the thing, or, for responses, of the post.
    """
    return [
        {
            "url": f"{start}.{ending}",
            "type": media_type,
            "format": name,
            "title": title,
            "responses": responses,
        }
        for ending, (media_type, name) in FORMATS.items()
    ]
