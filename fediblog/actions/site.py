"""What the blog says of itself: title, author, language and so on, kept in the database."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from fediblog.blog import Blog
from fediblog.domain.inline_markdown import render_line
from fediblog.domain.local_time import TIMEZONE, UTC
from fediblog.domain.markdown import render
from fediblog.domain.profile_fields import Field
from fediblog.errors import StoreError
from fediblog.protocol.addresses import Addresses
from fediblog.protocol.outgoing import QuotePolicy
from fediblog.store import actors, site
from fediblog.store.actors import NewActor
from fediblog.store.database import Queries, Transaction

QUOTE_POLICIES: Mapping[str, QuotePolicy] = {
    "everyone": "everyone",
    "followers": "followers",
    "nobody": "nobody",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the author's, in `media/own` under the hash of its bytes; sides in pixels."""

    name: str
    width: int
    height: int

    @property
    def media_type(self) -> str:
        """Its type, which its name tells."""
        return {"jpg": "image/jpeg", "webp": "image/webp"}[self.name.rpartition(".")[2]]


LINK_CHECKS = "link_checks"
"""The setting that keeps [link, why, at] of each link of the profile that was looked at."""


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """Whether the page behind a link of the profile links back. why: it does not, a sentence for
    the author, empty if it does; at: when that was, in ms."""

    why: str
    at: int

    @property
    def verified(self) -> bool:
        """Whether it does."""
        return not self.why


@dataclass(frozen=True, slots=True)
class Alias:
    """Another account of the author: the actor's id, and what was typed for it."""

    typed: str
    uri: str


@dataclass(frozen=True, slots=True)
class Destination:
    """The account to which the blog has moved: user@host, the actor's id, the profile page."""

    handle: str
    uri: str
    page: str


@dataclass(frozen=True, slots=True)
class Appearance:
    """How the pages look. accent: as #rrggbb, empty for the blog's own colours; custom_css: rules
    of the author's; footer: one line of Markdown at the end of each page."""

    accent: str
    custom_css: str
    footer: str
    logo: Picture | None

    @property
    def footer_html(self) -> str:
        """The footer as it is shown; empty if there is none."""
        return render_line(self.footer)


@dataclass(frozen=True, slots=True)
class Site:
    """The site's texts. description is Markdown; excerpt_as_summary: see requirement A12.

    language: in which the author writes; interface_language: of the pages around that, or nothing
    for the reader's own. timezone: the author's, such as Europe/Berlin. may_quote: who is allowed
    to quote posts and answers (E11a). key_number: of the key with which the blog's actor signs.
    """

    title: str
    author_name: str
    description: str
    language: str
    interface_language: str
    timezone: str
    excerpt_as_summary: bool
    may_quote: QuotePolicy
    created_at: int
    fields: tuple[Field, ...]
    links: Mapping[str, LinkCheck]
    aliases: tuple[Alias, ...]
    picture: Picture | None
    header: Picture | None
    key_number: int
    moved_to: Destination | None
    appearance: Appearance

    @property
    def description_html(self) -> str:
        """The description as it is shown."""
        return describe(self.description)


@lru_cache(maxsize=4)
def describe(markdown: str) -> str:
    """A description as HTML: every page shows it, and it hardly ever changes.

    Raises ValueError for Markdown that makes no page.
    """
    return render(markdown, footnote_prefix="about")


async def get_site(blog: Blog, db: Queries | None = None) -> Site:
    """The site's texts as they are now."""
    values = await site.get_values(db or blog.db)
    return Site(
        title=values.get("title", blog.addresses.authority),
        author_name=values.get("author_name", blog.addresses.username),
        description=values.get("description", ""),
        language=values.get("language", "en"),
        interface_language=values.get("interface_language", ""),
        timezone=values.get(TIMEZONE, UTC),
        excerpt_as_summary=values.get("excerpt_as_summary", "1") == "1",
        may_quote=QUOTE_POLICIES[values.get("may_quote", "everyone")],
        created_at=int(values["created_at"]),
        fields=tuple(Field(*pair) for pair in json.loads(values.get("fields", "[]"))),
        links={
            link: LinkCheck(why, at) for link, why, at in json.loads(values.get(LINK_CHECKS, "[]"))
        },
        aliases=tuple(Alias(*pair) for pair in json.loads(values.get("aliases", "[]"))),
        picture=_picture(values.get("picture", "")),
        header=_picture(values.get("header", "")),
        key_number=current_key(values),
        moved_to=Destination(*json.loads(values["moved_to"])) if "moved_to" in values else None,
        appearance=Appearance(
            accent=values.get("accent", ""),
            custom_css=values.get("custom_css", ""),
            footer=values.get("footer", ""),
            logo=_picture(values.get("logo", "")),
        ),
    )


def current_key(values: Mapping[str, str]) -> int:
    """The number of the key with which the blog's actor signs requests, by the values of a site."""
    return int(values.get(site.BLOG_KEY, "1"))


async def prepare_site(blog: Blog) -> None:
    """What has to be there before the first request: the origin, and the blog's own actor.

    Raises StoreError when the database belongs to another origin: every id in it says so.
    """
    async with blog.db.transaction() as tx:
        await site.add_value(tx, "origin", blog.addresses.origin)
        await site.add_value(tx, "username", blog.addresses.username)
        await site.add_value(tx, "created_at", str(blog.now_ms()))
        await site.add_value(tx, site.PROOF_KEY, blog.keys.proof.public_key().multibase())
        values = await site.get_values(tx)
        _refuse_other_origin(blog.addresses, values)
        await store_own_actor(blog, tx, values.get("author_name", blog.addresses.username))


async def store_own_actor(blog: Blog, tx: Transaction, name: str) -> None:
    """The author's answers hang in the trees like everybody's replies."""
    addresses = blog.addresses
    number = await actors.set_actor(
        tx,
        NewActor(
            uri=addresses.actor,
            authority=addresses.authority,
            type="Person",
            username=addresses.username,
            name=name,
            page_url=addresses.home,
            icon_url="",
            inbox=addresses.inbox,
            shared_inbox=addresses.shared_inbox,
        ),
        blog.now_ms(),
    )
    await actors.set_handle(tx, number, addresses.handle, blog.now_ms())


def _picture(text: str) -> Picture | None:
    return Picture(**json.loads(text)) if text else None


def _refuse_other_origin(addresses: Addresses, values: Mapping[str, str]) -> None:
    stored, username = values["origin"], values["username"]
    if stored != addresses.origin:
        raise StoreError(
            f"This database belongs to {stored}, but the blog was started as {addresses.origin}. "
            "Followers and replies know the blog by its address, so it cannot change. Start it "
            f"with FEDIBLOG_URL={stored}, or use another FEDIBLOG_DATA for a new blog."
        )
    if username != addresses.username:
        raise StoreError(
            f"This database belongs to the actor {username!r}, but FEDIBLOG_USERNAME is "
            f"{addresses.username!r}. Followers know the blog by that name, so it cannot change."
        )
