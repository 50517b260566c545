"""What somebody with a new blog does first, and how much of it is done."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.actions.health.examine import last_examination
from fediblog.actions.keep_backups import backup_plan
from fediblog.actions.site import get_site
from fediblog.blog import Blog
from fediblog.store import followers, posts, site

_NAME = "first_steps"
_PUT_AWAY = "put away"


@dataclass(frozen=True, slots=True)
class Step:
    """One of them, by its name in templates/admin/home.html."""

    name: str
    done: bool


async def first_steps(blog: Blog) -> Sequence[Step]:
    """The steps, in the order in which they are best done; none once all of them are done, or once
    the author has put them away.

    Whether each is done is seen from the blog itself: there is nothing to tick off.
    """
    if await site.get_value(blog.db, _NAME) == _PUT_AWAY:
        return ()
    texts, examined, backups = (
        await get_site(blog),
        await last_examination(blog),
        await backup_plan(blog),
    )
    steps = (
        Step("profile", bool(texts.description and texts.picture)),
        Step("health", examined is not None and not examined.failures),
        Step("post", await posts.count_published(blog.db) > 0),
        Step("follow", await followers.count_followers(blog.db) > 0),
        Step("backup", backups.every != "never" or backups.tried_at is not None),
    )
    return () if all(step.done for step in steps) else steps


async def put_steps_away(blog: Blog) -> None:
    """Show them no more."""
    async with blog.db.transaction() as tx:
        await site.set_value(tx, _NAME, _PUT_AWAY)
