"""Posts, answers, permissions to quote them, and activities, at their ids."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions import feature_request as feature
from fediblog.actions.approve import find_target, made_of
from fediblog.actions.documents import answer_document, article_document, permalink
from fediblog.actions.read_quote import find_quoted
from fediblog.errors import BeingDeleted, Gone, NotFound
from fediblog.protocol import outgoing
from fediblog.store import outbox, posts, quotes, replies, tombstones
from fediblog.store.changes import note_thread
from fediblog.store.moments import from_ms
from fediblog.store.posts import Post
from fediblog.web.context import blog_of
from fediblog.web.documents import asks_activitypub, document, document_bytes
from fediblog.web.reading import published_post


async def article(request: Request) -> Response:
    """A post at its id; browsers are sent to its permalink."""
    blog = blog_of(request)
    post = await posts.get_post(blog.db, request.path_params["key"])
    if post is not None and post.state == "deleted" and asks_activitypub(request):
        return article_tombstone(request, post)
    post = published_post(post)
    if not asks_activitypub(request):
        return RedirectResponse(permalink(blog, post), 303, {"Vary": "Accept"})
    return await article_response(request, post)


async def article_response(request: Request, post: Post) -> Response:
    """The Article: the same bytes at the id and at the permalink."""
    blog = blog_of(request)
    note_thread(post.id)
    return document(await article_document(blog, blog.db, post))


def article_tombstone(request: Request, post: Post) -> Response:
    """410 with what is left of a deleted post; a draft that was deleted was never here."""
    if post.published_at is None:
        raise NotFound
    uri = blog_of(request).addresses.article(post.key)
    deleted = from_ms(post.deleted_at or 0)
    return document(outgoing.tombstone(uri, "Article", deleted), status=410)


async def note(request: Request) -> Response:
    """An answer of the author at its id; browsers are sent to its place in the thread."""
    blog = blog_of(request)
    answer = await replies.get_reply_by_key(blog.db, request.path_params["key"])
    if answer is None:
        raise NotFound
    if answer.state == "deleted":
        if not asks_activitypub(request):
            raise Gone
        deleted = await tombstones.get_deleted_at(blog.db, answer.uri)
        tombstone = outgoing.tombstone(answer.uri, "Note", from_ms(deleted or 0))
        return document(tombstone, status=410)
    post = await posts.get_post_by_number(blog.db, answer.post_id or 0)
    _refuse_deleting(post)
    if not asks_activitypub(request):
        published_post(post)
        where = blog.addresses.reply(answer.id)
        return RedirectResponse(where, 303, {"Vary": "Accept"})
    return document(await answer_document(blog, blog.db, answer))


async def feature_authorization(request: Request) -> Response:
    """The proof that somebody's collection may have the blog in it (FEP-7aa9)."""
    authorization = await feature.feature_authorization(
        blog_of(request), request.path_params["key"]
    )
    if authorization is None:
        raise NotFound
    return document(authorization)


async def quote_authorization(request: Request) -> Response:
    """The proof that a note may quote a post or an answer (E11c): gone with the permission, with
    the note, and with what it quotes."""
    blog = blog_of(request)
    quote = await quotes.get_quote_by_key(blog.db, request.path_params["key"])
    if quote is None or quote.state != "accepted":
        raise NotFound
    quoted = await find_quoted(blog, blog.db, quote.target_uri)
    if quoted is None or quoted.target != quote.target:
        raise NotFound
    authorization = outgoing.quote_authorization(
        blog.addresses,
        request.path_params["key"],
        interacting_object=quote.uri,
        interaction_target=quote.target_uri,
    )
    return document(authorization)


async def reply_authorization(request: Request) -> Response:
    """The proof that a reply was approved: gone once it is not shown any more."""
    blog, key = blog_of(request), request.path_params["key"]
    reply = await replies.get_approved(blog.db, key)
    target = await find_target(blog, blog.db, reply) if reply else ""
    if reply is None or not target:
        raise NotFound
    return document(outgoing.reply_authorization(blog.addresses, key, made_of(reply, target)))


async def activity(request: Request) -> Response:
    """An activity as it was sent; none of ours is private."""
    blog = blog_of(request)
    sent = await outbox.get_activity(blog.db, request.path_params["key"])
    if sent is None:
        raise NotFound
    if sent.withdrawn:
        raise Gone("What this activity told of has been deleted.")
    ours = blog.addresses.ours(sent.object_uri)
    if ours is not None and ours.kind == "article":
        _refuse_deleting(await posts.get_post(blog.db, ours.key))
    return document_bytes(sent.body)


def _refuse_deleting(post: Post | None) -> None:
    """Nothing of a post is to be had while its deletion can be taken back. Raises BeingDeleted."""
    if post is not None and post.state == "deleting":
        raise BeingDeleted
