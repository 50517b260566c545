"""Somebody elsewhere reports something that is here; the author reads it, and closes it."""

import json

from fediblog.actions.fates import Fate, done, ignored
from fediblog.actions.find_ours import find_ours
from fediblog.actions.know_actor import know_actor
from fediblog.actions.notify import note_report
from fediblog.blog import Blog
from fediblog.domain.plaintext import one_line, without_controls
from fediblog.errors import Invalid, NotFound
from fediblog.protocol.incoming import Activity
from fediblog.store import reports
from fediblog.store.database import Queries
from fediblog.store.posts import Post
from fediblog.store.replies import Reply

_MOST_OPEN_PER_SERVER = 100
_LONGEST_NOTE = 1000


async def receive_flag(blog: Blog, activity: Activity) -> Fate:
    """Keep a report if it names the blog, a post, an answer, or a reply in a thread (G12).

    It comes from a server, which rarely tells on whose behalf, and need not have an id.
    """
    named = [uri for uri in activity.object_ids if await _is_here(blog, blog.db, uri)]
    if not named:
        return ignored("a report of nothing that is here")
    actor = await know_actor(blog, activity.actor)
    async with blog.db.transaction() as tx:
        if activity.id and await reports.is_reported(tx, actor.id, activity.id):
            return ignored("this report is here already")
        if await reports.count_open_of(tx, actor.authority) >= _MOST_OPEN_PER_SERVER:
            return ignored("too many reports of this server are open")
        number = await reports.add_report(
            tx,
            actor_id=actor.id,
            activity_id=activity.id,
            content=without_controls(activity.content).strip(),
            objects=json.dumps(named),
            now=blog.now_ms(),
        )
        await note_report(blog, tx, number, actor.id)
    return done("a report: it is among the reports")


async def close_report(blog: Blog, report_id: int, note: str = "") -> None:
    """The author has seen to it. note: for the author alone. Raises NotFound or Invalid."""
    note = one_line(note)
    if len(note) > _LONGEST_NOTE:
        raise Invalid(f"A note can have at most {_LONGEST_NOTE:,} characters.", field="note")
    async with blog.db.transaction() as tx:
        if await reports.get_report(tx, report_id) is None:
            raise NotFound("There is no such report.")
        await reports.set_closed(tx, report_id, note, blog.now_ms())


async def _is_here(blog: Blog, db: Queries, uri: str) -> bool:
    if uri == blog.addresses.actor:
        return True
    match await find_ours(blog, db, uri):
        case Post(published_at=published_at):
            return published_at is not None
        case Reply(post_id=post_id):
            return post_id is not None
    return False
