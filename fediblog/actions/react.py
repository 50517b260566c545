"""Likes, emoji and announces of a post, an answer or a reply."""

from dataclasses import dataclass

from fediblog.actions.fates import Fate, done, ignored
from fediblog.actions.know_actor import know_actor
from fediblog.actions.schedule_walk import stir
from fediblog.actions.use_emojis import emoji_picture
from fediblog.blog import Blog
from fediblog.domain.emojis import HEART, as_emoji
from fediblog.protocol.incoming import Activity, Emoji
from fediblog.store import actors, pictures, posts, reactions, replies
from fediblog.store.database import Queries, Transaction
from fediblog.store.pictures import NewPicture
from fediblog.store.reactions import NewReaction, Target

#: On Pleroma one person may react with as many emoji as there are.
_MOST_OF_ONE_PERSON = 20
_IN_WORDS = {"like": "a like", "announce": "a boost", "emoji": "an emoji reaction"}


@dataclass(frozen=True, slots=True)
class _Looks:
    """What a reaction is. kind: like, announce or emoji; picture: of an emoji that has one."""

    kind: str
    emoji: str = ""
    picture: NewPicture | None = None


async def receive_reaction(blog: Blog, activity: Activity) -> Fate:
    """Keep it, once for each actor, kind, target and emoji."""
    looks = _looks(activity)
    target = await _target(blog, blog.db, activity.object_id)
    if target is None:
        return ignored(f"{_IN_WORDS[looks.kind]} of nothing of ours")
    actor = await know_actor(blog, activity.actor)
    reaction = NewReaction(
        actor_id=actor.id,
        kind=looks.kind,
        target=target,
        target_uri=activity.object_id,
        activity_id=activity.id,
        emoji=looks.emoji,
        picture=looks.picture.name if looks.picture else "",
    )
    async with blog.db.transaction() as tx:
        if await reactions.count_of_actor(tx, actor.id, target) >= _MOST_OF_ONE_PERSON:
            return ignored("more reactions than one person may have")
        await reactions.set_reaction(tx, reaction, blog.now_ms())
        if looks.picture:
            await pictures.add_pictures(tx, [looks.picture])
        await reactions.touch_targets(tx, [target])
        await _stir(blog, tx, target)
    return done(f"{_IN_WORDS[looks.kind].partition(' ')[2]} kept")


async def undo_reaction(blog: Blog, activity: Activity) -> Fate:
    """Take it back, found by the id of what is undone, or else by what it was."""
    actor = await actors.get_actor(blog.db, activity.actor)
    if actor is None:
        return ignored("an undo by somebody unknown")
    async with blog.db.transaction() as tx:
        targets = await reactions.remove_by_activity(tx, actor.id, activity.object_id)
        if not targets and (inner := activity.inner):
            looks = _looks(inner)
            targets = await reactions.remove_alike(
                tx,
                actor_id=actor.id,
                kind=looks.kind,
                target_uri=inner.object_id,
                emoji=looks.emoji,
            )
        await reactions.touch_targets(tx, targets)
    return done("reaction taken back") if targets else ignored("there was no such reaction")


async def _stir(blog: Blog, tx: Transaction, target: Target) -> None:
    """Where somebody reacts, others may have said something."""
    kind, number = target
    reply = await replies.get_reply_by_number(tx, number) if kind == "reply" else None
    post_id = reply.post_id if reply else number
    if post_id is not None:
        await stir(blog, tx, post_id)


def _looks(activity: Activity) -> _Looks:
    """Which reaction an activity is (requirement G8, FEP-c0e0).

    A Like may carry an emoji (Misskey), an EmojiReact always should (Pleroma). A Like with a heart
    is a plain one: Misskey sends that for posts that take nothing but likes, and shows everybody's
    likes as hearts. An emoji that is none, or that has a name and no picture, is a like as well.
    """
    if activity.type == "Announce":
        return _Looks("announce")
    content = activity.content.strip()
    if custom := _custom_emoji(content, activity.emojis):
        return _Looks("emoji", custom.name, emoji_picture(custom))
    character = as_emoji(content)
    if not character or (activity.type == "Like" and character == HEART):
        return _Looks("like")
    return _Looks("emoji", character)


def _custom_emoji(content: str, emojis: tuple[Emoji, ...]) -> Emoji | None:
    """The emoji with a picture that is meant. Its name may have colons, and say its server."""
    wanted = _bare(content)
    return next((each for each in emojis if wanted and _bare(each.name) == wanted), None)


def _bare(name: str) -> str:
    return name.strip(":").partition("@")[0]


async def _target(blog: Blog, db: Queries, uri: str) -> Target | None:
    """What is liked, if it is one of ours or in a thread."""
    ours = blog.addresses.ours(uri)
    if ours is not None and ours.kind == "article":
        post = await posts.get_post(db, ours.key)
        return ("post", post.id) if post and post.state == "published" else None
    reply = await replies.get_reply(db, uri)
    return ("reply", reply.id) if reply and reply.state == "shown" else None
