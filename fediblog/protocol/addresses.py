"""Our own addresses: every URI that we mint, and the way back from a URI to what it names."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

import idna

#: Fragment of the key id; every known reader wants actor id + "#main-key" (requirement 0.9).
KEY_FRAGMENT = "#main-key"

#: Characters of an address whose authority is kept ready; longer ones could fill the memory.
_LONGEST_KEPT = 300

#: How nearly every address is written: there is nothing to make the same in its authority, which is
#: what is found in a tenth of the time that it takes to take an address apart.
_USUAL = re.compile(
    r"https?://([a-z0-9-]{1,60}(?:\.[a-z0-9-]{1,60}){0,3}(?::(?!80\b|443\b)[1-9][0-9]{0,3})?)"
    r"(?:[/?#][!-~]*)?"
)

_LATER_KEY = re.compile(r"#key-([1-9][0-9]{0,8})")

_PERMALINK = re.compile(r"[0-9]{4}/[0-9]{2}/([^/?]+)")


@dataclass(frozen=True, slots=True)
class Ours:
    """What one of our URIs names: the blog's actor, a post, its thread or an answer by its key, a
    post by its permalink or a page, with the slug as key, or a reply by its permalink, with its
    number."""

    kind: Literal["article", "note", "context", "actor", "permalink", "page", "reply"]
    key: str = ""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one blog. origin: scheme and authority; username: of the blog's actor.

    handle_domain: the second half of the blog's handle, if it is not the authority (E4).
    """

    origin: str
    username: str
    handle_domain: str = ""

    @property
    def authority(self) -> str:
        """Host and, unless it is the default one, port."""
        return urlsplit(self.origin).netloc

    @property
    def handle(self) -> str:
        """The blog's handle without a leading @: blog@example.com."""
        return f"{self.username}@{self.handle_domain or self.authority}"

    @property
    def home(self) -> str:
        """The home page, which is also the profile page of the blog's actor."""
        return f"{self.origin}/"

    @property
    def actor(self) -> str:
        """Id of the blog's actor."""
        return f"{self.origin}/users/{self.username}"

    def actor_key(self, number: int) -> str:
        """Key id of the blog's actor: #main-key for its first key, then #key-2, #key-3 … (E9)."""
        return self.actor + (KEY_FRAGMENT if number == 1 else f"#key-{number}")

    def actor_key_number(self, key_id: str) -> int | None:
        """The number of the key with this key id, None for what is no key of the blog's actor."""
        if key_id == self.actor_key(1):
            return 1
        later = _LATER_KEY.fullmatch(key_id.removeprefix(self.actor))
        return int(later[1]) if later and self.actor_key(int(later[1])) == key_id else None

    @property
    def proof_key(self) -> str:
        """Key id of the key that signs the activities of the blog's actor themselves."""
        return f"{self.actor}#ed25519-key"

    @property
    def inbox(self) -> str:
        """Personal inbox of the blog's actor."""
        return f"{self.actor}/inbox"

    @property
    def outbox(self) -> str:
        """Outbox of the blog's actor."""
        return f"{self.actor}/outbox"

    @property
    def followers(self) -> str:
        """Followers collection of the blog's actor."""
        return f"{self.actor}/followers"

    @property
    def following(self) -> str:
        """Following collection of the blog's actor: empty, but it answers."""
        return f"{self.actor}/following"

    @property
    def featured(self) -> str:
        """Pinned posts."""
        return f"{self.actor}/collections/featured"

    @property
    def shared_inbox(self) -> str:
        """Inbox for the whole server."""
        return f"{self.origin}/inbox"

    @property
    def instance_actor(self) -> str:
        """Id of the actor that signs fetches."""
        return f"{self.origin}/actor"

    @property
    def instance_username(self) -> str:
        """Name of the instance actor: the host, a dot before its port: no name has colons."""
        return self.authority.replace(":", ".")

    @property
    def instance_key(self) -> str:
        """Key id of the instance actor."""
        return self.instance_actor + KEY_FRAGMENT

    def article(self, key: str) -> str:
        """Id of a post."""
        return f"{self.origin}/articles/{key}"

    def note(self, key: str) -> str:
        """Id of an answer of the author."""
        return f"{self.origin}/notes/{key}"

    def quote(self, key: str) -> str:
        """Id of the authorization of a quote."""
        return f"{self.origin}/quotes/{key}"

    def approval(self, key: str) -> str:
        """Id of the authorization of a reply."""
        return f"{self.origin}/approvals/{key}"

    def activity(self, key: str) -> str:
        """Id of an activity that we send."""
        return f"{self.origin}/activities/{key}"

    def context(self, key: str) -> str:
        """The whole thread under a post, as a collection."""
        return f"{self.origin}/contexts/{key}"

    def permalink(self, published: datetime, slug: str) -> str:
        """The readable address of a post; year and month are those of its first publication."""
        return f"{self.origin}/{published:%Y}/{published:%m}/{quote(slug)}"

    def reply(self, number: int) -> str:
        """The permalink of a reply, which leads to where in its thread it stands."""
        return f"{self.origin}/replies/{number}"

    def feature(self, key: str) -> str:
        """The authorization that goes with the Accept of this key (FEP-7aa9)."""
        return f"{self.origin}/features/{key}"

    def own_picture(self, name: str) -> str:
        """A picture of the author's."""
        return f"{self.origin}/media/own/{name}"

    def card(self, name: str) -> str:
        """The picture that stands beside links to a post that has none."""
        return f"{self.origin}/media/cards/{name}"

    def tag(self, slug: str) -> str:
        """The page of a tag."""
        return f"{self.origin}/tags/{quote(slug)}"

    def search(self, words: str) -> str:
        """The page of whatever has these words in it."""
        return f"{self.origin}/search?q={quote(words)}"

    def category(self, slug: str) -> str:
        """The page of a category."""
        return f"{self.origin}/categories/{quote(slug)}"

    def page(self, slug: str) -> str:
        """A page that belongs to no day."""
        return f"{self.origin}/pages/{quote(slug)}"

    def ours(self, uri: str) -> Ours | None:
        """What a URI of ours names, None for everything else. A fragment is ignored.

        No address of ours has NUL in it, escaped or not, and PostgreSQL does not even look for it.
        """
        path = uri.partition("#")[0].removeprefix(self.origin + "/")
        if path == uri.partition("#")[0] or "\x00" in unquote(path):
            return None
        if path == f"users/{self.username}":
            return Ours("actor")
        if permalink := _PERMALINK.fullmatch(path):
            return Ours("permalink", unquote(permalink[1]))
        kind, _, key = path.partition("/")
        if not key or "/" in key or "?" in key:
            return None
        match kind:
            case "articles":
                return Ours("article", key)
            case "notes":
                return Ours("note", key)
            case "contexts":
                return Ours("context", key)
            case "pages":
                return Ours("page", unquote(key))
            case "replies" if key.isdecimal() and len(key) < 19:
                return Ours("reply", key)
            case _:
                return None

    def is_ours(self, uri: str) -> bool:
        """Whether a URI lies on our origin: nothing from outside may claim one."""
        return uri == self.origin or uri.startswith(self.origin + "/")


