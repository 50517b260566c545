"""What the blog says of itself: title, author, language and so on, kept in the database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from fediblog.actions.send import send
from fediblog.blog import Blog
from fediblog.domain.markdown import render
from fediblog.domain.plaintext import one_line, without_controls
from fediblog.errors import Invalid, StoreError
from fediblog.protocol import outgoing
from fediblog.protocol.addresses import Addresses
from fediblog.store import actors, outbox, site
from fediblog.store.actors import NewActor
from fediblog.store.database import Queries, Transaction
from fediblog.store.moments import from_ms

_LONGEST_LINE = 120
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, slots=True)
class Site:
    """The site's texts. description is Markdown; excerpt_as_summary: see requirement A12."""

    title: str
    author_name: str
    description: str
    language: str
    excerpt_as_summary: bool
    created_at: int

    @property
    def description_html(self) -> str:
        """The description as it is shown."""
        return _description_html(self.description)


@lru_cache(maxsize=4)
def _description_html(markdown: str) -> str:
    """Every page shows it, and it hardly ever changes."""
    return render(markdown, footnote_prefix="about")


async def get_site(blog: Blog, db: Queries | None = None) -> Site:
    """The site's texts as they are now."""
    values = await site.get_values(db or blog.db)
    return Site(
        title=values.get("title", blog.addresses.authority),
        author_name=values.get("author_name", blog.addresses.username),
        description=values.get("description", ""),
        language=values.get("language", "en"),
        excerpt_as_summary=values.get("excerpt_as_summary", "1") == "1",
        created_at=int(values["created_at"]),
    )


async def change_site(blog: Blog, form: Mapping[str, str]) -> None:
    """Write what the admin typed, and tell the followers of the changed profile (E7).

    form: title, author_name, description, language and, when ticked, excerpt_as_summary.
    Raises Invalid with the field's name.
    """
    values = _validated(form)
    async with blog.db.transaction() as tx:
        for name, value in values.items():
            await site.set_value(tx, name, value)
        profile = await actor_profile(blog, tx)
        actor = outgoing.blog_actor(blog.addresses, profile)
        await _store_own_actor(blog, tx, profile.name)
        await send(
            blog,
            tx,
            lambda key: outgoing.wrap(blog.addresses, "Update", key, actor, published=blog.clock()),
            object_uri=blog.addresses.actor,
            inboxes=await outbox.list_follower_inboxes(tx),
        )
    blog.signals.deliveries.set()


async def prepare_site(blog: Blog) -> None:
    """What has to be there before the first request: the origin, and the blog's own actor.

    Raises StoreError when the database belongs to another origin: every id in it says so.
    """
    async with blog.db.transaction() as tx:
        await site.add_value(tx, "origin", blog.addresses.origin)
        await site.add_value(tx, "username", blog.addresses.username)
        await site.add_value(tx, "created_at", str(blog.now_ms()))
        values = await site.get_values(tx)
        _refuse_other_origin(blog.addresses, values)
        await _store_own_actor(blog, tx, values.get("author_name", blog.addresses.username))


async def actor_profile(blog: Blog, db: Queries) -> outgoing.Profile:
    """The blog's actor as it is published."""
    texts = await get_site(blog, db)
    return outgoing.Profile(
        name=texts.author_name,
        summary=texts.description_html,
        language=texts.language,
        public_key_pem=blog.keys.blog.public_pem(),
        published=from_ms(texts.created_at),
    )


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


async def _store_own_actor(blog: Blog, tx: Transaction, name: str) -> None:
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


def _validated(form: Mapping[str, str]) -> dict[str, str]:
    title = one_line(form.get("title", ""))
    name = one_line(form.get("author_name", ""))
    language = form.get("language", "").strip()
    description = without_controls(form.get("description", "")).strip()
    if not title:
        raise Invalid("The blog needs a title.", field="title")
    if not name:
        raise Invalid("The author needs a name.", field="author_name")
    for field, line in (("title", title), ("author_name", name)):
        if len(line) > _LONGEST_LINE:
            raise Invalid(f"This can have at most {_LONGEST_LINE} characters.", field=field)
    if not _LANGUAGE.fullmatch(language):
        raise Invalid("Write a language tag such as en, de or pt-BR.", field="language")
    if len(description) > 5000:
        raise Invalid("The description can have at most 5,000 characters.", field="description")
    try:
        _description_html(description)
    except ValueError as error:
        raise Invalid(str(error), field="description") from error
    return {
        "title": title,
        "author_name": name,
        "language": language,
        "description": description,
        "excerpt_as_summary": "1" if form.get("excerpt_as_summary") else "0",
    }
