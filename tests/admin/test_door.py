"""In and out: the one-time link, the password, the session and its cookie."""

from datetime import timedelta
from urllib.parse import quote

import httpx
import pytest

from fediblog.actions.sign_in import make_link, set_password
from tests.admin.desk import PASSWORD, Desk, browser, desk_of
from tests.admin.page import read
from tests.bench import Bench, RunningBlog, SettableClock

_FORM = {"password": PASSWORD, "again": PASSWORD}

_ELSEWHERE = (
    "//evil.example",
    "https://evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "/admin//evil.example",
    "/admin\\@evil.example",
    "/admin/\r\nSet-Cookie: a=b",
    "/admin/\t/evil.example",
    "javascript:alert(1)",
    "/somewhere/else",
    "/admin@evil.example",
    "/administrator",
    "@evil.example",
)


async def _token(blog: RunningBlog) -> str:
    return (await make_link(blog.blog)).partition("token=")[2]


async def _sessions(blog: RunningBlog) -> int:
    return len(await blog.blog.db.rows("SELECT id FROM session"))


async def test_the_link_sets_a_password_signs_in_and_works_once(blog: RunningBlog) -> None:
    token = await _token(blog)
    async with browser(blog) as desk:
        page = await desk.page(f"/admin/welcome?token={token}")
        assert page.values["token"] == token
        await desk.enter(await desk.submit("/admin/welcome", token=token, **_FORM))
    async with browser(blog) as other:
        assert (await other.get(f"/admin/welcome?token={token}")).status_code == 403
        again = await other.submit("/admin/welcome", token=token, **_FORM)
        assert again.status_code == 403
        assert "fediblog" not in other.http.cookies
        await other.enter(await other.submit("/admin/sign-in", password=PASSWORD))


async def test_the_link_holds_for_a_day(bench: Bench) -> None:
    clock = SettableClock()
    async with bench.start(clock=clock) as blog, browser(blog) as desk:
        token = await _token(blog)
        clock.offset = timedelta(hours=23, minutes=59)
        assert (await desk.get(f"/admin/welcome?token={token}")).status_code == 200
        clock.offset = timedelta(hours=24, seconds=1)
        assert (await desk.get(f"/admin/welcome?token={token}")).status_code == 403
        late = await desk.submit("/admin/welcome", token=token, **_FORM)
        assert late.status_code == 403
        assert await _sessions(blog) == 0


async def test_a_new_link_ends_the_one_before(blog: RunningBlog) -> None:
    first, second = await _token(blog), await _token(blog)
    async with browser(blog) as desk:
        assert (await desk.get(f"/admin/welcome?token={first}")).status_code == 403
        assert (await desk.get(f"/admin/welcome?token={second}")).status_code == 200


async def test_other_tokens_lead_nowhere(blog: RunningBlog) -> None:
    await _token(blog)
    async with browser(blog) as desk:
        for token in ("", "wrong", "\0", "é", "x" * 5000):
            assert (await desk.get(f"/admin/welcome?token={quote(token)}")).status_code == 403
            assert (await desk.submit("/admin/welcome", token=token, **_FORM)).status_code == 403
        assert await _sessions(blog) == 0


async def test_the_link_is_looked_at_before_the_password(blog: RunningBlog) -> None:
    """Hashing a password takes 64 MB and a while: not for anybody who asks."""
    async with browser(blog) as desk:
        refused = await desk.submit("/admin/welcome", token="wrong", password="a", again="b")
        assert refused.status_code == 403


async def test_a_refused_password_leaves_the_link_good(blog: RunningBlog) -> None:
    token = await _token(blog)
    async with browser(blog) as desk:
        for password, again, field, sentence in (
            ("too short", "too short", "password", "at least 10"),
            ("x" * 1001, "x" * 1001, "password", "at most 1000"),
            ("long enough it is", "long enough it was", "again", "not the same"),
        ):
            form = {"token": token, "password": password, "again": again}
            refused = await desk.submit("/admin/welcome", **form)
            assert refused.status_code == 422
            assert sentence in read(refused).errors[field]
            assert password not in refused.text
        await desk.enter(await desk.submit("/admin/welcome", token=token, **_FORM))


async def test_a_wrong_password_is_told_and_opens_no_session(blog: RunningBlog) -> None:
    await set_password(blog.blog, PASSWORD)
    async with browser(blog) as desk:
        refused = await desk.submit("/admin/sign-in", password="wrong", next="/admin/settings")
        assert refused.status_code == 422
        assert read(refused).errors == {"password": "This is not the password."}
        assert read(refused).values["next"] == "/admin/settings"
        assert "set-cookie" not in refused.headers
        assert await _sessions(blog) == 0


