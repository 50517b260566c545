"""From here to a reader's own server, where they answer or follow with the account they have."""

from typing import Any
from urllib.parse import unquote

from limits import RateLimitItemPerMinute
from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.documents import permalink
from fediblog.actions.find_intent import Elsewhere, find_intent
from fediblog.actions.find_ours import find_ours
from fediblog.actions.site import get_site
from fediblog.blog import Blog
from fediblog.domain.plaintext import one_line, shortened
from fediblog.errors import Invalid, NotFound
from fediblog.protocol.intents import Intent
from fediblog.store import actors, posts
from fediblog.store.posts import Post
from fediblog.web.context import blog_of
from fediblog.web.forms import fields
from fediblog.web.languages import N_, load_language
from fediblog.web.rows import permalink_of
from fediblog.web.site.pages import interface_language, site_page
from fediblog.web.throttling import throttle

_TRIES = RateLimitItemPerMinute(20, namespace="interact")
_LONGEST_SHOWN = 90


async def interact_page(request: Request) -> Response:
    """Ask for the account. uri: id of what is to be answered, or of the blog's actor."""
    return await _page(request, request.query_params.get("uri", ""), {})


async def interact(request: Request) -> Response:
    """Show the way to the reader's server: a link, never a redirect, so that they see where they
    are sent (J3, K21)."""
    blog = blog_of(request)
    # Each try asks another server.
    throttle(request, _TRIES, N_("Too many tries. Please wait a minute."))
    form = await fields(request)
    uri, who = form.get("uri", ""), form.get("who", "")
    target = await _target(blog, uri)
    intent: Intent = target["intent"]
    try:
        elsewhere = await find_intent(blog, who, intent, target["id"])
    except Invalid as error:
        language = load_language(interface_language(request, await get_site(blog)))
        sentence = language.sentence(error.sentence, error.values)
        return await _page(request, uri, {"who": who, "error": sentence}, status=error.status)
    return await _page(request, uri, {"who": who, "elsewhere": _shown(elsewhere)})


async def _page(request: Request, uri: str, more: dict[str, Any], *, status: int = 200) -> Response:
    target = await _target(blog_of(request), uri)
    context = {"target": target, "who": "", "error": None, "elsewhere": None} | more
    response = await site_page(request, "site/interact.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


async def _target(blog: Blog, uri: str) -> dict[str, Any]:
    """What it is about. Raises NotFound for what nobody can see here (K18)."""
    if uri == blog.addresses.actor:
        return {"intent": "follow", "id": uri, "back": "/", "name": None}
    found = await find_ours(blog, blog.db, uri)
    if isinstance(found, Post):
        if found.state == "published":
            address = permalink(blog, found)
            return {
                "intent": "reply",
                "id": blog.addresses.article(found.key),
                "back": f"{address}#reply",
                "name": found.title,
            }
    elif found is not None and found.state == "shown":
        post = await posts.get_post_by_number(blog.db, found.post_id or 0)
        author = await actors.get_actor_by_number(blog.db, found.actor_id)
        if post is not None and post.state == "published" and author is not None:
            return {
                "intent": "reply",
                "id": found.uri,
                "back": permalink_of(found.id),
                "name": author.name,
            }
    raise NotFound("There is nothing here that could be answered.")


def _shown(elsewhere: Elsewhere) -> dict[str, Any]:
    other = elsewhere.leads_to if elsewhere.leads_to != elsewhere.host else None
    # Only what follows the host is decoded, so that nothing can look like another host.
    host, _, rest = elsewhere.address.partition("://")[2].partition("/")
    shown = shortened(one_line(f"{host}/{unquote(rest)}"), _LONGEST_SHOWN)
    return {
        "address": elsewhere.address,
        "shown": shown,
        "host": elsewhere.host,
        "other": other,
    }
