"""Somebody on another server who sends to the blog what they want, rightly or wrongly signed."""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any

import httpx

from fediblog.demo import activities
from fediblog.demo.people import Person
from fediblog.demo.sealing import Seal
from fediblog.demo.server import DemoServer
from fediblog.protocol.outgoing import Document, encode
from tests.bench import RunningBlog

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Sender:
    """A person of a server, and the blog to which they send."""

    blog: RunningBlog
    server: DemoServer
    name: str

    @property
    def person(self) -> Person:
        """Who sends."""
        return self.server.people[self.name]

    @property
    def id(self) -> str:
        """Their actor id."""
        return self.person.id

    @property
    def path(self) -> str:
        """Where their actor is on their server."""
        return self.id.removeprefix(self.server.origin)

    @property
    def inbox(self) -> str:
        """Where the blog's shared inbox can be reached, whatever it calls itself."""
        return f"{self.blog.address}/inbox"

    def document(self) -> Document:
        """An actor document of theirs with which everything is right."""
        person = self.person
        key = {"id": person.key_id, "owner": person.id, "publicKeyPem": person.key.public_pem()}
        return {
            "id": person.id,
            "type": "Person",
            "preferredUsername": person.name,
            "inbox": f"{person.id}/inbox",
            "publicKey": key,
        }

    async def send(self, activity: Document | bytes, **wrong: Any) -> httpx.Response:
        """One delivery. wrong: what is to be wrong with it, see DemoServer.post."""
        right = {"signed_url": f"{self.blog.origin}/inbox"}
        return await self.server.post(self.name, self.inbox, activity, **(right | wrong))

    async def send_with(
        self, activity: Document, headers: dict[str, str], *more: tuple[str, str]
    ) -> httpx.Response:
        """One delivery with exactly these headers, `more` of which may come twice."""
        return await self.server.mail.post(self.inbox, encode(activity), [*headers.items(), *more])

    def sealed(self, activity: Document, *, later: timedelta = timedelta()) -> dict[str, str]:
        """The headers of a right delivery."""
        person, moment = self.person, self.server.clock() + later
        seal = Seal(person.key_id, person.key, moment)
        return seal.headers("POST", f"{self.blog.origin}/inbox", encode(activity))

    def follow(self) -> Document:
        """A Follow of the blog."""
        follow_id = f"{self.id}#follows/{next(_numbers)}"
        return activities.follow(self.person, follow_id, self.blog.actor)

    def view(self) -> Document:
        """An activity that means nothing to the blog; it is taken, and ignored."""
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{self.id}#views/{next(_numbers)}",
            "type": "View",
            "actor": self.id,
            "object": self.blog.actor,
        }

    async def create(
        self, parent: str, html: str = "<p>Hello.</p>", **of_the_note: Any
    ) -> Document:
        """The Create of a reply that their server has and has not sent yet.

        of_the_note: see DemoServer.reply.
        """
        quiet: dict[str, Any] = {"mention": [], "recipients": [], "deliver": False}
        note = await self.server.reply(self.name, parent, html, **(quiet | of_the_note))
        return activities.create(note)

    async def reply(self, parent: str, html: str = "<p>Hello.</p>", **of_the_note: Any) -> str:
        """A reply that the blog has taken and processed; its id."""
        create = await self.create(parent, html, **of_the_note)
        assert (await self.send(create)).status_code == 202
        await self.blog.settled()
        return str(create["object"]["id"])


def newcomer(blog: RunningBlog, server: DemoServer, name: str) -> Sender:
    """Somebody new on a server, whom the blog has never heard of. Alice's key serves them too."""
    server.people[name] = replace(
        server.people["alice"],
        id=f"{server.origin}/users/{name}",
        url=f"{server.origin}/@{name}",
        name=name,
        display_name=name.title(),
    )
    return Sender(blog, server, name)


def changed(activity: Document, **fields: Any) -> Document:
    """An activity whose object has other fields; None leaves one out."""
    merged = activity["object"] | fields
    return activity | {
        "object": {name: value for name, value in merged.items() if value is not None}
    }
