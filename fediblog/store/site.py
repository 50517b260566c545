"""Values by name: what the blog is called, the admin's password, the origin of the first start."""

from collections.abc import Mapping

from fediblog.store.database import Queries, Transaction

#: Names of values: the number of the key with which the blog's actor signs requests, and the public
#: key of its proofs, which tells that this blog has had one.
BLOG_KEY = "blog_key"
PROOF_KEY = "proof_key"


async def get_values(db: Queries) -> Mapping[str, str]:
    """Every value by its name."""
    return {row["name"]: row["value"] for row in await db.rows("SELECT name, value FROM setting")}


async def get_value(db: Queries, name: str) -> str | None:
    """One value, None when it was never set."""
    rows = await db.rows("SELECT value FROM setting WHERE name = $1", name)
    return str(rows[0]["value"]) if rows else None


async def set_value(tx: Transaction, name: str, value: str) -> None:
    """Set a value, whether it was there or not."""
    await tx.execute(
        "INSERT INTO setting (name, value) VALUES ($1, $2) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name,
        value,
    )


async def add_value(tx: Transaction, name: str, value: str) -> None:
    """Set a value unless it is there already."""
    await tx.execute(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        name,
        value,
    )


async def change_value(tx: Transaction, name: str, before: str, after: str) -> bool:
    """Change a value if it is still this one: of two who try, one succeeds."""
    rows = await tx.rows(
        "UPDATE setting SET value = $1 WHERE name = $2 AND value = $3 RETURNING name",
        after,
        name,
        before,
    )
    return bool(rows)


async def take_value(tx: Transaction, name: str, value: str) -> bool:
    """Remove a value if it is this one: of two who try, one succeeds."""
    rows = await tx.rows(
        "DELETE FROM setting WHERE name = $1 AND value = $2 RETURNING name", name, value
    )
    return bool(rows)


async def remove_value(tx: Transaction, name: str) -> None:
    """Forget a value."""
    await tx.execute("DELETE FROM setting WHERE name = $1", name)
