"""What lets the author in: random, hashed, compared to its last letter, given up on each page."""

import re

from fediblog.actions.sign_in import make_link
from tests.admin.desk import PASSWORD, Desk, browser
from tests.bench import RunningBlog

#: Of 128 bits, written with letters, digits, - and _.
_TOKEN = re.compile(r"[\w-]{22,}")
#: Longer than what some hashes look at, with spaces at both ends, and with more than letters.
_LONG = f" {'Straße, 猫 and 🚲. ' * 6} "


async def _stored(blog: RunningBlog) -> str:
    """All that the database has of what lets the author in."""
    tables = ("session", "setting", "ticket")
    return repr(
        [dict(row) for each in tables for row in await blog.blog.db.rows(f"SELECT * FROM {each}")]
    )


async def test_the_token_of_a_session_is_random_and_the_browsers_alone(desk: Desk) -> None:
    tokens = {desk.http.cookies["fediblog"]}
    for _ in range(3):
        async with browser(desk.blog) as other:
            await other.enter(await other.submit("/admin/sign-in", password=PASSWORD))
            tokens.add(other.http.cookies["fediblog"])
    assert len(tokens) == 4
    stored = await _stored(desk.blog)
    assert desk.csrf in stored
    for token in tokens:
        assert _TOKEN.fullmatch(token)
        assert token not in stored


async def test_the_token_of_a_one_time_link_is_random_and_nowhere_kept(blog: RunningBlog) -> None:
    tokens = [(await make_link(blog.blog)).partition("token=")[2] for _ in range(2)]
    assert len(set(tokens)) == 2 and all(map(_TOKEN.fullmatch, tokens))
    stored = await _stored(blog)
    assert "welcome_token" in stored
    assert not any(token in stored for token in tokens)


async def test_a_password_counts_as_it_is_to_its_last_letter(desk: Desk) -> None:
    form = {"old": PASSWORD, "password": _LONG, "again": _LONG}
    assert (await desk.submit("/admin/access/password", **form)).status_code == 303
    stored = await _stored(desk.blog)
    assert "$argon2id$" in stored and "Straße" not in stored
    async with browser(desk.blog) as other:
        for wrong in (_LONG.strip(), _LONG[:-1], _LONG.lower(), f"{_LONG[:-3]}x. ", _LONG[:72]):
            assert (await other.submit("/admin/sign-in", password=wrong)).status_code == 422
        await other.enter(await other.submit("/admin/sign-in", password=_LONG))


async def test_each_page_of_the_menu_lets_one_sign_out(desk: Desk) -> None:
    menu = {link for link in (await desk.page("/admin/")).links if link.startswith("/admin/")}
    pages = [page for path in sorted(menu) if (page := await desk.get(path)).status_code == 200]
    assert len(pages) > 10
    for page in pages:
        assert 'action="/admin/sign-out"' in page.text, page.url


async def test_passwords_are_typed_unseen_and_managers_know_which(desk: Desk) -> None:
    token = (await make_link(desk.blog.blog)).partition("token=")[2]
    async with browser(desk.blog) as other:
        pages = {
            "/admin/sign-in": await other.get("/admin/sign-in"),
            "/admin/welcome": await other.get(f"/admin/welcome?token={token}"),
            "/admin/access": await desk.get("/admin/access"),
        }
    for path, page in pages.items():
        fields = re.findall(r'<input[^>]*name="(?:password|again|old)"[^>]*>', page.text)
        assert fields, path
        for field in fields:
            assert 'type="password"' in field, (path, field)
            assert re.search(r'autocomplete="(?:current|new)-password"', field), (path, field)
            assert "onpaste" not in field and "maxlength" not in field, (path, field)
