"""What others may read: people, their notes, and their collections."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from fediblog.demo.activities import create
from fediblog.demo.avatars import avatar, emoji, view
from fediblog.demo.notes import Note, note_document, tombstone
from fediblog.demo.pages import home_page, note_page, person_page
from fediblog.demo.people import (
    STUB_KEY,
    Person,
    actor_document,
    collection,
    descriptor,
    key_stub,
)
from fediblog.demo.state import State
from fediblog.demo.wire import activitypub, asks_for_activitypub, signed_request, state_of
from fediblog.errors import Gone, Malformed, NotFound
from fediblog.protocol.outgoing import Document


async def webfinger(request: Request) -> Response:
    """Who is behind a handle or an address."""
    state = state_of(request)
    resource = request.query_params.get("resource", "")
    if ":" not in resource:
        raise Malformed("Give a resource, such as acct:user@host.")
    for person in (*state.people.values(), state.instance):
        if resource.lower() == f"acct:{person.handle}" or resource in {person.id, person.url}:
            if person.name in state.gone:
                raise Gone
            headers = {"Access-Control-Allow-Origin": "*"}
            return JSONResponse(
                descriptor(person), headers=headers, media_type="application/jrd+json"
            )
    raise NotFound


async def home(request: Request) -> Response:
    """Who lives here, and what reached them."""
    state = state_of(request)
    return HTMLResponse(home_page(state.people.values(), state.known.values()))


async def instance(request: Request) -> Response:
    """The actor that signs fetches; it is given to everybody, or two secure servers lock (B5)."""
    return activitypub(actor_document(state_of(request).instance))


async def actor(request: Request) -> Response:
    """A person: a document for servers, a page for browsers."""
    state = state_of(request)
    person = _present(state, request)
    if not asks_for_activitypub(request):
        return HTMLResponse(person_page(person, _written(state, person)))
    await check_reader(state, request)
    return activitypub(actor_document(person))


async def key(request: Request) -> Response:
    """A key at an address of its own, given to everybody (N2)."""
    person = _present(state_of(request), request)
    if person.key_path != STUB_KEY:
        raise NotFound
    return activitypub(key_stub(person))


async def note(request: Request) -> Response:
    """A note: 410 once it is deleted, and 404 unless it is for all."""
    state = state_of(request)
    found = readable_note(state, request)
    if found.deleted is not None:
        return activitypub(tombstone(found), 410)
    if not asks_for_activitypub(request):
        return HTMLResponse(note_page(found))
    await check_reader(state, request)
    return activitypub(_document(state, found))


async def note_activity(request: Request) -> Response:
    """The Create of a note."""
    state = state_of(request)
    found = readable_note(state, request)
    if found.deleted is not None:
        raise Gone
    await check_reader(state, request)
    return activitypub(create(found))


async def outbox(request: Request) -> Response:
    """What a person wrote for all, newest first."""
    state = state_of(request)
    person = _present(state, request)
    await check_reader(state, request)
    items = [create(each) for each in _written(state, person)]
    document = collection(f"{person.id}/outbox", len(items))
    return activitypub(document | {"orderedItems": items})


async def followers(request: Request) -> Response:
    """How many follow a person."""
    state = state_of(request)
    person = _present(state, request)
    return activitypub(collection(person.followers, len(state.followers[person.name])))


async def following(request: Request) -> Response:
    """How many a person follows."""
    state = state_of(request)
    person = _present(state, request)
    return activitypub(collection(f"{person.id}/following", len(state.following[person.name])))


async def picture(request: Request) -> Response:
    """The avatar of a person."""
    return Response(avatar(request.path_params["name"]), media_type="image/png")


async def emoji_picture(request: Request) -> Response:
    """The picture of an emoji."""
    return Response(emoji(request.path_params["name"]), media_type="image/png")


async def view_picture(request: Request) -> Response:
    """A picture to attach to a note."""
    return Response(view(request.path_params["name"]), media_type="image/jpeg")


def _present(state: State, request: Request) -> Person:
    person = state.person(request.path_params["name"])
    if person.name in state.gone:
        raise Gone
    return person


def readable_note(state: State, request: Request) -> Note:
    """The note at this address: by its id, or by the address of its page."""
    person = _present(state, request)
    found = state.notes.get(f"{person.id}/statuses/{request.path_params['number']}")
    if found is None or not found.open_to_all:
        raise NotFound
    return found


async def check_reader(state: State, request: Request) -> None:
    """In secure mode, read only for whom signs with a key that holds."""
    if state.require_signed_fetch:
        signed = await signed_request(request)
        await state.keyring.check(signed, origin=state.origin, now=state.clock())


def _document(state: State, found: Note) -> Document:
    return note_document(found, own_replies(state, found))


def own_replies(state: State, found: Note) -> list[str]:
    """Ids of what the author of a note answered to it."""
    return [
        each
        for each in state.replies_to(found.id)
        if (ours := state.notes.get(each)) and ours.author.id == found.author.id
    ]


def _written(state: State, person: Person) -> list[Note]:
    return [
        each
        for each in reversed(state.notes.values())
        if each.author.id == person.id and each.open_to_all and each.deleted is None
    ]
