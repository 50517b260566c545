"""Texts are read into the index that readers search."""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from fediblog.blog import Blog
from fediblog.domain import media, polls
from fediblog.domain.plaintext import plain_text
from fediblog.domain.search_words import composed, find_words
from fediblog.store import search
from fediblog.store.database import Queries, Transaction
from fediblog.store.search import Entry, PageSource, PostSource, ReplySource, Target

log = logging.getLogger("fediblog.search")

#: Texts that are read at once; and words in one transaction, more only of one text. Others who
#: write wait for its end on SQLite, so it is short.
_AT_ONCE, _WORDS_AT_ONCE = 20, 10_000
#: Characters of a text that can be found; the words have a limit of their own. Strangers get
#: fewer, for they may send as many replies as they like.
_LONGEST, _LONGEST_REPLY = 100_000, 20_000

_Source = PostSource | PageSource | ReplySource


async def index_due(blog: Blog) -> bool:
    """Read some of the texts that are due into the index; whether there were any.

    Their words are worked out first, while everybody else can write. A text that is not the same
    any more when they are written down stays due.
    """
    due = await search.list_due(blog.db, _AT_ONCE)
    if not due:
        return False
    read = await _read(blog.db, due)
    # In a thread, so that whoever reads the blog meanwhile does not wait for the longest post.
    entries = await asyncio.to_thread(_entries, read)
    for some in _portions(due, entries):
        async with blog.db.transaction() as tx:
            await _write(tx, some, read, entries)
    return True


async def rebuild_index(blog: Blog) -> int:
    """Empty the index and read everything into it again; how many texts can be found then."""
    async with blog.db.transaction(at_length=True) as tx:
        await search.mark_everything(tx)
    while await index_due(blog):
        pass
    return await search.count_entries(blog.db)


def _portions(due: Iterable[Target], entries: Mapping[Target, Entry]) -> Iterator[Sequence[Target]]:
    """The texts, in portions that are written in one transaction."""
    portion: list[Target] = []
    words = 0
    for target in due:
        more = len(entries[target].text) if target in entries else 0
        if portion and words + more > _WORDS_AT_ONCE:
            yield portion
            portion, words = [], 0
        portion.append(target)
        words += more
    yield portion


async def _write(
    tx: Transaction,
    due: Sequence[Target],
    read: Mapping[Target, _Source],
    entries: Mapping[Target, Entry],
) -> None:
    """Write down what has been worked out of the texts, if they are still what was read."""
    claimed = await search.claim_due(tx, due)
    now = await _read(tx, claimed)
    for target in claimed:
        if now.get(target) != read.get(target):
            await search.mark(tx, *target)
        elif target in entries:
            await search.set_entry(tx, *target, entries[target])
    # Last, when everything else that has to be locked is: this waits for nobody.
    for kind, number in claimed:
        if kind == "post" and (kind, number) not in now:
            await search.remove_thread(tx, number)


async def _read(db: Queries, due: Sequence[Target]) -> Mapping[Target, _Source]:
    """Those of the texts that everybody may read."""
    numbers = {kind: [n for k, n in due if k == kind] for kind in ("post", "page", "reply")}
    posts = await search.list_posts(db, numbers["post"])
    pages = await search.list_pages(db, numbers["page"])
    replies = await search.list_replies(db, numbers["reply"])
    return {
        **{("post", post.id): post for post in posts},
        **{("page", page.id): page for page in pages},
        **{("reply", reply.id): reply for reply in replies},
    }


def _entries(sources: Mapping[Target, _Source]) -> Mapping[Target, Entry]:
    """What is to be found of them. One that nobody foresaw must not keep all others from it."""
    entries = {}
    for target, source in sources.items():
        try:
            entries[target] = _entry_of(source)
        except Exception:
            log.exception("%s %d cannot be read into the index", *target)
    return entries


def _entry_of(source: _Source) -> Entry:
    match source:
        case PostSource():
            return _post_entry(source)
        case PageSource():
            return _page_entry(source)
        case ReplySource():
            return _reply_entry(source)


def _post_entry(post: PostSource) -> Entry:
    """A post with a warning is found by its words, and only the warning may be shown."""
    beside = (
        *post.tags,
        post.category,
        post.excerpt,
        post.lead_caption,
        post.lead_alt,
        post.source_line,
        post.warning,
    )
    shown = composed(post.warning) or None
    return _entry(post.html, title=post.title, beside=beside, shown=shown)


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
    shown = composed(reply.warning) or None
    return _entry(reply.html, beside=beside, shown=shown, longest=_LONGEST_REPLY)


def _entry(
    html: str,
    *,
    title: str = "",
    beside: Iterable[str] = (),
    shown: str | None = None,
    longest: int = _LONGEST,
) -> Entry:
    plain = composed(plain_text(html)[:longest])
    return Entry(
        title=_words(title, search.MOST_TITLE_WORDS),
        text=_words(plain, search.MOST_WORDS),
        beside=_words(" ".join(beside)[:longest], search.MOST_WORDS_BESIDE),
        plain=plain if shown is None else shown,
    )


def _words(text: str, most: int) -> Sequence[str]:
    return [word.text for word in islice(find_words(composed(text)), most)]
