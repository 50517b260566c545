"""Whom the author mentions: found by WebFinger before anything is written, told when it is sent."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from fediblog.actions.find_account import account_address, reason
from fediblog.actions.know_actor import know_actor
from fediblog.actions.rules import is_blocked
from fediblog.blog import Blog
from fediblog.errors import AddressRefused, Invalid, RemoteError, RemoteUnreachable
from fediblog.protocol.addresses import authority_of
from fediblog.store import actors
from fediblog.store.actors import Actor
from fediblog.store.database import Queries

_MOST = 30
#: The author waits for it, so however many there are and however slowly they answer.
_DEADLINE_SECONDS = 15.0
_COMMUNITY = "Group"


@dataclass(frozen=True, slots=True)
class Mentions:
    """Whom a text mentions: who they are by the handles that stand in it, in its order."""

    people: Mapping[str, Actor]

    @property
    def pages(self) -> Mapping[str, str]:
        """Their profile pages, by handle."""
        return {handle: actor.page_url for handle, actor in self.people.items()}

    @property
    def communities(self) -> Sequence[str]:
        """The handles of the groups among them."""
        groups = {each.uri: handle for handle, each in self.people.items() if is_community(each)}
        return list(groups.values())

    def to_json(self) -> str:
        """As it is stored: [actor id, @handle] pairs; empty for nobody."""
        pairs = [[actor.uri, f"@{handle}"] for handle, actor in self.people.items()]
        return json.dumps(pairs) if pairs else ""


async def find_mentions(
    blog: Blog, handles: Sequence[str], *, stored: str = "", field: str
) -> Mentions:
    """Who the people behind these handles are: asks the network, so never inside a transaction.

    stored: whom the text mentioned before, of whom nobody is asked again. Raises Invalid at
    `field`, which names everybody who cannot be found and says why.
    """
    wanted = [handle for handle in handles if handle not in _own(blog)]
    if len(wanted) > _MOST:
        raise Invalid(f"This mentions more than {_MOST} people.", field=field)
    before = {name.lstrip("@"): uri for uri, name in mention_pairs(stored)}
    found, problems = await _find_all(blog, wanted, before)
    if problems:
        raise Invalid(
            f"{' '.join(problems)} Correct it, or write it between `backticks` to mention nobody.",
            field=field,
        )
    return Mentions(found)


async def find_some_mentions(blog: Blog, handles: Sequence[str]) -> tuple[Mentions, Sequence[str]]:
    """As many of the people behind these handles as can be found, and a sentence for each of the
    others: nobody is there to correct them. Of several communities the first one counts."""
    wanted = [handle for handle in handles if handle not in _own(blog)]
    found, problems = await _find_all(blog, wanted[:_MOST], {})
    problems += [f"@{handle} is one too many." for handle in wanted[_MOST:]]
    people = Mentions(found)
    for handle in people.communities[1:]:
        problems.append(f"@{handle} is a second community, and a post is addressed to one.")
    others = {found[handle].uri for handle in people.communities[1:]}
    return Mentions(
        {name: each for name, each in found.items() if each.uri not in others}
    ), problems


async def _find_all(
    blog: Blog, wanted: Sequence[str], before: Mapping[str, str]
) -> tuple[dict[str, Actor], list[str]]:
    """Who has these handles, and a sentence for each that nobody was found for."""
    found = await asyncio.gather(*(_find(blog, each, before.get(each)) for each in wanted))
    pairs = zip(wanted, found, strict=True)
    people = {handle: each for handle, each in pairs if isinstance(each, Actor)}
    return people, [each for each in found if isinstance(each, str)]


async def known_mentions(blog: Blog, handles: Sequence[str]) -> Mentions:
    """Those of the people behind these handles who are known already: asks nobody."""
    wanted = [handle for handle in handles if handle not in _own(blog)][:_MOST]
    found = {each: await actors.get_actor_by_handle(blog.db, each) for each in wanted}
    return Mentions({handle: actor for handle, actor in found.items() if actor})


def mention_pairs(stored: str) -> list[tuple[str, str]]:
    """(actor id, @handle) of everybody in a stored list of mentions."""
    return [(str(uri), str(name)) for uri, name in json.loads(stored or "[]")]


async def mention_links(
    blog: Blog, db: Queries, mentions: Sequence[tuple[str, str]]
) -> frozenset[str]:
    """Where links to whom somebody's note mentions lead: to their ids, or to their profile pages.
    mentions: (actor id, @handle) pairs."""
    uris = [uri for uri, _ in mentions]
    known = (await actors.get_page_urls(db, uris)).values()
    usual = [_usual_page(uri, name) for uri, name in mentions]
    return frozenset([blog.addresses.home, *uris, *known, *usual])


def _usual_page(uri: str, name: str) -> str:
    """Where most servers have a profile page, for somebody whom we do not know yet."""
    return urljoin(uri, f"/@{name.removeprefix('@').partition('@')[0]}")


async def mentioned_actors(db: Queries, stored: str) -> Sequence[Actor]:
    """Who is in a stored list of mentions, without those who are gone."""
    known = await actors.get_actors(db, [uri for uri, _ in mention_pairs(stored)])
    return [each for each in known.values() if each.gone_at is None]


async def mentioned_inboxes(db: Queries, stored: str) -> set[str]:
    """The inboxes, shared first, of everybody in a stored list of mentions."""
    mentioned = await mentioned_actors(db, stored)
    return {each.shared_inbox or each.inbox for each in mentioned if not each.blocks_us_at}


def is_community(actor: Actor) -> bool:
    """Whether what is sent to an actor appears in a community, as on Lemmy (requirement A13)."""
    return actor.type == _COMMUNITY


def _own(blog: Blog) -> set[str]:
    """Handles of the blog itself, which nobody has to be asked about, nor told."""
    ours = blog.addresses
    names = {
        ours.handle,
        f"{ours.username}@{ours.authority}",
        f"{ours.instance_username}@{ours.authority}",
    }
    return {name.lower() for name in names}


async def _find(blog: Blog, handle: str, uri: str | None) -> Actor | str:
    """Who has a handle; else a sentence that says why nobody was found.

    uri: the actor's id if the text mentioned this handle before.
    """
    stored = await actors.get_actor(blog.db, uri) if uri else None
    known = stored or await actors.get_actor_by_handle(blog.db, handle)
    if known is None and not await is_blocked(blog, handle.rpartition("@")[2]):
        try:
            async with asyncio.timeout(_DEADLINE_SECONDS):
                known = await _look_up(blog, handle)
        except TimeoutError:
            return f"@{handle} cannot be found: {reason(RemoteUnreachable())}."
        except RemoteError as error:
            return f"@{handle} cannot be found: {reason(error)}."
    if known is None or (stored is None and await is_blocked(blog, known.authority)):
        return f"@{handle} is on a server that you have blocked."
    return known


async def _look_up(blog: Blog, handle: str) -> Actor:
    """Ask the handle's host who that is, and get to know them. Raises RemoteError."""
    uri = await account_address(blog, handle)
    if await is_blocked(blog, authority_of(uri)):
        raise AddressRefused(detail=f"{uri} is on a blocked server")
    return await know_actor(blog, uri)
