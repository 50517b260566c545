"""What the author has decided about replies and reactions: of the blog, and of single posts."""

from collections.abc import Mapping
from dataclasses import dataclass

from fediblog.blog import Blog
from fediblog.domain.policy import LONGEST_OPEN, POLICIES, Policy
from fediblog.domain.spam import CHECKS, USUAL
from fediblog.errors import Invalid
from fediblog.store import posts, site
from fediblog.store.changes import note_end
from fediblog.store.database import Queries
from fediblog.store.posts import Post

_SWITCHES = ("hold_late", "take_likes", "take_boosts", "take_emoji")
#: The kinds of reactions, with their switches.
REACTIONS: Mapping[str, str] = {
    "like": "take_likes",
    "announce": "take_boosts",
    "emoji": "take_emoji",
}


@dataclass(frozen=True, slots=True)
class Moderation:
    """The blog's choices. policy: of posts that have none of their own. checks: those for spam that
    are on. reactions: the kinds that are taken and shown, of like, announce and emoji."""

    policy: Policy
    checks: frozenset[str]
    reactions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms replies beneath a post are taken: the post, None if it is gone, and the
    choices."""

    post: Post | None
    moderation: Moderation


async def get_terms(db: Queries, post_id: int) -> Terms:
    """The terms as they are now, for everything that is decided about replies beneath a post."""
    return Terms(await posts.get_post_by_number(db, post_id), await get_moderation(db))


async def get_moderation(db: Queries) -> Moderation:
    """The choices as they are now."""
    values = await site.get_values(db)
    return Moderation(
        policy=Policy(
            who=values.get("comment_policy", "open"),
            close_after=int(values.get("close_after", "0")),
            hold_late=_is_on(values, "hold_late"),
        ),
        checks=frozenset(
            name for name in CHECKS if values.get(name, "1" if name in USUAL else "0") == "1"
        ),
        reactions=frozenset(kind for kind, name in REACTIONS.items() if _is_on(values, name)),
    )


def policy_of(post: Post, moderation: Moderation) -> Policy:
    """Who may reply to a post: by its own choices, and else by the blog's."""
    site_wide = moderation.policy
    return Policy(
        who=post.comment_policy or site_wide.who,
        close_after=site_wide.close_after if post.close_after is None else post.close_after,
        hold_late=site_wide.hold_late,
    )


async def says_who(blog: Blog, db: Queries, post: Post) -> str:
    """Who may reply to a post now, as it says to other servers."""
    return who_may_reply(blog, post, await get_moderation(db))


def who_may_reply(blog: Blog, post: Post, moderation: Moderation) -> str:
    """As `says_who`, by choices that are known."""
    policy = policy_of(post, moderation)
    closes_at = policy.closes_at(post.published_at or 0)
    now = blog.now_ms()
    note_end(closes_at, now)
    closed = closes_at is not None and closes_at <= now
    return "closed" if closed else policy.who


async def change_moderation(blog: Blog, form: Mapping[str, str]) -> None:
    """Write what the author chose: comment_policy, close_after (days, empty for never) and, when
    ticked, hold_late, take_likes, take_boosts, take_emoji and the names of CHECKS. Raises Invalid
    with the field's name."""
    values = {
        "comment_policy": checked_policy(form.get("comment_policy", "")) or "open",
        "close_after": str(checked_days(form.get("close_after", "")) or 0),
        **{name: "1" if form.get(name) else "0" for name in (*_SWITCHES, *CHECKS)},
    }
    async with blog.db.transaction() as tx:
        for name, value in values.items():
            await site.set_value(tx, name, value)


def checked_policy(text: str) -> str:
    """Who may reply, as a form has it; empty for nothing chosen. Raises Invalid."""
    if text and text not in POLICIES:
        raise Invalid("Choose who may reply.", field="comment_policy")
    return text


def checked_days(text: str) -> int | None:
    """After how many days replies are closed, as a form has it; None for nothing typed. Raises
    Invalid."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10) or int(text) > LONGEST_OPEN:
        raise Invalid(f"Write a number of days from 0 to {LONGEST_OPEN}.", field="close_after")
    return int(text)


def _is_on(values: Mapping[str, str], name: str) -> bool:
    return values.get(name, "1") == "1"
