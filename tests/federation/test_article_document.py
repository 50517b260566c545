"""The documents of posts and answers, rule by rule: what each known reader needs of them."""

from typing import Any
from urllib.parse import urlsplit

from fediblog.actions.answer import answer_reply
from fediblog.actions.change_site import change_site
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import edit_post
from fediblog.demo.server import DemoServer
from fediblog.protocol.incoming import PUBLIC, parse_note, parse_time
from fediblog.protocol.outgoing import ACTIVITY_JSON, AS_CONTEXT
from fediblog.store.posts import Post
from tests.bench import RunningBlog
from tests.federation.records import activities, stored

_BODY = "# Chapter\n\nSome *text* with a [link](https://elsewhere.test/) & more.\n"


async def test_a9c_pictures_go_along_in_place_of_the_link_if_the_author_prefers_that(
    blog: RunningBlog,
) -> None:
    """Mastodon shows the one or the other, and four pictures at most."""
    pictures = "".join(f"![Picture {n}](https://x.example/{n}.jpg)\n\n" for n in range(1, 6))
    body = f"{pictures}![Again](https://x.example/1.jpg) ![No](https://x.example/6.avif)"
    post = await blog.publish("A walk", body)
    path = f"/articles/{post.key}"
    (link,) = (await blog.document(path)).json()["attachment"]
    assert link["type"] == "Link"

    await edit_post(blog.blog, post.key, PostForm("A walk", body, gallery="on"))
    document = (await blog.document(path)).json()
    expected = [f"https://x.example/{n}.jpg" for n in range(1, 5)]
    assert [each["url"] for each in document["attachment"]] == expected
    assert document["attachment"][1] == {
        "type": "Image",
        "url": "https://x.example/2.jpg",
        "mediaType": "image/jpeg",
        "name": "Picture 2",
    }
    await edit_post(blog.blog, post.key, PostForm("A walk", "Words alone.", gallery="on"))
    assert (await blog.document(path)).json()["attachment"] == [link]


async def test_0_1_activity_ids_are_unique_on_our_host_and_answer(
    blog: RunningBlog, town: DemoServer
) -> None:
    await _conversation(blog, town)
    ids = [each.activity["id"] for each in town.received]
    assert len(set(ids)) == len(ids) >= 4
    for activity_id in ids:
        assert activity_id.startswith(f"{blog.origin}/")
        assert (await blog.document(activity_id)).json()["id"] == activity_id


async def test_0_2_the_actor_of_an_activity_is_its_id_as_a_string(
    blog: RunningBlog, town: DemoServer
) -> None:
    await _conversation(blog, town)
    assert {each.activity["actor"] for each in town.received} == {blog.actor}


async def test_0_3_attributed_to_is_one_string_equal_to_the_actor(
    blog: RunningBlog, town: DemoServer
) -> None:
    await _conversation(blog, town)
    for create in activities(town, "Create"):
        assert create["object"]["attributedTo"] == create["actor"]


async def test_0_4_object_ids_have_no_fragment(blog: RunningBlog, town: DemoServer) -> None:
    await _conversation(blog, town)
    for create in activities(town, "Create"):
        assert "#" not in create["object"]["id"]


async def test_0_5_the_url_is_one_string_on_the_host_of_the_id(
    blog: RunningBlog, town: DemoServer
) -> None:
    await _conversation(blog, town)
    for create in activities(town, "Create"):
        url, object_id = create["object"]["url"], create["object"]["id"]
        assert isinstance(url, str)
        assert urlsplit(url).netloc == urlsplit(object_id).netloc


async def test_0_6_the_context_is_one_string(blog: RunningBlog) -> None:
    article, post = await _article(blog)
    assert article["context"] == blog.blog.addresses.context(post.key)
    assert article["conversation"] == article["context"]


async def test_0_7_an_image_is_one_object_or_absent(blog: RunningBlog) -> None:
    article, _ = await _article(blog)
    assert isinstance(article.get("image", {}), dict)


