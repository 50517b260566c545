"""The one who writes, at a browser without scripts: it keeps the cookie and sends forms."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from fediblog.actions.sign_in import make_link
from fediblog.demo.notes import Note
from fediblog.demo.server import DemoServer
from fediblog.remote.connector import public_trust
from fediblog.store.posts import Post
from tests.admin.page import Page, read
from tests.bench import RunningBlog

PASSWORD = "correct horse battery"


@dataclass(slots=True)
class Desk:
    """A browser that is signed in once `csrf` is set."""

    blog: RunningBlog
    http: httpx.AsyncClient
    csrf: str = ""

    async def get(self, path: str) -> httpx.Response:
        """Open a page."""
        return await self.http.get(path)

    async def page(self, path: str, *, status: int = 200) -> Page:
        """Open a page and read it."""
        response = await self.get(path)
        assert response.status_code == status, response.text
        return read(response)

    async def submit(self, path: str, **values: str) -> httpx.Response:
        """Send a form as the page does that it stands on."""
        return await self.http.post(
            path,
            data={"csrf": self.csrf} | values,
            headers={"Origin": self.blog.origin, "Sec-Fetch-Site": "same-origin"},
        )

    async def submit_with_file(
        self, path: str, field: str, content: bytes, **values: str
    ) -> httpx.Response:
        """Send a form that has a file among its fields."""
        return await self.http.post(
            path,
            data={"csrf": self.csrf} | values,
            files={field: ("picture.jpg", content, "image/jpeg")},
            headers={"Origin": self.blog.origin, "Sec-Fetch-Site": "same-origin"},
        )

    async def upload(self, path: str, content: bytes, name: str = "me.jpg") -> httpx.Response:
        """Send a form with a file."""
        return await self.http.post(
            path,
            data={"csrf": self.csrf},
            files={"file": (name, content, "image/jpeg")},
            headers={"Origin": self.blog.origin, "Sec-Fetch-Site": "same-origin"},
        )

    async def enter(self, response: httpx.Response) -> None:
        """Go in by the answer to a form of the door."""
        assert response.status_code == 303, response.text
        self.csrf = (await self.page("/admin/settings")).values["csrf"]


@asynccontextmanager
async def browser(blog: RunningBlog) -> AsyncIterator[Desk]:
    """A browser that has never been here."""
    async with httpx.AsyncClient(
        base_url=blog.address,
        headers={"Host": urlsplit(blog.origin).netloc, "Accept": "text/html"},
        timeout=30,
        trust_env=False,
        verify=public_trust(),
    ) as http:
        yield Desk(blog, http)


@asynccontextmanager
async def desk_of(blog: RunningBlog) -> AsyncIterator[Desk]:
    """A browser that has gone in by a one-time link."""
    async with browser(blog) as desk:
        token = (await make_link(blog.blog)).partition("token=")[2]
        form = {"token": token, "password": PASSWORD, "again": PASSWORD}
        await desk.enter(await desk.submit("/admin/welcome", **form))
        yield desk


async def reply_to(blog: RunningBlog, town: DemoServer, post: Post, html: str) -> tuple[Note, int]:
    """Let Alice reply to a post; the note and the number of its row."""
    note = await town.reply("alice", blog.article(post), html)
    await blog.settled()
    return note, await number_of(blog, note.id)


async def number_of(blog: RunningBlog, uri: str) -> int:
    """The number of a reply's row."""
    rows = await blog.blog.db.rows("SELECT id FROM reply WHERE uri = $1", uri)
    return int(rows[0]["id"])


async def everything(blog: RunningBlog) -> dict[str, list[dict[str, Any]]]:
    """All that a form could change, to see that it did not."""
    tables = (
        "post", "post_slug", "post_tag", "reply", "follower", "activity", "setting", "report",
        "quote", "crawl", "page", "post_revision", "medium", "passkey", "recovery_code",
        "working_copy", "api_token", "notification",
    )  # fmt: skip
    snapshot = {}
    for table in tables:
        rows = await blog.blog.db.rows(f"SELECT * FROM {table}")
        snapshot[table] = sorted((dict(row) for row in rows), key=repr)
    allowed = await blog.blog.db.rows("SELECT id, allowed_at FROM actor ORDER BY id")
    snapshot["allowed"] = [dict(row) for row in allowed]
    snapshot["session"] = [dict(r) for r in await blog.blog.db.rows("SELECT id, csrf FROM session")]
    return snapshot
