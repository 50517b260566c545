"""How far a post has come: who has it, who waits for it and until when, with which answer."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions import steer_deliveries
from fediblog.blog import Blog
from fediblog.errors import NotFound
from fediblog.store import delivery_log, posts
from fediblog.store.delivery_log import Progress, Telling
from fediblog.store.moments import from_ms
from fediblog.store.posts import Post
from fediblog.store.steering import Which
from fediblog.web.admin.delivery_rows import STATES, back, delivery_rows
from fediblog.web.admin.door import signed_in
from fediblog.web.admin.pages import admin_page
from fediblog.web.context import blog_of, watchers_of
from fediblog.web.forms import fields
from fediblog.web.reading import page_start

_PER_PAGE = 50
_TELLINGS = 20
#: How long after it was sent a page without scripts loads itself again, and how often.
_RELOADED_MS = 10 * 60 * 1000
_RELOAD_SECONDS = 5
#: What an activity does, as the page says it.
_DEEDS = {"Create": "published", "Update": "edited", "Delete": "deleted"}


@signed_in
async def page(request: Request) -> Response:
    """The deliveries of what was said of a post last, or of an earlier version."""
    blog, post = blog_of(request), await _post(request)
    tellings = await _tellings(blog, post)
    telling = _chosen(tellings, request.query_params.get("of", ""))
    if telling is None:
        return await admin_page(request, "admin/post_deliveries.html", _head(post, tellings, None))
    asked = request.query_params.get("state", "")
    state = asked if asked in STATES else "all"
    before = page_start(request.query_params.get("before"))
    found = await delivery_log.list_deliveries_of(
        blog.db, telling.id, STATES.get(state), before=before, limit=_PER_PAGE + 1
    )
    shown = found[:_PER_PAGE]
    progress = await delivery_log.get_progress(blog.db, telling.id)
    address = f"{_address(post)}?of={telling.key}"
    context = _head(post, tellings, telling) | {
        "progress": _progress(progress),
        "reached": await delivery_log.count_reached(blog.db, telling.id),
        "state": state,
        "address": address,
        "back": f"{address}&state={state}",
        "deliveries": await delivery_rows(
            blog, shown, await delivery_log.count_behind(blog.db, shown)
        ),
        "live_url": f"{_address(post)}/live?of={telling.key}" if before is None else None,
        "reload_seconds": _RELOAD_SECONDS if _is_fresh(blog, telling, progress) else None,
        "older_url": f"{address}&state={state}&before={shown[-1].id}"
        if len(found) > _PER_PAGE
        else None,
        "newer_url": f"{address}&state={state}" if before else None,
    }
    return await admin_page(request, "admin/post_deliveries.html", context)


@signed_in
async def live(request: Request) -> Response:
    """A stream of events: how far it is, whenever that changes."""
    blog = blog_of(request)
    telling = await _telling(request, request.query_params.get("of", ""))

    async def look() -> str:
        progress = await delivery_log.get_progress(blog.db, telling.id)
        return f"{progress.have} {progress.waiting} {progress.failed} {progress.unanswered}"

    return watchers_of(request).stream(look)


@signed_in
async def retry(request: Request) -> Response:
    """Try now whatever waits or has failed."""
    telling = await _telling(request, (await fields(request)).get("of", ""))
    tried = await steer_deliveries.retry(blog_of(request), Which("activity", telling.id))
    return await back(
        request, _address(await _post(request)), "retried" if tried else "nothing_to_try"
    )


@signed_in
async def give_up(request: Request) -> Response:
    """Try no more what waits."""
    telling = await _telling(request, (await fields(request)).get("of", ""))
    await steer_deliveries.give_up(blog_of(request), Which("activity", telling.id))
    return await back(request, _address(await _post(request)), "given_up")


def _head(post: Post, tellings: list[Telling], chosen: Telling | None) -> dict[str, Any]:
    """What the page says also of a post that has been sent to nobody."""
    deleted = post.state == "deleted"
    return {
        "post": {
            "title": post.title or "A deleted post",
            "edit_url": None if deleted else f"/admin/posts/{post.key}",
        },
        "telling": chosen and {"key": chosen.key, "deed": _DEEDS[chosen.type]},
        "versions": [
            {
                "url": f"{_address(post)}?of={telling.key}",
                "deed": _DEEDS[telling.type],
                "at": from_ms(telling.created_at),
                "current": telling == chosen,
            }
            for telling in tellings
        ],
        "retry_url": f"{_address(post)}/retry",
        "give_up_url": f"{_address(post)}/give-up",
    }


def _progress(progress: Progress) -> dict[str, int]:
    return {
        "servers": progress.servers,
        "have": progress.have,
        "waiting": progress.waiting,
        "failed": progress.failed,
    }


def _is_fresh(blog: Blog, telling: Telling, progress: Progress) -> bool:
    recent = blog.now_ms() - telling.created_at < _RELOADED_MS
    return recent and progress.unanswered > 0


async def _post(request: Request) -> Post:
    """The post, also one that is deleted."""
    post = await posts.get_post(blog_of(request).db, request.path_params["key"])
    if post is None:
        raise NotFound("There is no such post.")
    return post


async def _tellings(blog: Blog, post: Post) -> list[Telling]:
    uri = blog.addresses.article(post.key)
    return list(await delivery_log.list_tellings(blog.db, uri, limit=_TELLINGS))


def _chosen(tellings: list[Telling], key: str) -> Telling | None:
    """The one with this key, else the newest."""
    return next((each for each in tellings if each.key == key), next(iter(tellings), None))


async def _telling(request: Request, key: str) -> Telling:
    tellings = await _tellings(blog_of(request), await _post(request))
    telling = _chosen(tellings, key)
    if telling is None:
        raise NotFound("This post has not been sent to anybody.")
    return telling


def _address(post: Post) -> str:
    return f"/admin/posts/{post.key}/deliveries"
