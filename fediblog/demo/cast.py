"""Who lives on the demo server."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody to be put on a server. bio: HTML; language: BCP 47; kind: type of the actor."""

    name: str
    display_name: str
    bio: str
    language: str = "en"
    kind: str = "Person"


ALICE = Character("alice", "Alice Okafor", "<p>Grows tomatoes, reads long posts.</p>")
BOB = Character("bob", "Bob 🚲", "<p>Mostly bicycles. Some opinions.</p>")
CHIYO = Character("chiyo", "千代", "<p>写真とお茶が好きです。</p>", "ja")
DANA = Character("dana", "دانة", "<p>أكتب عن الكتب والقهوة.</p>", "ar")
#: No person but a community, as on Lemmy; it lives only where somebody asks for it.
GARDENERS = Character("gardeners", "Gardeners", "<p>All about gardens.</p>", kind="Group")

CAST = (ALICE, BOB, CHIYO, DANA)
