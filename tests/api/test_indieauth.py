"""Editors sign in with the blog's address (IndieAuth): what the author allows, they get."""

import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from fediblog.actions.sign_in import set_password
from tests.admin.desk import PASSWORD, Desk, browser
from tests.admin.page import read
from tests.bench import Bench, RunningBlog
from tests.federation.internet import Internet, internet

_ORIGIN = "https://blog.example"
_EDITOR = "https://editor.example/"
_BACK = "https://editor.example/back?from=blog"
_APP = "https://app.example/app.json"
_AUTHORIZE = "/admin/authorize"
_TOKEN = "/indieauth/token"
_VERIFIER = "a-verifier-that-is-long-enough-for-the-standard_0"
_PAGE = (
    '<title>Somewhere</title><div class="h-app"><a class="u-url p-name">The <b>Editor</b></a></div>'
    '<link rel="redirect_uri" href="/elsewhere"><link rel=redirect_uri href="editor.app://signed-in">'
)


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _asked(**more: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": _EDITOR,
        "redirect_uri": _BACK,
        "state": "a state & more",
        "code_challenge": _challenge(_VERIFIER),
        "code_challenge_method": "S256",
        "scope": "create update profile media",
        "me": _ORIGIN,
    } | more


@dataclass(slots=True)
class _World:
    blog: RunningBlog
    desk: Desk
    net: Internet

    async def consent(self, **more: str) -> httpx.Response:
        """The page on which the author is asked."""
        return await self.desk.get(f"{_AUTHORIZE}?{urlencode(_asked(**more))}")

    async def decide(self, ticket: str, *scopes: str, action: str = "allow") -> dict[str, str]:
        """The author's answer, as it comes to the program."""
        form = dict.fromkeys(scopes, "on") | {"ticket": ticket, "action": action}
        answered = await self.desk.submit(f"{_AUTHORIZE}/decide", **form)
        assert answered.status_code == 303, answered.text
        address = urlsplit(answered.headers["location"])
        assert answered.headers["location"].startswith(_BACK.partition("?")[0])
        return dict(parse_qsl(address.query))

    async def code(self, *scopes: str, **more: str) -> str:
        """A code, when the author allows all that."""
        page = await self.consent(**more)
        assert page.status_code == 200, page.text
        return (await self.decide(read(page).values["ticket"], *scopes))["code"]

    async def exchange(self, code: str, path: str = _TOKEN, **more: str) -> httpx.Response:
        """Exchange a code, from the program's own server."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": _EDITOR,
            "redirect_uri": _BACK,
            "code_verifier": _VERIFIER,
        }
        return await self.blog.http.post(path, data=form | more)


@asynccontextmanager
async def _world(bench: Bench, folder: Path) -> AsyncIterator[_World]:
    async with internet(folder, ["editor.example", "app.example", "mirror.example"]) as (
        net,
        leads,
    ):
        net.apps["editor.example"] = _site(_editor)
        net.apps["app.example"] = _site(_app)
        net.apps["mirror.example"] = _site(_mirror)
        async with (
            bench.start(FEDIBLOG_URL=_ORIGIN, connector=leads) as blog,
            browser(blog) as desk,
        ):
            await _go_in(desk)
            yield _World(blog, desk, net)


async def _go_in(desk: Desk) -> None:
    """As over https: the cookie goes there alone, which httpx minds."""
    await set_password(desk.blog.blog, PASSWORD)
    entered = await desk.submit("/admin/sign-in", password=PASSWORD)
    desk.http.headers["Cookie"] = entered.headers["set-cookie"].partition(";")[0]
    desk.csrf = (await desk.page("/admin/tokens")).values["csrf"]


def _site(handler: Any) -> Starlette:
    return Starlette(routes=[Route("/{path:path}", handler)])


async def _editor(request: Request) -> Response:
    return HTMLResponse(_PAGE)


async def _app(request: Request) -> Response:
    told = {"client_id": _APP, "client_name": "An <app>", "redirect_uris": ["app:/back"]}
    return JSONResponse(told | ({"client_id": "x"} if request.url.path == "/other.json" else {}))


async def _mirror(request: Request) -> Response:
    return RedirectResponse(_EDITOR)


async def test_an_editor_signs_in_with_the_address_of_the_blog_and_writes(
    bench: Bench, tmp_path: Path
) -> None:
    async with _world(bench, tmp_path) as world:
        http = world.blog.http
        home = await http.get("/", headers={"Accept": "text/html"})
        for rel in ("micropub", "indieauth-metadata", "authorization_endpoint", "token_endpoint"):
            assert f'rel="{rel}"' in home.headers["link"]
            assert f'<link rel="{rel}" href="/' in home.text
        assert "indieauth" not in (await world.blog.page("/archive")).headers.get("link", "")
        metadata = (await http.get("/.well-known/oauth-authorization-server")).json()
        assert metadata["issuer"] == f"{_ORIGIN}/"
        assert metadata["authorization_endpoint"] == _ORIGIN + _AUTHORIZE
        assert metadata["code_challenge_methods_supported"] == ["S256"]

        page = await world.consent()
        assert page.status_code == 200
        shown = read(page)
        assert "Allow The Editor?" in shown.text
        assert _EDITOR in shown.text and _BACK in shown.text
        assert {"create", "update", "media"} <= set(shown.values)
        assert not {"delete", "profile"} & set(shown.values)
        assert (
            "form-action 'self' https://editor.example;" in page.headers["content-security-policy"]
        )
        # The author takes one of the scopes away, and one that nobody asked for does not come in.
        told = await world.decide(shown.values["ticket"], "create", "media", "delete")
        assert told["state"] == "a state & more"
        assert told["iss"] == f"{_ORIGIN}/"
        assert told["from"] == "blog"

        exchanged = await world.exchange(told["code"])
        assert exchanged.status_code == 200
        assert exchanged.headers["cache-control"] == "no-store"
        grant = exchanged.json()
        assert grant["me"] == f"{_ORIGIN}/"
        assert grant["scope"] == "create media"
        assert grant["token_type"] == "Bearer"
        headers = {"Authorization": f"Bearer {grant['access_token']}"}
        entry = {"h": "entry", "content": "From an editor."}
        assert (await http.post("/micropub", data=entry, headers=headers)).status_code == 201
        update = {"action": "update", "url": "x", "replace": {"content": ["x"]}}
        assert (await http.post("/micropub", json=update, headers=headers)).status_code == 403
        listed = (await world.desk.page("/admin/tokens")).text
        assert "The Editor" in listed and _EDITOR in listed

        asked = {"token": grant["access_token"]}
        path = "/indieauth/introspect"
        assert (await http.post(path, data=asked)).status_code == 401
        known = (await http.post(path, data=asked, headers=headers)).json()
        assert known["active"] is True and known["scope"] == "create media"
        other = (await http.post(path, data={"token": "x"}, headers=headers)).json()
        assert other == {"active": False}
        for _ in range(2):
            assert (await http.post("/indieauth/revoke", data=asked)).status_code == 200
        assert (await http.post("/micropub", data=entry, headers=headers)).status_code == 401


async def test_a_code_is_good_once_for_who_asked_and_for_ten_minutes(
    bench: Bench, tmp_path: Path
) -> None:
    """Each time one thing is wrong, and all else is as it should be."""
    async with _world(bench, tmp_path) as world:
        for wrong in (
            {"client_id": "https://other.example/"},
            {"redirect_uri": "https://editor.example/other"},
            {"code_verifier": _VERIFIER + "x"},
            {"code_verifier": ""},
            {"code_verifier": _challenge(_VERIFIER)},
            {"code": "x"},
        ):
            code = await world.code("create")
            refused = await world.exchange(**{"code": code, **wrong})
            assert refused.status_code == 400, wrong
            assert refused.json()["error"] == "invalid_grant"
            if "code" not in wrong:
                # Nobody tries twice.
                assert (await world.exchange(code)).status_code == 400
        refused = await world.exchange(await world.code("create"), grant_type="refresh_token")
        assert refused.status_code == 400
        code = await world.code("create")
        world.blog.clock.offset += timedelta(minutes=10, seconds=1)
        assert (await world.exchange(code)).status_code == 400
        assert await world.blog.blog.db.rows("SELECT * FROM api_token") == []


async def test_who_asks_for_nothing_learns_who_the_author_is_and_gets_no_token(
    bench: Bench, tmp_path: Path
) -> None:
    async with _world(bench, tmp_path) as world:
        code = await world.code(scope="")
        assert (await world.exchange(code)).json()["error"] == "invalid_grant"
        code = await world.code(scope="profile")
        told = await world.exchange(code, _AUTHORIZE)
        assert told.json() == {"me": f"{_ORIGIN}/"}
        assert (await world.exchange(code, _AUTHORIZE)).json()["error"] == "invalid_grant"


_WRONG: tuple[dict[str, str], ...] = (
    {"redirect_uri": "https://evil.example/back"},
    {"redirect_uri": "http://editor.example/back"},
    {"redirect_uri": "https://editor.example:8443/back"},
    {"redirect_uri": "https://editor.example.evil.example/"},
    {"redirect_uri": "https://editor.example@evil.example/"},
    {"redirect_uri": "https://evil.example\\@editor.example/"},
    {"redirect_uri": "//editor.example/"},
    {"redirect_uri": "/back"},
    {"redirect_uri": "javascript:alert(1)"},
    {"redirect_uri": "data:text/html,x"},
    {"redirect_uri": "editor.app://other"},
    {"redirect_uri": "https://editor.example/#part"},
    {"redirect_uri": "https://editor.example/;script-src *"},
    {"redirect_uri": ""},
    {"client_id": "https://nobody.example/"},
    {"client_id": "https://app.example/other.json", "redirect_uri": "app:/back"},
    {"client_id": "https://mirror.example/", "redirect_uri": "editor.app://signed-in"},
    {"client_id": "https://93.184.216.34/"},
    {"client_id": "https://editor.example"},
    {"client_id": "https://editor.example/../x"},
    {"client_id": "https://a:b@editor.example/"},
    {"client_id": "https://editor.example/#x"},
    {"client_id": "ftp://editor.example/"},
    {"client_id": "https://editor.example:x/"},
    {"client_id": ""},
    {"response_type": "token"},
    {"code_challenge_method": "plain"},
    {"code_challenge": ""},
    {"code_challenge": "short"},
    {"state": "x" * 2001},
)


async def test_the_author_is_sent_to_nobody_else(bench: Bench, tmp_path: Path) -> None:
    """K21: each of these alone is refused, on a page of the blog."""
    async with _world(bench, tmp_path) as world:
        for wrong in _WRONG:
            refused = await world.consent(**wrong)
            assert refused.status_code == 400, wrong
            assert "location" not in refused.headers
        assert await world.blog.blog.db.rows("SELECT * FROM ticket WHERE kind = 'consent'") == []


async def test_addresses_that_the_programs_own_page_names_are_taken(
    bench: Bench, tmp_path: Path
) -> None:
    async with _world(bench, tmp_path) as world:
        for more, name in (
            ({"redirect_uri": "https://editor.example/elsewhere"}, "The Editor"),
            ({"redirect_uri": "editor.app://signed-in"}, "The Editor"),
            ({"client_id": _APP, "redirect_uri": "app:/back"}, "An"),
        ):
            page = await world.consent(**more)
            assert page.status_code == 200, page.text
            assert f"Allow {name}?" in read(page).text
            scheme = more["redirect_uri"].partition(":")[0]
            policy = page.headers["content-security-policy"]
            assert f"form-action 'self' {scheme}:" in policy


async def test_only_the_author_is_asked_and_nobody_asks_others_by_the_blog(
    bench: Bench, tmp_path: Path
) -> None:
    async with _world(bench, tmp_path) as world:
        async with browser(world.blog) as stranger:
            address = f"{_AUTHORIZE}?{urlencode(_asked())}"
            sent = await stranger.get(address)
            assert sent.status_code == 303
            # Nothing of what was asked for is lost on the way through the door.
            target = unquote(sent.headers["location"].partition("next=")[2])
            assert target == address
            door = await stranger.page(sent.headers["location"])
            assert door.values["next"] == address
        # A program on the author's machine has no page, and the blog's own machine is not asked.
        for place in ("http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]:9/"):
            page = await world.consent(client_id=place, redirect_uri=f"{place}back")
            assert page.status_code == 200, place
        world.net.addresses["editor.example"] = ["10.0.0.1"]
        private = await world.consent(redirect_uri="https://editor.example/elsewhere")
        # It cannot be asked, but its own host needs nobody to vouch for it.
        assert private.status_code == 200
        assert "Allow editor.example?" in read(private).text
        assert world.net.dialled == []


async def test_the_author_says_no_or_too_late_or_twice(bench: Bench, tmp_path: Path) -> None:
    async with _world(bench, tmp_path) as world:
        ticket = read(await world.consent()).values["ticket"]
        told = await world.decide(ticket, "create", action="deny")
        assert told["error"] == "access_denied" and "code" not in told
        again = await world.desk.submit(f"{_AUTHORIZE}/decide", ticket=ticket, action="allow")
        assert again.status_code == 403
        ticket = read(await world.consent()).values["ticket"]
        world.blog.clock.offset += timedelta(minutes=10, seconds=1)
        late = await world.desk.submit(f"{_AUTHORIZE}/decide", ticket=ticket, action="allow")
        assert late.status_code == 403
        # By now it has to be shown again who sits there, with all that was asked for kept.
        asked = await world.consent()
        assert asked.status_code == 303
        assert asked.headers["location"].startswith("/admin/confirm?next=/admin/authorize%3F")


async def test_what_a_program_says_of_itself_is_said_on_its_own_host(
    bench: Bench, tmp_path: Path
) -> None:
    """An editor whose host leads elsewhere when asked to lends its name to nobody."""
    client, back = f"{_EDITOR}go?to=evil", "https://app.example/back"

    async def lead(request: Request) -> Response:
        return RedirectResponse("https://app.example/evil.json")

    async def lie(request: Request) -> Response:
        told = {"client_id": client, "client_name": "The Editor", "redirect_uris": [back]}
        return JSONResponse(told)

    async with _world(bench, tmp_path) as world:
        world.net.apps["editor.example"] = _site(lead)
        world.net.apps["app.example"] = _site(lie)
        refused = await world.consent(client_id=client, redirect_uri=back)
        assert refused.status_code == 400
        assert "The Editor" not in refused.text
