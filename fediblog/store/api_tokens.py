"""Tokens with which programs write posts. Only their hashes are kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Transaction

_COLUMNS = "id, name, scopes, client, created_at, used_at"


@dataclass(frozen=True, slots=True)
class ApiToken:
    """One token. scopes: separated by spaces. client: address of the program that asked for it,
    empty for one that the author made. Times are ms."""

    id: int
    name: str
    scopes: str
    client: str
    created_at: int
    used_at: int | None


async def add_token(
    tx: Transaction, token_hash: str, name: str, scopes: str, client: str, now: int
) -> None:
    """Let whoever has a token do what its scopes say."""
    await tx.execute(
        "INSERT INTO api_token (token_hash, name, scopes, client, created_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        token_hash,
        name,
        scopes,
        client,
        now,
    )


async def get_token(db: Queries, token_hash: str) -> ApiToken | None:
    """The token with this hash."""
    rows = await db.rows(f"SELECT {_COLUMNS} FROM api_token WHERE token_hash = $1", token_hash)
    return ApiToken(**rows[0]) if rows else None


async def list_tokens(db: Queries, *, before: int | None, limit: int) -> Sequence[ApiToken]:
    """Tokens, the newest first; before: the number of the row where the last page ended."""
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM api_token WHERE id < $1 ORDER BY id DESC LIMIT $2",
        before or 2**62,
        limit,
    )
    return [ApiToken(**row) for row in rows]


async def set_token_used(tx: Transaction, number: int, now: int) -> None:
    """Note that a token was used."""
    await tx.execute("UPDATE api_token SET used_at = $1 WHERE id = $2", now, number)


async def remove_token(tx: Transaction, number: int) -> None:
    """Take a token back."""
    await tx.execute("DELETE FROM api_token WHERE id = $1", number)


async def remove_token_by_hash(tx: Transaction, token_hash: str) -> None:
    """Take the token with this hash back."""
    await tx.execute("DELETE FROM api_token WHERE token_hash = $1", token_hash)
