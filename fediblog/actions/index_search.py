"""Texts are read into the index that readers search."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from fediblog.blog import Blog
from fediblog.domain import media, polls
from fediblog.domain.plaintext import plain_text
from fediblog.domain.search_words import composed, find_words
from fediblog.store import search
from fediblog.store.database import Transaction
from fediblog.store.search import Entry, PageSource, PostSource, ReplySource, Target

log = logging.getLogger("fediblog.search")

#: Texts in one transaction. Others who write wait for its end on SQLite, so it is short.
_AT_ONCE = 20
#: Characters of a text that can be found; the words have a limit of their own.
_LONGEST = 100_000

_Source = TypeVar("_Source", PostSource, PageSource, ReplySource)


async def index_due(blog: Blog) -> bool:
    """Read some of the texts that are due into the index; whether there were any."""
    async with blog.db.transaction() as tx:
        due = await search.claim_due(tx, _AT_ONCE)
        found = await _read(tx, due)
        for (kind, number), entry in found.items():
            await search.set_entry(tx, kind, number, entry)
    for kind, number in due:
        if kind == "post" and (kind, number) not in found:
            async with blog.db.transaction() as tx:
                await search.remove_thread(tx, number)
    return bool(due)


async def rebuild_index(blog: Blog) -> int:
    """Empty the index and read everything into it again; how many texts can be found then."""
    async with blog.db.transaction() as tx:
        await search.mark_everything(tx)
    while await index_due(blog):
        pass
    return await search.count_entries(blog.db)


async def _read(tx: Transaction, due: Sequence[Target]) -> Mapping[Target, Entry]:
    """What is to be found of the texts, of those that everybody may read."""
    numbers = {kind: [n for k, n in due if k == kind] for kind in ("post", "page", "reply")}
    posts = await search.list_posts(tx, numbers["post"])
    pages = await search.list_pages(tx, numbers["page"])
    replies = await search.list_replies(tx, numbers["reply"])
    # In a thread, so that whoever reads the blog meanwhile does not wait for the longest post.
    return await asyncio.to_thread(_entries, posts, pages, replies)


def _entries(
    posts: Iterable[PostSource], pages: Iterable[PageSource], replies: Iterable[ReplySource]
) -> Mapping[Target, Entry]:
    return {
        **_made("post", posts, _post_entry),
        **_made("page", pages, _page_entry),
        **_made("reply", replies, _reply_entry),
    }


def _made(
    kind: str, sources: Iterable[_Source], make: Callable[[_Source], Entry]
) -> Mapping[Target, Entry]:
    """The entries. One text that nobody foresaw must not keep all others from being found."""
    entries = {}
    for source in sources:
        try:
            entries[kind, source.id] = make(source)
        except Exception:
            log.exception("%s %d cannot be read into the index", kind, source.id)
    return entries


def _post_entry(post: PostSource) -> Entry:
    beside = (
        *post.tags,
        post.category,
        post.excerpt,
        post.lead_caption,
        post.lead_alt,
        post.source_line,
    )
    return _entry(post.html, title=post.title, beside=beside)


def _page_entry(page: PageSource) -> Entry:
    return _entry(page.html, title=page.title)


def _reply_entry(reply: ReplySource) -> Entry:
    """A reply with a warning is found by either, and only the warning may be shown. What is told
    of its pictures is found, too, and what its poll asks."""
    poll = polls.read(reply.poll)
    beside = (
        reply.warning,
        *(medium.description for medium in media.read(reply.attachments)),
        *(option.name for option in (poll.options if poll else ())),
    )
    return _entry(reply.html, beside=beside, shown=composed(reply.warning) or None)


def _entry(
    html: str, *, title: str = "", beside: Iterable[str] = (), shown: str | None = None
) -> Entry:
    plain = composed(plain_text(html)[:_LONGEST])
    return Entry(
        title=_words(title),
        text=_words(plain),
        beside=_words(" ".join(beside)),
        plain=plain if shown is None else shown,
    )


def _words(text: str) -> Sequence[str]:
    return [word.text for word in find_words(composed(text))]
