"""What people did to posts and replies, as the templates want it."""

from collections.abc import Sequence
from datetime import datetime

from fediblog.actions.moderation import get_moderation
from fediblog.domain.media import read
from fediblog.store import pictures, reactions
from fediblog.store.database import Queries
from fediblog.store.posts import Post
from fediblog.store.reactions import Reactor
from fediblog.store.threads import ThreadReply
from fediblog.web.rows import Beside, Row, hue, tally_rows, with_emojis

#: People in the list under a post; the others have a page of their own.
_FIRST_PEOPLE = 24


async def look_beside(db: Queries, replies: Sequence[ThreadReply], now: datetime) -> Beside:
    """What stands beside these replies."""
    shown = [reply for reply in replies if reply.state == "shown"]
    names = [
        medium.picture for reply in shown for medium in read(reply.attachments) if medium.picture
    ]
    kinds = (await get_moderation(db)).reactions
    return Beside(
        tallies=await reactions.tally(db, "reply", [reply.id for reply in shown], kinds),
        sizes=await pictures.list_sizes(db, names),
        now=now,
    )


async def reactions_context(db: Queries, post: Post, permalink: str) -> Row | None:
    """The reactions to a post: their tallies, the latest people, and where all of them are; None
    when there are none."""
    target = ("post", post.id)
    kinds = (await get_moderation(db)).reactions
    tallies = (await reactions.tally(db, "post", [post.id], kinds)).get(post.id)
    if not tallies:
        return None
    people = await reactions.list_reactors(
        db, target, before=None, limit=_FIRST_PEOPLE + 1, kinds=kinds
    )
    more = len(people) > _FIRST_PEOPLE
    return {
        "tallies": tally_rows(tallies),
        "people": people_rows(people[:_FIRST_PEOPLE]),
        "total": await reactions.count_people(db, target, kinds) if more else len(people),
        "all_url": f"{permalink}/reactions" if more else None,
    }


def people_rows(people: Sequence[Reactor]) -> list[Row]:
    """People with what they did. Without an agreed handle their host is shown (K14)."""
    return [
        {
            "name": person.name or person.username,
            "name_html": with_emojis(person.name or person.username, person.emojis),
            "handle": f"@{person.handle}" if person.handle else person.authority,
            "url": person.actor_page,
            "avatar_url": f"/media/avatars/{person.avatar}" if person.avatar else None,
            "hue": hue(person.actor_uri),
            "marks": tally_rows(person.marks),
        }
        for person in people
    ]
