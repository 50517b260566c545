"""Tokens with which programs write posts: made, shown once, found, taken back."""

from collections.abc import Iterable

from fediblog.actions.sessions import hash_token, new_token
from fediblog.blog import Blog
from fediblog.domain.plaintext import one_line
from fediblog.errors import Invalid, NotScoped, Unauthenticated
from fediblog.store import api_tokens
from fediblog.store.api_tokens import ApiToken
from fediblog.store.database import Transaction

#: What a token may be good for, as programs ask for it and as the author reads it.
SCOPES = {
    "create": "Publish new posts",
    "draft": "Write drafts",
    "update": "Change posts",
    "delete": "Delete posts",
    "media": "Upload pictures",
}
MOST_TOKENS = 100
_LONGEST_NAME = 100
_TOUCH_MS = 60_000
#: So that a token is recognised where it should not be, as in a text or a repository.
_PREFIX = "fediblog_"


async def make_token(blog: Blog, name: str, scopes: Iterable[str]) -> str:
    """A new one, which can be read only here. Raises Invalid with the field's name."""
    name = one_line(name)
    if not name or len(name) > _LONGEST_NAME:
        raise Invalid(f"A name of at most {_LONGEST_NAME} characters is needed.", field="name")
    async with blog.db.transaction() as tx:
        return await add_token(blog, tx, name, scopes, client="")


async def add_token(
    blog: Blog, tx: Transaction, name: str, scopes: Iterable[str], *, client: str
) -> str:
    """The same, for a program that has asked for it. Raises Invalid."""
    chosen = [scope for scope in SCOPES if scope in set(scopes)]
    if not chosen:
        raise Invalid("Choose what it may do.", field="scopes")
    if len(await api_tokens.list_tokens(tx, before=None, limit=MOST_TOKENS)) == MOST_TOKENS:
        raise Invalid(f"There can be {MOST_TOKENS} tokens. Take one back first.", field="name")
    token = _PREFIX + new_token()
    await api_tokens.add_token(tx, hash_token(token), name, " ".join(chosen), client, blog.now_ms())
    return token


async def look_at_token(blog: Blog, token: str) -> ApiToken | None:
    """What a token is good for, without using it; None for one that is none."""
    return await api_tokens.get_token(blog.db, hash_token(token))


async def find_token(blog: Blog, token: str) -> ApiToken:
    """What a token is good for. Raises Unauthenticated."""
    found = await look_at_token(blog, token)
    if found is None:
        raise Unauthenticated("This token is none, or was taken back.")
    now = blog.now_ms()
    if now - (found.used_at or 0) > _TOUCH_MS:
        async with blog.db.transaction() as tx:
            await api_tokens.set_token_used(tx, found.id, now)
    return found


def check_scope(token: ApiToken, *enough: str) -> None:
    """Raise NotScoped unless the token has one of these scopes."""
    if not may(token, *enough):
        raise NotScoped(f"This takes a token with the scope {' or '.join(enough)}.", enough[0])


def may(token: ApiToken, *enough: str) -> bool:
    """Whether the token has one of these scopes."""
    return not set(enough).isdisjoint(token.scopes.split())


async def revoke_token(blog: Blog, number: int) -> None:
    """Take one back."""
    async with blog.db.transaction() as tx:
        await api_tokens.remove_token(tx, number)


async def give_token_back(blog: Blog, token: str) -> None:
    """A program needs its token no longer (RFC 7009)."""
    async with blog.db.transaction() as tx:
        await api_tokens.remove_token_by_hash(tx, hash_token(token))
