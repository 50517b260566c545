"""Search: the posts, pages and replies that have what a reader looks for."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from limits import RateLimitItemPerMinute
from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.documents import permalink
from fediblog.actions.site import get_site
from fediblog.blog import Blog
from fediblog.domain.plaintext import one_line
from fediblog.domain.search_excerpts import Piece, make_excerpt, marked
from fediblog.domain.search_queries import LONGEST_QUERY, Query, Term, parse_query
from fediblog.domain.search_words import composed
from fediblog.errors import TooSlow
from fediblog.protocol.xml import add, document, root
from fediblog.store import posts, threads
from fediblog.store import search as index
from fediblog.store.moments import from_ms
from fediblog.store.posts import Post
from fediblog.store.search import PageSource, Target
from fediblog.store.threads import ThreadReply
from fediblog.web.context import blog_of
from fediblog.web.languages import N_
from fediblog.web.rows import permalink_of
from fediblog.web.site.pages import site_page
from fediblog.web.throttling import throttle

_PER_PAGE = 10
#: Results that are shown. What is found more often than this was no good question.
_MOST = 500
_RATE = RateLimitItemPerMinute(60, namespace="search")
_KINDS = {"p": "post", "g": "page", "r": "reply"}
_CURSOR = re.compile(rf"([0-9]{{1,4}})\.([{''.join(_KINDS)}])([0-9]{{1,18}})")
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
#: Characters of the name that a browser lists; the specification allows no more.
_SHORT_NAME = 16

Row = dict[str, Any]


async def search(request: Request) -> Response:
    """What has the words of q, best first. after: where the page begins, see `_start`."""
    asked = request.query_params.get("q", "")
    typed = one_line(asked[: LONGEST_QUERY + 1])
    if len(asked) > LONGEST_QUERY:
        return await _page(request, typed[:LONGEST_QUERY], {"problem": "too long"}, status=422)
    query = parse_query(typed)
    if not query.asks:
        return await _page(request, typed, {"problem": "no words"} if typed else {})
    throttle(request, _RATE, N_("You are searching very often. Please wait a minute."))
    blog = blog_of(request)
    try:
        # One more, which tells whether there are more.
        found = await index.find(blog.db, query.terms, limit=_MOST + 1)
    except TooSlow:
        return await _page(request, typed, {"problem": "too slow"}, status=422)
    capped, found = len(found) > _MOST, found[:_MOST]
    start = _start(found, request.query_params.get("after", ""))
    shown = found[start : start + _PER_PAGE]
    end = start + len(shown)
    context = {
        "query": typed,
        "results": await _results(blog, shown, query),
        "first": start + 1,
        "total": len(found),
        "capped": capped,
        "cut": query.cut,
        "first_url": _address(typed) if start else None,
        "more_url": _address(typed, _cursor(end, shown[-1])) if end < len(found) else None,
    }
    return await _page(request, typed, context)


async def opensearch(request: Request) -> Response:
    """How browsers and others search the blog (OpenSearch 1.1)."""
    blog = blog_of(request)
    site = await get_site(blog)
    description = root("OpenSearchDescription", {"xmlns": _OPENSEARCH})
    add(description, "ShortName", site.title[:_SHORT_NAME].strip())
    add(description, "Description", site.title)
    add(description, "InputEncoding", "UTF-8")
    template = f"{blog.addresses.origin}/search?q={{searchTerms}}"
    add(description, "Url", type="text/html", template=template)
    return Response(document(description), media_type="application/opensearchdescription+xml")


async def _page(
    request: Request, typed: str, more: dict[str, Any], *, status: int = 200
) -> Response:
    context = {"typed": typed, "problem": None, "results": None} | more
    return await site_page(request, "site/search.html", context, status=status)


def _start(found: Sequence[Target], cursor: str) -> int:
    """Where in the results a page begins: after the last one that was seen, wherever it stands by
    now; after as many as had been seen, if it is gone. At the beginning for none or nonsense."""
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        return 0
    seen, kind, number = match.groups()
    try:
        return found.index((_KINDS[kind], int(number))) + 1
    except ValueError:
        return min(int(seen), len(found))


def _cursor(seen: int, last: Target) -> str:
    kind, number = last
    (letter,) = (letter for letter, name in _KINDS.items() if name == kind)
    return f"{seen}.{letter}{number}"


def _address(typed: str, after: str = "") -> str:
    return f"/search?{urlencode({'q': typed} | ({'after': after} if after else {}))}"


async def _results(blog: Blog, shown: Sequence[Target], query: Query) -> list[Row]:
    """The results of a page, as the template wants them.

    Since they were found, each of them may have been hidden or deleted: their state counts as it
    is when they are read (K18).
    """
    numbers_of_replies = [number for kind, number in shown if kind == "reply"]
    replies = {
        reply.id: reply
        for reply in await threads.list_replies(blog.db, numbers_of_replies)
        if reply.state == "shown"
    }
    numbers = {n for kind, n in shown if kind == "post"}
    numbers |= {reply.post_id for reply in replies.values() if reply.post_id is not None}
    titled = {
        number: post
        for number, post in (await posts.list_by_number(blog.db, sorted(numbers))).items()
        if post.state == "published"
    }
    pages = {
        page.id: page
        for page in await index.list_pages(blog.db, [n for kind, n in shown if kind == "page"])
    }
    texts = await index.get_plain_texts(blog.db, shown)
    # In a thread, as whoever reads the blog meanwhile must not wait for the longest texts.
    excerpts = await asyncio.to_thread(_excerpts, texts, query.wanted)
    rows: list[Row] = []
    for kind, number in shown:
        if kind == "reply" and number in replies:
            reply = replies[number]
            if reply.post_id not in titled:
                continue
            about = _reply_row(reply, titled[reply.post_id])
        elif kind == "post" and number in titled:
            about = _post_row(blog, titled[number], query.wanted)
        elif kind == "page" and number in pages:
            about = _page_row(blog, pages[number], query.wanted)
        else:
            # It was deleted since it was found.
            continue
        rows.append({"kind": kind, "excerpt": excerpts.get((kind, number), ())} | about)
    return rows


def _excerpts(
    texts: Mapping[Target, str], terms: Sequence[Term]
) -> Mapping[Target, tuple[Piece, ...]]:
    return {target: make_excerpt(text, terms) for target, text in texts.items()}


def _post_row(blog: Blog, post: Post, terms: Sequence[Term]) -> Row:
    return {
        "url": permalink(blog, post),
        "title": marked(composed(post.title), terms),
        "language": post.language,
        "published": from_ms(post.published_at or 0),
    }


def _page_row(blog: Blog, page: PageSource, terms: Sequence[Term]) -> Row:
    return {
        "url": blog.addresses.page(page.slug),
        "title": marked(composed(page.title), terms),
        "language": page.language,
        "published": None,
    }


def _reply_row(reply: ThreadReply, post: Post) -> Row:
    return {
        "url": permalink_of(reply.id),
        "author_name": reply.name or reply.username,
        "post_title": post.title,
        "post_language": post.language,
        "language": reply.language,
        "published": from_ms(reply.published_at),
    }
