"""Likes, emoji and announces of a post, an answer or a reply."""

from dataclasses import dataclass

from fediblog.actions.fates import Fate, done, ignored
from fediblog.actions.find_ours import find_ours
from fediblog.actions.know_actor import know_actor
from fediblog.actions.moderation import get_moderation
from fediblog.actions.notify import note_reaction
from fediblog.actions.rules import silenced_by
from fediblog.actions.schedule_walk import stir
from fediblog.actions.use_emojis import emoji_picture
from fediblog.blog import Blog
from fediblog.domain.emojis import HEART, as_emoji
from fediblog.protocol.incoming import Activity, Emoji
from fediblog.store import actors, pictures, posts, reactions
from fediblog.store.pictures import NewPicture
from fediblog.store.posts import Post, Target
from fediblog.store.reactions import NewReaction
from fediblog.store.replies import Reply

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
    looks = _looks(blog, activity)
    if looks.kind not in (await get_moderation(blog.db)).reactions:
        return ignored(f"{_IN_WORDS[looks.kind]}: you have switched these off")
    found = await find_ours(blog, blog.db, activity.object_id)
    target = _target(found)
    if found is None or target is None:
        return ignored(f"{_IN_WORDS[looks.kind]} of nothing of ours")
    actor = await know_actor(blog, activity.actor)
    async with blog.db.transaction() as tx:
        tx.only_in_threads()
        if await reactions.count_of_actor(tx, actor.id, target) >= _MOST_OF_ONE_PERSON:
            return ignored("more reactions than one person may have")
        reaction = NewReaction(
            actor_id=actor.id,
            kind=looks.kind,
            target=target,
            target_uri=activity.object_id,
            activity_id=activity.id,
            emoji=looks.emoji,
            picture=looks.picture.name if looks.picture else "",
            hidden_by=await silenced_by(blog, tx, actor.uri, actor.handle),
        )
        await reactions.set_reaction(tx, reaction, blog.now_ms())
        if looks.picture:
            await pictures.add_pictures(tx, [looks.picture])
        await posts.touch_targets(tx, [target])
        await reactions.count_likes(tx, [target])
        await note_reaction(blog, tx, target, actor.id)
        # Where somebody reacts, others may have said something.
        await stir(blog, tx, found.id if isinstance(found, Post) else found.post_id or 0)
    return done(f"{_IN_WORDS[looks.kind].partition(' ')[2]} kept")


async def undo_reaction(blog: Blog, activity: Activity) -> Fate:
    """Take it back, found by the id of what is undone, or else by what it was."""
    actor = await actors.get_actor(blog.db, activity.actor)
    if actor is None:
        return ignored("an undo by somebody unknown")
    async with blog.db.transaction() as tx:
        tx.only_in_threads()
        targets = await reactions.remove_by_activity(tx, actor.id, activity.object_id)
        if not targets and (inner := activity.inner):
            looks = _looks(blog, inner)
            targets = await reactions.remove_alike(
                tx,
                actor_id=actor.id,
                kind=looks.kind,
                target_uri=inner.object_id,
                emoji=looks.emoji,
            )
        await posts.touch_targets(tx, targets)
        await reactions.count_likes(tx, targets)
    return done("reaction taken back") if targets else ignored("there was no such reaction")


def _looks(blog: Blog, activity: Activity) -> _Looks:
    """Which reaction an activity is (requirement G8, FEP-c0e0).

    A Like may carry an emoji (Misskey), an EmojiReact always should (Pleroma). A Like with a heart
    is a plain one: Misskey sends that for posts that take nothing but likes, and shows everybody's
    likes as hearts. An emoji that is none, or that has a name and no picture, is a like as well.
    """
    if activity.type == "Announce":
        return _Looks("announce")
    content = activity.content.strip()
    if custom := _custom_emoji(content, activity.emojis):
        return _Looks("emoji", custom.name, emoji_picture(blog, custom))
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


def _target(found: Post | Reply | None) -> Target | None:
    """What is liked: a published post, or a reply that is shown in a thread."""
    if isinstance(found, Post):
        return ("post", found.id) if found.is_out else None
    return ("reply", found.id) if found and found.state == "shown" else None
