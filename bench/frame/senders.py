"""People on another server who reply to a post, and their deliveries, signed ahead of time."""

import asyncio
import multiprocessing
import random
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.frame.plain_server import SILENCE
from bench.frame.servers import Answer, path_of
from fediblog.demo.people import Person, actor_document
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.keys import PrivateKey
from fediblog.protocol.outgoing import ACTIVITY_JSON, AS_CONTEXT, encode
from fediblog.protocol.signatures import sign_request

#: What an activity of a popular server weighs, with its mentions, tags and addresses.
ACTIVITY_BYTES = 2_000
_PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
_KEYS = 8
#: Texts that are all alike are taken for spam.
_WORDS = (
    "apple bridge candle distant evening fable garden harbour island journey kettle lantern meadow "
    "number orchard paper quiet river silver thunder under village winter yellow"
).split()


@dataclass(frozen=True, slots=True)
class Letter:
    """A delivery that is not signed yet: whose key signs (PEM), and what is said."""

    key_id: str
    pem: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who has an account on the other server."""

    person: Person
    pem: bytes

    def reply(self, number: int, post: str) -> Letter:
        """A public reply to a post, of 2 kB. number: makes its id."""
        return Letter(self.person.key_id, self.pem, encode(_create(self.person, number, post)))

    def riddle(self, number: int) -> Letter:
        """A Create by id alone, of something that their server never gives away."""
        activity = _activity(self.person, number, "", "")
        activity["object"] = f"{self.person.origin}{SILENCE}?{number}"
        return Letter(self.person.key_id, self.pem, encode(activity))


def make_senders(origin: str, count: int, *, first: int = 0) -> list[Sender]:
    """People of the server at an origin; a few keys are shared among them, as making them takes
    long, and nobody who checks a signature knows."""
    keys = [PrivateKey.generate() for _ in range(min(_KEYS, count))]
    pems = [key.to_pem() for key in keys]
    joined = datetime(2026, 1, 1, tzinfo=UTC)
    people = []
    for number in range(first, first + count):
        turn = number % len(keys)
        name = f"sender{number}"
        person = Person(
            f"{origin}/users/{name}",
            f"{origin}/@{name}",
            name,
            f"Sender {number}",
            "<p>Somebody.</p>",
            "en",
            keys[turn],
            joined,
        )
        people.append(Sender(person, pems[turn]))
    return people


def profiles(senders: Sequence[Sender]) -> Mapping[str, Answer]:
    """What their server says of them, for `Bench.plain`."""
    headers = {"Content-Type": ACTIVITY_JSON}
    return {
        path_of(sender.person.id): Answer(encode(actor_document(sender.person)), headers)
        for sender in senders
    }


async def signed_ahead(letters: Sequence[Letter], inbox: str) -> list[bytes]:
    """Whole requests to an inbox, signed now by another process."""
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return await loop.run_in_executor(pool, _sign_all, list(letters), inbox)


def _sign_all(letters: list[Letter], inbox: str) -> list[bytes]:
    keys = {pem: PrivateKey.from_pem(pem) for pem in {letter.pem for letter in letters}}
    return [_request(letter, keys[letter.pem], inbox) for letter in letters]


def _request(letter: Letter, key: PrivateKey, inbox: str) -> bytes:
    headers = sign_request(
        method="POST",
        url=inbox,
        key_id=letter.key_id,
        private_key=key,
        date=datetime.now(UTC),
        body=letter.body,
        content_type=ACTIVITY_JSON,
    )
    sent = {"Host": authority_of(inbox)} | headers
    sent |= {"Content-Length": str(len(letter.body)), "User-Agent": "bench"}
    lines = [f"POST {path_of(inbox)} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in sent.items()]
    return "\r\n".join([*lines, "", ""]).encode() + letter.body


def _create(person: Person, number: int, post: str) -> dict[str, object]:
    """As Mastodon says it, and as long as what it says."""
    chosen = random.Random(f"{person.name} {number}")  # noqa: S311 - nobody's secret
    words = " ".join(chosen.choices(_WORDS, k=400))
    half = (ACTIVITY_BYTES - len(encode(_activity(person, number, post, "")))) // 2
    return _activity(person, number, post, words[:half])


def _activity(person: Person, number: int, post: str, words: str) -> dict[str, object]:
    note = f"{person.id}/statuses/{number}"
    now = "2026-11-22T10:00:00Z"
    addressed: dict[str, object] = {"to": [_PUBLIC], "cc": [person.followers]}
    return {
        "@context": [AS_CONTEXT, {"ostatus": "http://ostatus.org#", "sensitive": "as:sensitive"}],
        "id": f"{note}/activity",
        "type": "Create",
        "actor": person.id,
        "published": now,
        **addressed,
        "object": {
            "id": note,
            "type": "Note",
            "summary": None,
            "inReplyTo": post,
            "published": now,
            "url": f"{person.url}/{number}",
            "attributedTo": person.id,
            **addressed,
            "sensitive": False,
            "content": f"<p>{words}</p>",
            "contentMap": {"en": f"<p>{words}</p>"},
            "attachment": [],
            "tag": [],
            "replies": {"id": f"{note}/replies", "type": "Collection"},
        },
    }
