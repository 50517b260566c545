"""The author's passkeys: the public halves."""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.store.database import Queries, Row, Transaction

_COLUMNS = "id, credential, public_key, sign_count, name, created_at, used_at"


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey. credential: its id in base64url. sign_count: as it was told last, 0 for those
    that do not count. Times are ms."""

    id: int
    credential: str
    public_key: bytes
    sign_count: int
    name: str
    created_at: int
    used_at: int | None


async def add_passkey(
    tx: Transaction, credential: str, public_key: bytes, sign_count: int, name: str, now: int
) -> bool:
    """Keep a new one; False if it is known already."""
    rows = await tx.rows(
        "INSERT INTO passkey (credential, public_key, sign_count, name, created_at) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (credential) DO NOTHING RETURNING id",
        credential,
        public_key,
        sign_count,
        name,
        now,
    )
    return bool(rows)


async def list_passkeys(db: Queries, *, limit: int) -> Sequence[Passkey]:
    """All passkeys, the oldest first."""
    rows = await db.rows(f"SELECT {_COLUMNS} FROM passkey ORDER BY id LIMIT $1", limit)
    return [_passkey(row) for row in rows]


async def get_passkey(db: Queries, credential: str) -> Passkey | None:
    """The passkey with this id."""
    rows = await db.rows(f"SELECT {_COLUMNS} FROM passkey WHERE credential = $1", credential)
    return _passkey(rows[0]) if rows else None


async def count_passkeys(db: Queries) -> int:
    """How many there are."""
    return int((await db.rows("SELECT count(*) AS n FROM passkey"))[0]["n"])


async def set_passkey_used(tx: Transaction, number: int, sign_count: int, now: int) -> None:
    """Note that it was used, and how often it says that it was."""
    await tx.execute(
        "UPDATE passkey SET sign_count = $1, used_at = $2 WHERE id = $3", sign_count, now, number
    )


async def remove_passkey(tx: Transaction, number: int) -> None:
    """Forget one."""
    await tx.execute("DELETE FROM passkey WHERE id = $1", number)


async def remove_all_passkeys(tx: Transaction) -> None:
    """Forget all of them."""
    await tx.execute("DELETE FROM passkey")


def _passkey(row: Row) -> Passkey:
    return Passkey(**{**row, "public_key": bytes(row["public_key"])})
