"""Take a delivery at an inbox: check who it is from, write it down, and only then say yes.

Nothing is done here that the activity asks for; see `receive`. The checks go from cheap to dear,
and each of them lives in one function with one error (requirements B, K1, K7, K12, K13, K23).
"""

import hashlib
import logging

from fediblog.actions.find_key import find_key, has_actor_gone, refetch_key
from fediblog.actions.rules import rules_in_force
from fediblog.blog import Blog
from fediblog.errors import Forbidden, TooLarge, Unauthenticated, UnsupportedType
from fediblog.known_keys import KnownKey
from fediblog.logs import fields
from fediblog.metrics import SIGNATURES
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import Activity, parse_activity, parse_json
from fediblog.protocol.signatures import Signature, SignedRequest, check_request, claimed_key_id
from fediblog.store.actors import get_actor
from fediblog.store.arrivals import NewArrival

log = logging.getLogger("fediblog.inbox")

_HELD, _FAILED = SIGNATURES.labels("held"), SIGNATURES.labels("failed")

MAX_BODY = 1_000_000
_UNDONE_BY_ID = frozenset({"Follow", "Like", "Announce", "EmojiReact", "Block", "Undo"})
_CONTENT_TYPES = frozenset({"application/activity+json", "application/ld+json"})


async def accept_delivery(blog: Blog, request: SignedRequest) -> None:
    """Returns when the delivery is on disk, or is one that needs no keeping; both mean 202.

    Raises TooLarge, UnsupportedType, Unauthenticated, Malformed, Forbidden or Unavailable, and has
    then written nothing.
    """
    _check_envelope(request)
    signature = check_request(request, origin=blog.addresses.origin, now=blog.clock())
    activity = parse_activity(parse_json(request.body), with_note=False)
    _check_same_host(signature, activity)
    await _refuse_blocked(blog, signature, activity)
    if await _needs_no_keeping(blog, activity):
        return
    sender = await _sender(blog, signature, activity)
    if sender == blog.addresses.instance_actor:
        # The blog asks itself whether its signatures arrive (actions/health): now it knows.
        return
    await blog.arrivals.append(_arrival(blog, request, signature, activity, sender))
    blog.signals.arrivals.set()
    log.info("delivery accepted", extra=fields(activity=activity.id, type=activity.type))


def claimed_host(request: SignedRequest) -> str:
    """The host that a request says it is from, unchecked; empty if it names none."""
    try:
        return authority_of(claimed_key_id(request))
    except Unauthenticated:
        return ""


def _check_envelope(request: SignedRequest) -> None:
    if len(request.body) > MAX_BODY:
        raise TooLarge("An activity can have at most 1 MB.")
    content_type = next(iter(request.values("content-type")), "").partition(";")[0]
    if content_type.strip().lower() not in _CONTENT_TYPES:
        raise UnsupportedType("Send application/activity+json.")


def _check_same_host(signature: Signature, activity: Activity) -> None:
    """The key's host must be the actor's: no need to ask anybody else about it (B12). Only what
    carries a proof of its own may come by way of others (D5)."""
    if activity.has_proof:
        return
    if authority_of(signature.key_id) != authority_of(activity.actor):
        raise Unauthenticated("The key is not on the host of the activity's actor.")


async def _refuse_blocked(blog: Blog, signature: Signature, activity: Activity) -> None:
    """Nothing from a blocked server or person, neither directly nor by way of others (K17)."""
    rules = await rules_in_force(blog)
    if rules.rejects(authority_of(signature.key_id)):
        raise Forbidden("This blog takes nothing from this server.")
    known = await get_actor(blog.db, activity.actor) if rules.have_people else None
    rule = rules.person(
        activity.actor, authority_of(activity.actor).lower(), known.handle if known else ""
    )
    if rule is not None and rule.rejects:
        raise Forbidden("This blog takes nothing from this sender.")


async def _needs_no_keeping(blog: Blog, activity: Activity) -> bool:
    """The end of an account that we never heard of, or the second one: there is nothing here that
    it could delete, and a fetch of its key would fail. The profile of somebody unknown is not
    needed either (requirement B15). The Delete of a single object is kept from everybody: its
    Create may still be on its way (C11)."""
    if activity.type not in {"Delete", "Update"} or activity.object_id != activity.actor:
        return False
    actor = await get_actor(blog.db, activity.actor)
    return actor is None or (activity.type == "Delete" and actor.gone_at is not None)


async def _sender(blog: Blog, signature: Signature, activity: Activity) -> str:
    """The id of the actor who has sent this, for certain."""
    try:
        known = await _check_signature(blog, signature)
    except Unauthenticated:
        if not await _has_gone(blog, signature, activity):
            raise
        return activity.actor
    _check_owner(known, activity)
    return known.owner


async def _check_signature(blog: Blog, signature: Signature) -> KnownKey:
    """The signature holds, with the key as we have it or as its origin has it now."""
    came_at = blog.now_ms()
    known = await find_key(blog, signature.key_id)
    if known.fetched_at < came_at and not signature.holds(known.key):
        known = await refetch_key(blog, signature.key_id, known)
    if not signature.holds(known.key):
        _FAILED.inc()
        raise Unauthenticated("The signature does not hold.")
    _HELD.inc()
    return known


def _check_owner(known: KnownKey, activity: Activity) -> None:
    """Whoever signed is whoever acts (CVE-2025-54888), or hands on what carries a proof: that is
    kept as a pointer, of which nothing is believed (D5)."""
    if known.owner != activity.actor and not activity.has_proof:
        raise Unauthenticated("The key does not belong to the activity's actor.")


async def _has_gone(blog: Blog, signature: Signature, activity: Activity) -> bool:
    """Whether it is the end of an account whose key cannot be had any more, by the word of its
    origin (G4). Only for somebody we know: who asks us to ask shall not say whom (B15)."""
    if activity.type != "Delete" or activity.object_id != activity.actor:
        return False
    if authority_of(signature.key_id) != authority_of(activity.actor):
        return False
    return await has_actor_gone(blog, activity.actor)


def _arrival(
    blog: Blog, request: SignedRequest, signature: Signature, activity: Activity, sender: str
) -> NewArrival:
    return NewArrival(
        signature_hash=hashlib.sha256(signature.signature).hexdigest(),
        activity_id=activity.id,
        type=activity.type,
        actor_uri=activity.actor,
        authority=authority_of(sender),
        lane=_lane(activity, sender),
        body=request.body,
        received_at=blog.now_ms(),
        pointer=sender != activity.actor,
        object_id=_subject(activity),
    )


def _subject(activity: Activity) -> str:
    """What an activity is about: what a group announces is about the object of that (G9)."""
    if activity.type == "Announce" and activity.inner is not None:
        return activity.inner.object_id
    return activity.object_id


def _lane(activity: Activity, sender: str) -> str:
    """What one sender tells of one object stays in order; what others tell of it does not wait. An
    Undo may name what it undoes by its id alone (G6), so what can be undone shares a lane with
    every Undo of its sender, unless it is a group's announcement."""
    announces = activity.type == "Announce" and activity.inner is not None
    undoable = activity.type in _UNDONE_BY_ID and not announces
    subject = "" if undoable else _subject(activity)
    return hashlib.sha256(f"{sender} {subject}".encode()).hexdigest()
