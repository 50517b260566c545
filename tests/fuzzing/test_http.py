"""Every address of the blog, asked and told whatever comes: an answer, and never a failure of ours.

What is refused has left no row behind. What other servers send is in tests/federation/inbox.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import orjson
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Route

from fediblog.app import routes
from fediblog.store.posts import Post
from tests.admin.desk import Desk, desk_of, everything
from tests.api.program import Program, program
from tests.bench import RunningBlog
from tests.fuzzing.strategies import EXAMPLES, header_values, odd_texts, values

pytestmark = pytest.mark.asyncio(loop_scope="module")

_TEMPLATES = Path(__file__).parents[2] / "templates"
#: What is asked for in queries, anywhere.
_QUERIES = (
    "after", "answer", "before", "branch", "copy", "filter", "lang", "look", "next", "notice", "of",
    "page", "post", "q", "resource", "revision", "server", "since", "sort", "state", "token", "uri",
    "url", "version", "client_id", "redirect_uri", "response_type", "code_challenge", "scope",
)  # fmt: skip
_HEADERS = (
    "accept", "accept-language", "accept-encoding", "cookie", "if-none-match", "range",
    "if-modified-since", "authorization", "user-agent", "last-event-id", "origin", "referer",
    "sec-fetch-site", "x-forwarded-for", "x-request-id", "content-type", "signature",
)  # fmt: skip
_ODD_HEADERS = (
    "Mon, 99999999999999999999 Jan 2020 00:00:00 GMT",
    "Mon, 01 Jan 2020 00:00:00 -0000",
    "bytes=0-,-5,9-1",
    "en;q=1e999",
    "en;q=" + "9" * 400,
    'Signature keyId="https://a.example/"',
    "application/activity+json",
    "application/ld+json; profile*=a; profile*0*=b",
    "multipart/form-data; boundary=x",
)
#: They would end the session that the test has.
_ENDINGS = frozenset({"/admin/sign-out", "/admin/access/sessions/end-others"})
#: They go on until the one who asks hangs up.
_ENDLESS = "/live"
#: What the loops of the blog write by themselves, and that a token was used.
_BY_THEMSELVES = ("actor_told", "backup_", "health", "mail_state")


def _addresses(method: str) -> list[str]:
    """The patterns of all addresses that take this method."""
    return [
        route.path
        for route in routes()
        if isinstance(route, Route)
        and method in (route.methods or ())
        and route.path not in _ENDINGS
        and not (route.path.endswith(_ENDLESS) and not route.path.startswith("/health"))
    ]


def _fields() -> list[str]:
    """The names of the fields in all forms, as the templates have them."""
    found = {
        name
        for path in sorted(_TEMPLATES.rglob("*.html"))
        for name in re.findall(r'\bname="([a-z_]+)"', path.read_text())
    }
    return sorted(found - {"csrf"})


_texts = st.sampled_from(["{key}", "{slug}", "1", "2", "2026", "11", "blog"]) | odd_texts
_parts = st.lists(_texts, min_size=3, max_size=3)
_queries = st.dictionaries(st.sampled_from(_QUERIES), _texts, max_size=3)
_headers = st.dictionaries(
    st.sampled_from(_HEADERS), st.sampled_from(_ODD_HEADERS) | header_values, max_size=3
)
_forms = st.dictionaries(st.sampled_from(_fields()), _texts, max_size=6)

_names = st.sampled_from(
    (
        *("content", "name", "category", "photo", "published", "mp-slug", "url", "summary"),
        *("post-status", "visibility", "in-reply-to", "mp-photo-alt", "mp-language"),
    )
)
_listed = st.lists(odd_texts | values, max_size=2)
_properties = st.dictionaries(_names, _listed | odd_texts, max_size=5)
_entries = st.fixed_dictionaries({"type": st.just(["h-entry"]), "properties": _properties})
_updates = st.fixed_dictionaries(
    {
        "action": st.sampled_from(["update", "delete", "undelete"]),
        "url": st.sampled_from(["{article}", "{article}#x", "x"]),
        "replace": _properties,
        "add": _properties,
        "delete": _properties | st.lists(_names, max_size=2),
    }
)
_bodies = (_entries | _updates | values).map(orjson.dumps) | st.binary(max_size=200)


@dataclass(frozen=True, slots=True)
class Scene:
    """A blog with a post, its author at a browser, and a program that writes for them."""

    blog: RunningBlog
    desk: Desk
    program: Program
    post: Post

    def real(self, text: str) -> str:
        """What stands for something that is there, as that."""
        there = {"{key}": self.post.key, "{slug}": self.post.slug}
        return there.get(text, text)

    def path(self, pattern: str, parts: Sequence[str]) -> str:
        """An address of this pattern."""
        left = iter(parts)
        return re.sub(r"\{[^}]+\}", lambda _: quote(self.real(next(left)), safe="")[:3000], pattern)

    def filled(self, texts: Mapping[str, str]) -> dict[str, str]:
        """A form or a query, short enough for an address."""
        return {name: self.real(text)[:3000] for name, text in texts.items()}

    async def told(self) -> dict[str, list[dict[str, Any]]]:
        """All that somebody could have told the blog."""
        found = await everything(self.blog)
        found["setting"] = [
            row for row in found["setting"] if not row["name"].startswith(_BY_THEMSELVES)
        ]
        for row in found["api_token"]:
            del row["used_at"]
        return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(blog: RunningBlog) -> AsyncIterator[Scene]:
    """One for all examples: what is made by some is there for others."""
    async with desk_of(blog) as desk:
        yield Scene(blog, desk, await program(blog), await blog.publish())


@EXAMPLES
@given(st.sampled_from(_addresses("GET")), _parts, _queries, _headers, st.booleans())
async def test_no_question_makes_us_fail(
    scene: Scene,
    pattern: str,
    parts: list[str],
    query: dict[str, str],
    headers: dict[str, str],
    signed_in: bool,
) -> None:
    http = scene.desk.http if signed_in else scene.blog.http
    answer = await http.get(scene.path(pattern, parts), params=scene.filled(query), headers=headers)
    assert answer.status_code < 500


@EXAMPLES
@given(st.sampled_from(_addresses("POST")), _parts, _forms)
async def test_no_form_makes_us_fail(
    scene: Scene, pattern: str, parts: list[str], form: dict[str, str]
) -> None:
    before = await scene.told()
    answer = await scene.desk.submit(scene.path(pattern, parts), **scene.filled(form))
    await _judge(scene, answer, before)


@EXAMPLES
@given(
    st.sampled_from(["/micropub", "/micropub/media", "/indieauth/token", "/admin/media/upload"]),
    st.sampled_from(
        ["application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
    ),
    _bodies,
)
async def test_no_body_of_a_program_makes_us_fail(
    scene: Scene, path: str, content_type: str, body: bytes
) -> None:
    article = scene.blog.article(scene.post).encode()
    before = await scene.told()
    answer = await scene.blog.http.post(
        path,
        content=body.replace(b"{article}", article),
        headers=scene.program.headers | {"Content-Type": content_type},
    )
    await _judge(scene, answer, before)


async def _judge(scene: Scene, answer: httpx.Response, before: Mapping[str, Any]) -> None:
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert await scene.told() == before
