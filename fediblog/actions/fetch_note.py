"""Fetch a note from its origin, and tell whether a note can be from whom it says."""

from fediblog.actions.rules import is_blocked
from fediblog.blog import Blog
from fediblog.errors import Malformed, RemoteGone, RemoteInvalid
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import Note, is_tombstone, parse_note


async def fetch_note(blog: Blog, uri: str) -> Note | None:
    """A note from its origin; None when it is gone. Raises RemoteError (RemoteInvalid also for
    something that is no note, not of its own host, or of a host that is blocked)."""
    if await is_blocked(blog, authority_of(uri)):
        raise RemoteInvalid(detail=f"{uri} is on a server that is blocked")
    try:
        found = await blog.remote.get_document(uri, sign=blog.sign_as_instance())
    except RemoteGone:
        return None
    if is_tombstone(found.document):
        return None
    try:
        note = parse_note(found.document)
    except Malformed as error:
        raise RemoteInvalid(detail=f"{uri} is no reply: {error}") from error
    if refusal := refuse_note(blog, note, note.attributed_to):
        raise RemoteInvalid(detail=f"{uri}: {refusal}")
    # A redirect may have led somewhere else.
    if await is_blocked(blog, authority_of(note.id)):
        raise RemoteInvalid(detail=f"{note.id} is on a server that is blocked")
    return note


def refuse_note(blog: Blog, note: Note, actor: str) -> str:
    """Why a note cannot be from this actor; empty when it can (requirements K5, K7)."""
    if blog.addresses.is_ours(note.id) or blog.addresses.is_ours(actor):
        return "it claims to be one of ours"
    if note.attributed_to != actor:
        return "it is attributed to somebody else"
    if authority_of(note.id) != authority_of(actor):
        return "it is not on its author's host"
    return ""
