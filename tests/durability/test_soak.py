"""A short soak: whatever was promised is there once, whenever and however the server ends."""

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from fediblog.store.database import Transaction
from tests.processes import Installation
from tests.provision.postgres import PostgresServer, fresh_database, own_postgres
from tests.soak.invariants import INVARIANTS, broken
from tests.soak.run import Plan, soak

#: A machine that is busy with other tests takes longer for a start.
PLAN = Plan(kills=3, least=40, life=(0.7, 1.5), gentle=5, seed=20, start=8.0)
#: What breaks each invariant, and nothing else has to.
_SOME = "(SELECT max(id) FROM reply WHERE state = 'shown' AND parent_id IS NOT NULL)"
_TOP = "(SELECT max(id) FROM reply WHERE state = 'shown' AND parent_id IS NULL)"
_OUT = "(SELECT max(id) FROM post WHERE state = 'published')"
BREAKS: Mapping[str, str] = {
    "a placed reply has a placed parent": f"UPDATE reply SET post_id = NULL WHERE id = {_SOME}",
    "a reply is one deeper than": f"UPDATE reply SET depth = depth + 1 WHERE id = {_SOME}",
    "a reply to a post is the top": f"UPDATE reply SET branch_id = NULL WHERE id = {_TOP}",
    "a reply that waits is nowhere": f"UPDATE reply SET state = 'waiting' WHERE id = {_TOP}",
    "nothing waits for what is here": f"UPDATE reply SET state = 'waiting' WHERE id = {_SOME}",
    "no reply is newer than its post": "UPDATE post SET version = 0",
    "the top of a branch knows": f"UPDATE reply SET shows = FALSE WHERE id = {_TOP}",
    "only the top of a branch knows": f"UPDATE reply SET shows = TRUE WHERE id = {_SOME}",
    "likes of a reply are counted": f"UPDATE reply SET likes = 7 WHERE id = {_TOP}",
    "what is shown can be found": "DELETE FROM search_index",
    "what is published can be found": "DELETE FROM search_index",
    "nothing else can be found": f"UPDATE reply SET state = 'hidden' WHERE id = {_TOP}",
    "a reply that is deleted says": f"UPDATE reply SET state = 'deleted' WHERE id = {_TOP}",
    "what is deleted stays deleted": f"INSERT INTO tombstone SELECT 'm', uri, 1 FROM reply "
    f"WHERE id = {_TOP}",
    "a published post was told once": f"UPDATE post SET published_at = NULL WHERE id = {_OUT}",
    "what is not published was told": f"UPDATE post SET state = 'draft' WHERE id = {_OUT}",
    "every follower has a delivery": "DELETE FROM delivery WHERE id = (SELECT max(d.id) FROM "
    "delivery d JOIN activity a ON a.id = d.activity_id WHERE a.type = 'Create')",
    "a delivery that has ended knows": "UPDATE delivery SET finished_at = NULL",
    "a tag has the day of its post": "INSERT INTO post_tag (post_id, slug, name, published_at) "
    f"VALUES ({_OUT}, 'x', 'x', 1)",
    "what came in keeps its bytes": "UPDATE arrival SET body = NULL, state = 'new'",
    "a notification is about a reply": "UPDATE notification SET about_id = -1 WHERE kind = 'reply'",
    "the author was told of every": "DELETE FROM notification",
}


@pytest.fixture
async def given_database(
    postgres: str | None, tmp_path: Path
) -> AsyncIterator[tuple[str, PostgresServer | None]]:
    """An empty database, on PostgreSQL with a server of its own, which a soak takes away."""
    if postgres is None:
        yield f"sqlite://{tmp_path}/data/fediblog.sqlite", None
        return
    with own_postgres() as server:
        yield fresh_database(server.url), server


async def test_what_was_promised_is_there_once_after_a_handful_of_kills(
    given_database: tuple[str, PostgresServer | None], tmp_path: Path
) -> None:
    url, server = given_database
    place = Installation(tmp_path, url)
    account, lives, _ = await soak(place, server, PLAN)
    assert account.good, account
    assert lives.kills >= PLAN.kills
    assert account.acknowledged >= PLAN.least
    assert account.shown > 10
    assert account.delivered > 10

    async with place.database() as db:
        for sentence, statement in BREAKS.items():
            with suppress(Undone):
                async with db.transaction() as tx:
                    await tx.execute(statement)
                    await misses(tx, sentence)
    assert len(BREAKS) == len(INVARIANTS)


class Undone(Exception):
    """Ends a transaction of which nothing is to be kept."""


async def misses(tx: Transaction, sentence: str) -> None:
    """One invariant, by its beginning, is missed; then everything is undone."""
    found = await broken(tx)
    assert any(each.startswith(sentence) for each in found), (sentence, found)
    raise Undone