def authority_of(uri: str) -> str:
    """Host with its port, lower case, a default port left out: what hosts are compared by.

    One host has one authority however it is spelled: an international name, or one with another
    sign for the dot, is the ASCII name that is asked for it (IDNA, as httpx reads addresses), and a
    dot at the end means nothing. Empty for what is no http(s) address, and for one with blanks or
    control characters in it.
    """
    return _known_authority(uri) if len(uri) <= _LONGEST_KEPT else _authority(uri)


def _authority(uri: str) -> str:
    if usual := _USUAL.fullmatch(uri):
        return usual[1]
    if not uri.isprintable() or " " in uri:
        return ""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not 0 < len(parts.hostname or "") <= 253:
        return ""
    host = _ascii(str(parts.hostname))
    if ":" in host:
        host = f"[{host}]"
    default = {"http": 80, "https": 443}[parts.scheme]
    if not host:
        return ""
    return host if port is None or port == default else f"{host}:{port}"


#: The same ids come with every activity of a sender, several times in each.
_known_authority = lru_cache(maxsize=8192)(_authority)


def _ascii(host: str) -> str:
    """The name that is asked for a host; empty if there is none."""
    if not host.isascii():
        try:
            host = idna.encode(host).decode("ascii")
        except idna.IDNAError:
            return ""
    return host.rstrip(".")
