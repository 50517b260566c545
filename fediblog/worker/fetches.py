"""Fetches what nobody waits for: parents of waiting replies, pictures, followers who moved."""

from collections.abc import Sequence
from datetime import timedelta

from fediblog.actions.drop_followers import check_follower
from fediblog.actions.fetch_avatar import fetch_avatar
from fediblog.actions.fetch_picture import fetch_picture, try_again
from fediblog.actions.fetch_preview import fetch_preview, try_preview_again
from fediblog.actions.find_parent import find_parent, postpone_fetch
from fediblog.blog import Blog
from fediblog.signals import Signal
from fediblog.store.actors import DueAvatar, claim_avatars
from fediblog.store.followers import DueFollower, claim_checks
from fediblog.store.moments import to_ms
from fediblog.store.pictures import DuePicture, claim_pictures
from fediblog.store.previews import DuePreview, claim_previews
from fediblog.store.waiting import Waiting, claim_waiting
from fediblog.worker.loop import ClaimLoop

_PARENTS_AT_ONCE = 8
_PICTURES_AT_ONCE = 2
_PREVIEWS_AT_ONCE = 2
_FOLLOWERS_AT_ONCE = 2
_LEASE = timedelta(minutes=2)
_AGAIN = timedelta(days=1)
#: A picture of a reply that is not shown may be one later.
_SHOWN_PERHAPS = timedelta(minutes=10)


def parent_loop(blog: Blog) -> ClaimLoop[Waiting]:
    """The loop over replies that wait for their parent."""

    async def claim(room: int) -> Sequence[Waiting]:
        lease_until = to_ms(blog.clock() + _LEASE)
        return await claim_waiting(blog.db, now=blog.now_ms(), lease_until=lease_until, limit=room)

    async def work(reply: Waiting) -> None:
        try:
            await find_parent(blog, reply)
        except Exception:
            await postpone_fetch(blog, reply)
            raise

    return ClaimLoop(
        "parents", blog.signals.fetches, claim=claim, work=work, at_once=_PARENTS_AT_ONCE
    )


def avatar_loop(blog: Blog) -> ClaimLoop[DueAvatar]:
    """The loop over pictures of people; one of its own, so that they hold up no reply."""

    async def claim(room: int) -> Sequence[DueAvatar]:
        return await claim_avatars(
            blog.db, now=blog.now_ms(), again_at=to_ms(blog.clock() + _AGAIN), limit=room
        )

    return ClaimLoop(
        "avatars",
        Signal(),
        claim=claim,
        work=lambda due: fetch_avatar(blog, due),
        at_once=_PICTURES_AT_ONCE,
    )


def follower_loop(blog: Blog) -> ClaimLoop[DueFollower]:
    """The loop over followers whose inbox was not there; one of its own, as there may be many."""

    async def claim(room: int) -> Sequence[DueFollower]:
        return await claim_checks(
            blog.db, now=blog.now_ms(), again_at=to_ms(blog.clock() + _AGAIN), limit=room
        )

    return ClaimLoop(
        "followers",
        Signal(),
        claim=claim,
        work=lambda due: check_follower(blog, due),
        at_once=_FOLLOWERS_AT_ONCE,
    )


def preview_loop(blog: Blog) -> ClaimLoop[DuePreview]:
    """The loop over pages that are linked to, one of its own, as they may be slow."""

    async def claim(room: int) -> Sequence[DuePreview]:
        again_at = to_ms(blog.clock() + _LEASE)
        return await claim_previews(blog.db, now=blog.now_ms(), again_at=again_at, limit=room)

    async def work(due: DuePreview) -> None:
        try:
            await fetch_preview(blog, due)
        except Exception:
            await try_preview_again(blog, due)
            raise

    return ClaimLoop("previews", Signal(), claim=claim, work=work, at_once=_PREVIEWS_AT_ONCE)


def picture_loop(blog: Blog) -> ClaimLoop[DuePicture]:
    """The loop over emoji and attached pictures."""

    async def claim(room: int) -> Sequence[DuePicture]:
        again_at = to_ms(blog.clock() + _SHOWN_PERHAPS)
        return await claim_pictures(blog.db, now=blog.now_ms(), again_at=again_at, limit=room)

    async def work(due: DuePicture) -> None:
        try:
            await fetch_picture(blog, due)
        except Exception:
            await try_again(blog, due)
            raise

    return ClaimLoop("pictures", Signal(), claim=claim, work=work, at_once=_PICTURES_AT_ONCE)
