"""The author answers a reply, or the post itself: a Note in the same tree, and on its way out."""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace

from fediblog.actions.documents import answer_document
from fediblog.actions.mention import Mentions, find_mentions, mention_pairs, mentioned_inboxes
from fediblog.actions.place_reply import find_place, place_reply
from fediblog.actions.send import mint_key, send
from fediblog.actions.site import get_site
from fediblog.blog import Blog
from fediblog.domain.comments import answer_handles, answer_hashtags, render_answer
from fediblog.domain.plaintext import without_controls
from fediblog.domain.tags import tag_slug
from fediblog.errors import Conflict, Gone, Invalid, NotFound
from fediblog.protocol import outgoing
from fediblog.store import actors, outbox, posts, replies, revisions, threads, tombstones
from fediblog.store.actors import Actor
from fediblog.store.database import Queries, Transaction
from fediblog.store.moments import from_ms
from fediblog.store.replies import NewReply, Reply, ReplyText


@dataclass(frozen=True, slots=True)
class _Target:
    """What is answered: its id, its author's inbox, and who that is as (actor id, @handle)."""

    uri: str
    inbox: str
    mentions: list[tuple[str, str]]


async def answer_post(blog: Blog, key: str, text: str) -> Reply:
    """Answer a post directly. Raises NotFound, Gone or Invalid."""
    return await _answer(blog, _Target(blog.addresses.article(key), "", []), text)


async def answer_reply(blog: Blog, reply_id: int, text: str) -> Reply:
    """Answer a reply; its author is mentioned, and so is told (requirement C5).

    Raises NotFound, Invalid, or Conflict for a reply that is not public: the answer would be.
    """
    reply = await replies.get_reply_by_number(blog.db, reply_id)
    if reply is None:
        raise NotFound("There is no such reply.")
    if reply.state not in {"shown", "hidden"} or not reply.public:
        raise Conflict("Only a public reply can be answered in public.")
    author = await actors.get_present_actor(blog.db, reply.actor_id)
    if author is None or author.uri == blog.addresses.actor:
        return await _answer(blog, _Target(reply.uri, "", []), text)
    inbox = "" if author.blocks_us_at else author.shared_inbox or author.inbox
    target = _Target(reply.uri, inbox, [_named(author)])
    return await _answer(blog, target, text)


async def edit_answer(blog: Blog, reply_id: int, text: str) -> Reply:
    """Change an answer, and tell everybody who got it. Raises NotFound, Gone or Invalid."""
    before = await own_answer(blog.db, reply_id)
    found = await _mentions(blog, text, before.mentions)
    html = await _rendered(blog, text, found)
    async with blog.db.transaction() as tx:
        await replies.lock_reply_by_number(tx, reply_id)
        answer = await own_answer(tx, reply_id)
        edited = replace(
            _text(
                html,
                text,
                answer.language,
                answer.page_url,
                _all_mentions(await _answered(blog, tx, answer), found),
            ),
            updated_at=max(blog.now_ms(), (answer.updated_at or answer.published_at) + 1),
        )
        if edited.html != answer.html:
            await revisions.add_revision(tx, answer)
        await replies.set_text(tx, answer.id, edited, answer.state)
        await outbox.cancel_updates(tx, answer.uri, blog.now_ms())
        await posts.touch(tx, answer.post_id or 0, [answer.id])
        stored = await own_answer(tx, reply_id)
        await _tell(blog, tx, stored, "Update", await _who_knows(tx, stored))
    blog.signals.threads.set()
    return stored


async def delete_answer(blog: Blog, reply_id: int) -> None:
    """Delete an answer everywhere. Raises NotFound or Gone."""
    now = blog.now_ms()
    async with blog.db.transaction() as tx:
        answer = await own_answer(tx, reply_id)
        await replies.erase(tx, answer.id)
        await posts.touch(tx, answer.post_id or 0, [answer.id])
        await tombstones.add_tombstone(tx, answer.uri, blog.addresses.actor, now)
        await outbox.cancel_unsent(tx, answer.uri, now)
        await outbox.erase_deleted(tx)
        tombstone = outgoing.tombstone(answer.uri, "Note", from_ms(now))
        await send(
            blog,
            tx,
            lambda key: outgoing.wrap(
                blog.addresses, "Delete", key, tombstone, published=blog.clock()
            ),
            object_uri=answer.uri,
            inboxes=await _who_knows(tx, answer),
        )
    blog.signals.threads.set()


async def own_answer(db: Queries, reply_id: int) -> Reply:
    """An answer of the author. Raises NotFound, or Gone for a deleted one."""
    answer = await replies.get_reply_by_number(db, reply_id)
    if answer is None or answer.key is None:
        raise NotFound("There is no such answer of yours.")
    if answer.state == "deleted":
        raise Gone("This answer has been deleted.")
    return answer


