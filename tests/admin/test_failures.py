"""Whatever cannot be answered: a page for people, JSON for programs, and never an accident."""

from collections.abc import AsyncIterator
from urllib.parse import unquote

from fediblog.actions.delete_post import delete_post
from fediblog.store.posts import Post
from fediblog.store.site import set_value
from tests.admin.desk import Desk, browser, everything
from tests.admin.page import read
from tests.bench import ACTIVITY_JSON, RunningBlog

_JSON = ("application/json", ACTIVITY_JSON, 'application/ld+json; profile="x"')


async def _deleted(blog: RunningBlog) -> tuple[Post, str]:
    post = await blog.publish()
    path = (await blog.page(f"/articles/{post.key}")).url.path
    await delete_post(blog.blog, post.key)
    return post, path


async def test_people_get_a_page_that_leads_on(blog: RunningBlog) -> None:
    _, gone = await _deleted(blog)
    for path, status in (("/nowhere", 404), ("/tags/none", 404), (gone, 410), ("/inbox", 405)):
        response = await blog.http.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
        assert response.status_code == status
        assert "text/html" in response.headers["content-type"]
        page = read(response)
        assert str(status) in page.text and "/" in page.links
        assert "noindex" in response.text


async def test_programs_get_json(blog: RunningBlog) -> None:
    post, _ = await _deleted(blog)
    paths = {"/nowhere": 404, "/articles/none": 404, "/notes/none": 404, "/inbox": 405}
    for path, status in paths.items():
        for accept in _JSON:
            response = await blog.http.get(path, headers={"Accept": accept})
            assert response.status_code == status
            assert response.json()["error"]
    gone = await blog.document(f"/articles/{post.key}")
    assert (gone.status_code, gone.json()["type"]) == (410, "Tombstone")


async def test_a_wrong_method_is_told_the_right_ones(blog: RunningBlog) -> None:
    for method, path, allowed in (
        ("GET", "/inbox", {"POST"}),
        ("POST", "/", {"GET", "HEAD"}),
        ("PUT", "/admin/settings", {"GET", "HEAD", "POST"}),
        ("DELETE", "/admin/posts/new", {"GET", "HEAD", "POST"}),
        ("TRACE", "/", {"GET", "HEAD"}),
        ("GET", "/admin/sign-out", {"POST"}),
    ):
        response = await blog.http.request(method, path)
        assert response.status_code == 405, path
        assert set(response.headers["allow"].split(", ")) == allowed, path


async def test_a_form_that_is_too_large_is_refused(desk: Desk) -> None:
    before = await everything(desk.blog)
    response = await desk.submit("/admin/posts/new", title="Large", body="x" * 12_500_000)
    assert response.status_code == 413
    assert "more than a form takes" in read(response).text
    assert await everything(desk.blog) == before


async def test_a_form_that_hides_its_length_is_refused(desk: Desk) -> None:
    async def without_end() -> AsyncIterator[bytes]:
        yield b"csrf=" + desk.csrf.encode() + b"&title=Large"
        for number in range(60):
            yield f"&part{number}=".encode() + b"x" * 1_000_000

    before = await everything(desk.blog)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for path in ("/admin/posts/new", "/admin/sign-in", "/admin/welcome"):
        response = await desk.http.post(path, content=without_end(), headers=headers)
        assert response.status_code == 413
    assert await everything(desk.blog) == before


async def test_forms_of_other_kinds_are_refused(desk: Desk) -> None:
    before = await everything(desk.blog)
    files = {"body": ("a.txt", b"text", "text/plain")}
    data = {"csrf": desk.csrf, "title": "A file"}
    assert (await desk.http.post("/admin/settings", data=data, files=files)).status_code == 400
    many = data | {f"field{number}": "x" for number in range(120)}
    assert (await desk.http.post("/admin/posts/new", data=many)).status_code == 400
    json = {"csrf": desk.csrf, "title": "A", "body": "B"}
    assert (await desk.http.post("/admin/posts/new", json=json)).status_code == 403
    assert await everything(desk.blog) == before


async def test_numbers_that_are_nobodys_lead_nowhere(desk: Desk) -> None:
    for number in ("0", "99999999", "9223372036854775808", "9" * 18, "9" * 60):
        assert (await desk.get(f"/admin/replies/{number}/edit")).status_code == 404
        for deed in ("hide", "show", "answer", "edit", "delete"):
            response = await desk.submit(f"/admin/replies/{number}/{deed}", body="x")
            assert response.status_code == 404, deed
        assert (await desk.submit(f"/admin/followers/{number}/remove")).status_code == 404


