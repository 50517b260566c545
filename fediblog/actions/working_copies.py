"""Working copies: what is typed in a window is kept from moment to moment, until it is saved.

Each window has its own, so two of them never write over one another, and what is saved is touched
by none. A copy is offered when the form is opened again: after a crash, in another browser, after
the session has ended.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from fediblog.blog import Blog
from fediblog.errors import Invalid, NotFound, TooLarge
from fediblog.store import working_copies
from fediblog.store.moments import to_ms
from fediblog.store.working_copies import WorkingCopy

_KEPT = timedelta(days=30)
_MOST_OF_ONE_PLACE = 10
_MOST_OFFERED = 3
_MOST_FIELDS = 40
#: The longest post, in any script.
_MOST_BYTES = 4_000_000
_LONGEST_PLACE = 60
_LONGEST_WINDOW = 40
_LONGEST_BASIS = 64


@dataclass(frozen=True, slots=True)
class Typed:
    """What a window has: the fields of its form by their names. place: what it is typed for, such
    as post/new; based_on: the fingerprint of what was there when the form was opened.
    instead_of: the row number of another copy that it goes on from, 0 for none."""

    place: str
    window: str
    based_on: str
    form: Mapping[str, str]
    instead_of: int = 0


async def keep_copy(blog: Blog, typed: Typed) -> int:
    """Keep what a window has, and say when that was (ms). Raises Invalid or TooLarge."""
    fits = (
        0 < len(typed.place) <= _LONGEST_PLACE
        and 0 < len(typed.window) <= _LONGEST_WINDOW
        and len(typed.based_on) <= _LONGEST_BASIS
        and len(typed.form) <= _MOST_FIELDS
    )
    if not fits:
        raise Invalid("This is no form in which one writes.", field="place")
    form = json.dumps(dict(typed.form), ensure_ascii=False).replace("\0", "")
    if len(form.encode()) > _MOST_BYTES:
        raise TooLarge
    now = blog.now_ms()
    async with blog.db.transaction() as tx:
        if typed.instead_of:
            before = await working_copies.get_copy(tx, typed.instead_of)
            if before and before.place == typed.place:
                await working_copies.remove_copy(tx, before.id)
        await working_copies.put_copy(tx, typed.place, typed.window, typed.based_on, form, now)
        await working_copies.keep_newest(tx, typed.place, _MOST_OF_ONE_PLACE)
    return now


async def offered_copies(blog: Blog, place: str) -> Sequence[WorkingCopy]:
    """The newest copies of what is typed for a place."""
    return await working_copies.list_copies(blog.db, place, limit=_MOST_OFFERED)


async def existing_copy(blog: Blog, number: int) -> WorkingCopy:
    """The copy with this row's number. Raises NotFound."""
    copy = await working_copies.get_copy(blog.db, number)
    if copy is None:
        raise NotFound("This is no longer kept.")
    return copy


def form_of_copy(copy: WorkingCopy) -> dict[str, str]:
    """The fields of a copy by their names."""
    return {str(name): str(value) for name, value in json.loads(copy.form).items()}


async def discard_copy(blog: Blog, number: int) -> WorkingCopy:
    """Throw a copy away; says what it was. Raises NotFound."""
    copy = await existing_copy(blog, number)
    async with blog.db.transaction() as tx:
        await working_copies.remove_copy(tx, number)
    return copy


async def settle(blog: Blog, typed: Typed) -> None:
    """What a window had is saved: neither its copy is needed, nor the one that it went on from."""
    async with blog.db.transaction() as tx:
        await working_copies.remove_window(tx, typed.place, typed.window)
        if typed.instead_of:
            await working_copies.remove_copy(tx, typed.instead_of)


async def prune_copies(blog: Blog) -> None:
    """Throw away copies that nobody has touched for a month."""
    async with blog.db.transaction() as tx:
        await working_copies.prune_copies(tx, to_ms(blog.clock() - _KEPT))
