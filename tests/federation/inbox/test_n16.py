"""What WordPress with its ActivityPub plugin took and nobody must take (N16), one test for each.

Each sends what would have its effect, were it not for the one thing that is wrong with it.
"""

from datetime import timedelta

import pytest
import pytest_asyncio

from fediblog.demo import activities
from fediblog.protocol.outgoing import encode, timestamp
from tests.bench import RunningBlog
from tests.federation.inbox.contents import nothing_done, nothing_written
from tests.federation.inbox.senders import Sender, changed

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def article(blog: RunningBlog) -> str:
    """The id of a post to talk about."""
    return blog.article(await blog.publish())


async def test_n16_a_body_that_was_changed_after_signing(alice: Sender, article: str) -> None:
    create = await alice.create(article)
    forged = changed(create, content="<p>Forged.</p>")
    async with nothing_written(alice.blog):
        answer = await alice.send(forged, signed_body=encode(create))
        assert answer.status_code == 401


async def test_n16_an_activity_of_one_actor_signed_with_the_key_of_another(
    alice: Sender, bob: Sender, article: str
) -> None:
    create = await alice.create(article)
    async with nothing_written(alice.blog):
        assert (await bob.send(create)).status_code == 401


async def test_n16_an_update_of_what_somebody_else_wrote(
    alice: Sender, bob: Sender, article: str
) -> None:
    theirs = await alice.reply(article)
    later = timestamp(alice.server.clock() + timedelta(minutes=1))
    edited = changed(
        activities.create(alice.server.notes[theirs]), content="<p>Forged.</p>", updated=later
    )
    forged = edited | {"type": "Update", "id": f"{bob.id}#updates/1", "actor": bob.id}
    async with nothing_done(bob.blog):
        assert (await bob.send(forged)).status_code == 202


async def test_n16_a_note_that_is_attributed_to_somebody_else(
    alice: Sender, bob: Sender, article: str
) -> None:
    create = changed(await bob.create(article), attributedTo=alice.id)
    async with nothing_done(bob.blog):
        assert (await bob.send(create)).status_code == 202


async def test_n16_a_delete_without_a_signature(alice: Sender, article: str) -> None:
    theirs = await alice.reply(article)
    delete = alice.view() | {"type": "Delete", "object": theirs}
    async with nothing_written(alice.blog):
        answer = await alice.send(delete, headers={"Signature": None})
        assert answer.status_code == 401
