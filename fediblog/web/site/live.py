"""New replies on an open page: a stream that says that there are some, and the replies."""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from fediblog.store import posts
from fediblog.store.posts import Post
from fediblog.web.context import blog_of, live_of
from fediblog.web.conversation import changes as look_for_changes
from fediblog.web.live import Listener
from fediblog.web.peers import peer_of
from fediblog.web.reading import page_start, published_post
from fediblog.web.site.pages import site_page

#: A proxy between may end what says nothing for longer.
HEARTBEAT_SECONDS = 20.0
_RETRY_MS = 5000
_EVENT_STREAM = "text/event-stream"
_HEADERS = {
    "Cache-Control": "no-store",
    # Asks nginx not to hold back what comes.
    "X-Accel-Buffering": "no",
}


class _Stream(StreamingResponse):
    """Server-sent events for one open page, whose place is free again however it ends."""

    def __init__(self, listener: Listener) -> None:
        super().__init__(_events(listener), headers=_HEADERS, media_type=_EVENT_STREAM)
        self._listener = listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._listener.close()


async def live(request: Request) -> Response:
    """The versions of a post, each as an event when it is there. since, or the header that a
    browser sends when it comes back: the version that the page has."""
    blog, post = blog_of(request), await _post(request)
    asked = request.headers.get("last-event-id") or request.query_params.get("since")
    since = page_start(asked)
    peer = peer_of(request, blog.settings.trusted_proxies)
    version = post.version if since is None else since
    if request.method == "HEAD":
        return StreamingResponse(iter(()), headers=_HEADERS, media_type=_EVENT_STREAM)
    return _Stream(live_of(request).listen(post.id, post.version, version, peer))


async def changes(request: Request) -> Response:
    """The replies that came or have changed since a version of the post, in no tree."""
    blog, post = blog_of(request), await _post(request)
    since = page_start(request.query_params.get("since"))
    context = await look_for_changes(blog, post, post.version if since is None else since)
    response = await site_page(request, "site/changes.html", {"talk": context})
    response.headers["X-Robots-Tag"] = "noindex"
    return response


async def _events(listener: Listener) -> AsyncIterator[str]:
    """An event for each new version, and a comment when there is none for a while."""
    yield f"retry: {_RETRY_MS}\n\n"
    told = None
    while (version := await listener.next(seconds=HEARTBEAT_SECONDS)) is not None:
        yield f"id: {version}\ndata: {version}\n\n" if version != told else ": still here\n\n"
        told = version


async def _post(request: Request) -> Post:
    """The post, if it can get replies. Raises NotFound or Gone."""
    blog = blog_of(request)
    return published_post(await posts.get_post_by_slug(blog.db, request.path_params["slug"]))
