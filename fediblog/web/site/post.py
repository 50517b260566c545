"""The page of a post, with the replies beneath it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions.documents import permalink
from fediblog.actions.moderation import get_moderation, policy_of, says_who
from fediblog.actions.site import Site, get_site
from fediblog.blog import Blog
from fediblog.errors import NotFound
from fediblog.store import posts
from fediblog.store.changes import note_thread
from fediblog.store.moments import from_ms, maybe_from_ms
from fediblog.store.posts import Post
from fediblog.store.threads import PageStart
from fediblog.web.context import blog_of
from fediblog.web.conversation import conversation
from fediblog.web.documents import asks_activitypub
from fediblog.web.federation.objects import article_response, article_tombstone
from fediblog.web.quotes import quotes_context
from fediblog.web.reactions import reactions_context
from fediblog.web.reading import is_at, published_post, thread_page_start
from fediblog.web.reads import note_read
from fediblog.web.site.article import article_context, onward_context
from fediblog.web.site.card import post_card
from fediblog.web.site.feed_links import feed_links
from fediblog.web.site.pages import Inside, framed_page, site_page


async def post(request: Request) -> Response:
    """A post at its permalink; the same Article as at its id for those who ask for ActivityPub.

    Old slugs, and a wrong month, lead to where the post is now.
    """
    blog = blog_of(request)
    found = await posts.get_post_by_slug(blog.db, request.path_params["slug"])
    if found is not None and found.state == "deleted":
        return await _deleted(request, found)
    found = published_post(found)
    address = permalink(blog, found)
    if not is_at(request, found):
        return RedirectResponse(address, 301, {"Vary": "Accept"})
    if asks_activitypub(request):
        return await article_response(request, found)
    return await _page(request, blog, found, address)


async def _deleted(request: Request, found: Post) -> Response:
    if asks_activitypub(request):
        return article_tombstone(request, found)
    if found.published_at is None:
        raise NotFound
    context = {"deleted": maybe_from_ms(found.deleted_at)}
    return await site_page(request, "site/gone.html", context, status=410)


async def _page(request: Request, blog: Blog, found: Post, address: str) -> Response:
    note_thread(found.id)
    start = thread_page_start(request.query_params)
    site = await get_site(blog)
    first = {"is_first": start == PageStart()}

    async def around(site: Site) -> dict[str, Any]:
        # Read anew, lest it has changed since and nobody would know.
        post = published_post(await posts.get_post_by_slug(blog.db, found.slug))
        address = permalink(blog, post)
        return {
            "alternate": blog.addresses.article(post.key),
            "canonical": address,
            "post": await article_context(blog, site, post, address),
            "card": await post_card(blog, site, post),
            "onward": await onward_context(blog, post),
            "replying": await _replying(blog, post),
            "more_feeds": feed_links(f"{address}/responses", post.title, responses=True),
            "talk": first,
        }

    reactions = await reactions_context(blog.db, found, address)
    quotes = await quotes_context(blog.db, found, address)
    talk = await conversation(blog, found, address, start)
    inside = {
        "beside": Inside("site/_beside.html", "beside", {"reactions": reactions, "quotes": quotes}),
        "talk": Inside("site/_conversation.html", "conversation", {"talk": talk}),
    }
    note_read(request, f"post:{found.id}")
    return await framed_page(
        request, "site/post.html", (found.id, start), around, inside, site=site
    )


async def _replying(blog: Blog, post: Post) -> dict[str, Any]:
    """Who may reply, and since when or until when."""
    policy = policy_of(post, await get_moderation(blog.db))
    closes_at = policy.closes_at(post.published_at or 0)
    return {
        "who": await says_who(blog, blog.db, post),
        "closes": from_ms(closes_at) if closes_at and policy.who != "closed" else None,
    }
