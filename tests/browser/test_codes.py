"""Codes of an app as the second factor, set up and used by hand on a phone."""

import re

import pytest
from playwright.async_api import Browser, Page

from fediblog.protocol.totp import code_at
from tests.admin.desk import PASSWORD
from tests.bench import RunningBlog
from tests.browser.door import go_in
from tests.browser.window import PHONE, window
from tests.checkers.accessibility import violations

pytestmark = pytest.mark.browser

#: The field for a code, when the app is set up and when one signs in.
_FIELD = re.compile("^(The six digits|Code)")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
async def test_codes_are_set_up_asked_for_and_given_up(
    blog: RunningBlog, chromium: Browser, scripts: bool
) -> None:
    async with window(chromium, blog.origin, width=PHONE, scripts=scripts) as phone:
        page = phone.page
        await go_in(page, blog)
        await page.goto(f"{blog.origin}/admin/access")
        await page.get_by_role("button", name="Set up an app").click()
        secret = "".join((await page.locator(".secret").inner_text()).split())
        assert await page.locator("main img, main svg").first.is_visible()

        await _give(page, _wrong(blog, secret), "Ask for codes from now on")
        await page.locator(".error").get_by_text("not the code").wait_for()
        assert await phone.overflow() == 0
        await _give(page, _code(blog, secret), "Ask for codes from now on")
        recovery = await page.locator(".recovery-codes code").first.inner_text()
        assert await phone.overflow() == 0
        if scripts:
            assert await violations(page) == []

        for code in (_code(blog, secret, drift=1), recovery):
            await _sign_out_and_give_the_password(page, blog)
            await _give(page, _wrong(blog, secret), "Sign in")
            assert not await page.context.cookies(f"{blog.origin}/admin/")
            await _give(page, code, "Sign in")
            await page.wait_for_url("**/admin/followers")

        await page.goto(f"{blog.origin}/admin/access")
        await page.get_by_role("button", name="Ask for no codes").click()
        await page.get_by_text("The password alone lets in.").wait_for()
        await _sign_out_and_give_the_password(page, blog)
        await page.wait_for_url("**/admin/followers")


async def _sign_out_and_give_the_password(page: Page, blog: RunningBlog) -> None:
    await page.context.clear_cookies()
    await page.goto(f"{blog.origin}/admin/sign-in?next=/admin/followers")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def _give(page: Page, code: str, button: str) -> None:
    await page.get_by_label(_FIELD).fill(code)
    await page.get_by_role("button", name=button, exact=True).click()


def _code(blog: RunningBlog, secret: str, *, drift: int = 0) -> str:
    """What the app shows now, or would on a phone whose clock is `drift` half minutes ahead."""
    return code_at(secret, int(blog.clock().timestamp()) // 30 + drift)


def _wrong(blog: RunningBlog, secret: str) -> str:
    """Six digits that are no code of these minutes."""
    near = {_code(blog, secret, drift=drift) for drift in range(-3, 4)}
    return next(code for code in map(str, range(100_000, 100_009)) if code not in near)
