"""How the author signs in: the second factor, sessions, who has tried, and being asked again."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import httpx

from fediblog.actions.second_factor import begin_codes, finish_codes, reset_second_factor
from fediblog.actions.sign_in import set_password
from fediblog.protocol.totp import code_at, matching_step
from fediblog.worker.housekeeping import keep_house
from tests.admin.desk import PASSWORD, Desk, browser, desk_of
from tests.admin.page import read
from tests.bench import Bench, RunningBlog, SettableClock

_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def _code(clock: SettableClock, secret: str, drift: int = 0) -> str:
    return code_at(secret, int(clock().timestamp()) // 30 + drift)


async def _set_up_codes(desk: Desk) -> tuple[str, list[str]]:
    """The secret that an app has now, and the recovery codes."""
    begun = await desk.submit("/admin/access/codes")
    assert begun.status_code == 200
    secret = re.findall(r"secret=([A-Z2-7]+)", begun.text)[0]
    ticket = read(begun).values["ticket"]
    form = {"ticket": ticket, "code": _code(desk.blog.clock, secret)}
    done = await desk.submit("/admin/access/codes/finish", **form)
    assert done.status_code == 200
    return secret, re.findall(r"<li><code>([a-z2-9-]+)</code>", done.text)


async def _half(desk: Desk, password: str = PASSWORD) -> str:
    """The ticket of a sign-in that is half done."""
    response = await desk.submit("/admin/sign-in", password=password, next="/admin/followers")
    assert response.status_code == 200
    assert "set-cookie" not in response.headers
    assert "fediblog" not in desk.http.cookies
    return read(response).values["ticket"]


async def _results(blog: RunningBlog) -> list[tuple[str, str, int]]:
    rows = await blog.blog.db.rows("SELECT way, result, times FROM attempt ORDER BY id")
    return [(row["way"], row["result"], row["times"]) for row in rows]


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, of which six digits are shown."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037")):
        assert code_at(secret, seconds // 30) == code
    assert matching_step(secret, "287082", datetime.fromtimestamp(59, UTC)) == 1


async def test_with_an_app_the_password_alone_lets_nobody_in(bench: Bench) -> None:
    clock = SettableClock()
    clock.fixed = _NOW
    async with bench.start(clock=clock) as blog, desk_of(blog) as desk, browser(blog) as other:
        secret, codes = await _set_up_codes(desk)
        assert len(set(codes)) == 10
        clock.offset += timedelta(minutes=1)
        ticket = await _half(other)
        assert (await other.get("/admin/")).status_code == 303
        for wrong in ("000000", "", "\0", "x" * 5000, _code(clock, secret, -2), codes[0] + "a"):
            refused = await other.submit("/admin/sign-in/code", ticket=ticket, code=wrong)
            assert refused.status_code == 422
            assert "code" in read(refused).errors
            assert read(refused).values["ticket"] == ticket
        form = {"ticket": ticket, "code": _code(clock, secret), "next": "/admin/followers"}
        entered = await other.submit("/admin/sign-in/code", **form)
        assert entered.headers["location"] == "/admin/followers"
        await other.enter(entered)


async def test_a_code_is_taken_once_and_none_before_it_afterwards(bench: Bench) -> None:
    clock = SettableClock()
    clock.fixed = _NOW
    async with bench.start(clock=clock) as blog, desk_of(blog) as desk, browser(blog) as other:
        secret, _ = await _set_up_codes(desk)
        # What has shown that the app has the secret was seen on the screen, too.
        ticket = await _half(other)
        form = {"ticket": ticket, "code": _code(clock, secret)}
        assert (await other.submit("/admin/sign-in/code", **form)).status_code == 422
        # A phone half a minute ahead.
        form["code"] = _code(clock, secret, 1)
        assert (await other.submit("/admin/sign-in/code", **form)).status_code == 303
        async with browser(blog) as third:
            form = {"ticket": await _half(third), "code": _code(clock, secret, 1)}
            assert (await third.submit("/admin/sign-in/code", **form)).status_code == 422
            form["code"] = _code(clock, secret)
            assert (await third.submit("/admin/sign-in/code", **form)).status_code == 422
            clock.offset += timedelta(seconds=30)
            form["code"] = _code(clock, secret, 1)
            assert (await third.submit("/admin/sign-in/code", **form)).status_code == 303


async def test_a_recovery_code_is_taken_once_however_it_is_typed(bench: Bench) -> None:
    async with bench.start() as blog, desk_of(blog) as desk, browser(blog) as other:
        _, codes = await _set_up_codes(desk)
        typed = codes[3].upper().replace("-", "  ")
        form = {"ticket": await _half(other), "code": typed}
        assert (await other.submit("/admin/sign-in/code", **form)).status_code == 303
        async with browser(blog) as third:
            form = {"ticket": await _half(third), "code": codes[3]}
            assert (await third.submit("/admin/sign-in/code", **form)).status_code == 422
        page = await desk.page("/admin/access")
        assert "9 recovery codes left" in page.text
        stored = str([dict(row) for row in await blog.blog.db.rows("SELECT * FROM recovery_code")])
        assert not any(code in stored or code.replace("-", "") in stored for code in codes)
        fresh = await desk.submit("/admin/access/recovery")
        assert len(re.findall(r"<li><code>", fresh.text)) == 10
        async with browser(blog) as fourth:
            form = {"ticket": await _half(fourth), "code": codes[4]}
            assert (await fourth.submit("/admin/sign-in/code", **form)).status_code == 422


async def test_half_a_sign_in_holds_for_ten_minutes_and_once(bench: Bench) -> None:
    async with bench.start() as blog, desk_of(blog) as desk, browser(blog) as other:
        _, codes = await _set_up_codes(desk)
        for ticket in ("", "wrong", "\0"):
            form = {"ticket": ticket, "code": codes[0]}
            assert (await other.submit("/admin/sign-in/code", **form)).status_code == 403
        ticket = await _half(other)
        blog.clock.offset += timedelta(minutes=10, seconds=1)
        form = {"ticket": ticket, "code": codes[0]}
        assert (await other.submit("/admin/sign-in/code", **form)).status_code == 403
        ticket = await _half(other)
        form = {"ticket": ticket, "code": codes[0]}
        assert (await other.submit("/admin/sign-in/code", **form)).status_code == 303
        form = {"ticket": ticket, "code": codes[1]}
        assert (await other.submit("/admin/sign-in/code", **form)).status_code == 403
        assert "9 recovery codes" in (await desk.page("/admin/access")).text


async def test_the_app_has_to_show_that_it_has_the_secret(desk: Desk) -> None:
    begun = read(await desk.submit("/admin/access/codes"))
    form = {"ticket": begun.values["ticket"], "code": "12345"}
    refused = await desk.submit("/admin/access/codes/finish", **form)
    assert refused.status_code == 422
    assert read(refused).values["ticket"] == form["ticket"]
    async with browser(desk.blog) as other:
        await other.enter(await other.submit("/admin/sign-in", password=PASSWORD))


async def test_a_lost_phone_is_forgotten_from_the_command_line(desk: Desk) -> None:
    await _set_up_codes(desk)
    await reset_second_factor(desk.blog.blog)
    assert (await desk.get("/admin/")).status_code == 303
    async with browser(desk.blog) as other:
        await other.enter(await other.submit("/admin/sign-in", password=PASSWORD))
        assert "recovery code" not in (await other.page("/admin/access")).text


async def test_codes_are_not_asked_for_any_more(desk: Desk) -> None:
    await _set_up_codes(desk)
    assert (await desk.submit("/admin/access/codes/end")).status_code == 303
    async with browser(desk.blog) as other:
        await other.enter(await other.submit("/admin/sign-in", password=PASSWORD))
    assert await desk.blog.blog.db.rows("SELECT * FROM recovery_code") == []
    assert (await desk.submit("/admin/access/recovery")).status_code == 422


async def test_guessing_codes_is_slow_from_everywhere_together(bench: Bench) -> None:
    async with bench.start(
        FEDIBLOG_URL="https://blog.example", FEDIBLOG_TRUSTED_PROXIES="127.0.0.1"
    ) as blog:
        await set_password(blog.blog, PASSWORD)
        new = await begin_codes(blog.blog)
        await finish_codes(blog.blog, new.ticket, _code(blog.clock, new.secret))
        half = await blog.http.post("/admin/sign-in", data={"password": PASSWORD})
        ticket, answers = read(half).values["ticket"], []
        for number in range(33):
            headers = {"X-Forwarded-For": f"198.51.100.{number // 5}"}
            data = {"ticket": ticket, "code": "000000"}
            answer = await blog.http.post("/admin/sign-in/code", data=data, headers=headers)
            answers.append(answer.status_code)
        assert answers == [422] * 30 + [429] * 3
        # Passwords are counted by address alone, so the author is not kept out by that.
        assert (await blog.http.post("/admin/sign-in", data={"password": "x"})).status_code == 422


async def test_who_tries_is_written_down(bench: Bench) -> None:
    async with bench.start(FEDIBLOG_URL="https://blog.example") as blog:
        await set_password(blog.blog, PASSWORD)
        headers = {"User-Agent": _FIREFOX}
        for password in ["guess"] * 9 + [PASSWORD] + ["guess"] * 5:
            await blog.http.post("/admin/sign-in", data={"password": password}, headers=headers)
        expected = [("password", "wrong", 9), ("password", "in", 1), ("password", "throttled", 1)]
        assert await _results(blog) == expected
        rows = await blog.blog.db.rows("SELECT address, browser FROM attempt")
        assert {(row["address"], row["browser"]) for row in rows} == {
            ("127.0.0.1", "Firefox on Linux")
        }


async def test_the_list_of_tries_is_paged_and_kept_for_ninety_days(desk: Desk) -> None:
    blog = desk.blog
    for _ in range(17):
        await blog.http.post("/admin/sign-in", data={"password": "<i>guess"})
        blog.clock.offset += timedelta(minutes=16)
    page = await desk.page("/admin/access")
    assert page.text.count("refused") == 15
    older = next(link for link in page.links if "before=" in link)
    text = (await desk.page(older)).text
    assert text.count("refused") == 2
    assert "One-time link: signed in" in text
    blog.clock.offset += timedelta(days=90) - timedelta(hours=1)
    await keep_house(blog.blog)
    assert 0 < len(await _results(blog)) < 18
    blog.clock.offset += timedelta(hours=2)
    await keep_house(blog.blog)
    assert await _results(blog) == []
    assert await blog.blog.db.rows("SELECT * FROM session") == []


async def test_browsers_are_listed_and_signed_out_from_another_one(desk: Desk) -> None:
    async with browser(desk.blog) as other, browser(desk.blog) as third:
        other.http.headers["User-Agent"] = _FIREFOX
        for each in (other, third):
            await each.enter(await each.submit("/admin/sign-in", password=PASSWORD))
        page = await desk.page("/admin/access")
        assert "Firefox on Linux" in page.text
        assert "127.0.0.1" in page.text
        assert page.text.count("this one") == 1
        rows = await desk.blog.blog.db.rows("SELECT id FROM session WHERE browser LIKE 'Firefox%'")
        await desk.submit(f"/admin/access/sessions/{rows[0]['id']}/end")
        assert (await other.get("/admin/")).status_code == 303
        assert (await third.get("/admin/")).status_code == 200
        await desk.submit("/admin/access/sessions/end-others")
        assert (await third.get("/admin/")).status_code == 303
        assert (await desk.get("/admin/")).status_code == 200


async def test_signing_in_again_ends_the_session_before(desk: Desk) -> None:
    """Nobody goes on in a session that somebody else may have put into their browser."""
    before = desk.http.cookies["fediblog"]
    await desk.enter(await desk.submit("/admin/sign-in", password=PASSWORD))
    after = desk.http.cookies["fediblog"]
    assert after != before
    async with browser(desk.blog) as other:
        other.http.cookies.set("fediblog", before)
        assert (await other.get("/admin/")).status_code == 303


async def test_a_new_password_asks_for_the_old_one(desk: Desk) -> None:
    path, new = "/admin/access/password", "a few other words"
    async with browser(desk.blog) as other:
        await other.enter(await other.submit("/admin/sign-in", password=PASSWORD))
        for old, password, again, field in (
            ("wrong", new, new, "old"),
            ("", new, new, "old"),
            (PASSWORD, new, "different", "again"),
            (PASSWORD, "short", "short", "password"),
        ):
            form = {"old": old, "password": password, "again": again}
            refused = await desk.submit(path, **form)
            assert refused.status_code == 422
            assert list(read(refused).errors) == [field]
        assert (await other.get("/admin/")).status_code == 200
        cookie = desk.http.cookies["fediblog"]
        changed = await desk.submit(path, old=PASSWORD, password=new, again=new)
        assert changed.status_code == 303
        assert desk.http.cookies["fediblog"] != cookie
        assert (await desk.get("/admin/")).status_code == 200
        assert (await other.get("/admin/")).status_code == 303
        assert (await other.submit("/admin/sign-in", password=PASSWORD)).status_code == 422
        await other.enter(await other.submit("/admin/sign-in", password=new))


async def test_what_a_stranger_at_an_open_browser_must_not_do_is_asked_for_again(
    desk: Desk,
) -> None:
    clock = desk.blog.clock
    clock.offset += timedelta(minutes=9, seconds=50)
    assert (await desk.submit("/admin/access/codes")).status_code == 200
    clock.offset += timedelta(seconds=20)
    before = await desk.blog.blog.db.rows("SELECT * FROM ticket")
    for path in (
        "codes",
        "codes/finish",
        "codes/end",
        "recovery",
        "passkeys",
        "passkeys/challenge",
        "passkeys/second",
        "passkeys/1/remove",
    ):
        asked = await desk.submit(f"/admin/access/{path}")
        assert asked.status_code == 303, path
        assert unquote(asked.headers["location"]) == "/admin/confirm?next=/admin/access"
    assert await desk.blog.blog.db.rows("SELECT * FROM ticket") == before
    assert "say once more who you are" in (await desk.page("/admin/access")).text
    cookie = desk.http.cookies["fediblog"]
    page = await desk.page("/admin/confirm?next=/admin/access")
    refused = await desk.submit("/admin/confirm", password="wrong", next=page.values["next"])
    assert refused.status_code == 422
    assert (await desk.submit("/admin/access/codes")).status_code == 303
    form = {"password": PASSWORD, "next": page.values["next"]}
    assert (await desk.submit("/admin/confirm", **form)).headers["location"] == "/admin/access"
    assert desk.http.cookies["fediblog"] != cookie
    assert (await desk.submit("/admin/access/codes")).status_code == 200
    # Text that is being written in another tab can still be saved.
    assert (await desk.submit("/admin/access/sessions/end-others")).status_code == 303


async def test_k21_confirming_leads_nowhere_else(desk: Desk) -> None:
    for target in ("https://evil.example", "//evil.example", "/somewhere"):
        form = {"password": PASSWORD, "next": target}
        assert (await desk.submit("/admin/confirm", **form)).headers["location"] == "/admin/access"


async def test_where_no_password_is_set_a_guess_takes_as_long(blog: RunningBlog) -> None:
    """So nobody learns whether there is one: the hash that is compared is as dear."""
    without = await _seconds(blog)
    await set_password(blog.blog, PASSWORD)
    assert without > await _seconds(blog) / 4


async def _seconds(blog: RunningBlog) -> float:
    answers = [await blog.http.post("/admin/sign-in", data={"password": "x"}) for _ in range(3)]
    return min(answer.elapsed.total_seconds() for answer in answers)


async def test_the_cookie_is_one_that_only_https_can_set(bench: Bench) -> None:
    async with bench.start(FEDIBLOG_URL="https://blog.example") as blog:
        await set_password(blog.blog, PASSWORD)
        entered = await blog.http.post("/admin/sign-in", data={"password": PASSWORD})
        assert entered.headers["set-cookie"].startswith("__Secure-fediblog=")
        assert _opens(await _with(blog, entered, "__Secure-fediblog"))
        # Under the name that anybody on the way could set, it opens nothing.
        assert not _opens(await _with(blog, entered, "fediblog"))


async def _with(blog: RunningBlog, entered: httpx.Response, name: str) -> httpx.Response:
    token = entered.headers["set-cookie"].partition("=")[2].partition(";")[0]
    return await blog.http.get("/admin/access", headers={"Cookie": f"{name}={token}"})


def _opens(response: httpx.Response) -> bool:
    return response.status_code == 200
