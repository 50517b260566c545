"""Read one collection elsewhere, page by page, and take the replies in it that are not here yet.

What a collection lists is only a hint. An object in it is believed if the collection's own server
is also the object's and its author's; everything else is fetched from where its id leads
(requirements K2, K6), and what is not for everybody is left alone.
"""

import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from fediblog.actions.fates import Fate
from fediblog.actions.fetch_note import fetch_note, refuse_note
from fediblog.actions.take_reply import take_newer
from fediblog.actions.walk_budget import Exhausted, WalkBudget
from fediblog.blog import Blog
from fediblog.errors import Malformed, RemoteError, RemoteGone, RemoteInvalid, RemoteRefused
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import Document, Note, Page, one_id, parse_note, parse_page
from fediblog.store import replies
from fediblog.store.actors import get_actor
from fediblog.store.collections import DueCollection

MOST_PAGES = 10
_MOST_FETCHED = 100


@dataclass(frozen=True, slots=True)
class _Known:
    """A document as it was read last: its ETag, and where it led on to."""

    etag: str
    following: tuple[str, ...]


@dataclass(slots=True)
class Walked:
    """What came of reading a collection. found: replies that are new here; is_done: whether all
    of it was looked at; pages: what it consists of, to be kept for the next time."""

    found: int = 0
    is_done: bool = True
    fetched: int = 0
    documents: dict[str, _Known] = field(default_factory=dict)

    @property
    def pages(self) -> str:
        """The documents as JSON: [address, ETag, [addresses that follow]] of each."""
        return json.dumps(
            [[url, each.etag, each.following] for url, each in self.documents.items()]
        )


async def walk_collection(
    blog: Blog, collection: DueCollection, budget: WalkBudget, walked: Walked
) -> None:
    """Read up to ten documents of a collection, all on its own server, into walked.

    A document that has not changed since the last time is not sent again. Raises RemoteGone if
    there is no collection, any other RemoteError if its server could not be asked, and Exhausted
    when no more may be asked now.
    """
    known = _remembered(collection.pages)
    queue = deque([collection.url])
    while queue and len(walked.documents) < MOST_PAGES:
        url = queue.popleft()
        if url in walked.documents or authority_of(url) != collection.authority:
            continue
        budget.take(url)
        try:
            queue += await _read(blog, url, known.get(url), collection, budget, walked)
        except RemoteGone:
            if url == collection.url:
                raise


async def _read(
    blog: Blog,
    url: str,
    known: _Known | None,
    collection: DueCollection,
    budget: WalkBudget,
    walked: Walked,
) -> Sequence[str]:
    """One document with all pages embedded in it; the addresses of those that follow."""
    found = await blog.remote.get_page(
        url, sign=blog.sign_as_instance(), etag=known.etag if known else ""
    )
    if found is None:
        walked.documents[url] = known or _Known("", ())
        return walked.documents[url].following
    following: list[str] = []
    embedded: list[Document] = [found.document]
    complete = True
    while embedded:
        page = _parsed(embedded.pop(), url)
        complete = await _take_items(blog, page, collection.authority, budget, walked) and complete
        for each in page.following:
            if isinstance(each, dict):
                embedded.append(each)
            else:
                following.append(each)
    # With something of it still missing, it must be told again next time.
    walked.documents[url] = _Known(found.etag if complete else "", tuple(following[:MOST_PAGES]))
    walked.is_done = walked.is_done and complete
    return following


def _parsed(document: Document, url: str) -> Page:
    try:
        return parse_page(document)
    except Malformed as error:
        raise RemoteInvalid(detail=f"{url}: {error}") from error


async def _take_items(
    blog: Blog, page: Page, authority: str, budget: WalkBudget, walked: Walked
) -> bool:
    """Take what is new in a page; whether nothing has to be looked at again."""
    ids = [one_id(item) for item in page.items]
    known = await replies.list_known(blog.db, ids)
    complete = True
    for item, uri in zip(page.items, ids, strict=True):
        if not uri or blog.addresses.is_ours(uri):
            continue
        note = _trusted(blog, item, authority) if isinstance(item, dict) else None
        if note is None and (uri in known or not budget.is_new(uri)):
            continue
        try:
            fate = await _take(blog, uri, note, budget, walked)
        except (RemoteError, Exhausted) as error:
            complete = complete and _is_final(error)
            if budget.is_spent:
                raise Exhausted from error
        else:
            walked.found += bool(fate and fate.state == "done" and uri not in known)
    return complete


async def _take(
    blog: Blog, uri: str, note: Note | None, budget: WalkBudget, walked: Walked
) -> Fate | None:
    """Put one item where it belongs, fetched unless it came along; None for what is not public,
    or is gone. Raises RemoteError, or Exhausted if it has to be fetched another time."""
    if note is None:
        if walked.fetched >= _MOST_FETCHED:
            raise Exhausted
        budget.take(uri)
        walked.fetched += 1
        try:
            note = await fetch_note(blog, uri)
        except RemoteError as error:
            if not _is_final(error) and not isinstance(error, RemoteRefused):
                budget.fail(uri)
            raise
    if note is None or not note.public:
        return None
    if await get_actor(blog.db, note.attributed_to) is None:
        # Whoever is not known yet has to be asked for, too.
        budget.take(note.attributed_to)
    return await take_newer(blog, note)


def _trusted(blog: Blog, document: Document, authority: str) -> Note | None:
    """An object that came along, if it is on the same server as the collection and its author."""
    try:
        note = parse_note(document)
    except Malformed:
        return None
    if authority_of(note.id) != authority or refuse_note(blog, note, note.attributed_to):
        return None
    return note


def _is_final(error: Exception) -> bool:
    """Whether asking again would give the same."""
    return isinstance(error, RemoteGone | RemoteInvalid)


def _remembered(pages: str) -> dict[str, _Known]:
    return {
        url: _Known(etag, tuple(following)) for url, etag, following in json.loads(pages or "[]")
    }
