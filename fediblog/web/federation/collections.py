"""Collections: of the actor, and of a post or an answer. All have real pages (F1, F2, C13)."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions.documents import MAX_BYTES, REPLIES_PER_PAGE, article_document, count_taken
from fediblog.errors import Gone, NotFound
from fediblog.protocol import outgoing
from fediblog.store import followers, posts, replies, threads
from fediblog.store.changes import note_thread
from fediblog.store.moments import from_ms
from fediblog.store.replies import Reply
from fediblog.web.context import blog_of
from fediblog.web.documents import document
from fediblog.web.federation.actors import check_username
from fediblog.web.reading import page_start, post_page_cursor, post_page_start, published_post

_PER_PAGE = 20


async def followers_collection(request: Request) -> Response:
    """Who follows: the total for all, and pages of actor ids."""
    check_username(request)
    blog = blog_of(request)
    collection_id = blog.addresses.followers
    if not _asks_page(request):
        total = await followers.count_followers(blog.db)
        return _whole(collection_id, total)
    before = page_start(request.query_params.get("before"))
    found = await followers.list_followers(blog.db, before=before, limit=_PER_PAGE + 1)
    shown = found[:_PER_PAGE]
    more = f"before={shown[-1].id}" if len(found) > _PER_PAGE else ""
    return _page(request, collection_id, [follower.uri for follower in shown], more)


async def following_collection(request: Request) -> Response:
    """The blog follows nobody."""
    check_username(request)
    address = blog_of(request).addresses.following
    if not _asks_page(request):
        return _whole(address, 0)
    return _page(request, address, [], "")


async def featured_collection(request: Request) -> Response:
    """Pinned posts, as id strings: Mastodon passes over embedded Articles (F3)."""
    check_username(request)
    blog = blog_of(request)
    ids = [blog.addresses.article(post.key) for post in await posts.list_pinned(blog.db)]
    whole = outgoing.collection(blog.addresses.featured, len(ids), first=None)
    return document(whole | {"orderedItems": ids})


async def outbox_collection(request: Request) -> Response:
    """Every published post as a Create, newest first."""
    check_username(request)
    blog = blog_of(request)
    collection_id = blog.addresses.outbox
    if not _asks_page(request):
        total = await posts.count_published(blog.db)
        start = await posts.get_last_page(blog.db, _PER_PAGE)
        last = f"{collection_id}?page=true" + (f"&before={start[0]}.{start[1]}" if start else "")
        return _whole(collection_id, total, last=last)
    before = post_page_start(request.query_params.get("before"))
    found = await posts.list_published(blog.db, before=before, limit=_PER_PAGE + 1)
    creates = await _creates_that_fit(request, found[:_PER_PAGE])
    shown = found[: len(creates)]
    more = (
        f"before={post_page_cursor(shown[-1].published_at, shown[-1].id)}"
        if len(found) > len(shown)
        else ""
    )
    return _page(request, collection_id, creates, more)


async def article_replies(request: Request) -> Response:
    """The replies right beneath a post."""
    blog = blog_of(request)
    post = published_post(await posts.get_post(blog.db, request.path_params["key"]))
    note_thread(post.id)
    address = f"{blog.addresses.article(post.key)}/replies"
    if not _asks_page(request):
        return _whole(address, await blog.thread_counts.at_top(blog.db, post), ordered=False)
    return await _page_of_replies(request, address, post.id, None)


async def note_replies(request: Request) -> Response:
    """The replies right beneath an answer of the author."""
    answer = await _answer(request)
    address, post_id = f"{answer.uri}/replies", answer.post_id or 0
    if not _asks_page(request):
        total = await threads.count_children(blog_of(request).db, post_id, answer.id)
        return _whole(address, total, ordered=False)
    return await _page_of_replies(request, address, post_id, answer.id)


async def article_totals(request: Request) -> Response:
    """How many like or share a post."""
    blog = blog_of(request)
    post = published_post(await posts.get_post(blog.db, request.path_params["key"]))
    note_thread(post.id)
    return await _totals(request, blog.addresses.article(post.key), ("post", post.id))


async def note_totals(request: Request) -> Response:
    """How many like or share an answer of the author."""
    answer = await _answer(request)
    return await _totals(request, answer.uri, ("reply", answer.id))


async def context_collection(request: Request) -> Response:
    """A whole thread: the post, then every public reply in order of arrival (C15)."""
    blog = blog_of(request)
    post = published_post(await posts.get_post(blog.db, request.path_params["key"]))
    note_thread(post.id)
    address = blog.addresses.context(post.key)
    if not _asks_page(request):
        counts = await blog.thread_counts.by_state(blog.db, [post])
        total = 1 + counts[post.id].get("shown", 0)
        return _whole(address, total, attributedTo=blog.addresses.actor)
    after = page_start(request.query_params.get("after")) or 0
    rows = await threads.list_context(blog.db, post.id, after=after, limit=REPLIES_PER_PAGE + 1)
    items = [uri for _, uri in rows[:REPLIES_PER_PAGE]]
    if after == 0:
        items.insert(0, blog.addresses.article(post.key))
    return _page(request, address, items, _after(rows))


async def _page_of_replies(
    request: Request, address: str, post_id: int, parent_id: int | None
) -> Response:
    blog = blog_of(request)
    after = page_start(request.query_params.get("after")) or 0
    rows = await threads.list_children(
        blog.db, post_id, parent_id, after=after, limit=REPLIES_PER_PAGE + 1
    )
    items = [uri for _, uri in rows[:REPLIES_PER_PAGE]]
    return _page(request, address, items, _after(rows), ordered=False)


async def _answer(request: Request) -> Reply:
    """The answer that the address names, under a post that is there. Raises NotFound or Gone."""
    blog = blog_of(request)
    answer = await replies.get_reply_by_key(blog.db, request.path_params["key"])
    if answer is None:
        raise NotFound
    published_post(await posts.get_post_by_number(blog.db, answer.post_id or 0))
    if answer.state == "deleted":
        raise Gone("This answer has been deleted.")
    return answer


def _asks_page(request: Request) -> bool:
    return "page" in request.query_params


def _after(rows: Sequence[tuple[int, str]]) -> str:
    """Where the next page begins, as a query parameter; empty on the last page. rows: one more
    than a page has, if there are so many."""
    more = len(rows) > REPLIES_PER_PAGE
    return f"after={rows[REPLIES_PER_PAGE - 1][0]}" if more else ""


def _whole(address: str, total: int, *, ordered: bool = True, **more: object) -> Response:
    """The collection itself: its total and where its first page is."""
    first = f"{address}?page=true"
    return document(outgoing.collection(address, total, first=first, ordered=ordered) | more)


def _page(
    request: Request, address: str, items: Sequence[object], more: str, *, ordered: bool = True
) -> Response:
    """A page at the very address that was asked for."""
    query = request.scope["query_string"].decode("latin-1")
    next_page = f"{address}?page=true&{more}" if more else None
    return document(
        outgoing.page(f"{address}?{query}", address, items, next_page=next_page, ordered=ordered)
    )


async def _totals(request: Request, object_id: str, target: tuple[str, int]) -> Response:
    name = request.path_params["collection"]
    counts = await count_taken(blog_of(request).db, target)
    total = counts.get({"likes": "like", "shares": "announce"}[name], 0)
    collection = outgoing.collection(f"{object_id}/{name}", total, first=None, ordered=False)
    return document(collection)


async def _creates_that_fit(
    request: Request, found: Sequence[posts.Post]
) -> list[dict[str, object]]:
    """The Creates of the first of these posts, at least one, as many as others take in one document
    (requirement 0.15)."""
    creates: list[dict[str, object]] = []
    size = 0
    for post in found:
        create = await _create(request, post)
        size += len(outgoing.encode(create))
        if creates and size > MAX_BYTES:
            break
        creates.append(create)
    return creates


async def _create(request: Request, post: posts.Post) -> dict[str, object]:
    """A Create for the outbox; its id is the post's with a fragment, so it leads somewhere."""
    blog = blog_of(request)
    article = await article_document(blog, blog.db, post)
    published = from_ms(post.published_at or 0)
    create = outgoing.wrap(blog.addresses, "Create", "", article, published=published)
    create.pop("@context")
    return create | {"id": f"{article['id']}#create"}
