"""Deliveries as the author's pages show them: about what, to whom, how they stand, what to do."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from fediblog.blog import Blog
from fediblog.domain.answers import answer_in_words
from fediblog.protocol.addresses import authority_of
from fediblog.store import actors, posts
from fediblog.store.delivery_log import LoggedDelivery
from fediblog.store.moments import from_ms, maybe_from_ms
from fediblog.web.admin.pages import back_to
from fediblog.web.forms import fields

#: By the name of a tab, the state of a row.
STATES: Mapping[str, str] = {"waiting": "queued", "failed": "failed", "done": "done"}
#: What answers a request: to follow, to quote, to put the blog into a collection.
_ANSWERS = frozenset({"Accept", "Reject"})
_NAMES = {state: name for name, state in STATES.items()}
#: Pages of the author where there is something to do about deliveries.
_PAGES = re.compile(r"/admin/(deliveries|incoming|servers|posts)(/[^/?#\s]+)*(\?[^#\s]*)?")


def server_url(authority: str) -> str:
    """The author's page about a server."""
    return f"/admin/servers/{quote(authority, safe=':[]')}"


def block_url(kind: str, value: str) -> str:
    """Where a person or a server (kind) is blocked, with the form filled in."""
    return f"/admin/blocks?{urlencode({'kind': kind, 'value': value})}"


def block_person_url(handle: str, uri: str) -> str:
    """Where somebody is blocked: by their handle, or by their id without an agreed one."""
    return block_url("person", f"@{handle}" if handle else uri)


async def back(request: Request, default: str, notice: str) -> Response:
    """To the page that a form stood on, as it says itself; to no other than one of ours."""
    asked = (await fields(request)).get("back", "")
    safe = asked.isprintable() and "\\" not in asked and "//" not in asked
    return back_to(asked if safe and _PAGES.fullmatch(asked) else default, notice)


async def delivery_rows(
    blog: Blog, shown: Sequence[LoggedDelivery], behind: Mapping[str, int] | None = None
) -> list[dict[str, Any]]:
    """What the templates show of deliveries. behind: how many followers there are, by inbox."""
    subjects = await _subjects(blog, shown)
    return [_row(delivery, subjects, behind or {}) for delivery in shown]


async def _subjects(blog: Blog, shown: Sequence[LoggedDelivery]) -> Mapping[str, str]:
    """What deliveries are about, in words, by the object's id."""
    articles = blog.addresses.article("")
    keys = {delivery.object_uri.removeprefix(articles) for delivery in shown}
    titles = await posts.list_titles(blog.db, sorted(keys))
    answered = {each.object_uri for each in shown if each.type in _ANSWERS}
    people = await actors.get_page_urls(blog.db, sorted(answered))
    quotes = {each.object_uri for each in shown if _is_about_quote(blog, each)}
    return (
        dict.fromkeys(answered, "a collection")
        | dict.fromkeys(quotes, "a quote")
        | dict.fromkeys(people, "a follow")
        | {articles + key: title for key, title in titles.items()}
        | {blog.addresses.actor: "your profile"}
    )


def _is_about_quote(blog: Blog, delivery: LoggedDelivery) -> bool:
    """Whoever may quote gets an authorization of ours, which can be taken back; whoever may not is
    told so about the note that quotes. Nobody who follows is turned away like that."""
    ours = delivery.object_uri.startswith(blog.addresses.quote(""))
    return ours or delivery.type == "Reject"


def _subject(delivery: LoggedDelivery, subjects: Mapping[str, str]) -> str:
    if delivery.forwarded:
        return f"somebody's reply, passed on ({authority_of(delivery.object_uri)})"
    return subjects.get(delivery.object_uri, "an answer")


def _row(
    delivery: LoggedDelivery, subjects: Mapping[str, str], behind: Mapping[str, int]
) -> dict[str, Any]:
    waiting, failed = delivery.state == "queued", delivery.state == "failed"
    base = f"/admin/deliveries/{delivery.id}"
    return {
        "number": delivery.id,
        "type": delivery.type,
        "title": _subject(delivery, subjects),
        "host": delivery.authority,
        "host_url": server_url(delivery.authority),
        "inbox": delivery.inbox,
        "state": _NAMES.get(delivery.state, delivery.state),
        "attempts": delivery.attempts,
        "next_at": from_ms(delivery.next_at) if waiting else None,
        "finished": maybe_from_ms(delivery.finished_at),
        "in_words": answer_in_words(delivery.last_status),
        "last_answer": delivery.last_answer,
        "followers": behind.get(delivery.inbox, 0),
        "retry_url": f"{base}/retry" if waiting or (failed and not delivery.forwarded) else None,
        "give_up_url": f"{base}/give-up" if waiting else None,
    }