async def _answer(blog: Blog, target: _Target, text: str) -> Reply:
    found = await _mentions(blog, text, "")
    html = await _rendered(blog, text, found)
    async with blog.db.transaction() as tx:
        place = await find_place(blog, tx, target.uri)
        if place is None:
            raise NotFound("What you answer is not here any more.")
        own = await actors.get_actor(tx, blog.addresses.actor)
        if own is None:
            raise NotFound("The blog's own actor is not here.")
        key, now = mint_key(blog), blog.now_ms()
        uri = blog.addresses.note(key)
        language = (await get_site(blog, tx)).language
        new = NewReply(
            uri=uri,
            key=key,
            in_reply_to=target.uri,
            actor_id=own.id,
            text=_text(html, text, language, uri, _all_mentions(target.mentions, found)),
            published_at=now,
            received_at=now,
        )
        number = await replies.add_reply(tx, new)
        if number is None:
            raise Conflict("This answer is here already.")
        await place_reply(blog, tx, number, uri, place)
        stored = await own_answer(tx, number)
        inboxes = {
            target.inbox,
            *await outbox.list_follower_inboxes(tx),
            *await _addressed(tx, stored),
        }
        await _tell(blog, tx, stored, "Create", inboxes)
    blog.signals.threads.set()
    return stored


async def _tell(
    blog: Blog, tx: Transaction, answer: Reply, kind: str, inboxes: Collection[str]
) -> None:
    """Send a Create or an Update to whom it is addressed and to the whole thread (D6)."""
    note = await answer_document(blog, tx, answer)
    await send(
        blog,
        tx,
        lambda key: outgoing.wrap(blog.addresses, kind, key, note, published=blog.clock()),
        object_uri=answer.uri,
        inboxes=inboxes,
    )


async def _who_knows(tx: Transaction, answer: Reply) -> set[str]:
    """Everybody who got an answer, and who took part in its thread and may have fetched it."""
    told = await outbox.list_object_inboxes(tx, answer.uri)
    return {*told, *await _addressed(tx, answer)}


async def _addressed(tx: Transaction, answer: Reply) -> set[str]:
    """Whom an answer mentions, everybody in its thread (D6), and whom the post mentions: among
    them may be the community that it appears in."""
    post = await posts.get_post_by_number(tx, answer.post_id or 0)
    return {
        *await mentioned_inboxes(tx, answer.mentions),
        *(await mentioned_inboxes(tx, post.mentions) if post else ()),
        *await threads.list_participant_inboxes(tx, answer.post_id or 0),
    }


async def _answered(blog: Blog, tx: Transaction, answer: Reply) -> list[tuple[str, str]]:
    """Whom a stored answer answers, named as it named them."""
    parent = await replies.get_reply_by_number(tx, answer.parent_id or 0)
    author = await actors.get_present_actor(tx, parent.actor_id) if parent else None
    if author is None or author.uri == blog.addresses.actor:
        return []
    named = [pair for pair in mention_pairs(answer.mentions) if pair[0] == author.uri]
    return named[:1] or [_named(author)]


def _named(author: Actor) -> tuple[str, str]:
    return author.uri, f"@{author.handle or f'{author.username}@{author.authority}'}"


def _all_mentions(answered: list[tuple[str, str]], found: Mentions) -> str:
    """Whom an answer is for, and whom its text mentions besides, each once; JSON of pairs."""
    in_text = dict(mention_pairs(found.to_json()))
    return json.dumps([*(pair for pair in answered if pair[0] not in in_text), *in_text.items()])


async def _mentions(blog: Blog, text: str, stored: str) -> Mentions:
    handles = answer_handles(text, local=blog.settings.development)
    return await find_mentions(blog, handles, stored=stored, field="text")


async def _rendered(blog: Blog, text: str, mentions: Mentions) -> str:
    slugs = {word: tag_slug(word) for word in answer_hashtags(text)}
    used = await posts.list_used_tags(blog.db, [*slugs.values()])

    def tag_page(word: str) -> str:
        """A tag that no post has, has no page: then whatever has the word in it."""
        slug = tag_slug(word)
        return blog.addresses.tag(slug) if slug in used else blog.addresses.search(word)

    try:
        return render_answer(
            text, mentions=mentions.pages, tag_page=tag_page, local=blog.settings.development
        )
    except ValueError as error:
        raise Invalid(str(error), field="text") from error


def _text(html: str, source: str, language: str, page_url: str, mentions: str) -> ReplyText:
    return ReplyText(
        public=True,
        html=html,
        source=without_controls(source.replace("\r\n", "\n")).strip(),
        warning="",
        language=language,
        page_url=page_url,
        mentions=mentions,
        updated_at=None,
    )
