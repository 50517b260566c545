"""Apps in a browser: a token is made, and an editor is allowed, with and without scripts."""

import asyncio
import base64
import hashlib
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.async_api import Browser

from tests.bench import Bench
from tests.browser.door import go_in
from tests.browser.window import DESK, PHONE, Scheme, window
from tests.checkers.accessibility import violations
from tests.remote.server import listening, typed

pytestmark = pytest.mark.browser

_HOST = "localhost"
_VERIFIER = "a-verifier-that-is-long-enough-for-the-standard_0"


async def _editor(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """It has one page, wherever it is asked."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(typed("text/html", b"<title>An editor</title>", Connection="close"))
    await writer.drain()
    writer.close()


@pytest.mark.parametrize(
    ("width", "scheme", "scripts"), [(PHONE, "dark", False), (DESK, "light", True)]
)
async def test_an_editor_is_allowed_to_write_and_a_token_is_made(
    bench: Bench, chromium: Browser, width: int, scheme: Scheme, scripts: bool
) -> None:
    async with (
        bench.start(host=_HOST) as blog,
        listening(_editor) as port,
        window(chromium, blog.origin, width=width, scheme=scheme, scripts=scripts) as opened,
    ):
        page, place = opened.page, f"http://127.0.0.1:{port}"
        await go_in(page, blog)
        challenge = hashlib.sha256(_VERIFIER.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": f"{place}/",
            "redirect_uri": f"{place}/back",
            "state": "x",
            "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
            "code_challenge_method": "S256",
            "scope": "create delete",
        }
        await page.goto(f"{blog.origin}/admin/authorize?{urlencode(asked)}")
        await page.get_by_role("heading", name="Allow An editor?").wait_for()
        assert await opened.overflow() == 0
        if scripts:
            assert await violations(page) == []
        await page.get_by_label("Delete posts").uncheck()
        await page.get_by_role("button", name="Allow", exact=True).click()
        # The page's policy lets its form lead to the editor, and nowhere else.
        await page.wait_for_url(lambda url: url.startswith(f"{place}/back?"))
        code = parse_qs(urlsplit(page.url).query)["code"][0]
        form = {"code": code, "client_id": f"{place}/", "redirect_uri": f"{place}/back"}
        form |= {"grant_type": "authorization_code", "code_verifier": _VERIFIER}
        grant = (await blog.http.post("/indieauth/token", data=form)).json()
        assert grant["scope"] == "create"

        await page.goto(f"{blog.origin}/admin/tokens")
        assert await page.get_by_text("An editor", exact=True).count() == 1
        await page.get_by_label("What it is for").fill("A script")
        await page.get_by_role("button", name="Make a token").click()
        await page.get_by_role("heading", name="A script").wait_for()
        assert await opened.overflow() == 0
        if scripts:
            assert await violations(page) == []
        await page.get_by_role("link", name="I have copied it").click()
        assert await opened.overflow() == 0
        if scripts:
            assert await violations(page) == []
        await page.get_by_role("button", name="Take back the token of A script").click()
        await page.get_by_text("Taken back").wait_for()
        assert await page.get_by_text("A script", exact=True).count() == 0