async def test_0_8_attachments_are_objects_of_types_that_everybody_takes(
    blog: RunningBlog,
) -> None:
    """A9d: a Link to the page, which is what Mastodon makes its card of."""
    article, _ = await _article(blog)
    assert article["attachment"] == [
        {"type": "Link", "href": article["url"], "mediaType": "text/html"}
    ]


async def test_0_10_updated_is_absent_at_first_and_later_than_published(
    blog: RunningBlog,
) -> None:
    article, post = await _article(blog)
    assert "updated" not in article
    assert article["published"].endswith("Z")
    await edit_post(blog.blog, post.key, PostForm("A better title", _BODY))
    edited = (await blog.document(f"/articles/{post.key}")).json()
    assert edited["published"] == article["published"]
    updated, published = parse_time(edited["updated"]), parse_time(edited["published"])
    assert updated is not None
    assert published is not None
    assert updated > published


async def test_0_11_the_audience_is_the_same_on_activity_and_object(
    blog: RunningBlog, town: DemoServer
) -> None:
    await _conversation(blog, town)
    for create in activities(town, "Create"):
        assert create["to"] == create["object"]["to"] == [PUBLIC]
        assert create["cc"] == create["object"]["cc"]
        assert create["cc"][0] == blog.blog.addresses.followers


async def test_0_14_the_context_of_a_document_names_activitystreams(blog: RunningBlog) -> None:
    article, _ = await _article(blog)
    assert AS_CONTEXT in article["@context"]
    assert "@context" not in article["preview"]
    assert "@context" not in article["replies"]["first"]


async def test_0_15_a_long_post_stays_below_a_megabyte(blog: RunningBlog) -> None:
    post = await blog.publish("Long", "Many words. " * 20_000)
    assert len((await blog.document(f"/articles/{post.key}")).content) < 1_000_000


