"""People, servers and deliveries that nothing has to do with go after a time, and no others."""

from collections.abc import Sequence
from datetime import timedelta

from fediblog.actions.picture_files import write_picture
from fediblog.actions.prune_unused import prune_unused
from fediblog.store import unused
from fediblog.store.actors import NewActor, set_actor, set_avatar, set_blocks_us, set_key
from fediblog.store.database import Transaction
from tests.bench import RunningBlog

_PEOPLE = (
    "follower",
    "reactor",
    "blocked",
    "blocking",
    "target",
    "moved",
    "nobody",
    "twin",
)


async def _add(tx: Transaction, name: str, now: int) -> int:
    number = await set_actor(
        tx,
        NewActor(
            uri=f"https://{name}.test/a",
            authority=f"{name}.test",
            type="Person",
            username=name,
            name=name,
            page_url="",
            icon_url="",
            inbox=f"https://{name}.test/inbox",
            shared_inbox="",
        ),
        now,
    )
    await set_key(tx, f"https://{name}.test/a#key", number, "pem", now)
    await tx.execute(
        "INSERT INTO host (authority, failures, not_before, last_ok, last_answer) "
        "VALUES ($1, 0, 0, $2, '')",
        f"{name}.test",
        now,
    )
    return number


async def _names(blog: RunningBlog, table: str) -> Sequence[str]:
    rows = await blog.blog.db.rows(f"SELECT authority FROM {table} WHERE authority LIKE '%.test'")
    return sorted(str(row["authority"]).removesuffix(".test") for row in rows)


async def test_who_has_nothing_here_is_forgotten_after_a_time(blog: RunningBlog) -> None:
    now = blog.blog.now_ms()
    async with blog.blog.db.transaction() as tx:
        people = {name: await _add(tx, name, now) for name in _PEOPLE}
        await tx.execute(
            "INSERT INTO follower (actor_id, follow_id, since) VALUES ($1, 'f', 0)",
            people["follower"],
        )
        await tx.execute(
            "INSERT INTO reaction (actor_id, kind, target_uri, target_kind, target_id, "
            "activity_id, received_at) VALUES ($1, 'like', '', 'post', 1, 'l', 0)",
            people["reactor"],
        )
        await tx.execute(
            "INSERT INTO rule (kind, value, label, action, note, created_at) "
            "VALUES ('person', 'https://blocked.test/a', '', 'reject', '', 0)"
        )
        await set_blocks_us(tx, people["blocking"], at=now, block_id="b")
        await tx.execute(
            "UPDATE actor SET moved_to = 'https://target.test/a' WHERE id = $1", people["moved"]
        )
        await tx.execute(
            "INSERT INTO reaction (actor_id, kind, target_uri, target_kind, target_id, "
            "activity_id, received_at) VALUES ($1, 'like', '', 'post', 2, 'm', 0)",
            people["moved"],
        )
        for name in ("nobody", "twin"):
            await set_avatar(tx, people[name], "shared.webp")
        await tx.execute(
            "INSERT INTO follower (actor_id, follow_id, since) VALUES ($1, 't', 0)", people["twin"]
        )
    await write_picture(blog.blog, "avatars", "shared.webp", b"a picture")
    picture = blog.blog.settings.data / "media" / "avatars" / "shared.webp"
    blog.clock.offset = timedelta(days=119)
    await prune_unused(blog.blog)
    assert await _names(blog, "actor") == sorted(_PEOPLE)
    blog.clock.offset = timedelta(days=121)
    async with blog.blog.db.transaction() as tx:
        await _add(tx, "newcomer", blog.blog.now_ms())
    await prune_unused(blog.blog)
    kept = sorted({*_PEOPLE, "newcomer"} - {"nobody"})
    assert await _names(blog, "actor") == kept
    assert await _names(blog, "host") == kept
    keys = await blog.blog.db.rows("SELECT key_id FROM actor_key WHERE key_id LIKE '%.test/a#key'")
    assert len(keys) == len(kept)
    assert picture.exists()
    async with blog.blog.db.transaction() as tx:
        await tx.execute("DELETE FROM follower WHERE follow_id = 't'")
    await prune_unused(blog.blog)
    assert "twin" not in await _names(blog, "actor")
    assert not picture.exists()


async def test_deliveries_go_of_what_nobody_asks_about_again(blog: RunningBlog) -> None:
    old, young = 1, 10
    kinds = (
        ("Create", False, "done", old),
        ("Like", True, "done", old),
        ("Like", True, "queued", old),
        ("Like", True, "done", young),
        ("Accept", False, "failed", old),
    )
    async with blog.blog.db.transaction() as tx:
        for number, (kind, forwarded, state, at) in enumerate(kinds):
            rows = await tx.rows(
                "INSERT INTO activity (key, type, object_uri, body, created_at, forwarded) "
                "VALUES ($1, $2, 'https://o.test/', $3, $4, $5) RETURNING id",
                f"k{number}",
                kind,
                b"{}",
                at,
                forwarded,
            )
            for inbox in ("one", "two"):
                await tx.execute(
                    "INSERT INTO delivery (activity_id, inbox, authority, lane, state, attempts, "
                    "next_at, lease_until, last_answer, created_at) "
                    f"VALUES ($1, $2, 'i.test', $3, '{state}', 1, $4, 0, '', $5)",
                    rows[0]["id"],
                    f"https://i.test/{inbox}",
                    f"{number}{inbox}",
                    2**62,
                    at,
                )
        after, portions = 0, 0
        while True:
            after = await unused.prune_deliveries(tx, after=after, made_before=5, limit=1)
            portions += 1
            if not after:
                break
        left = await tx.rows(
            "SELECT DISTINCT a.key FROM delivery d JOIN activity a ON a.id = d.activity_id "
            "WHERE a.key LIKE 'k%' ORDER BY a.key"
        )
        await tx.execute("DELETE FROM delivery WHERE state = 'queued'")
    assert [row["key"] for row in left] == ["k0", "k2", "k3"]
    assert portions > len(kinds)
