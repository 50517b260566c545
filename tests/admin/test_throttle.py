"""Guessing passwords is slow, and whose guesses they are cannot be forged."""

import httpx

from fediblog.actions.sign_in import set_password
from tests.admin.desk import PASSWORD
from tests.bench import Bench, RunningBlog

_ORIGIN = "https://blog.example"


async def _guess(blog: RunningBlog, forwarded: str = "", password: str = "") -> httpx.Response:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return await blog.http.post("/admin/sign-in", data={"password": password}, headers=headers)


async def test_after_ten_tries_one_has_to_wait(bench: Bench) -> None:
    async with bench.start(FEDIBLOG_URL=_ORIGIN) as blog:
        await set_password(blog.blog, PASSWORD)
        assert [(await _guess(blog)).status_code for _ in range(10)] == [422] * 10
        refused = await _guess(blog, password=PASSWORD)
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "900"
        assert "set-cookie" not in refused.headers


async def test_k19_an_address_that_a_stranger_claims_changes_nothing(bench: Bench) -> None:
    async with bench.start(FEDIBLOG_URL=_ORIGIN) as blog:
        guesses = [await _guess(blog, f"198.51.100.{number}") for number in range(11)]
        assert [guess.status_code for guess in guesses] == [422] * 10 + [429]


async def test_k19_behind_a_trusted_proxy_each_visitor_counts_alone(bench: Bench) -> None:
    proxies = "127.0.0.1, 10.0.0.0/8"
    async with bench.start(FEDIBLOG_URL=_ORIGIN, FEDIBLOG_TRUSTED_PROXIES=proxies) as blog:
        # What the visitor has written stands in front of what the proxies have added.
        guesses = [await _guess(blog, f"192.0.2.{n}, 198.51.100.7, 10.0.0.2") for n in range(11)]
        assert [guess.status_code for guess in guesses] == [422] * 10 + [429]
        assert (await _guess(blog, "198.51.100.8")).status_code == 422


async def test_all_addresses_of_an_ipv6_network_count_as_one(bench: Bench) -> None:
    """A subscriber has at least a /64; one in IPv4 is one, also as a socket for both has it."""
    async with bench.start(FEDIBLOG_URL=_ORIGIN, FEDIBLOG_TRUSTED_PROXIES="127.0.0.1") as blog:
        guesses = [await _guess(blog, f"2001:db8:0:1:{n}::{n}") for n in range(11)]
        assert [guess.status_code for guess in guesses] == [422] * 10 + [429]
        assert (await _guess(blog, "2001:db8:0:2::1")).status_code == 422
        guesses = [await _guess(blog, f"::ffff:198.51.100.{n}") for n in range(11)]
        assert [guess.status_code for guess in guesses] == [422] * 11
        guesses = [await _guess(blog, "198.51.100.1") for n in range(10)]
        assert [guess.status_code for guess in guesses] == [422] * 9 + [429]


async def test_in_development_nobody_waits(blog: RunningBlog) -> None:
    assert {(await _guess(blog)).status_code for _ in range(12)} == {422}


async def test_who_asks_after_too_many_accounts_has_to_wait(bench: Bench) -> None:
    """Each of these asks another server."""
    async with bench.start(FEDIBLOG_URL=_ORIGIN) as blog:
        form = {"uri": blog.actor, "who": "no account"}
        headers = {"Accept": "text/html"}
        answers = [await blog.http.post("/interact", data=form, headers=headers) for _ in range(21)]
        assert [answer.status_code for answer in answers] == [422] * 20 + [429]
        assert "Please wait a minute" in answers[-1].text


async def test_who_has_no_password_uses_up_no_tries_of_codes(bench: Bench) -> None:
    """There is a limit for everybody together, so that codes cannot be guessed from many places."""
    proxies = "127.0.0.1"
    async with bench.start(FEDIBLOG_URL=_ORIGIN, FEDIBLOG_TRUSTED_PROXIES=proxies) as blog:
        for number in range(31):
            headers = {"X-Forwarded-For": f"198.51.100.{number}"}
            form = {"ticket": "none", "code": "123456"}
            refused = await blog.http.post("/admin/sign-in/code", data=form, headers=headers)
            assert refused.status_code == 403
