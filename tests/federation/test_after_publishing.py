"""What becomes of a post later: quiet edits, warnings, hashtags, and showing it again."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from fediblog.actions.answer import answer_post
from fediblog.actions.delete_post import delete_post
from fediblog.actions.keep_medium import store_picture
from fediblog.actions.post_form import PostForm, form_of
from fediblog.actions.resend_post import resend_post
from fediblog.actions.write_post import create_post, edit_post
from fediblog.demo.server import DemoServer
from fediblog.errors import Conflict
from fediblog.protocol.incoming import PUBLIC
from fediblog.store.search import count_due
from tests.admin.desk import Desk
from tests.admin.picture_files import picture_file
from tests.bench import RunningBlog, until
from tests.federation.records import activities


@pytest.fixture(autouse=True)
async def followed(blog: RunningBlog, town: DemoServer) -> AsyncIterator[None]:
    """Alice follows."""
    town.clock = blog.clock
    await town.follow("alice", blog.actor)
    await blog.settled()
    yield


async def test_a_quiet_edit_is_seen_here_and_told_with_the_next_loud_one(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish("A post", "Teh text.")
    address = f"/articles/{post.key}"
    await edit_post(blog.blog, post.key, PostForm("A post", "The text.", quiet="on"))
    await blog.later(timedelta(hours=1))
    await blog.delivered()
    assert activities(town, "Update") == []
    page = await blog.page(address)
    assert "The text." in page.text
    assert "see what changed" in page.text
    history = (await blog.page(f"{page.url.path}/history")).text
    assert "<del>Teh</del>" in history
    served = (await blog.document(address)).json()
    assert served["content"] == "<p>The text.</p>\n"
    assert "updated" not in served
    feed = (await blog.page("/feed.atom")).text.partition("<entry>")[2]
    assert feed.partition("<updated>")[2][:19] == feed.partition("<published>")[2][:19]

    # Nothing else has changed: what was kept quiet is told all the same.
    await edit_post(blog.blog, post.key, PostForm("A post", "The text."))
    await blog.delivered()
    [update] = activities(town, "Update")
    assert update["object"]["content"] == "<p>The text.</p>\n"
    assert update["object"]["updated"] > update["object"]["published"]
    await edit_post(blog.blog, post.key, PostForm("A post", "The text."))
    await blog.later(timedelta(hours=1))
    await blog.delivered()
    assert len(activities(town, "Update")) == 1


async def test_the_form_has_the_box_for_a_quiet_edit_once_a_post_is_out(
    desk: Desk, town: DemoServer
) -> None:
    post = await desk.blog.publish("A post", "Text.")
    await desk.blog.delivered()
    path = f"/admin/posts/{post.key}"
    assert 'name="quiet"' in (await desk.get(path)).text
    assert 'name="quiet"' not in (await desk.get("/admin/posts/new")).text
    done = await desk.submit(path, title="A post", body="Text!", quiet="on", action="save")
    assert "No server is told of it." in (await desk.page(done.headers["location"])).text
    await desk.blog.delivered()
    assert activities(town, "Update") == []


async def test_a_warning_stands_before_everything_else(blog: RunningBlog, town: DemoServer) -> None:
    """A4, A12: in place of the excerpt, which would tell what it warns of."""
    picture = await store_picture(blog.blog, picture_file(64, 48))
    post = await blog.publish(
        "A film",
        "The butler did it.",
        excerpt="It was the butler.",
        warning="The end of the <film>",
        lead=picture.name,
        lead_alt="The butler",
    )
    await blog.delivered()
    [create] = activities(town, "Create")
    article = create["object"]
    assert article["summary"] == "<p>The end of the &lt;film&gt;</p>"
    assert article["sensitive"] is True
    assert "butler" not in article["preview"]["content"]

    page = (await blog.page(f"/articles/{post.key}")).text
    head, _, body = page.partition("</head>")
    before, _, folded = body.partition('<details class="warning">')
    assert "butler" not in head + before
    assert "og:image" in head
    assert "The end of the &lt;film&gt;" in head
    inside, _, after = folded.partition("</details>")
    assert "The butler did it." in inside
    assert "<picture>" in inside
    assert "butler" not in after.partition("<footer")[0]
    home = (await blog.page("/")).text.partition("<main")[2]
    assert "Content warning:" in home
    assert "The end of the &lt;film&gt;" in home
    assert "butler" not in home
    assert picture.name not in home
    feed = (await blog.page("/feed.json")).json()["items"][0]
    assert feed["content_html"].startswith("<details><summary>Content warning: The end")
    assert feed["summary"] == "The end of the <film>"
    assert "image" not in feed
    assert "butler" not in (await blog.page(f"/oembed?url={post_url(blog, feed)}")).text

    async def read() -> bool:
        return await count_due(blog.blog.db) == 0

    await until(read)
    found = (await blog.page("/search?q=butler")).text.partition("<main")[2]
    assert "The end of the" in found
    assert "did it" not in found


def post_url(blog: RunningBlog, item: dict[str, str]) -> str:
    """The address of a post in a feed."""
    return item["url"]


async def test_a_post_without_a_warning_is_not_sensitive(blog: RunningBlog) -> None:
    post = await blog.publish("A post", "Text.")
    assert (await blog.document(f"/articles/{post.key}")).json()["sensitive"] is False
    assert '<details class="warning">' not in (await blog.page(f"/articles/{post.key}")).text


async def test_hashtags_of_the_text_are_tags_without_being_typed_twice(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish("Rain", "In the #Garden, `#code` and #1.", tags="weather")
    await blog.delivered()
    [create] = activities(town, "Create")
    tags = {tag["name"]: tag["href"] for tag in create["object"]["tag"]}
    assert tags == {
        "#weather": blog.blog.addresses.tag("weather"),
        "#Garden": blog.blog.addresses.tag("garden"),
    }
    assert (
        f'<a href="{tags["#Garden"]}" class="mention hashtag" rel="tag">'
        in (create["object"]["content"])
    )
    assert "Rain" in (await blog.page("/tags/garden")).text
    form = await form_of(blog.blog.db, post)
    assert form.tags == "weather"
    await edit_post(blog.blog, post.key, form)
    await blog.later(timedelta(hours=1))
    await blog.delivered()
    assert activities(town, "Update") == [], "saved as it is, it is no edit"


async def test_hashtags_of_an_answer_are_its_tags(blog: RunningBlog, town: DemoServer) -> None:
    """One that no post has leads to whatever has the word in it: its page is not there."""
    post = await blog.publish("Rain", "Text.", tags="garden")
    await answer_post(blog.blog, post.key, "More on #Garden and #snow.")
    await blog.delivered()
    note = activities(town, "Create")[-1]["object"]
    assert [tag["name"] for tag in note["tag"]] == ["#Garden", "#snow"]
    assert {tag["type"] for tag in note["tag"]} == {"Hashtag"}
    for address in (f"{blog.origin}/tags/garden", f"{blog.origin}/search?q=snow"):
        assert f'href="{address}"' in note["content"]
        assert (await blog.page(address.removeprefix(blog.origin))).status_code == 200


async def test_an_old_post_is_shown_again_by_a_boost_of_its_own(
    desk: Desk, blog: RunningBlog, town: DemoServer
) -> None:
    """G9: a second Announce of one post is ignored, so the first is taken back before it."""
    post = await blog.publish("An old post")
    await blog.delivered()
    with pytest.raises(Conflict):
        await resend_post(blog.blog, post.key)
    path = f"/admin/posts/{post.key}/resend"
    assert "A post can be shown once a day" in (await desk.page(path)).text
    await blog.later(timedelta(days=2))
    assert path in (await desk.page(path)).links
    assert (await desk.submit(path)).status_code == 303
    await blog.delivered()
    [announce] = activities(town, "Announce")
    assert announce["object"] == blog.article(post)
    assert announce["actor"] == blog.actor
    assert announce["to"] == [PUBLIC]
    assert announce["cc"] == [blog.blog.addresses.followers]
    served = await blog.document(announce["id"].removeprefix(blog.origin))
    assert served.json()["id"] == announce["id"]

    await blog.later(timedelta(hours=23))
    assert (await desk.submit(path)).status_code == 409
    await blog.later(timedelta(hours=2))
    await resend_post(blog.blog, post.key)
    await blog.delivered()
    kinds = [each.activity["type"] for each in town.received][-3:]
    assert kinds == ["Announce", "Undo", "Announce"]
    assert town.received[-2].activity["object"]["id"] == announce["id"]

    await delete_post(blog.blog, post.key)
    await blog.delivered()
    undo, delete = [each.activity for each in town.received][-2:]
    assert undo["object"]["id"] == town.received[-3].activity["id"]
    assert (undo["type"], delete["type"]) == ("Undo", "Delete")


async def test_what_is_not_out_cannot_be_shown_again(blog: RunningBlog) -> None:
    draft = await create_post(blog.blog, PostForm("A draft", "Text."), publish=False)
    with pytest.raises(Conflict):
        await resend_post(blog.blog, draft.key)
