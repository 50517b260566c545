"""The admin's account and the list of blocked servers from the command line."""

import pytest
from httpx import Response

from tests.commands.answers import call, refused
from tests.processes import Installation, Server

PASSWORD = "correct horse battery"


async def test_a_password_from_standard_input_signs_in(place: Installation) -> None:
    before = await place.run("admin", "password", stdin=f"{PASSWORD}\n")
    assert (before.code, before.output) == (0, "The password is set.\n"), before.errors
    async with place.serving(FEDIBLOG_URL="http://127.0.0.1:8000") as server:
        assert (await sign_in(server, "something else")).status_code == 422
        assert (await sign_in(server, PASSWORD)).status_code == 303
        assert (await server.http.get("/admin/")).status_code == 200

        changed = await place.run("admin", "password", stdin="another one, without a newline")
        assert changed.code == 0, changed.errors
        assert (await server.http.get("/admin/")).status_code == 303, "signed out"
        assert (await sign_in(server, PASSWORD)).status_code == 422
        assert (await sign_in(server, "another one, without a newline")).status_code == 303


async def test_a_password_that_is_too_short_is_refused(embedded: Installation) -> None:
    sentence = "A password needs at least 10 characters."
    assert refused(await call(embedded, "admin", "password", stdin="short\n")) == sentence
    assert refused(await call(embedded, "admin", "password")) == sentence


@pytest.mark.parametrize(
    "password", ["iloveyou12345", "qwertyuiop123", "aaaaaaaaaaaa", "fediblog2026"]
)
async def test_a_password_that_is_tried_first_is_refused(
    embedded: Installation, password: str
) -> None:
    said = refused(await call(embedded, "admin", "password", stdin=f"{password}\n"))
    assert said.startswith("This password is among the first that are tried.")


async def test_a_link_leads_to_where_the_password_is_set_and_an_earlier_one_ends(
    place: Installation,
) -> None:
    async with place.serving() as server:
        first, second = [await call(place, "admin", "password", "--link") for _ in range(2)]
        assert first.code == second.code == 0
        assert second.output.startswith(f"{server.origin}/admin/welcome?token=")
        assert (await server.http.get(first.output.strip())).status_code == 403
        assert (await server.http.get(second.output.strip())).status_code == 200
        assert "/admin/welcome?token=" in server.said(), "the start prints one, too"


async def test_servers_are_blocked_and_let_in_again(place: Installation) -> None:
    assert (await call(place, "block")).output == ""
    added = await call(place, "block", "add", "EVIL.example")
    assert (added.code, added.output) == (0, "Blocked: evil.example\n"), added.errors
    assert (await call(place, "block")).output == "evil.example\n"
    removed = await call(place, "block", "remove", "evil.example")
    assert removed.output == "No longer blocked: evil.example\n"
    assert (await call(place, "block")).output == ""


async def sign_in(server: Server, password: str) -> Response:
    """Type a password in, as a browser sends it."""
    headers = {"Host": "127.0.0.1:8000", "Origin": "http://127.0.0.1:8000"}
    form = {"password": password, "next": ""}
    return await server.http.post("/admin/sign-in", data=form, headers=headers)
