"""What the blog publishes carries its own proof (FEP-8b32), with a key of its actor (FEP-521a)."""

import json
from hashlib import sha256
from typing import Any

import base58

from fediblog.actions.delete_post import delete_post
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import edit_post
from fediblog.demo.server import DemoServer
from fediblog.protocol.keys import PublicKey
from tests.bench import RunningBlog
from tests.federation.records import activities


async def test_every_public_activity_has_a_proof_that_holds(
    blog: RunningBlog, town: DemoServer
) -> None:
    await town.follow("alice", blog.actor)
    await blog.settled()
    post = await blog.publish("Grüße", "A *text* with “quotes” & 日本.")
    await blog.delivered()
    await edit_post(blog.blog, post.key, PostForm(title="Other", body="Edited."), publish=True)
    await blog.delivered()
    await delete_post(blog.blog, post.key)
    await blog.delivered()

    actor = (await blog.document("/users/blog")).json()
    (multikey,) = actor["assertionMethod"]
    assert multikey["type"] == "Multikey"
    assert multikey["id"] == f"{blog.actor}#ed25519-key"
    assert multikey["controller"] == blog.actor
    key = PublicKey.from_multibase(multikey["publicKeyMultibase"])
    for kind in ("Create", "Update", "Delete"):
        (activity,) = activities(town, kind)
        assert activity["proof"]["verificationMethod"] == multikey["id"]
        assert _holds(activity, key), kind
        assert not _holds(activity | {"type": "Announce"}, key)


async def test_what_is_for_one_person_has_none(blog: RunningBlog, town: DemoServer) -> None:
    await town.follow("alice", blog.actor)
    await blog.settled()
    await blog.delivered()
    (accept,) = activities(town, "Accept")
    assert "proof" not in accept


async def test_an_activity_answers_with_the_very_bytes_that_were_sent(
    blog: RunningBlog, town: DemoServer
) -> None:
    await town.follow("alice", blog.actor)
    await blog.settled()
    await blog.publish()
    await blog.delivered()
    (sent,) = [each for each in town.received if each.activity["type"] == "Create"]
    served = await blog.document(sent.activity["id"])
    assert served.content == sent.body


def _holds(activity: dict[str, Any], key: PublicKey) -> bool:
    """As Mastodon checks it; canonical JSON of such documents is what the standard library does."""
    bare = {name: value for name, value in activity.items() if name != "proof"}
    config = {name: value for name, value in activity["proof"].items() if name != "proofValue"}
    assert config["@context"] == bare["@context"]
    signature = base58.b58decode(activity["proof"]["proofValue"].removeprefix("z"))
    text = sha256(_canonical(config)).digest() + sha256(_canonical(bare)).digest()
    return key.verify(signature, text, "ed25519")


def _canonical(value: object) -> bytes:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()
