"""What others and the author ask of a server, and wait for."""

import asyncio
from collections.abc import Sequence

import httpx

from fediblog.demo.activities import create
from fediblog.protocol.outgoing import encode
from tests.bench import ACTIVITY_JSON, RunningBlog, until
from tests.durability.letters import Letter
from tests.durability.looking import thread_ids
from tests.processes import Server
from tests.soak.author import TOKEN


async def deliver(
    server: Server | RunningBlog, letters: Sequence[Letter]
) -> Sequence[httpx.Response]:
    """What the inbox says to each of them."""
    inbox = f"{server.origin}/inbox"

    async def carry(letter: Letter) -> httpx.Response:
        body = encode(create(letter.note))
        return await server.http.post(inbox, content=body, headers=letter.headers(inbox, body))

    return await asyncio.gather(*(carry(letter) for letter in letters))


async def post(server: Server, title: str) -> httpx.Response:
    """What the API says to a new post."""
    entry = {"type": ["h-entry"], "properties": {"name": [title], "content": ["Text."]}}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return await server.http.post("/micropub", json=entry, headers=headers)


async def publish(server: Server) -> str:
    """A first post; its id."""
    made = await post(server, "First")
    found = await server.http.get(made.headers["location"], headers={"Accept": ACTIVITY_JSON})
    return str(found.json()["id"])


async def shown(server: Server, article: str, letters: Sequence[Letter]) -> None:
    """Wait until all of these, and nothing else, stand in the thread."""

    async def all_there() -> bool:
        return set(await thread_ids(server, article)) == {letter.note.id for letter in letters}

    await until(all_there, seconds=60)
