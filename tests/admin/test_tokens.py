"""Tokens with which programs write: made, shown once, listed, taken back."""

import re
from datetime import timedelta
from urllib.parse import unquote

from tests.admin.desk import Desk, browser
from tests.admin.page import read
from tests.api.program import Program


async def test_a_token_is_shown_once_and_taken_back(desk: Desk) -> None:
    made = await desk.submit("/admin/tokens", name="My <i>script</i>", create="on", draft="on")
    assert made.status_code == 200
    token = re.findall(r'class="token">(fediblog_[\w-]{40,})<', made.text)[0]
    page = await desk.page("/admin/tokens")
    assert "My <i>script</i>" in page.text
    assert "create, draft" in page.text
    assert "not used yet" in page.text
    assert token not in (await desk.get("/admin/tokens")).text
    assert token not in str(await desk.blog.blog.db.rows("SELECT * FROM api_token"))
    script = Program(desk.blog, token)
    assert (await script.entry(content=["Text"])).status_code == 201
    assert "last used" in (await desk.page("/admin/tokens")).text
    revoke = next(link for link in page.links if link.endswith("/revoke"))
    assert (await desk.submit(revoke)).status_code == 303
    assert (await script.entry(content=["Text"])).status_code == 401
    assert "No program" in (await desk.page("/admin/tokens")).text


async def test_what_does_not_fit_is_told_beside_its_field(desk: Desk) -> None:
    for form, field in (
        ({"name": "", "create": "on"}, "name"),
        ({"name": "x" * 101, "create": "on"}, "name"),
        ({"name": "A name"}, "scopes"),
        ({"name": "A name", "admin": "on"}, "scopes"),
    ):
        refused = await desk.submit("/admin/tokens", **form)
        assert refused.status_code == 422
        assert list(read(refused).errors) == [field]
        assert read(refused).values["name"] == form["name"]
    assert await desk.blog.blog.db.rows("SELECT * FROM api_token") == []


async def test_a_token_is_made_only_by_who_has_shown_lately_who_they_are(desk: Desk) -> None:
    desk.blog.clock.offset += timedelta(minutes=11)
    asked = await desk.submit("/admin/tokens", name="A name", create="on")
    assert asked.status_code == 303
    assert unquote(asked.headers["location"]) == "/admin/confirm?next=/admin/tokens"
    assert await desk.blog.blog.db.rows("SELECT * FROM api_token") == []
    assert "say once more who you are" in (await desk.page("/admin/tokens")).text


async def test_tokens_open_no_page_of_the_admin(desk: Desk) -> None:
    made = await desk.submit("/admin/tokens", name="A name", create="on")
    token = re.findall(r'class="token">([\w-]+)<', made.text)[0]
    async with browser(desk.blog) as other:
        other.http.headers["Authorization"] = f"Bearer {token}"
        other.http.cookies.set("fediblog", token)
        assert (await other.get("/admin/")).status_code == 303
