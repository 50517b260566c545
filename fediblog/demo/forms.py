"""Where blogs send people who want to answer or to follow from here: a form, as a server shows it
to who is signed in. Nobody can sign in on a demo, so one chooses whom to be."""

from html import escape
from typing import Protocol, cast

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fediblog.demo.notes import Note
from fediblog.demo.pages import page
from fediblog.demo.wire import state_of
from fediblog.errors import Forbidden, Malformed
from fediblog.protocol.incoming import Document

#: Objects that are answered; what has another type is somebody who can be followed.
_ANSWERED = frozenset(("Article", "Note", "Page", "Question"))


class _Deeds(Protocol):
    """What people can be told to do."""

    async def reply(self, name: str, in_reply_to: str | None, html: str) -> Note: ...

    async def follow(self, name: str, actor_id: str) -> Document: ...


async def ask(request: Request) -> Response:
    """The form. uri: id of what is to be answered, or of whom to follow."""
    state = state_of(request)
    uri = request.query_params.get("uri", "")
    if not uri:
        raise Malformed("Give a uri, of what is to be answered or of whom to follow.")
    found = await state.mail.document(uri, state.instance)
    answers, title = found.get("type") in _ANSWERED, escape(str(found.get("name") or "this"))
    people = "".join(
        f'<option value="{escape(each.name)}">{escape(each.display_name)}</option>'
        for each in state.people.values()
    )
    text = '<p><label>Your reply<br><textarea name="text" required rows="5"></textarea></label></p>'
    body = (
        f'<form method="post"><p>To <a href="{escape(uri)}">{title}</a></p>'
        f'<input type="hidden" name="uri" value="{escape(uri)}">'
        f'<p><label>You are <select name="person">{people}</select></label></p>'
        f"{text if answers else ''}<button>{'Publish' if answers else 'Follow'}</button></form>"
    )
    return HTMLResponse(page("Reply" if answers else "Follow", "en", body))


async def act(request: Request) -> Response:
    """Do what the form asks for, and go to what came of it."""
    state = state_of(request)
    if request.headers.get("origin", state.origin) != state.origin:
        raise Forbidden
    async with request.form() as form:
        uri, text, name = (str(form.get(each, "")) for each in ("uri", "text", "person"))
    person, deeds = state.person(name), cast(_Deeds, state)
    if not text:
        await deeds.follow(name, uri)
        return RedirectResponse(person.url, 303)
    note = await deeds.reply(name, uri, f"<p>{escape(text)}</p>")
    return RedirectResponse(note.url, 303)
