"""The few plain pages that browsers get."""

from collections.abc import Iterable
from html import escape

from fediblog.demo.notes import Note, note_document
from fediblog.demo.people import Person
from fediblog.protocol.incoming import Document

_STYLE = (
    "body{font:1.1rem/1.5 system-ui;max-width:40rem;margin:2rem auto;padding:0 1rem}"
    "textarea{box-sizing:border-box;font:inherit;width:100%}button,select{font:inherit}"
    "img{border-radius:50%;vertical-align:middle;width:3rem}article{margin:1.5rem 0}"
)


def home_page(people: Iterable[Person], known: Iterable[Document]) -> str:
    """Who lives here, and what came from elsewhere."""
    lines = "".join(f"<li>{_byline(person)}</li>" for person in people)
    posts = "".join(
        f'<li><a href="{escape(str(each.get("url") or each["id"]))}">'
        f"{escape(str(each.get('name') or each['id']))}</a></li>"
        for each in known
    )
    return page("Demo server", "en", f"<ul>{lines}</ul><h2>What reached them</h2><ul>{posts}</ul>")


def person_page(person: Person, notes: Iterable[Note]) -> str:
    """A person and what they wrote."""
    written = "".join(_article(note) for note in notes)
    body = f"<p>{_byline(person)}</p>{person.bio}{written}"
    return page(person.display_name, person.language, body, alternate=person.id)


def note_page(note: Note) -> str:
    """One note."""
    title = f"{note.author.display_name}: a note"
    return page(title, note.author.language, _article(note), alternate=note.id)


def _byline(person: Person) -> str:
    return (
        f'<img src="{person.origin}/avatars/{person.name}.png" alt=""> '
        f'<a href="{escape(person.url)}">{escape(person.display_name)}</a> @{escape(person.handle)}'
    )


def _article(note: Note) -> str:
    answered = (
        f'<p>In reply to <a href="{escape(note.in_reply_to)}">this</a></p>'
        if note.in_reply_to
        else ""
    )
    content = note_document(note)["content"]
    stamp = f'<a href="{escape(note.url)}">{note.published:%Y-%m-%d %H:%M}</a>'
    body = f'{answered}<div dir="auto">{content}</div><p>{stamp}</p>'
    return f"<article><p>{_byline(note.author)}</p>{body}</article>"


def page(title: str, language: str, body: str, *, alternate: str = "") -> str:
    """A page. body: HTML. alternate: id of what it shows."""
    link = (
        f'<link rel="alternate" type="application/activity+json" href="{escape(alternate)}">'
        if alternate
        else ""
    )
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title>{link}<style>{_STYLE}</style>"
        f"<h1>{escape(title)}</h1>{body}</html>"
    )
