"""Lists of replies, in the ways in which servers give them, and whole threads."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from fediblog.demo.notes import Note, mastodon_replies, note_document, replies_page
from fediblog.demo.reading import check_reader, own_replies, readable_note
from fediblog.demo.state import State
from fediblog.demo.wire import activitypub, state_of
from fediblog.errors import Gone, NotFound
from fediblog.protocol.outgoing import AS_CONTEXT, CONTEXT, Document

_PER_PAGE = 5


async def replies(request: Request) -> Response:
    """The replies to a note, as the server had decided to list them when it was written."""
    state = state_of(request)
    found = readable_note(state, request)
    if found.deleted is not None:
        raise Gone
    if found.listing == "none":
        raise NotFound
    await check_reader(state, request)
    match found.listing:
        case "mastodon":
            return _unless_known(request, _as_on_mastodon(request, state, found))
        case "embedded":
            return _unless_known(request, _in_one(state, found))
        case _:
            return _unless_known(request, _paged(request, state, found))


async def context(request: Request) -> Response:
    """A whole thread, as far as the server knows it."""
    state = state_of(request)
    await check_reader(state, request)
    address = f"{state.origin}{request.url.path}"
    known = state.thread_of(address)
    if not known or not state.offers_contexts:
        raise NotFound
    return _unless_known(
        request,
        {
            "@context": AS_CONTEXT,
            "id": address,
            "type": "OrderedCollection",
            "totalItems": len(known),
            "orderedItems": known,
        },
    )


def _as_on_mastodon(request: Request, state: State, found: Note) -> Document:
    """The author's own replies come with the collection, those of others are a page away (C7)."""
    own = own_replies(state, found)
    if "page" in request.query_params:
        others = [each for each in state.replies_to(found.id) if each not in own]
        return replies_page(found, others)
    return {"@context": CONTEXT, **mastodon_replies(found, own)}


def _in_one(state: State, found: Note) -> Document:
    """Everything at once: the server's own notes whole, all others as ids."""
    return {
        "@context": CONTEXT,
        "id": f"{found.id}/replies",
        "type": "Collection",
        "items": [_whole(state, each) for each in state.replies_to(found.id)],
    }


def _whole(state: State, note_id: str) -> Document | str:
    note = state.notes.get(note_id)
    if note is None:
        return note_id
    document = note_document(note, own_replies(state, note))
    return {name: value for name, value in document.items() if name != "@context"}


def _paged(request: Request, state: State, found: Note) -> Document:
    """An ordered collection; its first page, and each next one, have to be asked for."""
    address = f"{found.id}/replies"
    listed: Sequence[str] = state.replies_to(found.id)
    asked = request.query_params.get("page", "")
    if not asked.isdecimal():
        return {
            "@context": AS_CONTEXT,
            "id": address,
            "type": "OrderedCollection",
            "totalItems": len(listed),
            "first": f"{address}?page=0",
        }
    start = int(asked[:6]) * _PER_PAGE
    more = start + _PER_PAGE < len(listed)
    return {
        "@context": AS_CONTEXT,
        "id": f"{address}?page={asked}",
        "type": "OrderedCollectionPage",
        "partOf": address,
        "orderedItems": listed[start : start + _PER_PAGE],
        **({"next": f"{address}?page={int(asked[:6]) + 1}"} if more else {}),
    }


def _unless_known(request: Request, document: Document) -> Response:
    """The document, or 304 for who has it already."""
    response = activitypub(document)
    if request.headers.get("if-none-match") != response.headers["etag"]:
        return response
    state_of(request).unchanged.append(request.url.path)
    return Response(status_code=304, headers={"ETag": response.headers["etag"]})
