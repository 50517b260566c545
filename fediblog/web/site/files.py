"""Files: style sheets at addresses that change with them; pictures of people, of replies, and those
that are drawn for link cards; what the author has uploaded."""

import re
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from fediblog.actions.card_pictures import card_picture
from fediblog.domain.file_types import TYPES
from fediblog.errors import NotFound
from fediblog.store import media, pictures, posts
from fediblog.web.context import blog_of, templates_of
from fediblog.web.reading import published_post

_ALWAYS = "public, max-age=31536000, immutable"
_FOR_EVER = {"Cache-Control": _ALWAYS}
#: Nothing in a picture may run, whatever a browser takes it for (requirement K4).
_HARMLESS = {"Content-Security-Policy": "default-src 'none'; sandbox"}
#: A browser that opens such a file by itself makes a page with a player around it.
_PLAYED = {"Content-Security-Policy": "default-src 'none'; media-src 'self'; sandbox"}
_A_DAY = "public, max-age=86400"
_PICTURE = re.compile(r"[0-9a-f]{32}\.webp")
_OWN = re.compile(r"([0-9a-f]{32})(?:-[0-9]{1,4})?\.([a-z0-9]{3,4})")
_TYPES = {"avif": "image/avif", "jpg": "image/jpeg", "webp": "image/webp"}


async def static(request: Request) -> Response:
    """A style sheet, a script or an icon."""
    file = templates_of(request).static.at(request.url.path)
    if file is None:
        raise NotFound
    return file.response(request, _ALWAYS)


async def avatar(request: Request) -> Response:
    """A picture that we fetched and made small."""
    return _webp(request, "avatars", _FOR_EVER)


async def picture(request: Request) -> Response:
    """An emoji or an attachment that we fetched, as long as something shown names it (K18, K22).

    Browsers may keep it for a day: then they ask whether it still is.
    """
    if not await pictures.is_shown(blog_of(request).db, request.path_params["name"]):
        raise NotFound
    return _webp(request, "pictures", {"Cache-Control": _A_DAY})


def _webp(request: Request, folder: str, headers: dict[str, str]) -> Response:
    name = request.path_params["name"]
    path = blog_of(request).settings.data / "media" / folder / name
    if not _PICTURE.fullmatch(name) or not path.is_file():
        raise NotFound
    return FileResponse(path, headers=headers | _HARMLESS, media_type="image/webp")


async def card(request: Request) -> Response:
    """The drawn picture of a post, drawn now if nobody has asked for it before. An earlier one
    leads to the one as it is now."""
    blog = blog_of(request)
    name = request.path_params["name"]
    post = published_post(await posts.get_post(blog.db, name.partition("-")[0]))
    path = await card_picture(blog, post)
    if path.name != name:
        return RedirectResponse(blog.addresses.card(path.name), 302)
    return FileResponse(path, headers=_FOR_EVER | _HARMLESS, media_type="image/png")


async def own_file(request: Request) -> Response:
    """A file of the author's, of a type that its name tells and nobody else does. What is neither
    picture, sound nor film is for saving, and never shown by a browser (requirement K4)."""
    blog, name = blog_of(request), request.path_params["name"]
    path = blog.settings.data / "media" / "own" / name
    match = _OWN.fullmatch(name)
    media_type = _media_type(match[2]) if match else ""
    if match is None or not media_type or not path.is_file():
        raise NotFound
    headers = _FOR_EVER | _HARMLESS
    if not media_type.startswith(("image/", "audio/", "video/")):
        medium = await media.get_medium_by_name(blog.db, match[1])
        title = Path(medium.title).stem if medium else ""
        headers["Content-Disposition"] = _saved_as(f"{title or match[1]}.{match[2]}")
    elif not media_type.startswith("image/"):
        headers |= _PLAYED
    return FileResponse(path, headers=headers, media_type=media_type)


def _media_type(ending: str) -> str:
    """Of a file with this ending; empty for what is not served."""
    if ending in _TYPES:
        return _TYPES[ending]
    return TYPES[ending].media_type if ending in TYPES else ""


def _saved_as(name: str) -> str:
    """A Content-Disposition that has browsers save a file (RFC 6266)."""
    return f"attachment; filename*=utf-8''{quote(name, safe='')}"


async def favicon(request: Request) -> Response:
    """For those who ask for it by this name."""
    return templates_of(request).static.named("favicon.svg").response(request, _A_DAY)
