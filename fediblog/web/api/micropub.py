"""The Micropub endpoint (W3C): existing editors write posts here, with a token."""

from collections.abc import Sequence
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions import micropub as actions
from fediblog.actions.api_tokens import check_scope, may
from fediblog.actions.keep_medium import keep_upload
from fediblog.blog import Blog
from fediblog.errors import Malformed, TooLarge, UnsupportedType
from fediblog.protocol.micropub import Create, Update, parse_form, parse_json
from fediblog.protocol.micropub import Request as Asked
from fediblog.store import archive, posts
from fediblog.store.media import Described
from fediblog.web.api.answers import (
    answer,
    created,
    is_form,
    media_type,
    to_programs,
    token_in_header,
    token_of,
)
from fediblog.web.context import blog_of
from fediblog.web.forms import read_form, takes_files
from fediblog.web.reading import page_start
from fediblog.web.uploads import takes_uploads, uploads_of

_QUERIES = ("config", "source", "category", "syndicate-to", "post-types")
_TYPES = [
    {"type": "article", "name": "Article"},
    {"type": "note", "name": "Note"},
    {"type": "photo", "name": "Photo"},
]
_MOST_FILES = 10
_MOST_POSTS = 50
_POSTS = 20


@to_programs
async def query(request: Request) -> Response:
    """What an editor wants to know: of the endpoint, of a post, of all of them."""
    blog, token = blog_of(request), await token_of(request)
    match request.query_params.get("q", ""):
        case "config":
            return answer(_config(blog))
        case "syndicate-to":
            return answer({"syndicate-to": []})
        case "post-types":
            return answer({"post-types": _TYPES})
        case "category":
            return answer({"categories": await _categories(request)})
        case "source":
            # A source may be that of a draft.
            check_scope(token, "update")
            url = request.query_params.get("url", "")
            return answer(await (_source(request, url) if url else _sources(request)))
        case _:
            raise Malformed(f"q is one of {', '.join(_QUERIES)}.")


@takes_files(_MOST_FILES)
@to_programs
async def command(request: Request) -> Response:
    """Create, change or delete a post."""
    blog, token = blog_of(request), await token_of(request)
    asked, files = await _asked(request)
    if isinstance(asked, Create):
        check_scope(token, "create", "draft")
        post = await actions.create(blog, asked, files, may_publish=may(token, "create"))
        return created(actions.location(blog, post))
    if isinstance(asked, Update):
        check_scope(token, "update")
        post, moved = await actions.update(blog, asked, may_publish=may(token, "create"))
        if moved:
            return created(actions.location(blog, post))
        return Response(status_code=204)
    check_scope(token, "delete")
    if asked.action == "undelete":
        await actions.undelete(blog, asked.url)
    else:
        await actions.delete(blog, asked.url)
    return Response(status_code=204)


@takes_uploads
@to_programs
async def upload(request: Request) -> Response:
    """The media endpoint: a picture, a sound or a film, before the post that shows it. Nothing is
    read of what somebody sends who may not."""
    blog = blog_of(request)
    check_scope(await token_in_header(request), "media", "create")
    uploads = await uploads_of(request) if media_type(request) == "multipart/form-data" else []
    if len(uploads) != 1:
        raise Malformed("One file is wanted, as the part file of multipart/form-data.")
    [file] = uploads
    if file.too_large:
        raise TooLarge(f"Files can have {blog.settings.largest_upload // 1_000_000} MB.")
    medium = await keep_upload(blog, file.path, file.name, Described())
    return created(actions.file_url(blog, medium))


async def _asked(request: Request) -> tuple[Asked, Sequence[bytes]]:
    if is_form(request):
        form = await read_form(request)
        pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
        files = [
            await value.read()
            for name, value in form.multi_items()
            if isinstance(value, UploadFile) and name in {"photo", "photo[]"}
        ]
        strange = [
            name
            for name, value in form.multi_items()
            if isinstance(value, UploadFile) and name not in {"photo", "photo[]"}
        ]
        if strange:
            raise Malformed(f"Files are taken as photo only, and not as {strange[0]!r}.")
        return parse_form(pairs), files
    if media_type(request) == "application/json":
        return parse_json(await request.body()), ()
    raise UnsupportedType("A form or application/json is wanted.")


def _config(blog: Blog) -> dict[str, Any]:
    return {
        "media-endpoint": f"{blog.addresses.origin}/micropub/media",
        "syndicate-to": [],
        "post-types": _TYPES,
        "q": _QUERIES,
        "visibility": ["public"],
        "post-status": ["published", "draft"],
    }


async def _categories(request: Request) -> list[str]:
    wanted = request.query_params.get("filter", "").casefold()
    names = [tag.name for tag in await archive.list_tags(blog_of(request).db)]
    return [name for name in names if wanted in name.casefold()]


async def _source(request: Request, url: str) -> dict[str, Any]:
    blog = blog_of(request)
    properties = await actions.source(blog, await actions.find_post(blog, url))
    params = request.query_params
    wanted = [*params.getlist("properties[]"), *params.getlist("properties")]
    if wanted:
        return {"properties": {name: properties.get(name, []) for name in wanted}}
    return {"type": ["h-entry"], "properties": properties}


async def _sources(request: Request) -> dict[str, Any]:
    """The newest posts, in pages."""
    blog, params = blog_of(request), request.query_params
    given = params.get("limit", "")
    limit = min(max(int(given), 1), _MOST_POSTS) if given.isdecimal() and len(given) < 9 else _POSTS
    found = await posts.list_posts(blog.db, before=page_start(params.get("after")), limit=limit + 1)
    items = [
        {"type": ["h-entry"], "properties": await actions.source(blog, post)}
        for post in found[:limit]
        if post.state != "deleted"
    ]
    paging = {"after": str(found[limit - 1].id)} if len(found) > limit else {}
    return {"items": items, "paging": paging}
