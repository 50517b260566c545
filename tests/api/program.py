"""A program that writes posts for the author, with a token and nothing else."""

from dataclasses import dataclass
from typing import Any

import httpx

from fediblog.actions.api_tokens import SCOPES, make_token
from fediblog.actions.micropub import find_post
from fediblog.store.posts import Post
from tests.bench import RunningBlog

ENDPOINT = "/micropub"


@dataclass(frozen=True, slots=True)
class Program:
    """It sends the token in the header."""

    blog: RunningBlog
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What every request has."""
        return {"Authorization": f"Bearer {self.token}"}

    async def form(self, fields: dict[str, Any], **more: Any) -> httpx.Response:
        """Send a form; a list is several fields of one name."""
        return await self.blog.http.post(ENDPOINT, data=fields, headers=self.headers, **more)

    async def json(self, document: Any) -> httpx.Response:
        """Send JSON."""
        return await self.blog.http.post(ENDPOINT, json=document, headers=self.headers)

    async def entry(self, **properties: list[Any]) -> httpx.Response:
        """Create an entry by JSON."""
        named = {name.replace("_", "-"): values for name, values in properties.items()}
        return await self.json({"type": ["h-entry"], "properties": named})

    async def ask(self, **params: Any) -> Any:
        """A query, and its answer."""
        response = await self.blog.http.get(ENDPOINT, params=params, headers=self.headers)
        assert response.status_code == 200, response.text
        assert response.headers["cache-control"] == "no-store"
        return response.json()

    async def made(self, response: httpx.Response) -> Post:
        """The post that an answer says is made."""
        assert response.status_code in {201, 202}, response.text
        return await self.post(response.headers["location"])

    async def post(self, url: str) -> Post:
        """The post at an address."""
        return await find_post(self.blog.blog, url)


async def program(blog: RunningBlog, *scopes: str) -> Program:
    """With a token for these scopes, or for everything."""
    return Program(blog, await make_token(blog.blog, "A program", scopes or tuple(SCOPES)))
