"""Passkeys in a browser, whose key store is a virtual one of its own tools (WebAuthn, 11)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from playwright.async_api import Browser, CDPSession, Page

from tests.admin.desk import PASSWORD
from tests.bench import Bench, RunningBlog, secretly
from tests.browser.door import go_in
from tests.browser.window import PHONE, Window, window
from tests.checkers.accessibility import violations

pytestmark = pytest.mark.browser

#: A name, as passkeys need one, at which browsers take http to be safe.
_HOST = "localhost"
#: Sends a form's fields by the script of the page, but with another answer.
_SEND = """async ([path, values]) => {
  const csrf = document.querySelector("[name=csrf]")?.value ?? "";
  const answer = await fetch(path, {method: "POST", body: new URLSearchParams({csrf, ...values})});
  return [answer.status, answer.url, await answer.text()];
}"""
#: What the browser signs for a challenge, as the page's own script sends it.
_SIGN = """async (options) => {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return JSON.stringify((await navigator.credentials.get({publicKey})).toJSON());
}"""
_ASK = "/admin/sign-in/passkey/challenge"


@asynccontextmanager
async def _device(page: Page) -> AsyncIterator[tuple[CDPSession, str]]:
    """A phone that has its owner's finger on it; its number for the browser's tools."""
    tools = await page.context.new_cdp_session(page)
    await tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = await tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield tools, added["authenticatorId"]


async def _add_passkey(page: Page, blog: RunningBlog, name: str) -> None:
    await page.goto(f"{blog.origin}/admin/access")
    await page.get_by_label("Where the new one will lie").fill(name)
    await page.get_by_role("button", name="Add a passkey").click()
    await page.get_by_text("You can sign in with it").wait_for()


async def _sign_out(page: Page, blog: RunningBlog) -> None:
    await page.context.clear_cookies()
    await page.goto(f"{blog.origin}/admin/sign-in?next=/admin/followers")


async def _challenge(page: Page) -> tuple[dict[str, object], str]:
    status, _, body = await page.evaluate(_SEND, [_ASK, {}])
    assert status == 200
    asked = json.loads(body)
    return json.loads(asked["options"]), asked["ticket"]


async def test_a_passkey_is_made_signs_in_and_is_removed(bench: Bench, chromium: Browser) -> None:
    async with (
        bench.start(host=_HOST) as blog,
        window(chromium, blog.origin, width=PHONE, scheme="dark") as phone,
    ):
        page = phone.page
        async with _device(page):
            await go_in(page, blog)
            await _add_passkey(page, blog, "My phone")
            assert await page.get_by_text("not used yet").count() == 1
            # A device that has one is not given another.
            await page.get_by_role("button", name="Add a passkey").click()
            await page.get_by_text("has a passkey for this blog already").wait_for()
            await _sign_out(page, blog)
            assert await violations(page) == []
            await page.get_by_role("button", name="Sign in with a passkey").click()
            await page.wait_for_url(f"{blog.origin}/admin/followers")
            await page.goto(f"{blog.origin}/admin/access")
            assert "Passkey: signed in" in await page.locator("#attempts").inner_text()
            assert await violations(page) == []
            # Ten minutes later a passkey shows again who sits there.
            blog.clock.offset += timedelta(minutes=11)
            await page.goto(f"{blog.origin}/admin/access")
            assert await page.get_by_role("button", name="Remove").count() == 0
            await page.get_by_role("link", name="say once more who you are").click()
            await page.get_by_role("button", name="Use a passkey").click()
            await page.wait_for_url(f"{blog.origin}/admin/access")
            await page.get_by_role("button", name="Remove My phone").click()
            await page.get_by_text("Saved.").wait_for()
            await _sign_out(page, blog)
            assert await page.get_by_role("button", name="passkey").count() == 0
        phone.assert_quiet()


async def test_a_passkey_is_the_second_factor_if_the_author_wants_that(
    bench: Bench, chromium: Browser
) -> None:
    async with (
        bench.start(host=_HOST) as blog,
        window(chromium, blog.origin) as desk,
    ):
        page = desk.page
        async with _device(page):
            await go_in(page, blog)
            await _add_passkey(page, blog, "My desk")
            await page.get_by_label("Ask for a passkey after the password, too").check()
            await page.get_by_role("button", name="Save", exact=True).click()
            code = await page.locator(".recovery-codes code").first.inner_text()
            assert await violations(page) == []
            await _sign_out(page, blog)
            for way in ("passkey", "recovery code"):
                await page.get_by_label("Password").fill(PASSWORD)
                await page.get_by_role("button", name="Sign in", exact=True).click()
                await page.get_by_role("heading", name="One more step").wait_for()
                assert await violations(page) == []
                assert not await _cookies(desk)
                if way == "passkey":
                    await page.get_by_role("button", name="Use a passkey").click()
                else:
                    await page.get_by_label("Recovery code").fill(code)
                    await page.get_by_role("button", name="Sign in").click()
                await page.wait_for_url(f"{blog.origin}/admin/followers")
                await _sign_out(page, blog)
            # Without any passkey nothing would be left to ask for.
            await secretly(blog.blog.db, "DELETE FROM passkey")
            await page.reload()
            await page.get_by_label("Password").fill(PASSWORD)
            await page.get_by_role("button", name="Sign in", exact=True).click()
            await page.wait_for_url(f"{blog.origin}/admin/followers")


async def test_only_what_a_passkey_signs_now_and_here_lets_in(
    bench: Bench, chromium: Browser
) -> None:
    """Each time one thing is wrong, and all else is as it should be."""
    async with (
        bench.start(host=_HOST) as blog,
        window(chromium, blog.origin) as desk,
    ):
        page, path = desk.page, "/admin/sign-in/passkey"
        async with _device(page) as (tools, device):
            await go_in(page, blog)
            await _add_passkey(page, blog, "My desk")
            await _sign_out(page, blog)

            async def answered(options: dict[str, object], ticket: str) -> int:
                signed = await page.evaluate(_SIGN, options)
                values = {"ticket": ticket, "answer": signed}
                status, _, _ = await page.evaluate(_SEND, [path, values])
                return int(status)

            options, ticket = await _challenge(page)
            signed = await page.evaluate(_SIGN, options)
            # Nothing but noise.
            for answer in ("", "[]", "{}", "\0", '{"id": 1}', signed[: len(signed) // 2]):
                _, fresh = await _challenge(page)
                values = {"ticket": fresh, "answer": answer}
                status, _, body = await page.evaluate(_SEND, [path, values])
                assert status == 422, answer
                assert "does not open this blog" in body
            # Another challenge than the one that was asked.
            other, _ = await _challenge(page)
            _, fresh = await _challenge(page)
            assert await answered(other, fresh) == 422
            # Signed for another page, as one that lies in between would have it signed.
            broken = _with_origin(signed, "https://evil.example")
            values = {"ticket": ticket, "answer": broken}
            assert (await page.evaluate(_SEND, [path, values]))[0] == 422
            # A challenge that is used up, and one that is too old.
            options, ticket = await _challenge(page)
            assert await answered(options, ticket) == 200
            await _sign_out(page, blog)
            assert await answered(options, ticket) == 403
            options, ticket = await _challenge(page)
            blog.clock.offset += timedelta(minutes=10, seconds=1)
            assert await answered(options, ticket) == 403
            # Whoever has the device, but is not its owner.
            options, ticket = await _challenge(page)
            unlocked = {"authenticatorId": device, "isUserVerified": False}
            await tools.send("WebAuthn.setUserVerified", unlocked)
            options["userVerification"] = "discouraged"
            assert await answered(options, ticket) == 422
            await tools.send("WebAuthn.setUserVerified", unlocked | {"isUserVerified": True})
            # A copy of the key that has signed less often than the key itself.
            listed = await tools.send("WebAuthn.getCredentials", {"authenticatorId": device})
            [copy] = listed["credentials"]
            await tools.send("WebAuthn.clearCredentials", {"authenticatorId": device})
            copy["signCount"] = 0
            added = {"authenticatorId": device, "credential": copy}
            await tools.send("WebAuthn.addCredential", added)
            options, ticket = await _challenge(page)
            assert await answered(options, ticket) == 422
            assert not await _cookies(desk)
            rows = await blog.blog.db.rows("SELECT result FROM attempt WHERE way = 'passkey'")
            assert {row["result"] for row in rows} == {"wrong", "in"}


async def test_without_scripts_the_forms_for_passkeys_are_not_there(
    bench: Bench, chromium: Browser
) -> None:
    async with (
        bench.start(host=_HOST) as blog,
        window(chromium, blog.origin, width=PHONE, scripts=False) as phone,
    ):
        page = phone.page
        await go_in(page, blog)
        await page.goto(f"{blog.origin}/admin/access")
        assert not await page.get_by_role("button", name="Add a passkey").is_visible()
        assert "Adding one needs JavaScript" in await page.locator("#passkeys").inner_text()
        assert await phone.overflow() == 0
        await page.get_by_role("button", name="Set up an app").click()
        await page.get_by_role("button", name="Ask for codes from now on").wait_for()
        assert await phone.overflow() == 0


async def _cookies(opened: Window) -> list[object]:
    return [each for each in await opened.page.context.cookies() if each.get("path") == "/admin"]


def _with_origin(answer: str, origin: str) -> str:
    """An answer that says that it was made for another page; its signature stays as it is."""
    given = json.loads(answer)
    encoded = given["response"]["clientDataJSON"]
    data = json.loads(urlsafe_b64decode(encoded + "=="))
    data["origin"] = origin
    changed = urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")
    given["response"]["clientDataJSON"] = changed
    return json.dumps(given)
