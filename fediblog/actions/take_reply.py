"""A reply comes, or is edited: its node in the tree.

One place for every way in: delivered, fetched as somebody's parent, told of by an Update. A reply
whose parent is unknown waits for it; when the parent comes, all that waited is attached.
"""

import json
from dataclasses import replace
from html import escape
from urllib.parse import urljoin

from fediblog.actions.fates import Fate, done, ignored
from fediblog.actions.know_actor import know_actor
from fediblog.blog import Blog
from fediblog.domain.mentions import strip_leading_mentions
from fediblog.domain.plaintext import plain_line
from fediblog.domain.sanitizing import sanitize_reply
from fediblog.errors import Malformed, RemoteGone, RemoteInvalid
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import (
    REPLY_TYPES,
    Activity,
    Mention,
    Note,
    is_tombstone,
    parse_note,
)
from fediblog.store import actors, posts, replies, tombstones, waiting
from fediblog.store.actors import Actor
from fediblog.store.database import Queries, Transaction
from fediblog.store.moments import to_ms
from fediblog.store.replies import NewReply, Place, Reply, ReplyText

_MOST_WAITING_PER_HOST = 1000
_MOST_MENTIONS = 50


async def receive_create(blog: Blog, activity: Activity) -> Fate:
    """A Create, with its object embedded or, from some servers, by id alone (G15)."""
    note = activity.note or await _fetch_of_actor(blog, activity)
    if note is None:
        return ignored(f"a Create of {activity.object_type[:50] or 'nothing'}")
    if refusal := _refusal(blog, note, activity.actor):
        return ignored(refusal)
    return await take_note(blog, note)


async def receive_update(blog: Blog, activity: Activity) -> Fate:
    """An edit. One that cannot be told from what is stored is asked for at its origin (N4)."""
    note = activity.note or await _fetch_of_actor(blog, activity)
    if note is None:
        return ignored(f"an Update of {activity.object_type[:50] or 'nothing'}")
    if refusal := _refusal(blog, note, activity.actor):
        return ignored(refusal)
    stored = await replies.get_reply(blog.db, note.id)
    if stored is None:
        return await take_note(blog, note)
    if stored.actor_uri != note.attributed_to:
        return ignored("an edit of somebody else's reply")
    if not _is_newer(note, stored):
        if await _is_same_text(blog, note, stored):
            return ignored("an edit that is known already")
        fetched = await fetch_note(blog, note.id)
        if fetched is None or fetched.attributed_to != stored.actor_uri:
            return ignored("an edit that its origin does not confirm")
        note = fetched
    return await _edit(blog, note, stored)


async def take_note(blog: Blog, note: Note) -> Fate:
    """Put a note of known origin where it belongs. Raises RemoteError if its author is unknown and
    cannot be had."""
    if note.in_reply_to is None:
        return ignored("no reply")
    if note.name and not note.content:
        return ignored("a vote in a poll")
    if await tombstones.is_deleted(blog.db, note.id):
        return ignored("it was deleted before it came")
    if not await _may_matter(blog, note):
        return ignored("a reply to a post that is not here")
    actor = await know_actor(blog, note.attributed_to)
    new = await _new_reply(blog, note, actor)
    async with blog.db.transaction() as tx:
        number = await replies.add_reply(tx, new)
        if number is None:
            return ignored("it is here already")
        place = await find_place(blog, tx, note.in_reply_to)
        if place is None:
            return await _wait(blog, tx, number, actor)
        state = await place_reply(tx, number, note.id, place, public=note.public)
    return done("shown") if state == "shown" else done("private: only you can see it")


async def fetch_note(blog: Blog, uri: str) -> Note | None:
    """A note from its origin; None when it is gone. Raises RemoteError (RemoteInvalid also for
    something that is no note, or not of its own host)."""
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
    if refusal := _refusal(blog, note, note.attributed_to):
        raise RemoteInvalid(detail=f"{uri}: {refusal}")
    return note


async def find_place(blog: Blog, db: Queries, parent_uri: str) -> Place | None:
    """Where a reply to this id hangs; None while that is not known."""
    ours = blog.addresses.ours(parent_uri)
    if ours is not None and ours.kind == "article":
        post = await posts.get_post(db, ours.key)
        return Place(post.id, None, None, 0) if post and post.state == "published" else None
    parent = await replies.get_reply(db, parent_uri)
    if parent is None or parent.post_id is None:
        return None
    return Place(parent.post_id, parent.id, parent.branch_id, parent.depth + 1)


async def place_reply(tx: Transaction, number: int, uri: str, place: Place, *, public: bool) -> str:
    """Attach a reply and, without recursion, everything that has waited for it; its state."""
    state = _state(public)
    await replies.attach(tx, number, place, state)
    parents = [(number, uri, place)]
    while parents:
        parent_number, parent_uri, above = parents.pop()
        for child in await replies.list_waiting_for(tx, parent_uri):
            below = Place(
                above.post_id, parent_number, above.branch_id or parent_number, above.depth + 1
            )
            await replies.attach(tx, child.id, below, _state(child.public))
            parents.append((child.id, child.uri, below))
    await posts.touch(tx, place.post_id)
    return state


