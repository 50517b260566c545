"""Lists of blocks go out and come in, in the forms that Mastodon has for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.actions.blocking import follow_rules, handle_of, server_name
from fediblog.blog import Blog
from fediblog.domain.plaintext import one_line
from fediblog.errors import Invalid, Malformed, TooLarge
from fediblog.protocol.block_lists import Line, ListKind, read_list, write_list
from fediblog.store import actors, rules

_MOST_BYTES = 1_000_000
_MOST_RULES = 100_000
_MOST_NAMED = 10
_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a list. refused: how many values cannot be blocked; named: the first of them."""

    added: int
    refused: int
    named: Sequence[str]


async def export_list(blog: Blog, kind: ListKind) -> str:
    """One list: the servers, the people who are rejected, or those who are silenced."""
    wanted = "server" if kind == "domains" else "person"
    found = await rules.list_rules(blog.db, wanted, before=None, limit=_MOST_RULES)
    if kind != "domains":
        action = "reject" if kind == "accounts" else "silence"
        found = [each for each in found if each.action == action]
    lines = [
        Line(
            "server" if each.kind == "server" else "person",
            (each.label or each.value).lstrip("@"),
            "reject" if each.action == "reject" else "silence",
            each.note,
        )
        for each in reversed(found)
    ]
    return write_list(kind, lines)


async def import_list(blog: Blog, content: bytes) -> Taken:
    """Set every block of a list; what is blocked already stays as it is. People are blocked by
    their handle, and nobody is asked about them. Raises TooLarge or Malformed."""
    if len(content) > _MOST_BYTES:
        raise TooLarge("A list can have at most 1 MB.")
    try:
        lines = read_list(content.decode())
    except UnicodeDecodeError as error:
        raise Malformed("This is no text.") from error
    refused: list[str] = []
    added = 0
    async with blog.db.transaction(at_length=True) as tx:
        for line in lines:
            try:
                read = handle_of if line.kind == "person" else server_name
                value = label = read(blog, line.value)
            except Invalid:
                refused.append(line.value[:60])
                continue
            if line.kind == "person" and (known := await actors.get_actor_by_handle(tx, value)):
                value = known.uri
            stored = await rules.find_rule(tx, line.kind, value)
            if stored is not None and stored.ended_at is None:
                continue
            await rules.set_rule(
                tx,
                kind=line.kind,
                value=value,
                label=f"@{label}" if line.kind == "person" else value,
                action=line.action,
                note=one_line(line.note)[:1000],
                now=blog.now_ms(),
            )
            added += 1
    await follow_rules(blog, seconds=_SECONDS)
    return Taken(added, len(refused), refused[:_MOST_NAMED])
