"""The author, who publishes, schedules and edits posts through the API."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from fediblog.actions.api_tokens import SCOPES
from fediblog.actions.sessions import hash_token
from fediblog.store.api_tokens import add_token
from tests.bench import ACTIVITY_JSON
from tests.processes import Installation
from tests.soak.ledger import Ledger, Published

TOKEN = "fediblog_a-token-of-the-soak"
_ANSWERABLE = 5
_HEADERS = {"Authorization": f"Bearer {TOKEN}"}


async def let_in(place: Installation) -> None:
    """Give the author's program its token, past the server, which does not run yet."""
    async with place.database() as db, db.transaction() as tx:
        await add_token(tx, hash_token(TOKEN), "Soak", " ".join(SCOPES), "", 0)


@dataclass(slots=True)
class Author:
    """pace: seconds between two deeds."""

    origin: str
    ledger: Ledger
    chance: random.Random
    pace: float = 1.0

    def answerable(self) -> Sequence[Published]:
        """The newest posts that are out."""
        return [post for post in self.ledger.posts if post.article][-_ANSWERABLE:]

    async def run(self, ending: asyncio.Event) -> None:
        """Write until it is time."""
        async with httpx.AsyncClient(
            base_url=self.origin, headers=_HEADERS, trust_env=False, timeout=30
        ) as http:
            number = 0
            while not ending.is_set():
                number += 1
                match self.chance.random():
                    case what if what < 0.25 and self.ledger.posts:
                        await self._edit(http, self.chance.choice(self.ledger.posts), number)
                    case what:
                        await self._publish(http, number, scheduled=what < 0.5)
                await self._look_up(http)
                await asyncio.sleep(self.pace)

    async def _publish(self, http: httpx.AsyncClient, number: int, *, scheduled: bool) -> None:
        """Write a post. What is not acknowledged may be there all the same."""
        title, text = f"Post {number} of the soak", f"Text {number}."
        properties: dict[str, Any] = {"name": [title], "content": [text]}
        if scheduled:
            later = datetime.now(UTC) + timedelta(hours=1)
            properties["published"] = [later.isoformat()]
        self.ledger.titles_in_doubt.add(title)
        answer = await self._ask(http, {"type": ["h-entry"], "properties": properties})
        if answer is not None and answer.status_code in {201, 202}:
            self.ledger.titles_in_doubt.discard(title)
            url = answer.headers["location"]
            self.ledger.posts.append(Published(title, url, [text], scheduled=scheduled))

    async def _edit(self, http: httpx.AsyncClient, post: Published, number: int) -> None:
        text = f"Another text {number}."
        post.texts.append(text)
        answer = await self._ask(
            http, {"action": "update", "url": post.url, "replace": {"content": [text]}}
        )
        if answer is None or answer.status_code == 503:
            return
        if answer.is_success:
            post.texts = [text]
        else:
            self.ledger.odd.append(f"an edit: {answer.status_code}: {answer.text[:200]}")

    async def _look_up(self, http: httpx.AsyncClient) -> None:
        """Find the ids of posts that are out by now."""
        for post in self.ledger.posts:
            if not post.article and not post.scheduled:
                try:
                    answer = await http.get(
                        post.url, headers={"Accept": ACTIVITY_JSON}, follow_redirects=True
                    )
                except httpx.TransportError:
                    return
                if answer.status_code == 200:
                    post.article = answer.json()["id"]

    async def _ask(self, http: httpx.AsyncClient, document: object) -> httpx.Response | None:
        """The answer of the API; None if there was none."""
        try:
            answer = await http.post("/micropub", json=document)
        except httpx.TransportError:
            return None
        after = answer.headers.get("retry-after")
        self.ledger.note_answer("POST /micropub", answer.status_code, after, answer.text)
        return answer