async def test_odd_addresses_lead_nowhere(desk: Desk) -> None:
    for odd in ("%00", "a%00b", "%FF%FE", "%ED%A0%80", "%F0%9F%9A%B2", "x" * 3000):
        for path in (
            f"/admin/posts/{odd}",
            f"/admin/posts/{odd}/thread",
            f"/articles/{odd}",
            f"/notes/{odd}",
            f"/tags/{odd}",
            f"/2026/01/{odd}",
            f"/users/{odd}",
            f"/@{odd}",
            f"/contexts/{odd}",
            f"/activities/{odd}",
            f"/static/{odd}",
            f"/media/avatars/{odd}",
        ):
            assert (await desk.get(path)).status_code == 404, path


async def test_odd_addresses_name_nothing(desk: Desk) -> None:
    """PostgreSQL does not even look for NUL, be it escaped once or twice."""
    origin = desk.blog.origin
    for odd in ("%00", "a%00b", "%2500", "%FF%FE"):
        named = [f"{origin}/{kind}/{odd}" for kind in ("pages", "articles", "notes", "2026/11")]
        for uri in (odd, f"{origin}/2026/11/a#reply-{odd}", *named):
            asked = uri.replace("#", "%23")
            for path in (f"/oembed?url={asked}", f"/interact?uri={asked}"):
                assert (await desk.get(path)).status_code == 404, path
            sent = await desk.http.post("/interact", data={"uri": unquote(uri), "who": "x"})
            assert sent.status_code == 404, uri
        assert (await desk.get(f"/.well-known/webfinger?resource={odd}")).status_code < 500
        assert (await desk.get(f"/admin/quotes?post={odd}")).status_code < 500


async def test_odd_pages_are_the_first(desk: Desk) -> None:
    await desk.blog.publish("The only one")
    for odd in ("-1", "x", "1.x", "%00", "9" * 18, "9" * 19, "9" * 60, "\u0664"):
        assert (await desk.get(f"/?before={odd}")).status_code == 200
        for path in ("", "replies", "followers", "deliveries", "incoming"):
            url = f"/admin/{path}?before={odd}&state={odd}&notice={odd}"
            assert (await desk.get(url)).status_code == 200, url


async def test_control_characters_are_left_out_of_what_is_kept(desk: Desk) -> None:
    """PostgreSQL takes no NUL in a text, and nobody wants the others."""
    nul = "a\0b"
    form = {"title": nul, "body": nul, "excerpt": nul, "slug": nul, "tags": "one\0, two"}
    assert (await desk.submit("/admin/posts/new", action="publish", **form)).status_code == 303
    key = (await desk.blog.blog.db.rows("SELECT key FROM post"))[0]["key"]
    answered = await desk.submit(f"/admin/posts/{key}/answer", body=nul)
    assert answered.status_code == 303
    site = {"title": nul, "author_name": nul, "description": nul, "language": "en"}
    assert (await desk.submit("/admin/settings", **site)).status_code == 303
    assert "\0" not in repr(await everything(desk.blog))


async def test_a_sentence_in_an_address_does_not_get_onto_the_page(desk: Desk) -> None:
    async with browser(desk.blog) as stranger:
        for path in ("/admin/sign-in", "/admin/welcome", "/nowhere"):
            response = await stranger.get(f"{path}?notice=Send+money&next=Send+money&token=Send")
            # It may come back in addresses, but nobody reads it there.
            assert "Send" not in read(response).text
    assert "Send" not in (await desk.get("/admin/?notice=Send+money")).text


async def test_a_failure_of_ours_is_a_page_that_needs_nothing(blog: RunningBlog) -> None:
    """Not even what the blog is called: here that cannot be read."""
    async with blog.blog.db.transaction() as tx:
        await set_value(tx, "fields", "no JSON")
    headers = {"Accept": "text/html", "Accept-Language": "ar"}
    page = await blog.http.get("/", headers=headers)
    assert (page.status_code, page.headers["cache-control"]) == (500, "no-store")
    assert '<html lang="ar" dir="rtl">' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "/" in read(page).links and read(page).inline == []
    assert "JSON" not in page.text
    program = await blog.http.get("/", headers={"Accept": "application/json"})
    assert program.json() == {"error": "Something went wrong on our side."}
