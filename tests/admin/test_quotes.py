"""Who quotes the blog, as the author sees it, and taking it back."""

from fediblog.actions.answer import answer_post
from fediblog.demo.server import DemoServer
from tests.admin.desk import Desk, everything

_SITE = {"title": "A blog", "author_name": "Ada", "description": "*Notes*.", "language": "en"}


async def test_quotes_are_listed_by_what_was_answered(desk: Desk, town: DemoServer) -> None:
    blog = desk.blog
    post, other = await blog.publish("First post"), await blog.publish("Other post")
    answer = await answer_post(blog.blog, other.key, "An answer.")
    await town.quote("alice", blog.article(post), "<p>With leave.</p>", deliver=False)
    await town.quote("bob", answer.uri, "<p>Without.</p>", ask=False)
    await blog.settled()
    await desk.submit("/admin/settings", **_SITE, may_quote="nobody")
    await town.quote("dana", blog.article(post), "<p>In vain.</p>", deliver=False)
    await blog.settled()

    listed = {
        "/admin/quotes": {"With leave.", "Without.", "In vain."},
        "/admin/quotes?state=accepted": {"With leave."},
        "/admin/quotes?state=seen": {"Without."},
        "/admin/quotes?state=rejected": {"In vain."},
        "/admin/quotes?state=revoked": set(),
        f"/admin/quotes?post={post.key}": {"With leave.", "In vain."},
        f"/admin/quotes?post={other.key}": {"Without."},
    }
    for path, expected in listed.items():
        text = (await desk.page(path)).text
        assert {each for each in listed["/admin/quotes"] if each in text} == expected, path
    assert "an answer on Other post" in (await desk.page("/admin/quotes?state=seen")).text
    assert (
        f"/admin/quotes?post={post.key}"
        in (await desk.page(f"/admin/posts/{post.key}/thread")).links
    )
    assert (await desk.get("/admin/quotes?post=nothing")).status_code == 404


async def test_a_permission_is_taken_back_and_a_quote_put_back(
    desk: Desk, town: DemoServer
) -> None:
    blog = desk.blog
    post = await blog.publish()
    await town.quote("alice", blog.article(post), "<p>Look at this.</p>")
    await blog.settled()
    await blog.delivered()
    links = (await desk.page("/admin/quotes")).links
    revoke = next(link for link in links if link.endswith("/revoke"))
    restore = revoke.replace("/revoke", "/restore")
    assert (await desk.submit(restore)).status_code == 409

    response = await desk.submit(revoke)
    assert response.headers["location"].startswith("/admin/quotes?notice=revoked#quote-")
    await blog.delivered()
    assert town.received[-1].activity["type"] == "Delete"
    assert "Look at this." not in (await blog.page(f"/articles/{post.key}")).text
    assert restore in (await desk.page("/admin/quotes?state=revoked")).links
    before = await everything(blog)
    await desk.submit(revoke)
    assert await everything(blog) == before

    await desk.submit(restore)
    assert "Look at this." in (await blog.page(f"/articles/{post.key}")).text
    assert (await desk.submit("/admin/quotes/9999/revoke")).status_code == 404


async def test_who_may_quote_is_chosen_on_the_page_of_settings(desk: Desk) -> None:
    post = await desk.blog.publish()
    await desk.submit("/admin/settings", **_SITE, may_quote="followers")
    document = (await desk.blog.document(f"/articles/{post.key}")).json()
    assert document["interactionPolicy"]["canQuote"] == {
        "automaticApproval": [f"{desk.blog.actor}/followers"]
    }
    text = (await desk.get("/admin/settings")).text
    assert 'value="followers" checked' in text
    refused = await desk.submit("/admin/settings", **_SITE, may_quote="cats")
    assert refused.status_code == 422
    assert "Choose who may quote you." in refused.text
