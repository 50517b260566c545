"""What the author gets to know: a line for what happens, in the transaction in which it happens.

One person can make little noise: what can be taken back and done again is one line a day, and
likes and boosts are one for each post and day.
"""

from typing import Literal, get_args

from fediblog.blog import Blog
from fediblog.store import outbox, quotes
from fediblog.store.database import Transaction
from fediblog.store.day_counts import DAY_MS
from fediblog.store.notifications import NewNotification, add_notification, add_once
from fediblog.store.posts import Target
from fediblog.store.replies import Reply

Kind = Literal[
    "reply", "held", "private", "quote", "follow", "reaction", "report", "delivery", "health"
]
KINDS: tuple[Kind, ...] = get_args(Kind)

#: What a reply is told as, by the state in which it took its place; nothing is told of others.
_REPLIES: dict[str, Kind] = {"shown": "reply", "held": "held", "private": "private"}
#: What is sent to everybody about a post or an answer: what did not arrive is worth a line.
_TOLD_TO_MANY = frozenset({"Create", "Update", "Delete", "Announce"})


async def note_reply(blog: Blog, tx: Transaction, reply: Reply) -> None:
    """A reply has taken its place in a thread, and is as it is now; the author's own are no
    news."""
    kind = _REPLIES.get(reply.state)
    if kind is None or reply.key is not None:
        return
    new = NewNotification(kind, f"reply:{reply.id}", reply.id, reply.actor_id)
    await add_once(tx, new, blog.now_ms())


async def note_follow(blog: Blog, tx: Transaction, actor_id: int) -> None:
    """Somebody follows who did not before."""
    new = NewNotification("follow", f"follow:{actor_id}:{_today(blog)}", None, actor_id)
    await add_once(tx, new, blog.now_ms())


async def note_quote(blog: Blog, tx: Transaction, uri: str) -> None:
    """Somebody quotes us in the note with this id, unless it is somebody else's (K7)."""
    quote = await quotes.get_quote(tx, uri)
    if quote is None:
        return
    new = NewNotification("quote", f"quote:{quote.id}", quote.id, quote.actor_id)
    await add_once(tx, new, blog.now_ms())


async def note_report(blog: Blog, tx: Transaction, report_id: int, actor_id: int) -> None:
    """Somebody reports something."""
    new = NewNotification("report", f"report:{report_id}", report_id, actor_id)
    await add_once(tx, new, blog.now_ms())


async def note_reaction(blog: Blog, tx: Transaction, target: Target, actor_id: int) -> None:
    """Somebody likes or boosts something; how many did is counted where it is shown."""
    kind, number = target
    mark = f"reaction:{kind}:{number}:{_today(blog)}"
    new = NewNotification("reaction", mark, number, actor_id, words=kind)
    await add_notification(tx, new, blog.now_ms())


async def note_failed_delivery(blog: Blog, tx: Transaction, delivery_id: int) -> None:
    """A delivery has failed for good: one line for each post or answer that was told."""
    failed = await outbox.get_failed(tx, delivery_id)
    if failed is None or failed.type not in _TOLD_TO_MANY:
        return
    mark = f"delivery:{failed.activity_id}"
    words = f"{failed.authority}: {failed.last_answer}"
    new = NewNotification("delivery", mark, failed.activity_id, words=words)
    await add_notification(tx, new, blog.now_ms())


async def note_lost_server(blog: Blog, tx: Transaction, authority: str, reason: str) -> None:
    """A server is given up, and who followed from there."""
    new = NewNotification("delivery", f"server:{authority}:{_today(blog)}", words=reason)
    await add_once(tx, new, blog.now_ms())


async def note_ill_health(blog: Blog, tx: Transaction, check: str, words: str) -> None:
    """A check of the blog's health fails that did not before."""
    new = NewNotification("health", f"health:{check}:{_today(blog)}", words=words)
    await add_once(tx, new, blog.now_ms())


def _today(blog: Blog) -> int:
    return blog.now_ms() // DAY_MS