async def test_before_a_password_is_set_nobody_gets_in(blog: RunningBlog) -> None:
    async with browser(blog) as desk:
        for password in ("", "\0", "x" * 100_000):
            assert (await desk.submit("/admin/sign-in", password=password)).status_code == 422


async def test_a_new_password_signs_everybody_out(desk: Desk) -> None:
    await set_password(desk.blog.blog, "another password")
    assert (await desk.get("/admin/")).status_code == 303
    assert (await desk.submit("/admin/sign-in", password=PASSWORD)).status_code == 422


async def test_signing_out_ends_the_session_itself(desk: Desk) -> None:
    cookie = desk.http.cookies["fediblog"]
    assert (await desk.submit("/admin/sign-out")).headers["location"] == "/admin/sign-in"
    assert "fediblog" not in desk.http.cookies
    kept = await desk.http.get("/admin/", headers={"Cookie": f"fediblog={cookie}"})
    assert kept.status_code == 303


async def test_signing_out_leaves_other_browsers_in(desk: Desk) -> None:
    async with browser(desk.blog) as other:
        await other.enter(await other.submit("/admin/sign-in", password=PASSWORD))
        await desk.submit("/admin/sign-out")
        assert (await other.get("/admin/")).status_code == 200


async def test_an_unknown_session_is_asked_to_sign_in(blog: RunningBlog) -> None:
    async with browser(blog) as desk:
        for cookie in ("", "fediblog=", "fediblog=unknown", 'fediblog="\\000"'):
            response = await desk.http.get("/admin/posts/new", headers={"Cookie": cookie})
            assert response.status_code == 303
            assert response.headers["location"] == "/admin/sign-in?next=/admin/posts/new"


async def test_a_session_ends_thirty_days_after_its_last_use(bench: Bench) -> None:
    clock = SettableClock()
    async with bench.start(clock=clock) as blog, desk_of(blog) as desk:
        for days in (29, 58):
            clock.offset = timedelta(days=days)
            assert (await desk.get("/admin/")).status_code == 200
        clock.offset = timedelta(days=88, hours=1)
        assert (await desk.get("/admin/")).status_code == 303


async def test_a_session_ends_after_half_a_year_however_often_it_is_used(bench: Bench) -> None:
    clock = SettableClock()
    async with bench.start(clock=clock) as blog, desk_of(blog) as desk:
        for days in range(20, 180, 20):
            clock.offset = timedelta(days=days)
            assert (await desk.get("/admin/")).status_code == 200
        clock.offset = timedelta(days=180, hours=1)
        assert (await desk.get("/admin/")).status_code == 303


async def test_after_signing_in_one_is_where_one_wanted_to_go(blog: RunningBlog) -> None:
    await set_password(blog.blog, PASSWORD)
    async with browser(blog) as desk:
        page = await desk.page("/admin/sign-in?next=/admin/followers")
        form = {"password": PASSWORD, "next": page.values["next"]}
        entered = await desk.submit("/admin/sign-in", **form)
        assert entered.headers["location"] == "/admin/followers"


async def test_k21_nobody_is_led_elsewhere(blog: RunningBlog) -> None:
    await set_password(blog.blog, PASSWORD)
    async with browser(blog) as desk:
        for target in _ELSEWHERE:
            page = await desk.page(f"/admin/sign-in?next={quote(target)}")
            assert "next" not in page.values, target
            entered = await desk.submit("/admin/sign-in", password=PASSWORD, next=target)
            assert entered.headers["location"] == "/admin/", target
            assert list(desk.http.cookies) == ["fediblog"]


async def test_nobody_is_signed_in_by_a_form_from_elsewhere(blog: RunningBlog) -> None:
    await set_password(blog.blog, PASSWORD)
    token = await _token(blog)
    forms = {"/admin/sign-in": {"password": PASSWORD}, "/admin/welcome": {"token": token, **_FORM}}
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        for path, form in forms.items():
            response = await blog.http.post(path, data=form, headers=headers)
            assert response.status_code == 403
            assert "set-cookie" not in response.headers
    for path, form in forms.items():
        assert (await blog.http.post(path, data=form)).status_code == 303


@pytest.mark.parametrize("origin", ["", "https://blog.example"])
async def test_the_cookie_is_for_the_admin_pages_alone(bench: Bench, origin: str) -> None:
    async with bench.start(FEDIBLOG_URL=origin) as blog, browser(blog) as desk:
        await set_password(blog.blog, PASSWORD)
        entered = await desk.submit("/admin/sign-in", password=PASSWORD)
        flags = _flags(entered)
        assert {"httponly", "samesite=lax", "path=/admin", "max-age=34560000"} <= flags
        assert ("secure" in flags) == bool(origin)
        assert not any(flag.startswith("domain") for flag in flags)


def _flags(response: httpx.Response) -> set[str]:
    return {part.strip().lower() for part in response.headers["set-cookie"].split(";")[1:]}