async def _edit(blog: Blog, note: Note, stored: Reply) -> Fate:
    """Write an edit. What was public and no longer is leaves the page; hidden stays hidden."""
    if stored.state == "deleted":
        return ignored("an edit of a reply that was deleted")
    text = await _text(blog, note)
    follows_audience = stored.state in {"shown", "private"}
    state = _state(note.public) if follows_audience else stored.state
    if text.updated_at is None:
        text = replace(text, updated_at=blog.now_ms())
    async with blog.db.transaction() as tx:
        await replies.set_text(tx, stored.id, text, state)
        if stored.post_id is not None:
            await posts.touch(tx, stored.post_id)
    return done("edited")


async def _wait(blog: Blog, tx: Transaction, number: int, actor: Actor) -> Fate:
    """The parent is not here: it is fetched soon, and until then it may be delivered."""
    if await waiting.count_waiting(tx, actor.authority) > _MOST_WAITING_PER_HOST:
        await waiting.remove_waiting(tx, number)
        return ignored("too many replies of this server wait for their parents")
    await waiting.set_next_fetch(tx, number, blog.now_ms(), 0)
    blog.signals.fetches.set()
    return done("waits for the reply that it answers")


async def _fetch_of_actor(blog: Blog, activity: Activity) -> Note | None:
    """The object of an activity that names it by id: only from the actor's own host."""
    known_type = activity.object_type in REPLY_TYPES or not activity.object_type
    if not known_type or authority_of(activity.object_id) != authority_of(activity.actor):
        return None
    return await fetch_note(blog, activity.object_id)


async def _may_matter(blog: Blog, note: Note) -> bool:
    """Whether the parent is no post of ours that is not (or no longer) published."""
    ours = blog.addresses.ours(note.in_reply_to or "")
    if ours is None or ours.kind != "article":
        return not blog.addresses.is_ours(note.in_reply_to or "") or ours is not None
    return await find_place(blog, blog.db, note.in_reply_to or "") is not None


def _refusal(blog: Blog, note: Note, actor: str) -> str:
    """Why a note cannot be from this actor; empty when it can (requirements K5, K7)."""
    if blog.addresses.is_ours(note.id) or blog.addresses.is_ours(actor):
        return "it claims to be one of ours"
    if note.attributed_to != actor:
        return "it is attributed to somebody else"
    if authority_of(note.id) != authority_of(actor):
        return "it is not on its author's host"
    return ""


def _is_newer(note: Note, stored: Reply) -> bool:
    return note.updated is not None and to_ms(note.updated) > (stored.updated_at or 0)


async def _is_same_text(blog: Blog, note: Note, stored: Reply) -> bool:
    text = await _text(blog, note)
    return (text.html, text.warning, text.public) == (stored.html, stored.warning, stored.public)


def _state(public: bool) -> str:
    return "shown" if public else "private"


async def _new_reply(blog: Blog, note: Note, actor: Actor) -> NewReply:
    now = blog.now_ms()
    return NewReply(
        uri=note.id,
        key=None,
        in_reply_to=note.in_reply_to or "",
        actor_id=actor.id,
        text=await _text(blog, note),
        published_at=min(to_ms(note.published), now) if note.published else now,
        received_at=now,
    )


async def _text(blog: Blog, note: Note) -> ReplyText:
    """What is kept of a note: safe HTML, made once, without the mentions at its head (I2, I9)."""
    html = sanitize_reply(note.content or f"<p>{escape(plain_line(note.name, 500))}</p>")
    return ReplyText(
        public=note.public,
        html=strip_leading_mentions(html, await _mention_links(blog, note)),
        source="",
        warning=plain_line(note.summary, 500),
        language=note.language,
        page_url=note.url,
        mentions=json.dumps(
            [[mention.href, mention.name] for mention in note.mentions[:_MOST_MENTIONS]]
        ),
        updated_at=to_ms(note.updated) if note.updated else None,
    )


async def _mention_links(blog: Blog, note: Note) -> frozenset[str]:
    """Where links to whom a note mentions lead: to their ids, or to their profile pages."""
    mentions = note.mentions[:_MOST_MENTIONS]
    hrefs = [mention.href for mention in mentions]
    known = (await actors.get_page_urls(blog.db, hrefs)).values()
    return frozenset([blog.addresses.home, *hrefs, *known, *map(_usual_page, mentions)])


def _usual_page(mention: Mention) -> str:
    """Where most servers have a profile page, for somebody whom we do not know yet."""
    name = mention.name.removeprefix("@").partition("@")[0]
    return urljoin(mention.href, f"/@{name}")
