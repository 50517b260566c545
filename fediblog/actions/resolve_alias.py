"""Other accounts of the author, as typed: handles or addresses, found before they are believed."""

import asyncio
import re
from collections.abc import Sequence

from fediblog.actions.find_account import account_address, reason
from fediblog.actions.know_actor import fetch_person
from fediblog.actions.rules import is_blocked
from fediblog.actions.site import Alias
from fediblog.blog import Blog
from fediblog.errors import Invalid, RemoteError
from fediblog.protocol.addresses import authority_of

_MOST = 10
_SECONDS = 5.0
_HANDLE = re.compile(r"@?([\w.-]{1,100}@[\w.:\[\]-]{1,253})")


async def resolve_aliases(blog: Blog, text: str, known: Sequence[Alias]) -> list[Alias]:
    """The accounts that are named in the lines of a text; those in `known` are not asked again.

    Raises Invalid, with the line and why it leads to no account.
    """
    lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(lines) > _MOST:
        raise Invalid(f"At most {_MOST} other accounts can be named.", field="aliases")
    stored = {alias.typed: alias for alias in known}
    found = await asyncio.gather(
        *(_resolve(blog, line) for line in lines if line not in stored), return_exceptions=True
    )
    for each in found:
        if isinstance(each, BaseException):
            raise each
    new = {alias.typed: alias for alias in found if isinstance(alias, Alias)}
    aliases = [(stored | new)[line] for line in lines]
    return list({alias.uri: alias for alias in aliases}.values())


async def _resolve(blog: Blog, line: str) -> Alias:
    """One account, whose own document has to say that it is the one (K2)."""
    try:
        uri = line if authority_of(line) else await _behind_handle(blog, line)
        if blog.addresses.is_ours(uri):
            raise Invalid(f"{line} is this blog itself.", field="aliases")
        await _refuse_blocked(blog, line, authority_of(uri))
        return Alias(line, (await fetch_person(blog, uri, deadline=_SECONDS)).id)
    except RemoteError as error:
        raise Invalid(f"{line} cannot be found: {reason(error)}.", field="aliases") from error


async def _behind_handle(blog: Blog, line: str) -> str:
    handle = _HANDLE.fullmatch(line)
    if handle is None:
        raise Invalid(
            f"{line[:100]} is neither a handle such as @name@server.example nor the address of "
            "a profile.",
            field="aliases",
        )
    user, _, host = handle[1].partition("@")
    await _refuse_blocked(blog, line, host.lower())
    return await account_address(blog, f"{user}@{host.lower()}")


async def _refuse_blocked(blog: Blog, line: str, authority: str) -> None:
    if await is_blocked(blog, authority):
        raise Invalid(f"{line} is on a server that you have blocked.", field="aliases")
