"""A handle on another domain than the blog's server (E4)."""

import httpx
import pytest

from fediblog.actions.answer import answer_post
from fediblog.clock import utc_now
from fediblog.demo.server import DemoServer
from fediblog.opening import open_blog
from fediblog.remote.connector import Connector
from fediblog.settings import load_settings
from fediblog.store.actors import get_actor
from tests.bench import Bench
from tests.federation.handle_front import split_blog
from tests.federation.mastodon import read_head
from tests.federation.records import activities

ORIGIN = "https://blog.example.com"
DOMAIN = "example.com"


async def test_both_handles_have_the_same_subject(bench: Bench) -> None:
    async with bench.start(FEDIBLOG_URL=ORIGIN, FEDIBLOG_HANDLE_DOMAIN=DOMAIN) as blog:
        for resource in (
            "acct:blog@example.com",
            "acct:Blog@EXAMPLE.com",
            "acct:blog@blog.example.com",
            "https://example.com",
            "https://example.com/",
            f"{ORIGIN}/",
            f"{ORIGIN}/users/blog",
        ):
            answer = await blog.http.get("/.well-known/webfinger", params={"resource": resource})
            assert answer.status_code == 200, resource
            assert answer.json()["subject"] == "acct:blog@example.com"
            assert answer.json()["links"][0]["href"] == f"{ORIGIN}/users/blog"
        for resource in ("acct:other@example.com", "acct:blog@else.example.com"):
            answer = await blog.http.get("/.well-known/webfinger", params={"resource": resource})
            assert answer.status_code == 404, resource


async def test_pages_and_documents_say_the_handle_and_ids_stay(bench: Bench) -> None:
    async with bench.start(FEDIBLOG_URL=ORIGIN, FEDIBLOG_HANDLE_DOMAIN=DOMAIN) as blog:
        post = await blog.publish()
        await answer_post(blog.blog, post.key, "An answer.")
        actor = (await blog.document("/users/blog")).json()
        assert actor["webfinger"] == "blog@example.com"
        assert actor["id"] == f"{ORIGIN}/users/blog"
        assert actor["attributionDomains"] == ["blog.example.com"]
        article = (await blog.document(f"/articles/{post.key}")).json()
        assert article["id"].startswith(f"{ORIGIN}/articles/")
        path = article["url"].removeprefix(ORIGIN)
        for page in ("/", path):
            text = (await blog.http.get(page)).text
            assert "@blog@example.com" in text
            assert "@blog@blog.example.com" not in text
            assert read_head(text).metas["fediverse:creator"] == "@blog@example.com"


async def test_the_domains_web_server_only_has_to_redirect(bench: Bench) -> None:
    """Who asks the handle's domain ends at the blog, which names the same subject."""
    async with split_blog(bench) as (blog, domain), httpx.AsyncClient(trust_env=False) as client:
        url = f"http://{domain}/.well-known/webfinger?resource=acct:blog@{domain}"
        found = (await client.get(url, follow_redirects=True)).json()
        assert found["subject"] == f"acct:blog@{domain}"
        assert found["links"][0]["href"] == blog.actor
        meta = await client.get(f"http://{domain}/.well-known/host-meta", follow_redirects=True)
        assert f"{blog.origin}/.well-known/webfinger" in meta.text


async def test_a_later_change_is_told_to_followers_at_the_next_start(
    bench: Bench, town: DemoServer
) -> None:
    async with bench.start() as blog:
        port = blog.origin.rpartition(":")[2]
        await town.follow("alice", blog.actor)
        await blog.settled()
        origin, actor = blog.origin, blog.actor
    updates = []
    for domain, told in (("", 0), ("handles.test", 1), ("handles.test", 1), ("", 2)):
        async with bench.start(FEDIBLOG_URL=origin, FEDIBLOG_HANDLE_DOMAIN=domain) as blog:
            await blog.delivered()
        updates = activities(town, "Update")
        assert len(updates) == told, domain
    assert [update["object"]["webfinger"] for update in updates] == [
        "blog@handles.test",
        f"blog@127.0.0.1:{port}",
    ]
    assert {update["actor"] for update in updates} == {actor}


async def test_a_command_without_settings_keeps_the_handle(bench: Bench) -> None:
    async with bench.start(FEDIBLOG_URL=ORIGIN, FEDIBLOG_HANDLE_DOMAIN=DOMAIN):
        pass
    settings = bench.settings(8000)
    async with open_blog(settings, utc_now, Connector(), adopt_origin=True) as blog:
        assert blog.addresses.handle == "blog@example.com"
        own = await get_actor(blog.db, f"{ORIGIN}/users/blog")
        assert own is not None
        assert own.handle == "blog@example.com"


@pytest.mark.parametrize("domain", ["", DOMAIN, "Example.COM", "example.com."])
def test_a_domain_is_taken(domain: str) -> None:
    environment = {"FEDIBLOG_URL": ORIGIN, "FEDIBLOG_HANDLE_DOMAIN": domain}
    assert load_settings(environment).handle_domain == (DOMAIN if domain else "")


def test_the_blogs_own_host_needs_no_setting() -> None:
    environment = {"FEDIBLOG_URL": ORIGIN, "FEDIBLOG_HANDLE_DOMAIN": "blog.example.com"}
    assert load_settings(environment).handle_domain == ""
