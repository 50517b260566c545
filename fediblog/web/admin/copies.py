"""Working copies at the desk: what a form carries for them, and how what is typed gets there.

Each form has a token of its own, which proves that it was handed to the author. So what is typed is
kept also when the session has ended meanwhile: it can be added to, by its own window, and nothing
can be read or done with it.
"""

import functools
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from fediblog.actions.working_copies import (
    Typed,
    discard_copy,
    existing_copy,
    form_of_copy,
    keep_copy,
    offered_copies,
)
from fediblog.actions.working_copies import settle as settle_copies
from fediblog.blog import Blog
from fediblog.errors import Forbidden, Invalid, NotFound, Unauthenticated
from fediblog.store.moments import from_ms
from fediblog.store.working_copies import WorkingCopy
from fediblog.web.admin.conflicts import compare
from fediblog.web.admin.door import signed_in
from fediblog.web.context import blog_of
from fediblog.web.forms import Handler, fields
from fediblog.web.reading import page_start

#: Fields of a form that are about the form itself.
_ABOUT = ("csrf", "action", "place", "window", "based_on", "copy", "token", "title_of")
_KINDS = {"post": "/admin/posts", "page": "/admin/pages", "answer": "/admin/replies"}


def place_address(place: str) -> str:
    """Where the form is in which this is typed. Raises NotFound for no such place."""
    kind, _, which = place.partition("/")
    if kind not in _KINDS or not which.isascii() or not which.isalnum():
        raise NotFound
    return f"{_KINDS[kind]}/{which}" + ("/edit" if kind == "answer" else "")


async def copies_context(
    request: Request, place: str, form: Mapping[str, str], saved: Mapping[str, str]
) -> dict[str, Any]:
    """What a form carries, and the copies that are offered above it.

    form: what it has now; of one that was sent before, its window goes on. saved: what the form has
    of what is saved; a copy that says the same is worth nothing.
    """
    blog = blog_of(request)
    window = form.get("window") or secrets.token_hex(16)
    looked_at = page_start(request.query_params.get("look"))
    return {
        "place": place,
        "window": window,
        "token": _token(blog, place, window),
        "copy": form.get("copy", ""),
        "copies": [
            _offer(copy, typed, saved, looked_at)
            for copy in await offered_copies(blog, place)
            if copy.window_key != window
            and str(copy.id) != form.get("copy")
            and _is_worth(typed := form_of_copy(copy), saved)
        ],
    }


async def continued(request: Request, place: str) -> dict[str, str] | None:
    """The form of the copy that is to be gone on with, None if none is asked for or it is gone."""
    number = page_start(request.query_params.get("copy"))
    if not number:
        return None
    try:
        copy = await existing_copy(blog_of(request), number)
    except NotFound:
        return None
    if copy.place != place:
        return None
    return form_of_copy(copy) | {"based_on": copy.based_on, "copy": str(copy.id)}


async def settle(request: Request, place: str, form: Mapping[str, str]) -> None:
    """What was typed in this form is saved."""
    await settle_copies(blog_of(request), _typed(place, form))


def keeps_what_is_typed(handler: Handler) -> Handler:
    """Keep what a form has that comes too late for its session; once one is signed in again, it is
    offered. It stands above `signed_in`."""

    @functools.wraps(handler)
    async def kept(request: Request) -> Response:
        try:
            return await handler(request)
        except (Unauthenticated, Forbidden):
            if request.method != "POST":
                raise
            form = await fields(request)
            if not _is_ours(blog_of(request), form):
                raise
            kept_at = await keep_copy(blog_of(request), _typed(form["place"], form))
            if request.url.path == "/admin/copies":
                return _kept(kept_at, signed_in=False)
            return RedirectResponse(place_address(form["place"]), 303)

    return kept


@keeps_what_is_typed
@signed_in
async def keep(request: Request) -> Response:
    """Keep what is typed: from a script, every few seconds."""
    form = await fields(request)
    if not _is_ours(blog_of(request), form):
        raise Invalid("This is no form in which one writes.", field="place")
    kept_at = await keep_copy(blog_of(request), _typed(form["place"], form))
    return _kept(kept_at, signed_in=True)


@signed_in
async def discard(request: Request) -> Response:
    """Throw a copy away, and go back to the form."""
    copy = await discard_copy(blog_of(request), request.path_params["number"])
    return RedirectResponse(place_address(copy.place), 303)


def _kept(moment: int, *, signed_in: bool) -> Response:
    told = {"kept": from_ms(moment).isoformat(), "signed_in": signed_in}
    return JSONResponse(told, 201, headers={"Cache-Control": "no-store"})


def _typed(place: str, form: Mapping[str, str]) -> Typed:
    about = {name for name in form if name in _ABOUT or name.startswith("pick-")}
    return Typed(
        place=place,
        window=form.get("window", ""),
        based_on=form.get("based_on", ""),
        form={name: value for name, value in form.items() if name not in about},
        instead_of=page_start(form.get("copy")) or 0,
    )


def _is_ours(blog: Blog, form: Mapping[str, str]) -> bool:
    """Whether a form was handed out by us for this place and window."""
    place, window = form.get("place", ""), form.get("window", "")
    wanted = _token(blog, place, window)
    return bool(window) and hmac.compare_digest(wanted.encode(), form.get("token", "").encode())


def _token(blog: Blog, place: str, window: str) -> str:
    text = f"working copy {place} {window}"
    return hmac.new(blog.keys.picture_secret, text.encode(), hashlib.sha256).hexdigest()[:32]


def _is_worth(typed: Mapping[str, str], saved: Mapping[str, str]) -> bool:
    """Whether a copy has something that is not saved. Of a new text only what was written counts:
    the form itself fills in the language."""
    if not any(saved.values()):
        return any(typed.get(name, "").strip() for name in ("title", "body", "excerpt", "tags"))
    return any(_told(typed.get(name, "")) != _told(value) for name, value in saved.items())


def _told(value: str) -> str:
    return value.replace("\r\n", "\n").strip()


def _offer(
    copy: WorkingCopy, typed: Mapping[str, str], saved: Mapping[str, str], looked_at: int | None
) -> dict[str, Any]:
    here = place_address(copy.place)
    return {
        "saved_at": from_ms(copy.saved_at),
        "title": typed.get("title", "").strip(),
        "beginning": typed.get("body", "").strip()[:120],
        "continue_url": f"{here}?copy={copy.id}",
        "look_url": f"{here}?look={copy.id}#copy-{copy.id}",
        "discard_url": f"/admin/copies/{copy.id}/discard",
        "id": copy.id,
        "changes": compare(saved, typed) if copy.id == looked_at else None,
    }
