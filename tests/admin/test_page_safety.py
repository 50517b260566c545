"""What every page says to browsers, and what no page contains."""

import httpx

from fediblog.demo.server import DemoServer
from tests.admin.desk import Desk, reply_to
from tests.admin.page import read
from tests.bench import Bench, RunningBlog

_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
}
_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
)


async def test_every_page_is_safe(desk: Desk, town: DemoServer) -> None:
    await town.follow("bob", desk.blog.actor)
    body = "Text[^1]\n\n- [ ] a task\n\n| a |\n|:-:|\n| b |\n\n```python\n1\n```\n\n[^1]: A note."
    post = await desk.blog.publish("A post", body, tags="one, two")
    _, number = await reply_to(desk.blog, town, post, "<p>A reply.</p>")
    await desk.submit(f"/admin/replies/{number}/answer", body="Mine.")
    mine = number + 1
    public = ["/", "/tags/one", f"/articles/{post.key}", "/nowhere", "/2026/01/nothing"]
    admins = ["/admin/", "/admin/posts/new", f"/admin/posts/{post.key}", "/admin/followers"]
    admins += [f"/admin/posts/{post.key}/{page}" for page in ("delete", "thread")]
    admins += ["/admin/replies", f"/admin/replies/{mine}/edit", "/admin/settings", "/admin/nowhere"]
    admins += ["/admin/deliveries", "/admin/incoming", "/admin/sign-in", "/admin/welcome"]
    admins += ["/admin/access", "/admin/confirm", "/admin/tokens"]
    for path in public + admins:
        response = await desk.http.get(path, follow_redirects=True)
        assert "text/html" in response.headers["content-type"], path
        _assert_safe(response, path)
    for path in admins:
        cached = (await desk.get(path)).headers["cache-control"]
        assert cached == "no-store", path


async def test_answers_that_are_no_pages_are_safe_too(desk: Desk) -> None:
    page = (await desk.get("/")).text
    style = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    for path in (style, "/robots.txt", "/favicon.ico", "/admin", "/actor", "/nodeinfo/2.1"):
        _assert_headers(await desk.get(path), path)


async def test_browsers_never_go_back_to_http(bench: Bench) -> None:
    """Also with what is refused."""
    async with bench.start(FEDIBLOG_URL="https://blog.example") as blog:
        for path in ("/", "/admin/sign-in", "/nowhere", "/.well-known/webfinger"):
            told = (await blog.http.get(path)).headers["strict-transport-security"]
            assert told == "max-age=31536000", path


async def test_a_blog_at_http_does_not_ask_for_https(desk: Desk) -> None:
    assert "strict-transport-security" not in (await desk.get("/")).headers


def _assert_safe(response: httpx.Response, path: str) -> None:
    _assert_headers(response, path)
    assert read(response).inline == [], path


def _assert_headers(response: httpx.Response, path: str) -> None:
    for name, value in _HEADERS.items():
        assert response.headers[name] == value, path
    policy = response.headers["content-security-policy"].split("; ")
    assert set(_POLICY) <= set(policy), path
    assert "unsafe" not in response.headers["content-security-policy"], path


async def test_k21_no_host_that_somebody_writes_is_where_a_slash_leads(blog: RunningBlog) -> None:
    """Nor does it lead from https to http, where a proxy asks us by that."""
    for path, leads_to in (("/archive/", "/archive"), ("/feeds/?lang=de", "/feeds?lang=de")):
        for host in ("evil.example", "evil.example:80", "x//evil.example/", "a@evil.example"):
            answer = await blog.http.get(path, headers={"Host": host})
            assert (answer.status_code, answer.headers["location"]) == (307, leads_to)
