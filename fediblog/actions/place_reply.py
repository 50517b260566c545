"""Where a reply hangs, and how it gets there with everything that has waited for it."""

from fediblog.blog import Blog
from fediblog.store import posts, replies
from fediblog.store.database import Queries, Transaction
from fediblog.store.posts import Post
from fediblog.store.replies import Place, Reply


async def find_place(blog: Blog, db: Queries, parent_uri: str) -> Place | None:
    """Where a reply to this id hangs; None while that is not known.

    Some reply to the permalink instead of the id: of a post, or of a reply on its page.
    """
    ours = blog.addresses.ours(parent_uri)
    match ours.kind if ours else None:
        case "article":
            return _beneath_post(await posts.get_post(db, ours.key if ours else ""))
        case "permalink":
            return await _beneath_permalink(db, ours.key if ours else "", parent_uri)
        case _:
            return _beneath_reply(await replies.get_reply(db, parent_uri))


async def place_reply(tx: Transaction, number: int, uri: str, place: Place, *, public: bool) -> str:
    """Attach a reply and, without recursion, everything that has waited for it; its state."""
    state = shown_or_private(public)
    await replies.attach(tx, number, place, state)
    parents = [(number, uri, place)]
    while parents:
        parent_number, parent_uri, above = parents.pop()
        for child in await replies.list_waiting_for(tx, parent_uri):
            below = Place(
                above.post_id, parent_number, above.branch_id or parent_number, above.depth + 1
            )
            await replies.attach(tx, child.id, below, shown_or_private(child.public))
            parents.append((child.id, child.uri, below))
    await posts.touch(tx, place.post_id)
    return state


def shown_or_private(public: bool) -> str:
    """The state of a reply that nobody has hidden."""
    return "shown" if public else "private"


async def _beneath_permalink(db: Queries, slug: str, uri: str) -> Place | None:
    number = uri.partition("#reply-")[2]
    if number.isdecimal() and len(number) < 19:
        return _beneath_reply(await replies.get_reply_by_number(db, int(number)))
    return _beneath_post(await posts.get_post_by_slug(db, slug))


def _beneath_post(post: Post | None) -> Place | None:
    return Place(post.id, None, None, 0) if post and post.state == "published" else None


def _beneath_reply(parent: Reply | None) -> Place | None:
    if parent is None or parent.post_id is None:
        return None
    return Place(parent.post_id, parent.id, parent.branch_id, parent.depth + 1)
