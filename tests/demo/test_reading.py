"""What the server shows: to servers, to browsers, and in secure mode."""

from dataclasses import replace
from io import BytesIO
from urllib.parse import quote

import httpx
import pytest
from PIL import Image

from fediblog.demo.people import STUB_KEY
from fediblog.demo.server import DemoServer
from fediblog.protocol.discovery import subject_and_actor
from fediblog.protocol.incoming import parse_actor, parse_key, parse_note
from fediblog.protocol.negotiation import is_activitypub


async def browse(url: str) -> httpx.Response:
    """A GET as a browser makes it."""
    async with httpx.AsyncClient(trust_env=False) as http:
        return await http.get(url, headers={"Accept": "text/html,*/*;q=0.8"})


async def ask(origin: str, resource: str) -> httpx.Response:
    """A WebFinger request."""
    return await browse(f"{origin}/.well-known/webfinger?resource={quote(resource, safe='')}")


async def test_a_handle_with_a_port_leads_to_its_actor(town: DemoServer, other: DemoServer) -> None:
    alice = town.people["alice"]
    shouted = f"acct:{alice.handle.upper()}"
    for resource in (f"acct:{alice.handle}", shouted, alice.id, alice.url):
        answer = await ask(town.origin, resource)
        assert subject_and_actor(answer.json()) == (f"acct:{alice.handle}", alice.id)
        assert answer.headers["content-type"] == "application/jrd+json"
        assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(("resource", "status"), [("acct:eve@x", 404), ("alice", 400), ("", 400)])
async def test_a_handle_that_is_not_here(town: DemoServer, resource: str, status: int) -> None:
    answer = await ask(town.origin, resource)
    assert answer.status_code == status


async def test_an_actor_is_a_document_and_a_page(town: DemoServer) -> None:
    chiyo = town.people["chiyo"]
    answer = await town.signed_get(chiyo.id)
    assert is_activitypub(answer.headers["content-type"])
    actor = parse_actor(answer.json())
    assert (actor.name, actor.shared_inbox) == ("千代", f"{town.origin}/inbox")
    assert actor.keys[0].id == f"{chiyo.id}#main-key"

    page = await browse(chiyo.id)
    assert page.headers["content-type"].startswith("text/html")
    assert "千代" in page.text


async def test_avatars_are_pictures(town: DemoServer) -> None:
    actor = parse_actor((await town.signed_get(town.people["dana"].id)).json())
    answer = await browse(actor.icon)
    assert answer.headers["content-type"] == "image/png"
    with Image.open(BytesIO(answer.content)) as picture:
        assert picture.size == (160, 160)


async def test_a_deleted_note_leaves_a_tombstone(town: DemoServer) -> None:
    note = await town.reply("alice", None, "<p>Hm.</p>")
    assert (await town.signed_get(note.id)).status_code == 200
    assert "Hm." in (await browse(note.url)).text

    await town.delete(note)

    answer = await town.signed_get(note.id)
    assert answer.status_code == 410
    assert answer.json()["type"] == "Tombstone"


async def test_private_notes_are_not_there(town: DemoServer) -> None:
    for to in ("followers", "direct"):
        note = await town.reply("alice", None, "<p>Psst.</p>", to=to)
        for url in (note.id, note.url, f"{note.id}/replies", f"{note.id}/activity"):
            assert (await town.signed_get(url)).status_code == 404


async def test_replies_are_listed_as_on_mastodon(town: DemoServer, other: DemoServer) -> None:
    top = await town.reply("alice", None, "<p>One.</p>")
    own = await town.reply("alice", top.id, "<p>Two.</p>")
    near = await town.reply("bob", top.id, "<p>Three.</p>")
    far = await other.reply("blog", top.id, "<p>Four.</p>")
    await other.reply("blog", top.id, "<p>Hush.</p>", to="direct")

    first = (await town.signed_get(top.id)).json()["replies"]["first"]
    assert first["items"] == [own.id]
    rest = (await town.signed_get(first["next"])).json()
    assert rest["items"] == [near.id, far.id]


async def test_collections_answer(town: DemoServer) -> None:
    note = await town.reply("alice", None, "<p>One.</p>")
    alice = town.people["alice"].id
    outbox = (await town.signed_get(f"{alice}/outbox")).json()
    assert [each["object"]["id"] for each in outbox["orderedItems"]] == [note.id]
    for name in ("followers", "following"):
        assert (await town.signed_get(f"{alice}/{name}")).json()["totalItems"] == 0


async def test_in_secure_mode_only_who_signs_may_read(town: DemoServer, other: DemoServer) -> None:
    town.require_signed_fetch = other.require_signed_fetch = True
    note = await town.reply("alice", None, "<p>One.</p>")
    for url in (town.people["alice"].id, note.id):
        assert (await town.mail.get(url, None)).status_code == 401
        assert (await other.signed_get(url)).status_code == 200

    impostor = replace(other.instance, key=town.people["bob"].key)
    assert (await other.mail.get(note.id, impostor)).status_code == 401
    assert (await town.mail.get(f"{town.origin}/actor", None)).status_code == 200


async def test_two_servers_in_secure_mode_can_talk(town: DemoServer, other: DemoServer) -> None:
    town.require_signed_fetch = other.require_signed_fetch = True
    post = await other.reply("blog", None, "<p>One.</p>")
    reply = await town.reply("alice", post.id, "<p>Two.</p>")
    assert parse_note(other.known[reply.id]).in_reply_to == post.id


async def test_a_key_may_have_an_address_of_its_own(town: DemoServer, other: DemoServer) -> None:
    town.people["bob"] = bob = replace(town.people["bob"], key_path=STUB_KEY)
    stub = await town.mail.document(bob.key_id, None)
    key = parse_key(stub, bob.key_id)
    assert key is not None
    assert key.owner == bob.id

    await town.follow("bob", other.people["blog"].id)
    assert other.received[0].key_id == f"{bob.id}/main-key"


async def test_who_is_gone_is_gone(town: DemoServer) -> None:
    town.gone.add("alice")
    alice = town.people["alice"]
    assert (await town.signed_get(alice.id)).status_code == 410
    answer = await ask(town.origin, f"acct:{alice.handle}")
    assert answer.status_code == 410
