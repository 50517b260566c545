"""What every public page is told."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.documents import permalink, post_excerpt
from fediblog.actions.site import Picture, Site, get_site
from fediblog.blog import Blog
from fediblog.domain.inline_pictures import shown_from_here
from fediblog.domain.languages import ENGLISH, LANGUAGES, find_language, negotiate
from fediblog.domain.profile_fields import Field
from fediblog.store import media, pages
from fediblog.store.changes import note_reads, note_thread
from fediblog.store.moments import from_ms
from fediblog.store.posts import Post
from fediblog.web.context import blog_of, templates_of
from fediblog.web.frames import Frame, Frames, hole
from fediblog.web.pictures import picture_context
from fediblog.web.reading import post_page_cursor, post_page_start
from fediblog.web.rows import answer_at, hue
from fediblog.web.site import theme
from fediblog.web.site.feed_links import feed_links

_CACHE = "public, max-age=0, must-revalidate"
#: Whoever asks with a longer one gets the page, but it is not kept under that.
_LONGEST_QUERY = 500


@dataclass(frozen=True, slots=True)
class Inside:
    """A piece of a page that is of the thread: the macro that makes it of its context."""

    template: str
    macro: str
    context: dict[str, Any]


async def site_page(
    request: Request,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    site: Site | None = None,
) -> Response:
    """A public page, the same for everybody. site: if the caller has asked for it already."""
    blog = blog_of(request)
    site = site or await get_site(blog)
    everything = await _everything(request, site, context)
    language = interface_language(request, site)
    response = templates_of(request).page(
        template, everything, language=language, zone=site.timezone, status=status, cache=_CACHE
    )
    return _with_headers(response, site, context.get("alternate"))


async def framed_page(
    request: Request,
    template: str,
    shows: Hashable,
    around: Callable[[Site], Awaitable[dict[str, Any]]],
    inside: Mapping[str, Inside],
    *,
    site: Site,
) -> Response:
    """A public page of a thread, of which all that is not of the thread is kept (`web/frames.py`).

    shows: what the page is about, with all that the request has to do with it but its address.
    around: reads what is not of the thread, and all of that, for a site, as templates want it.
    """
    blog, templates = blog_of(request), templates_of(request)
    is_long = len(request.url.query) > _LONGEST_QUERY
    if is_long or templates.own.state() or not blog.db.others.hearing:
        whole = await around(site)
        for piece in inside.values():
            whole |= piece.context
        return await site_page(request, template, whole, site=site)
    language = interface_language(request, site)
    manner = (language, site.timezone)
    key = (template, manner, request.url.path, request.url.query, shows)
    frames: Frames = request.app.state.frames
    frame = frames.get(key)
    if frame is None or not blog.db.changes.are_right(frame.reads, blog.now_ms()):
        with blog.db.changes.reading() as reads:
            note_thread()
            site = await get_site(blog)
            context = await _everything(request, site, await around(site))
            context |= {"holes": {name: hole(name) for name in inside}}
            text = templates.fragment(template, context, language=language, zone=manner[1])
        frame = Frame.of(text, context["alternate"], reads)
        if reads.whole:
            frames.put(key, frame)
    note_reads(frame.reads)
    body = frame.filled(
        {
            name: templates.macro(piece.template, piece.macro, manner)(piece.context)
            for name, piece in inside.items()
        }
    )
    headers = {"Cache-Control": _CACHE}
    response = Response(body.encode(), headers=headers, media_type="text/html")
    return _with_headers(response, site, frame.alternate)


async def _everything(request: Request, site: Site, context: dict[str, Any]) -> dict[str, Any]:
    blog = blog_of(request)
    return {
        "site": site_context(request, site),
        "follow_url": answer_at(blog.addresses.actor),
        "here": request.url.path,
        "menu": await _menu(blog),
        "feeds": [*context.get("more_feeds", ()), *feed_links("/feed", site.title)],
        "languages": _choice(request, site),
    } | context


def _with_headers(response: Response, site: Site, alternate: str | None) -> Response:
    fixed = find_language(site.interface_language)
    response.headers["Vary"] = "Accept" if fixed else "Accept, Accept-Language"
    if alternate:
        # Mastodon looks at this header before it reads the page (requirement E10).
        response.headers["Link"] = (
            f'<{alternate}>; rel="alternate"; type="application/activity+json"'
        )
    return response


def interface_language(request: Request, site: Site) -> str:
    """The language in which the page around the texts is: the one that the author has set, else the
    one that was asked for by ?lang=, else what the browser wants, else the blog's, else English."""
    if request.url.path.startswith("/admin"):
        return ENGLISH
    fixed = find_language(site.interface_language)
    asked = find_language(request.query_params.get("lang", ""))
    return fixed or asked or negotiate(request.headers.get("accept-language", ""), site.language)


