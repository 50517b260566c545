"""From a page of the blog to a reader's own server (section J)."""

from html import unescape
from urllib.parse import quote

import httpx
import pytest
from starlette.responses import JSONResponse, Response

from fediblog.actions.blocking import set_blocked
from fediblog.actions.moderate import hide_reply
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import create_post
from fediblog.demo.server import DemoServer
from tests.bench import RunningBlog
from tests.federation.records import stored

WEBFINGER = "/.well-known/webfinger"


async def ask(blog: RunningBlog, who: str, uri: str) -> httpx.Response:
    """Send the form as a browser does."""
    form = {"who": who, "uri": uri}
    return await blog.http.post("/interact", data=form, headers={"Accept": "text/html"})


def way(page: httpx.Response) -> str:
    """Where the button leads."""
    return unescape(page.text.partition('class="button" href="')[2].partition('"')[0])


async def test_a_reader_lands_where_their_server_lets_them_answer(
    blog: RunningBlog, town: DemoServer
) -> None:
    """Each reply by its own id, so that threads nest there as they do here (J7)."""
    post = await blog.publish("A title")
    note = await town.reply("alice", blog.article(post), "<p>Hello</p>")
    await blog.settled()
    page = (await blog.page(f"/articles/{post.key}")).text
    assert f'name="uri" value="{blog.article(post)}"' in page
    assert f'href="/interact?uri={quote(note.id, safe="")}"' in page

    for uri in (blog.article(post), note.id, blog.actor):
        found = await ask(blog, f"@{town.person('bob').handle}", uri)
        assert found.status_code == 200
        expected = f"{town.origin}/authorize_interaction?uri={quote(uri, safe='')}"
        assert way(found) == expected
        assert (await town.mail.get(way(found), None)).status_code == 200
        assert found.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("form", ["handle", "acct", "server", "profile"])
async def test_an_account_can_be_written_in_many_ways(
    blog: RunningBlog, town: DemoServer, form: str
) -> None:
    bob = town.person("bob")
    host = town.origin.removeprefix("http://")
    typed = {"handle": bob.handle, "acct": f"acct:{bob.handle}", "server": host, "profile": bob.url}
    found = await ask(blog, f"  {typed[form]} ", blog.actor)
    assert way(found).startswith(f"{town.origin}/authorize_interaction?uri=")


async def test_a_server_that_sends_people_elsewhere_is_named_with_where(
    blog: RunningBlog, town: DemoServer
) -> None:
    template = "http://127.0.0.1:9/follow?{uri}"
    links = [{"rel": "http://ostatus.org/schema/1.0/subscribe", "template": template}]
    town.responses[WEBFINGER] = JSONResponse({"links": links}, media_type="application/jrd+json")
    found = await ask(blog, town.person("bob").handle, blog.actor)
    assert "sends you on to" in found.text and "127.0.0.1:9</strong>" in found.text


@pytest.mark.parametrize(
    "typed", ["", "bob", "bob@", "@@x", "a b@127.0.0.1", "https://", "user@no dots", "x" * 400]
)
async def test_what_is_no_account_is_said_beside_the_field(blog: RunningBlog, typed: str) -> None:
    answer = await ask(blog, typed, blog.actor)
    assert answer.status_code == 422
    assert "Write your account as @you@your.server" in answer.text
    assert f'value="{typed.strip()[:5]}' in answer.text


@pytest.mark.parametrize("form", ["handle", "host", "actor"])
async def test_the_blog_itself_is_nobodys_account(blog: RunningBlog, form: str) -> None:
    addresses = blog.blog.addresses
    typed = {
        "handle": f"@{addresses.handle.upper()}",
        "host": addresses.authority,
        "actor": addresses.actor,
    }
    answer = await ask(blog, typed[form], blog.actor)
    assert answer.status_code == 422
    assert "That is this blog itself. Write the account that you have elsewhere." in answer.text


async def test_a_server_that_sends_people_back_here_is_this_blog(
    blog: RunningBlog, town: DemoServer
) -> None:
    links = [{"rel": "self", "type": "application/activity+json", "href": blog.actor}]
    jrd = {"subject": f"acct:{town.person('bob').handle}", "links": links}
    town.responses[WEBFINGER] = JSONResponse(jrd, media_type="application/jrd+json")
    answer = await ask(blog, town.person("bob").handle, blog.actor)
    assert answer.status_code == 422 and "That is this blog itself" in answer.text


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (404, "that server knows nobody of this name"),
        (500, "that server answers 500"),
        (None, "that server does not answer"),
    ],
)
async def test_why_a_server_cannot_be_asked_is_said(
    blog: RunningBlog, town: DemoServer, answer: int | None, sentence: str
) -> None:
    handle = town.person("bob").handle if answer else "bob@127.0.0.1:9"
    if answer:
        town.responses[WEBFINGER] = Response(status_code=answer)
    told = await ask(blog, handle, blog.actor)
    assert told.status_code == 422
    assert sentence in told.text and handle in told.text


async def test_a_server_without_webfinger_for_itself_is_taken_for_a_mastodon(
    blog: RunningBlog, town: DemoServer
) -> None:
    town.responses[WEBFINGER] = Response(status_code=404)
    found = await ask(blog, town.origin.removeprefix("http://"), blog.actor)
    assert way(found).startswith(f"{town.origin}/authorize_interaction?uri=")


async def test_k18_only_what_everybody_can_see_can_be_answered(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    hidden = await town.reply("alice", blog.article(post), "<p>Hidden</p>")
    private = await town.reply("alice", blog.article(post), "<p>For you</p>", to="direct")
    await blog.settled()
    await hide_reply(blog.blog, (await stored(blog, hidden.id)).id)
    draft = await create_post(blog.blog, PostForm("A draft", "Hm."), publish=False)
    town.requests.clear()
    for uri in (hidden.id, private.id, blog.article(draft), "https://x.example/1", ""):
        assert (await ask(blog, town.person("bob").handle, uri)).status_code == 404
        page = await blog.http.get("/interact", params={"uri": uri})
        assert page.status_code == 404
    assert all(asked.path != WEBFINGER for asked in town.requests)


async def test_k17_a_blocked_server_is_not_asked(blog: RunningBlog, town: DemoServer) -> None:
    await set_blocked(blog.blog, town.origin.removeprefix("http://"), True)
    town.requests.clear()
    told = await ask(blog, town.person("bob").handle, blog.actor)
    assert told.status_code == 422 and "do not talk to each other" in told.text
    assert town.requests == []
