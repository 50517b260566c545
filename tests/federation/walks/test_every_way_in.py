"""What is wrong with a fetched document is wrong by whatever way the blog was led to it.

The village has eight documents, one for each way. Without a fault all of them get in; with any one
fault, by its number in the list of attacks, none does.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.responses import Response

from fediblog.actions.blocking import set_blocked
from fediblog.demo import activities
from fediblog.demo.notes import Note, note_document
from fediblog.demo.people import actor_document
from fediblog.demo.server import DemoServer
from fediblog.demo.wire import activitypub
from fediblog.protocol.outgoing import ACTIVITY_JSON, Document, encode
from fediblog.store.actors import get_actor
from fediblog.store.posts import Post
from tests.bench import RunningBlog
from tests.federation.records import stored
from tests.federation.walks.walking import walk

PROOF = {"signature": {"type": "RsaSignature2017", "signatureValue": "bm90IGNoZWNrZWQ="}}
NOTES = ("parent", "item", "forwarded", "announced", "created", "updated", "quoted", "edited")
#: Another person's account moves to one that the village has.
WAYS = {*NOTES, "moved"}
Fault = Callable[[Document], Response]


@dataclass(frozen=True, slots=True)
class Scene:
    """A post, what the village has written around it, and who is to lead the blog there."""

    blog: RunningBlog
    town: DemoServer
    village: DemoServer
    post: Post
    top: Note
    notes: dict[str, Note]

    def serve(self, fault: Fault) -> None:
        """Let the village give all its documents with a fault."""
        for name, note in self.notes.items():
            document = note_document(note)
            if name == "edited":
                document |= {"content": "<p>By way of edited</p>"}
            self._serve(note.id, fault(document))
        person = replace(self.village.person("chiyo"), also_known_as=(self.town.person("dana").id,))
        self.village.people["chiyo"] = person
        self._serve(person.id, fault(actor_document(person)))

    def _serve(self, uri: str, response: Response) -> None:
        self.village.responses[urlsplit(uri).path] = response

    async def ways_in(self) -> set[str]:
        """Lead the blog to each of them; the ways by which one got in."""
        await self._lead()
        rows = [
            *await self.blog.blog.db.rows("SELECT html AS said FROM reply"),
            *await self.blog.blog.db.rows("SELECT text AS said FROM quote"),
        ]
        said = " ".join(row["said"] for row in rows) + await self._page()
        found = {name for name in NOTES if f"By way of {name}" in said}
        dana = await get_actor(self.blog.blog.db, self.town.person("dana").id)
        return found | ({"moved"} if dana is not None and dana.moved_at is not None else set())

    async def _lead(self) -> None:
        notes, town, village = self.notes, self.town, self.village
        nobody: dict[str, Any] = {"mention": [], "recipients": [self.blog.actor]}
        await town.reply("bob", notes["parent"].id, "<p>A child.</p>", **nobody)
        address = f"{self.top.id}/replies"
        listed = {"id": address, "type": "Collection", "items": [notes["item"].id]}
        town.responses[urlsplit(address).path] = activitypub(listed)
        await self._send(town, "bob", activities.create(notes["forwarded"]) | PROOF)
        group = {"type": "Announce", "actor": town.person("bob").id, "id": f"{town.origin}/g/1"}
        await self._send(town, "bob", group | {"object": activities.create(notes["announced"])})
        await self._send_bare("created", "Create")
        await self._send_bare("updated", "Update")
        await self._send_bare("edited", "Update")
        asks = activities.quote_request(notes["quoted"]) | {"instrument": notes["quoted"].id}
        await self._send(village, "alice", asks)
        move = activities.move(
            town.person("dana"), f"{town.origin}/moves/1", village.person("chiyo").id
        )
        await self._send(town, "dana", move)
        await self.blog.settled()
        await walk(self.blog)

    async def _send_bare(self, name: str, kind: str) -> None:
        """Its own author sends its id alone."""
        note = self.notes[name]
        activity = activities.create(note) | {"id": f"{note.id}#{name}", "type": kind}
        await self._send(self.village, "alice", activity | {"object": note.id})

    async def _send(self, server: DemoServer, name: str, activity: Document) -> None:
        """Whatever the answer is: a blocked server has 403."""
        await server.post(name, self.blog.blog.addresses.shared_inbox, activity)

    async def _page(self) -> str:
        return (await self.blog.page(f"/articles/{self.post.key}")).text


@pytest.fixture
async def scene(blog: RunningBlog, town: DemoServer, village: DemoServer) -> AsyncIterator[Scene]:
    """Everybody is known to the blog, and nothing has been told yet."""
    post = await blog.publish()
    article = blog.article(post)
    top = await town.reply("alice", article, "<p>Top</p>")
    await town.reply("dana", article, "<p>Of Dana</p>")
    quiet: dict[str, Any] = {"mention": [], "recipients": [], "deliver": False}
    notes = {
        name: await village.reply("alice", article, f"<p>By way of {name}</p>", **quiet)
        for name in NOTES
    }
    notes["item"] = village.notes[notes["item"].id] = replace(notes["item"], in_reply_to=top.id)
    quoted = replace(notes["quoted"], in_reply_to=None, quotes=article)
    notes["quoted"] = village.notes[quoted.id] = quoted
    edited = replace(notes["edited"], html="<p>Before.</p>", recipients=(blog.actor,))
    notes["edited"] = village.notes[edited.id] = edited
    await village.deliver(edited)
    await blog.settled()
    assert (await stored(blog, edited.id)).state == "shown"
    yield Scene(blog, town, village, post, top, notes)


async def test_without_a_fault_every_way_leads_in(scene: Scene) -> None:
    scene.serve(activitypub)
    assert await scene.ways_in() == WAYS


async def test_k2_no_way_leads_to_what_has_an_id_elsewhere(scene: Scene) -> None:
    """The village claims that each of its documents is one of the town."""
    at_home = f"{scene.town.origin}/elsewhere/"
    scene.serve(lambda document: activitypub(document | {"id": at_home + document["id"][-9:]}))
    assert await scene.ways_in() == set()
    assert not any(each.path.startswith("/elsewhere/") for each in scene.town.requests)


async def test_k3_no_way_leads_to_what_is_served_as_something_else(scene: Scene) -> None:
    """As a place for uploads would serve it."""
    scene.serve(lambda document: Response(encode(document), media_type="text/plain"))
    assert await scene.ways_in() == set()


async def test_k5_no_way_leads_to_what_is_attributed_elsewhere(scene: Scene) -> None:
    alice = scene.town.person("alice").id
    scene.serve(lambda document: activitypub(document | {"attributedTo": alice}))
    # An account is attributed to nobody: that field means nothing there.
    assert await scene.ways_in() == {"moved"}


async def test_k9_no_way_leads_to_what_is_too_large(scene: Scene) -> None:
    scene.serve(lambda document: activitypub(document | {"padding": "x" * 1_100_000}))
    assert await scene.ways_in() == set()


async def test_k17_no_way_leads_to_a_blocked_server(scene: Scene) -> None:
    scene.serve(activitypub)
    await set_blocked(scene.blog.blog, urlsplit(scene.village.origin).netloc, True)
    asked = len(scene.village.requests)
    assert await scene.ways_in() == set()
    assert len(scene.village.requests) == asked


async def test_k18_by_no_way_what_is_private_gets_onto_the_page(scene: Scene) -> None:
    """It is shown to nobody but the author, if it is kept at all."""
    for_one = {"to": [scene.blog.actor], "cc": []}
    scene.serve(lambda document: activitypub(document | for_one))
    await scene.ways_in()
    page = await scene.blog.page(f"/articles/{scene.post.key}")
    quotes = await scene.blog.page(f"{page.url.path}/quotes")
    assert (page.status_code, quotes.status_code) == (200, 200)
    assert "By way of" not in page.text + quotes.text


@pytest.mark.parametrize("kind", ["twice", "deep"])
async def test_k23_no_way_leads_to_what_two_readers_may_read_differently(
    scene: Scene, kind: str
) -> None:
    """A name that comes twice in one object, and a depth that no document has."""
    added = b'"a":1,"a":2,' if kind == "twice" else b'"a":' + b"[" * 70 + b"]" * 70 + b","
    scene.serve(
        lambda document: Response(
            encode(document).replace(b"{", b"{" + added, 1), media_type=ACTIVITY_JSON
        )
    )
    assert await scene.ways_in() == set()