def _choice(request: Request, site: Site) -> list[dict[str, str]]:
    """This page in every language, as links; none where the author has set one, and none on the
    answer to a form, which has no address."""
    if find_language(site.interface_language) or request.method == "POST":
        return []
    rest = [pair for pair in request.query_params.multi_items() if pair[0] != "lang"]
    return [
        {"tag": tag, "name": name, "url": f"?{urlencode([*rest, ('lang', tag)])}"}
        for tag, name in LANGUAGES.items()
    ]


def site_context(request: Request, site: Site) -> dict[str, Any]:
    """The blog itself, as templates know it."""
    blog, static = blog_of(request), templates_of(request).static
    return {
        "title": site.title,
        # Every page shows it: a picture from elsewhere is but a link in it.
        "description_html": shown_from_here(site.description_html, blog.addresses.origin, {}),
        "language": site.language,
        "author_name": site.author_name,
        "handle": f"@{blog.addresses.handle}",
        "actor_url": blog.addresses.home,
        "origin": blog.addresses.origin,
        "home_url": "/",
        "avatar_url": f"/media/own/{site.picture.name}" if site.picture else None,
        "header": _shown(site.header),
        "logo": _shown(site.appearance.logo),
        "colours": theme.address(theme.colours(site.appearance)),
        "icon": theme.address(theme.icon(static, site.appearance)),
        "custom": theme.address(theme.custom(site.appearance)),
        "paper": dict(zip(("light", "dark"), theme.paper(site.appearance), strict=True)),
        "footer_html": site.appearance.footer_html,
        "fields": [_field(site, field) for field in site.fields],
        "moved_to": site.moved_to,
        "hue": hue(blog.addresses.actor),
    }


def _field(site: Site, field: Field) -> dict[str, Any]:
    check = site.links.get(field.link)
    verified = check is not None and check.verified
    return {"name": field.name, "value": field.value, "link": field.link, "verified": verified}


def page_address(request: Request) -> str:
    """The address of the page of a list that is asked for, as others should know it."""
    blog, before = blog_of(request), request.query_params.get("before")
    address = f"{blog.addresses.origin}{quote(request.url.path)}"
    start = post_page_start(before)
    return f"{address}?before={post_page_cursor(*start)}" if start else address


async def _menu(blog: Blog) -> list[dict[str, str]]:
    """The author's own pages, as the menu has them."""
    return [
        {"title": title, "language": language, "url": f"/pages/{slug}"}
        for slug, title, language in await pages.list_menu(blog.db)
    ]


def _shown(picture: Picture | None) -> dict[str, Any] | None:
    if picture is None:
        return None
    sides = {"width": picture.width, "height": picture.height}
    return {"url": f"/media/own/{picture.name}"} | sides


async def teasers(blog: Blog, shown: Sequence[Post]) -> list[dict[str, Any]]:
    """Posts as they stand in a list."""
    counts = await blog.thread_counts.by_state(blog.db, shown)
    unfolded = [post.lead_id for post in shown if post.lead_id and not post.warning]
    leads = await media.get_media(blog.db, unfolded)
    return [
        {
            "title": post.title,
            "url": permalink(blog, post),
            "language": post.language,
            "published": from_ms(post.published_at or 0),
            "excerpt": post_excerpt(post),
            "tags": tag_links(blog, post),
            "category": category_link(blog, post),
            "reply_count": counts.get(post.id, {}).get("shown", 0),
            "lead": picture_context(lead, "") if (lead := leads.get(post.lead_id or 0)) else None,
            "warning": post.warning,
        }
        for post in shown
    ]


def tag_links(blog: Blog, post: Post) -> list[dict[str, str]]:
    """A post's tags with their pages."""
    return [{"name": tag.name, "url": blog.addresses.tag(tag.slug)} for tag in post.tags]


def category_link(blog: Blog, post: Post) -> dict[str, str] | None:
    """A post's category with its page."""
    if not post.category:
        return None
    return {"name": post.category, "url": blog.addresses.category(post.category_slug)}
