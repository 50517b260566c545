"""A note can be as large as it likes: little of it is kept, and at little cost (K10, K11, K16)."""

import asyncio
import time
from dataclasses import replace
from typing import Any

import httpx
import pytest

from fediblog.demo.sealing import Seal
from fediblog.demo.server import DemoServer
from fediblog.protocol.incoming import PUBLIC
from fediblog.protocol.outgoing import encode
from fediblog.store.replies import get_reply
from tests.bench import RunningBlog
from tests.federation.inbox.contents import nothing_done, nothing_written
from tests.federation.inbox.senders import Sender, changed
from tests.federation.records import stored

pytestmark = pytest.mark.asyncio(loop_scope="module")

#: Of the processor, for one delivery with all that comes of it; the machine may be a slow one.
_SECONDS = 3


async def test_k16_of_a_million_tags_the_first_hundred_count(alice: Sender) -> None:
    """A million do not fit into the megabyte that an activity may have; what fits, is cut."""
    article = alice.blog.article(await alice.blog.publish())
    create = await alice.create(article)
    async with nothing_written(alice.blog):
        answer = await alice.send(changed(create, tag=[{}] * 1_000_000))
    assert answer.status_code == 413

    tags: list[dict[str, Any]] = [
        {"type": "Mention", "href": f"https://x.example/{n}", "name": f"@{n}"} for n in range(9_000)
    ]
    many = changed(create, tag=[*tags, *[{}] * 10_000])
    start = time.process_time()
    assert (await alice.send(many)).status_code == 202
    await alice.blog.settled()
    assert time.process_time() - start < _SECONDS
    reply = await stored(alice.blog, create["object"]["id"])
    assert reply.mentions.count("https://x.example/") <= 100


@pytest.mark.parametrize(
    "field", ["content", "summary", "name", "url", "id", "inReplyTo", "conversation", "published"]
)
async def test_k16_every_text_of_a_note_has_a_length(alice: Sender, field: str) -> None:
    """Nothing of 900 kB gets into a column of the database, whatever it stands in."""
    article = alice.blog.article(await alice.blog.publish())
    value = f"{alice.id}/{'x' * 900_000}" if field in {"id", "url", "inReplyTo"} else "x" * 900_000
    create = await alice.create(article)
    start = time.process_time()
    assert (await alice.send(changed(create, **{field: value}))).status_code == 202
    await alice.blog.settled()
    assert time.process_time() - start < _SECONDS
    reply = await get_reply(alice.blog.blog.db, create["object"]["id"])
    if reply is not None:
        rows = await alice.blog.blog.db.rows("SELECT * FROM reply WHERE id = $1", reply.id)
        longest = max(len(cell) for cell in rows[0].values() if isinstance(cell, str))
        assert longest <= 400_100


async def test_k16_names_of_100_kb_are_cut(alice: Sender) -> None:
    huge = "W" * 100_000
    profile = alice.document() | {"name": huge, "preferredUsername": huge, "summary": huge}
    update = alice.view() | {"type": "Update", "object": profile, "to": [PUBLIC]}
    assert (await alice.send(update)).status_code == 202
    await alice.blog.settled()
    rows = await alice.blog.blog.db.rows("SELECT * FROM actor WHERE uri = $1", alice.id)
    assert rows[0]["name"].startswith("WWW")
    assert max(len(cell) for cell in rows[0].values() if isinstance(cell, str)) <= 2_048


@pytest.mark.parametrize("keyword", ["@graph", "@included", "@reverse"])
async def test_k11_nothing_is_read_as_json_ld(alice: Sender, keyword: str) -> None:
    """What stands in a keyword of JSON-LD, or gets its meaning from a context, is not there; and
    nobody's context is fetched."""
    article = alice.blog.article(await alice.blog.publish())
    create = await alice.create(article)
    asked = len(alice.server.requests)
    context = {"@context": [f"{alice.server.origin}/context", {"hides": "as:object"}]}
    inside = [create] if keyword != "@reverse" else {"object": create}
    hidden = {name: value for name, value in create.items() if name != "object"} | context
    async with nothing_done(alice.blog):
        answer = await alice.send(hidden | {keyword: inside, "hides": create["object"]})
        assert answer.status_code == 202
    async with nothing_written(alice.blog):
        assert (await alice.send(context | {keyword: inside})).status_code == 400
    fetched = [each.path for each in alice.server.requests[asked:] if each.method == "GET"]
    assert fetched == []


async def test_a_flood_of_keys_that_nobody_has_costs_one_question_each(
    alice: Sender, village: DemoServer
) -> None:
    """Each delivery names another key; all are refused, and Alice's comes between them."""
    blog, asked = alice.blog, _questions(village)
    start = time.process_time()
    async with nothing_written(blog):
        flood = [asyncio.create_task(_send_as_nobody(blog, village, n)) for n in range(150)]
        done, _ = await asyncio.wait(flood, return_when=asyncio.FIRST_COMPLETED)
        assert len(done) < len(flood)
        unsigned = await blog.http.post("/inbox", json=alice.view())
        assert unsigned.status_code in {401, 415}
        answers = await asyncio.gather(*flood)
    assert {answer.status_code for answer in answers} == {401}
    assert _questions(village) - asked <= len(flood)
    assert time.process_time() - start < 3 * _SECONDS
    assert (await alice.send(alice.view())).status_code == 202


async def _send_as_nobody(blog: RunningBlog, server: DemoServer, number: int) -> httpx.Response:
    """A delivery that is signed with a key of which its server knows nothing."""
    nobody = replace(server.people["alice"], id=f"{server.origin}/users/nobody{number}")
    body = encode(
        {"id": f"{nobody.id}#1", "type": "View", "actor": nobody.id, "object": blog.actor}
    )
    seal = Seal(nobody.key_id, nobody.key, server.clock())
    headers = seal.headers("POST", f"{blog.origin}/inbox", body)
    return await blog.http.post("/inbox", content=body, headers=headers)


def _questions(server: DemoServer) -> int:
    return sum(each.method == "GET" for each in server.requests)
