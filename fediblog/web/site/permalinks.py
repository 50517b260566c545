"""The permalink of a reply, which leads to where in its thread it stands."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions.documents import permalink
from fediblog.errors import Gone, NotFound
from fediblog.store import posts, threads
from fediblog.web.context import blog_of
from fediblog.web.conversation import REPLIES_PER_PAGE
from fediblog.web.documents import asks_activitypub
from fediblog.web.reading import published_post, thread_page_address


async def reply(request: Request) -> Response:
    """To the page of the thread that has the reply; a server is sent to the reply's id, so that
    this address can be pasted into the search box of an app."""
    blog = blog_of(request)
    found = await threads.get_thread_reply(blog.db, request.path_params["number"])
    if found is None:
        raise NotFound("There is no such reply here.")
    post = published_post(await posts.get_post_by_number(blog.db, found.post_id or 0))
    if found.state == "deleted":
        raise Gone("This reply has been deleted.")
    if found.state != "shown":
        raise NotFound("This reply is not public.")
    if asks_activitypub(request):
        return RedirectResponse(found.uri, 303, {"Vary": "Accept"})
    start = await threads.find_page(blog.db, found, limit=REPLIES_PER_PAGE)
    address = thread_page_address(permalink(blog, post), start)
    headers = {"Vary": "Accept", "Cache-Control": "no-cache"}
    return RedirectResponse(f"{address}#reply-{found.id}", 303, headers)
