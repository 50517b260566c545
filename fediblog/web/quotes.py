"""Who quotes posts and answers, as the templates want it."""

from collections.abc import Iterable, Mapping, Sequence

from fediblog.store import quotes
from fediblog.store.database import Queries
from fediblog.store.moments import from_ms
from fediblog.store.posts import Post
from fediblog.store.quotes import QuoteWithPerson
from fediblog.store.threads import ThreadReply
from fediblog.web.rows import Row, hue, with_emojis

#: Quotes under a post; all of them have a page of their own.
_LATEST = 5


async def quotes_context(db: Queries, post: Post, permalink: str) -> Row | None:
    """The latest quotes of a post and where all of them are; None when there are none."""
    target = ("post", post.id)
    found = await quotes.list_shown(db, target, before=None, limit=_LATEST + 1)
    if not found:
        return None
    more = len(found) > _LATEST
    counts = await quotes.count_shown(db, "post", [post.id]) if more else {}
    return {
        "latest": quote_rows(found[:_LATEST]),
        "total": counts.get(post.id, len(found)),
        "all_url": f"{permalink}/quotes" if more else None,
    }


async def quotes_of_answers(
    db: Queries, replies: Sequence[ThreadReply], permalink: str
) -> Mapping[int, Row]:
    """For those of the author's answers that are quoted, how often, and where to read it."""
    answers = [reply.id for reply in replies if reply.key is not None]
    return {
        number: {
            "quote_count": count,
            "quotes_url": f"{permalink}/quotes?answer={number}",
        }
        for number, count in (await quotes.count_shown(db, "reply", answers)).items()
    }


def quote_rows(found: Iterable[QuoteWithPerson]) -> list[Row]:
    """Quotes with who wrote them."""
    return [quote_row(quote) for quote in found]


def quote_row(quote: QuoteWithPerson) -> Row:
    """One quote. Without an agreed handle its author's host is shown (K14)."""
    return {
        "id": quote.id,
        "author_name": quote.name or quote.username,
        "author_html": with_emojis(quote.name or quote.username, quote.actor_emojis),
        "handle": f"@{quote.handle}" if quote.handle else quote.authority,
        "author_url": quote.actor_page,
        "avatar_url": f"/media/avatars/{quote.avatar}" if quote.avatar else None,
        "hue": hue(quote.actor_uri),
        "published": from_ms(quote.published_at),
        "original_url": quote.page_url,
        "text": quote.text,
        "warning": quote.warning or None,
        "language": quote.language or None,
    }