async def test_0_16_documents_are_served_as_activity_json(blog: RunningBlog) -> None:
    _, post = await _article(blog)
    answer = await blog.document(f"/articles/{post.key}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] in {ACTIVITY_JSON, f"{ACTIVITY_JSON}; charset=utf-8"}
    assert "Accept" in answer.headers["vary"]


async def test_0_18_the_id_answers_with_itself(blog: RunningBlog) -> None:
    article, post = await _article(blog)
    assert article["id"] == blog.article(post)
    assert (await blog.document(article["id"])).json()["id"] == article["id"]


async def test_a1_the_title_is_plain_text(blog: RunningBlog) -> None:
    article, _ = await _article(blog)
    assert article["type"] == "Article"
    assert article["name"] == "A title"


async def test_a3_the_title_has_no_brackets_that_mastodon_would_read_as_markup(
    blog: RunningBlog,
) -> None:
    post = await blog.publish("a < b > c & d", _BODY)
    article = (await blog.document(f"/articles/{post.key}")).json()
    assert article["name"] == "a ‹ b › c & d"
    assert "<h1" in (page := (await blog.page(f"/articles/{post.key}")).text)
    assert "a &lt; b &gt; c &amp; d</h1>" in page
    assert "a &lt; b" not in article["preview"]["content"]


async def test_a5_every_text_has_one_language(blog: RunningBlog) -> None:
    article, _ = await _article(blog, excerpt="In short")
    for field in ("name", "summary", "content"):
        assert article[f"{field}Map"] == {"en": article[field]}


async def test_a7_tags_are_hashtags_with_pages(blog: RunningBlog) -> None:
    post = await blog.publish("Title", _BODY, tags="slow food, Ärger, c++")
    article = (await blog.document(f"/articles/{post.key}")).json()
    assert article["tag"] == [
        {"type": "Hashtag", "name": f"#{name}", "href": f"{blog.origin}/tags/{slug}"}
        for name, slug in (("slowfood", "slow-food"), ("Ärger", "%C3%A4rger"), ("c", "cpp"))
    ]
    for tag in article["tag"]:
        assert (await blog.page(tag["href"])).status_code == 200


async def test_a8_totals_are_live(blog: RunningBlog, town: DemoServer) -> None:
    article, post = await _article(blog)
    assert article["likes"] == {
        "id": f"{article['id']}/likes",
        "type": "Collection",
        "totalItems": 0,
    }
    await town.like("alice", article["id"])
    await town.announce("bob", article["id"])
    await blog.settled()
    now = (await blog.document(f"/articles/{post.key}")).json()
    assert now["likes"]["totalItems"] == now["shares"]["totalItems"] == 1
    assert "updated" not in now


async def test_a9a_the_page_is_there_before_the_create_is_sent(
    blog: RunningBlog, town: DemoServer
) -> None:
    """And in UTF-8, with what link cards are made of (A9e, A9g)."""
    await town.follow("alice", blog.actor)
    await blog.settled()
    await blog.publish("A title", _BODY, excerpt="In short")
    await blog.delivered()
    [create] = activities(town, "Create")
    page = await blog.page(create["object"]["url"])
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for meta in (
        '<meta property="og:title" content="A title">',
        '<meta property="og:description" content="In short">',
        '<meta property="og:type" content="article">',
        f'<meta property="og:url" content="{create["object"]["url"]}">',
        '<meta property="og:site_name"',
        '<meta property="article:published_time"',
        f'<meta name="fediverse:creator" content="@{blog.blog.addresses.handle}">',
        f'<link rel="canonical" href="{create["object"]["url"]}">',
        '<html lang="en" dir="ltr">',
    ):
        assert meta in page.text


async def test_a9b_the_summary_has_no_links(blog: RunningBlog) -> None:
    """A link in it would be what Mastodon makes its card of."""
    for excerpt in ("", "See <https://elsewhere.test> & [this](https://elsewhere.test)"):
        article, _ = await _article(blog, excerpt=excerpt)
        assert "<a" not in article["summary"]
        assert article["summary"].startswith("<p>")
        assert article["summary"].count("<p>") == 1


async def test_a12_the_summary_is_short_and_plain(blog: RunningBlog) -> None:
    post = await blog.publish("Title", "First words. " + "More words follow here. " * 200)
    article = (await blog.document(f"/articles/{post.key}")).json()
    assert article["summary"].startswith("<p>First words.")
    assert len(article["summary"]) <= 300


async def test_a12_the_summary_can_be_left_out(blog: RunningBlog) -> None:
    """N9: GoToSocial shows the title only where there is no summary."""
    form = {"title": "A blog", "author_name": "Someone", "language": "en"}
    await change_site(blog.blog, form)
    article, _ = await _article(blog, excerpt="In short")
    assert "summary" not in article
    assert "summaryMap" not in article
    assert article["name"] == "A title"
    await change_site(blog.blog, form | {"excerpt_as_summary": "on"})
    article, _ = await _article(blog, excerpt="In short")
    assert article["summary"] == "<p>In short</p>"


async def test_a16_the_preview_is_a_note_without_an_id(blog: RunningBlog) -> None:
    """FEP-b2b8; it has no link."""
    article, _ = await _article(blog, excerpt="In short")
    preview = article["preview"]
    assert preview["type"] == "Note"
    assert "id" not in preview
    assert preview["attributedTo"] == blog.actor
    assert preview["published"] == article["published"]
    assert preview["content"] == "<p><strong>A title</strong></p><p>In short</p>"


async def test_a17_the_content_is_whole_and_the_source_goes_along(blog: RunningBlog) -> None:
    article, _ = await _article(blog)
    assert "Some <em>text</em> with a <a" in article["content"]
    assert "more." in article["content"]
    assert article["source"] == {"content": _BODY.strip(), "mediaType": "text/markdown"}
    assert article["sensitive"] is False
    assert set(article["interactionPolicy"]) == {"canQuote"}


async def test_c13_the_first_replies_are_inline(blog: RunningBlog, town: DemoServer) -> None:
    article, post = await _article(blog)
    notes = [await town.reply(name, article["id"], "<p>Hi</p>") for name in ("alice", "bob")]
    await town.reply("chiyo", notes[0].id, "<p>Beneath</p>")
    await blog.settled()
    replies = (await blog.document(f"/articles/{post.key}")).json()["replies"]
    assert replies["id"] == f"{article['id']}/replies"
    assert replies["type"] == "Collection"
    assert replies["first"]["type"] == "CollectionPage"
    assert replies["first"]["partOf"] == replies["id"]
    assert replies["first"]["items"] == [note.id for note in notes]
    assert "next" not in replies["first"]


async def test_an_answer_is_a_note_that_tells_whom_it_answers(
    blog: RunningBlog, town: DemoServer
) -> None:
    """C5, I3."""
    note = await _answer(blog, town)
    alice = town.person("alice")
    assert note["type"] == "Note"
    assert note["inReplyTo"].startswith(f"{alice.id}/statuses/")
    assert note["tag"] == [{"type": "Mention", "href": alice.id, "name": f"@{alice.handle}"}]
    assert note["cc"] == [blog.blog.addresses.followers, alice.id]
    assert note["content"] == (
        f'<p><span class="h-card"><a href="{alice.url}" class="u-url mention">@<span>alice</span>'
        "</a></span> Thank <em>you</em></p>"
    )
    assert note["contentMap"] == {"en": note["content"]}
    assert note["source"] == {"content": "Thank *you*", "mediaType": "text/markdown"}
    assert "updated" not in note
    parse_note(note)


async def test_an_answer_belongs_to_the_thread_of_the_post(
    blog: RunningBlog, town: DemoServer
) -> None:
    note = await _answer(blog, town)
    assert note["context"] == note["conversation"]
    assert note["context"].startswith(f"{blog.origin}/contexts/")
    assert note["url"].startswith(blog.origin)
    assert note["replies"]["first"]["items"] == []


async def test_an_answer_is_at_its_id_and_leads_browsers_to_its_place(
    blog: RunningBlog, town: DemoServer
) -> None:
    note = await _answer(blog, town)
    assert (await blog.document(note["id"])).json() == note
    answer = await blog.http.get(note["id"], headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == note["url"]
    number = (await stored(blog, note["id"])).id
    assert note["url"].endswith(f"/replies/{number}")
    assert f'id="reply-{number}"' in (await blog.page(note["url"])).text


async def _article(blog: RunningBlog, *, excerpt: str = "") -> tuple[dict[str, Any], Post]:
    """A fresh post and its document."""
    post = await blog.publish("A title", _BODY, excerpt=excerpt, tags="one")
    return (await blog.document(f"/articles/{post.key}")).json(), post


async def _answer(blog: RunningBlog, town: DemoServer) -> dict[str, Any]:
    """The document of an answer to Alice."""
    post = await blog.publish()
    reply = await town.reply("alice", blog.article(post), "<p>Good read</p>")
    await blog.settled()
    answer = await answer_reply(blog.blog, (await stored(blog, reply.id)).id, "Thank *you*")
    document: dict[str, Any] = (await blog.document(f"/notes/{answer.key}")).json()
    return document


async def _conversation(blog: RunningBlog, town: DemoServer) -> None:
    """A follower has got a post, an edit of it, and an answer."""
    await town.follow("alice", blog.actor)
    await blog.settled()
    post = await blog.publish("A title", _BODY)
    reply = await town.reply("alice", blog.article(post), "<p>Good read</p>")
    await blog.settled()
    await blog.delivered()
    await answer_reply(blog.blog, (await stored(blog, reply.id)).id, "Thank you")
    await edit_post(blog.blog, post.key, PostForm("Another title", _BODY))
    await blog.delivered()
