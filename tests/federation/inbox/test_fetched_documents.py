"""What is fetched is believed only from its own host, served as what it says it is (K2, K3)."""

import pytest
import pytest_asyncio
from starlette.responses import JSONResponse, RedirectResponse, Response

from fediblog.demo.notes import Note, note_document
from fediblog.demo.server import DemoServer
from fediblog.protocol.outgoing import ACTIVITY_JSON, Document, encode
from fediblog.store.replies import Reply, get_reply
from tests.bench import RunningBlog, until
from tests.federation.inbox.contents import nothing_done, nothing_written
from tests.federation.inbox.senders import Sender, newcomer
from tests.federation.records import stored

pytestmark = pytest.mark.asyncio(loop_scope="module")

WRONG_TYPES = (
    "application/json",
    "application/ld+json",
    'application/ld+json; profile="https://evil.example/ns"',
    "text/plain",
    "text/html",
    "image/png",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def article(blog: RunningBlog) -> str:
    """The id of a post to talk about."""
    return blog.article(await blog.publish())


async def parent(village: DemoServer, article: str) -> Note:
    """A reply to the post of which the blog has not heard: the village keeps it."""
    return await village.reply(
        "dana", article, "<p>The parent.</p>", mention=[], recipients=[], deliver=False
    )


def serve(server: DemoServer, note: Note, document: Document, kind: str = ACTIVITY_JSON) -> None:
    """Let a server give another document at a note's address."""
    path = note.id.removeprefix(server.origin)
    server.responses[path] = Response(encode(document), media_type=kind)


async def answer(sender: Sender, parent_id: str) -> Reply:
    """Their reply to something unknown, once that has been looked for.

    Whoever looks has two minutes, and looks again half a minute after the first failure.
    """
    reply_id = await sender.reply(parent_id)
    query = "SELECT state, fetch_at, fetch_attempts FROM reply WHERE uri = $1"

    async def looked() -> bool:
        row = (await sender.blog.blog.db.rows(query, reply_id))[0]
        pause = (row["fetch_at"] or 0) - sender.blog.blog.now_ms()
        return row["state"] != "waiting" or (row["fetch_attempts"] == 1 and pause < 60_000)

    await until(looked)
    return await stored(sender.blog, reply_id)


async def waits(sender: Sender, parent_id: str) -> bool:
    """Whether their reply goes on waiting, because what was found is not believed."""
    return (await answer(sender, parent_id)).state == "waiting"


async def test_an_unknown_parent_is_fetched_and_the_reply_hangs_beneath_it(
    alice: Sender, village: DemoServer, article: str
) -> None:
    note = await parent(village, article)
    child = await answer(alice, note.id)
    above = await stored(alice.blog, note.id)
    assert (child.state, child.parent_id) == ("shown", above.id)
    assert above.actor_uri == village.people["dana"].id


@pytest.mark.parametrize("kind", WRONG_TYPES)
async def test_k3_a_parent_of_another_type_is_not_believed(
    alice: Sender, village: DemoServer, article: str, kind: str
) -> None:
    """What anybody may have uploaded is served like this."""
    note = await parent(village, article)
    serve(village, note, note_document(note), kind)
    assert await waits(alice, note.id)
    assert await get_reply(alice.blog.blog.db, note.id) is None


async def test_k2_a_parent_with_an_id_on_another_host_is_not_believed(
    alice: Sender, village: DemoServer, article: str
) -> None:
    """The village serves a forged note of Alice's: neither is it stored, nor is she asked."""
    note = await parent(village, article)
    forged = f"{alice.id}/statuses/forged"
    serve(village, note, note_document(note) | {"id": forged, "attributedTo": alice.id})
    assert await waits(alice, note.id)
    assert await get_reply(alice.blog.blog.db, forged) is None
    assert not [each for each in alice.server.requests if each.path.endswith("/forged")]


async def test_k2_a_parent_with_another_id_is_read_at_that_id(
    alice: Sender, village: DemoServer, article: str
) -> None:
    """An address that serves a forged version of a note: only the one at its id counts."""
    genuine, alias = await parent(village, article), await parent(village, article)
    serve(village, alias, note_document(genuine) | {"content": "<p>Forged.</p>"})
    await answer(alice, alias.id)
    assert await get_reply(alice.blog.blog.db, alias.id) is None
    assert (await stored(alice.blog, genuine.id)).html == "<p>The parent.</p>"


async def test_k2_a_redirect_does_not_lend_its_address(
    alice: Sender, bob: Sender, village: DemoServer, article: str
) -> None:
    """What a redirect leads to is what it is, at its own id, by its own author."""
    note = await parent(village, article)
    elsewhere = (await bob.create(article))["object"]["id"]
    village.responses[note.id.removeprefix(village.origin)] = RedirectResponse(elsewhere)
    await answer(alice, note.id)
    assert await get_reply(alice.blog.blog.db, note.id) is None
    assert (await stored(alice.blog, elsewhere)).actor_uri == bob.id


@pytest.mark.parametrize("author", ["on another host", "on ours", None, 42])
async def test_k5_a_parent_attributed_to_somebody_elsewhere_is_not_believed(
    alice: Sender, village: DemoServer, article: str, author: object
) -> None:
    note = await parent(village, article)
    named = {"on another host": alice.id, "on ours": alice.blog.actor}.get(str(author), author)
    serve(village, note, note_document(note) | {"attributedTo": named})
    assert await waits(alice, note.id)
    assert await get_reply(alice.blog.blog.db, note.id) is None


async def test_k18_a_fetched_parent_that_is_private_is_not_shown(
    alice: Sender, village: DemoServer, article: str
) -> None:
    note = await parent(village, article)
    private = {"to": [f"{village.people['dana'].id}/followers"], "cc": []}
    serve(village, note, note_document(note) | private | {"content": "<p>Between us.</p>"})
    child = await answer(alice, note.id)
    assert child.state == "shown"
    page = await alice.blog.page(article.removeprefix(alice.blog.origin))
    assert "Between us." not in page.text
    assert f'id="reply-{child.id}"' in page.text


@pytest.mark.parametrize("kind", WRONG_TYPES)
async def test_k3_an_actor_of_another_type_is_not_believed(
    blog: RunningBlog, village: DemoServer, kind: str
) -> None:
    mallory = newcomer(blog, village, f"mallory{WRONG_TYPES.index(kind)}")
    village.responses[mallory.path] = Response(encode(mallory.document()), media_type=kind)
    async with nothing_written(blog):
        answer = await mallory.send(mallory.view())
    assert answer.status_code == 401


@pytest.mark.parametrize("field", ["id", "inbox", "type"])
async def test_k2_an_actor_document_that_is_not_theirs_is_not_believed(
    alice: Sender, village: DemoServer, field: str
) -> None:
    """It claims to be Alice of the town, to be reached at her inbox, or to be no actor at all."""
    wrong = {"id": alice.id, "inbox": f"{alice.id}/inbox", "type": "Note"}[field]
    mallory = newcomer(alice.blog, village, f"mallory-{field}")
    document = mallory.document() | {field: wrong}
    village.responses[mallory.path] = JSONResponse(document, media_type=ACTIVITY_JSON)
    async with nothing_written(alice.blog):
        answer = await mallory.send(mallory.view())
    assert answer.status_code == 401


async def test_a_create_that_names_its_object_is_read_at_its_origin(
    alice: Sender, article: str
) -> None:
    """G15, as some servers send it."""
    create = await alice.create(article)
    note_id = create["object"]["id"]
    assert (await alice.send(create | {"object": note_id})).status_code == 202
    await alice.blog.settled()
    assert (await stored(alice.blog, note_id)).state == "shown"


async def test_a_create_cannot_name_an_object_of_another_host(
    alice: Sender, village: DemoServer, article: str
) -> None:
    note = await parent(village, article)
    asked = len(village.requests)
    create = alice.view() | {"type": "Create", "object": note.id}
    async with nothing_done(alice.blog):
        assert (await alice.send(create)).status_code == 202
    assert not [each for each in village.requests[asked:] if "statuses" in each.path]
