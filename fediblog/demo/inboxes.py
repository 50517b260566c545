"""Deliveries that come in: checked, remembered, and acted on as a small server would."""

import logging
from dataclasses import replace

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from fediblog.demo.activities import accept
from fediblog.demo.people import Person
from fediblog.demo.state import Received, State
from fediblog.demo.wire import signed_request, state_of
from fediblog.errors import RemoteError, RequestError, Unauthenticated
from fediblog.protocol.incoming import (
    Activity,
    Document,
    ids,
    is_public,
    one_id,
    parse_activity,
    parse_json,
)
from fediblog.protocol.signatures import SignedRequest, claimed_key_id

log = logging.getLogger(__name__)


async def inbox(request: Request) -> Response:
    """POST to a personal inbox or to the shared one."""
    state = state_of(request)
    if "name" in request.path_params:
        state.person(request.path_params["name"])
    try:
        received = await _checked(state, await signed_request(request))
    except RequestError as error:
        state.refused.append(error)
        raise
    if received is None:
        return Response(status_code=202)
    answer = state.answer_for(received.inbox)
    if answer.status >= 300:
        state.turned_away.append(received)
        after = {} if answer.retry_after is None else {"Retry-After": str(answer.retry_after)}
        return Response(status_code=answer.status, headers=after)
    state.received.append(received)
    if received.signer != received.activity["actor"]:
        return Response(status_code=answer.status)
    return Response(status_code=answer.status, background=_act(state, received.activity))


async def _checked(state: State, request: SignedRequest) -> Received | None:
    """The delivery, once it is certain who sent it; None for the end of a stranger (B15).

    Whoever hands on somebody else's activity is heard only if that has a proof of its own, which is
    not checked here, nor acted on.
    """
    activity = parse_activity(document := parse_json(request.body))
    if _ends_itself(activity) and not state.keyring.knows(claimed_key_id(request)):
        return None
    key = await state.keyring.check(request, origin=state.origin, now=state.clock())
    if key.owner != activity.actor and not activity.has_proof:
        raise Unauthenticated("The key belongs to somebody else than the activity's actor.")
    return Received(document, key.id, request.target, request.body, request.headers, key.owner)


def _ends_itself(activity: Activity) -> bool:
    return activity.type == "Delete" and activity.actor == activity.object_id


def _act(state: State, document: Document) -> BackgroundTask | None:
    """Do what an activity asks for; what means talking to others comes after the answer."""
    activity = parse_activity(document)
    actor, inner = activity.actor, activity.inner
    match activity.type:
        case "Follow" if person := state.local(activity.object_id):
            state.followers[person.name].add(actor)
            return BackgroundTask(_accept, state, person, document)
        case "Undo" if inner and (person := state.local(inner.object_id)):
            if inner.type == "Follow":
                state.followers[person.name].discard(actor)
        case "Accept" if inner and inner.type == "QuoteRequest":
            _keep_authorization(state, inner.instrument, one_id(document.get("result")))
        case "Accept" if inner and (person := state.local(inner.actor)):
            state.following[person.name].add(actor)
        case "Reject" if inner and (person := state.local(inner.actor)):
            state.following[person.name].discard(actor)
        case "Create" | "Update" if activity.note and activity.note.attributed_to == actor:
            state.known[activity.note.id] = document["object"]
            _post(state, document["object"])
        case "Delete":
            _forget(state, actor, activity.object_id)
    return None


async def _accept(state: State, person: Person, follow: Document) -> None:
    activity_id = f"{person.id}#accepts/follows/{state.next_number()}"
    try:
        follower = await state.mail.actor(one_id(follow["actor"]), person)
        await state.mail.deliver(follower.inbox, accept(person, activity_id, follow), person)
    except RemoteError as error:
        log.warning("%s could not accept %s: %s", person.handle, follow["id"], error)


def _post(state: State, document: Document) -> None:
    """Put an object into the community that it is for, as Lemmy does (protocol/page.rs): the one
    that is its audience, else the first among the addressees. It must be public, and no reply."""
    addressees = [*ids(document.get("to")), *ids(document.get("cc"))]
    if not is_public(document) or "inReplyTo" in document or not document.get("name"):
        return
    for each in [document["audience"]] if "audience" in document else addressees:
        community = state.local(each)
        if community is not None and community.kind == "Group":
            if document["id"] not in state.posted[community.name]:
                state.posted[community.name].append(document["id"])
            return


def _keep_authorization(state: State, note_id: str, authorization: str) -> None:
    """A note may quote what it quotes."""
    if note := state.notes.get(note_id):
        state.notes[note_id] = replace(note, authorization=authorization)


def _forget(state: State, actor: str, object_id: str) -> None:
    """Forget an object of the actor, or all of them when it is the actor who is gone."""
    for each in list(state.known):
        if _author(state, each) == actor and object_id in {each, actor}:
            del state.known[each]


def _author(state: State, object_id: str) -> str:
    return one_id(state.known[object_id].get("attributedTo"))
