"""Replies as a tree: at any depth, in any order of arrival, each of them once."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from starlette.responses import Response

from fediblog.actions.moderate import hide_reply, show_reply
from fediblog.demo.notes import Visibility
from fediblog.demo.server import DemoServer
from fediblog.errors import Conflict
from fediblog.store.replies import get_reply
from fediblog.store.threads import list_by_state
from fediblog.worker.housekeeping import keep_house
from tests.bench import RunningBlog, reply_ids, until
from tests.federation.records import comes_to_show, fates, is_asked_for, stored, thread
from tests.federation.thread_page import Shape, read_thread, shape


async def test_replies_nest_at_any_depth(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    parent = blog.article(post)
    for level in range(8):
        note = await town.reply(["alice", "bob"][level % 2], parent, f"<p>Level {level}</p>")
        parent = note.id
    await blog.settled()

    branches = read_thread((await blog.page(f"/articles/{post.key}")).text)
    for level in range(8):
        assert [branch.text for branch in branches] == [f"Level {level}"]
        branches = branches[0].children
    assert branches == []


async def test_siblings_stand_side_by_side_with_the_oldest_first(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    first = await town.reply("alice", blog.article(post), "<p>One</p>")
    await town.reply("bob", blog.article(post), "<p>Two</p>")
    await town.reply("chiyo", first.id, "<p>One, a</p>")
    await town.reply("dana", first.id, "<p>One, b</p>")
    await blog.settled()

    page = (await blog.page(f"/articles/{post.key}")).text
    assert shape(page) == [("One", [("One, a", []), ("One, b", [])]), ("Two", [])]


async def test_a_parent_that_was_never_delivered_is_fetched(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    parent = await town.reply("alice", blog.article(post), "<p>Parent</p>", deliver=False)
    await town.reply("bob", parent.id, "<p>Child</p>")
    await comes_to_show(blog, post, [("Parent", [("Child", [])])])


async def test_a_whole_chain_of_unknown_ancestors_is_climbed(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    parent = blog.article(post)
    for level in range(5):
        note = await town.reply("alice", parent, f"<p>Unseen {level}</p>", deliver=False)
        parent = note.id
    await town.reply("bob", parent, "<p>Seen</p>", mention=[blog.actor])
    expected: Shape = [("Seen", [])]
    for level in reversed(range(5)):
        expected = [(f"Unseen {level}", expected)]
    await comes_to_show(blog, post, expected)


async def test_parents_are_fetched_from_secure_servers_too(
    blog: RunningBlog, town: DemoServer
) -> None:
    """GoToSocial and Mastodon in secure mode give nothing to whom does not sign (B5)."""
    town.require_signed_fetch = True
    post = await blog.publish()
    parent = await town.reply("alice", blog.article(post), "<p>Parent</p>", deliver=False)
    await town.reply("bob", parent.id, "<p>Child</p>")
    await comes_to_show(blog, post, [("Parent", [("Child", [])])])
    assert town.refused == []


async def test_everything_that_waits_is_attached_when_the_parent_is_delivered(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    top = await town.reply("alice", blog.article(post), "<p>Top</p>", deliver=False)
    middle = await town.reply("bob", top.id, "<p>Middle</p>", deliver=False)
    leaf = await town.reply("chiyo", middle.id, "<p>Leaf</p>", deliver=False)
    _hide_from_fetches(town, top.id, middle.id)

    for note in (leaf, middle):
        await town.deliver(note)
    await is_asked_for(town, top.id, middle.id)
    await blog.settled()
    assert await thread(blog, post) == []
    for note in (leaf, middle):
        assert (await stored(blog, note.id)).state == "waiting"

    await town.deliver(top)
    await comes_to_show(blog, post, [("Top", [("Middle", [("Leaf", [])])])])


async def test_a_reply_goes_on_waiting_when_its_parent_is_gone(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    parent = await town.reply("alice", blog.article(post), "<p>Parent</p>", deliver=False)
    _hide_from_fetches(town, parent.id)
    child = await town.reply("bob", parent.id, "<p>Child</p>")
    await is_asked_for(town, parent.id)
    assert (await stored(blog, child.id)).state == "waiting"

    town.responses.clear()
    await town.deliver(parent)
    await comes_to_show(blog, post, [("Parent", [("Child", [])])])


async def test_a_parent_that_could_not_be_fetched_is_asked_for_again(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    parent = await town.reply("alice", blog.article(post), "<p>Parent</p>", deliver=False)
    _hide_from_fetches(town, parent.id)
    await town.reply("bob", parent.id, "<p>Child</p>")
    await is_asked_for(town, parent.id)
    await blog.at_rest()

    town.responses.clear()
    await blog.later(timedelta(minutes=3))
    await comes_to_show(blog, post, [("Parent", [("Child", [])])])


async def test_what_has_waited_for_thirty_days_is_dropped(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    parent = await town.reply("alice", blog.article(post), "<p>Parent</p>", deliver=False)
    _hide_from_fetches(town, parent.id)
    child = await town.reply("bob", parent.id, "<p>Child</p>")
    await blog.settled()

    await blog.later(timedelta(days=29))
    await keep_house(blog.blog)
    assert (await stored(blog, child.id)).state == "waiting"
    await blog.later(timedelta(days=2))
    await keep_house(blog.blog)
    assert await get_reply(blog.blog.db, child.id) is None


async def test_housekeeping_leaves_replies_in_the_tree(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Here to stay</p>")
    await blog.settled()

    await blog.later(timedelta(days=400))
    await keep_house(blog.blog)
    assert (await stored(blog, note.id)).state == "shown"


async def test_a_reply_to_what_is_not_ours_is_dropped_after_the_climb(
    blog: RunningBlog, town: DemoServer
) -> None:
    elsewhere = await town.reply("alice", None, "<p>About something else</p>", deliver=False)
    between = await town.reply("bob", elsewhere.id, "<p>Indeed</p>", deliver=False)
    child = await town.reply("chiyo", between.id, "<p>Hello</p>", mention=[blog.actor])

    async def is_dropped() -> bool:
        return await get_reply(blog.blog.db, child.id) is None

    await blog.settled()
    await until(is_dropped)
    assert (await fates(blog))[-1][1] == "done", "it was taken first"
    for note in (elsewhere, between):
        assert await get_reply(blog.blog.db, note.id) is None


async def test_k10_ancestors_that_answer_each_other_in_a_circle_are_asked_once(
    blog: RunningBlog, town: DemoServer
) -> None:
    alice = town.person("alice").id
    one, two = f"{alice}/statuses/1", f"{alice}/statuses/2"
    blank: list[str] = []
    for note_id, parent in ((one, two), (two, one)):
        await town.reply(
            "alice", parent, "<p>Round</p>", note_id=note_id, mention=blank, recipients=blank
        )
    child = await town.reply("bob", one, "<p>And round</p>", mention=[blog.actor])
    await is_asked_for(town, one, two)
    await blog.at_rest()

    asked = [each.path for each in town.requests if "/statuses/" in each.path]
    assert len(asked) == 2
    assert (await stored(blog, child.id)).post_id is None


async def test_k10_a_climb_gives_up_after_twenty_ancestors(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    above = blog.article(post)
    chain: list[str] = []
    for _ in range(21):
        above = (await town.reply("alice", above, "<p>…</p>", deliver=False)).id
        chain.append(above)
    await town.reply("bob", above, "<p>Far down</p>", mention=[blog.actor])
    await is_asked_for(town, *chain[1:])
    await blog.at_rest()

    asked = {each.path for each in town.requests if "/statuses/" in each.path}
    assert len(asked) == 20
    assert await thread(blog, post) == []


async def test_a_reply_to_a_post_that_is_not_here_is_not_kept(
    blog: RunningBlog, town: DemoServer
) -> None:
    note = await town.reply(
        "alice",
        f"{blog.origin}/articles/nothing",
        "<p>To what?</p>",
        mention=[blog.actor],
        recipients=[blog.actor],
    )
    await blog.settled()
    assert await get_reply(blog.blog.db, note.id) is None
    assert (await fates(blog))[-1] == ("Create", "ignored", "a reply to a post that is not here")


async def test_a_post_to_the_blog_that_answers_nothing_is_not_kept(
    blog: RunningBlog, town: DemoServer
) -> None:
    note = await town.reply(
        "alice", None, "<p>Hi!</p>", mention=[blog.actor], recipients=[blog.actor]
    )
    await blog.settled()
    assert await get_reply(blog.blog.db, note.id) is None


async def test_a_reply_that_comes_twice_is_stored_once(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Once</p>")
    await town.deliver(note)
    await blog.settled()

    page = (await blog.page(f"/articles/{post.key}")).text
    assert shape(page) == [("Once", [])]
    assert "1 response<" in page


async def test_a_reply_that_comes_to_both_inboxes_is_stored_once(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Once</p>", deliver=False)
    create = await town.mail.document(f"{note.id}/activity", town.instance)
    for inbox in (blog.blog.addresses.inbox, blog.blog.addresses.shared_inbox):
        assert (await town.post("alice", inbox, create)).status_code == 202
    await blog.settled()

    assert await thread(blog, post) == [("Once", [])]


async def test_a_parent_that_is_fetched_and_then_delivered_is_stored_once(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    parent = await town.reply("alice", blog.article(post), "<p>Parent</p>", deliver=False)
    await town.reply("bob", parent.id, "<p>Child</p>")
    await comes_to_show(blog, post, [("Parent", [("Child", [])])])
    await town.deliver(parent)
    await blog.settled()
    assert await thread(blog, post) == [("Parent", [("Child", [])])]


@pytest.mark.parametrize("form", ["list", "object", "list of objects"])
async def test_what_is_answered_may_be_named_in_any_form(
    blog: RunningBlog, town: DemoServer, form: str
) -> None:
    """C3: a string, an object with an id, or a list of either."""
    post = await blog.publish()
    answered = blog.article(post)
    forms: dict[str, object] = {
        "list": [answered],
        "object": {"id": answered, "type": "Article"},
        "list of objects": [{"id": answered}],
    }
    note = await town.reply("alice", answered, "<p>Found its way</p>", deliver=False)
    create = await town.mail.document(f"{note.id}/activity", town.instance)
    create["object"]["inReplyTo"] = forms[form]
    await town.post("alice", blog.blog.addresses.shared_inbox, create)
    await blog.settled()

    assert await thread(blog, post) == [("Found its way", [])]


async def test_a_create_may_name_its_object_by_id_alone(
    blog: RunningBlog, town: DemoServer
) -> None:
    """G15."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Go and fetch</p>", deliver=False)
    create = await town.mail.document(f"{note.id}/activity", town.instance)
    create["object"] = note.id
    await town.post("alice", blog.blog.addresses.shared_inbox, create)
    await blog.settled()

    assert await thread(blog, post) == [("Go and fetch", [])]


async def test_a_vote_in_a_poll_is_no_reply(blog: RunningBlog, town: DemoServer) -> None:
    """C4: a Note with a name and without content; GoToSocial sends several in one Create."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p></p>", deliver=False)
    create = await town.mail.document(f"{note.id}/activity", town.instance)
    vote = create["object"]
    del vote["content"], vote["contentMap"]
    vote["name"] = "Tabs"
    for number, form in enumerate((vote, [vote, vote | {"id": f"{note.id}1", "name": "Spaces"}])):
        activity = create | {"id": f"{create['id']}/{number}", "object": form}
        await town.post("alice", blog.blog.addresses.shared_inbox, activity)
    await blog.settled()

    assert reply_ids((await blog.page(f"/articles/{post.key}")).text) == []
    assert {reason for _, _, reason in await fates(blog)} == {"a vote in a poll"}


async def test_a_poll_that_answers_a_post_is_a_reply(blog: RunningBlog, town: DemoServer) -> None:
    """N6: it comes as a Create of a Question."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Which one?</p>", deliver=False)
    create = await town.mail.document(f"{note.id}/activity", town.instance)
    create["object"] |= {"type": "Question", "oneOf": [{"type": "Note", "name": "This"}]}
    await town.post("alice", blog.blog.addresses.shared_inbox, create)
    await blog.settled()

    assert await thread(blog, post) == [("Which one?", [])]


async def test_what_strangers_write_is_made_harmless(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    html = (
        '<p onclick="alert(1)">Harm<script>alert(2)</script><img src="https://evil.test/x.png">'
        '<a href="javascript:alert(3)">less</a><iframe src="https://evil.test"></iframe>'
        '<b style="position:fixed">bold</b></p></li></ol></main><h1>Mine</h1>'
    )
    await town.reply("alice", blog.article(post), html)
    await blog.settled()

    page = (await blog.page(f"/articles/{post.key}")).text
    for harm in ("alert(", "onclick", "evil.test", "javascript:", "<iframe", "position:fixed"):
        assert harm not in page
    assert page.count("</main>") == 1
    assert page.count("<h1") == 1
    assert len(read_thread(page)) == 1


async def test_no_picture_on_the_page_comes_from_another_server(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>Look at me</p>")
    await blog.settled()

    async def has_picture() -> bool:
        return "/media/avatars/" in (await blog.page(f"/articles/{post.key}")).text

    await until(has_picture)
    page = (await blog.page(f"/articles/{post.key}")).text
    sources = re.findall(r"<img[^>]*\ssrc=\"([^\"]*)\"", page)
    assert sources
    for source in sources:
        assert urlsplit(source).netloc == ""
        picture = await blog.http.get(source)
        assert picture.status_code == 200
        assert picture.headers["content-type"] == "image/webp"
        assert picture.headers["x-content-type-options"] == "nosniff"
    assert f"{town.origin}/avatars" not in page


async def test_a_reply_shows_who_wrote_it_when_and_where(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>Good morning</p>")
    await blog.settled()

    page = await blog.page(f"/articles/{post.key}")
    number = (await stored(blog, note.id)).id
    alice = town.person("alice")
    assert f"@{alice.handle}" in page.text
    assert alice.display_name in page.text
    assert f'href="{alice.url}"' in page.text
    assert (
        f'<time class="dt-published" datetime="{note.published:%Y-%m-%dT%H:%M:%S}Z">' in page.text
    )
    assert f'href="/replies/{number}"' in page.text
    assert f'id="reply-{number}"' in page.text
    assert f'href="{note.url}"' in page.text


async def test_a_reply_says_its_language_and_keeps_its_script(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    await town.reply("chiyo", blog.article(post), "<p>面白いです</p>")
    await town.reply("dana", blog.article(post), "<p>مقال جميل</p>")
    await blog.settled()

    page = (await blog.page(f"/articles/{post.key}")).text
    assert shape(page) == [("面白いです", []), ("مقال جميل", [])]
    assert 'lang="ja" dir="auto"' in page
    assert 'lang="ar" dir="auto"' in page


async def test_a_content_warning_folds_the_reply(blog: RunningBlog, town: DemoServer) -> None:
    """I6."""
    post = await blog.publish()
    note = await town.reply("alice", blog.article(post), "<p>The butler did it</p>", deliver=False)
    create = await town.mail.document(f"{note.id}/activity", town.instance)
    create["object"]["summary"] = "spoiler <3"
    await town.post("alice", blog.blog.addresses.shared_inbox, create)
    await blog.settled()

    page = (await blog.page(f"/articles/{post.key}")).text
    assert '<details class="warning">' in page
    assert "spoiler &lt;3" in page


async def test_the_mentions_that_composers_fill_in_are_not_shown(
    blog: RunningBlog, town: DemoServer
) -> None:
    """I9."""
    post = await blog.publish()
    first = await town.reply("alice", blog.article(post), "<p>Hello</p>")
    await town.reply("bob", first.id, "<p>And hello to you</p>")
    await blog.settled()

    page = (await blog.page(f"/articles/{post.key}")).text
    assert shape(page) == [("Hello", [("And hello to you", [])])]


@pytest.mark.parametrize("to", ["public", "unlisted"])
async def test_public_is_in_to_or_in_cc(
    blog: RunningBlog, town: DemoServer, to: Visibility
) -> None:
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>For all</p>", to=to)
    await blog.settled()
    assert await thread(blog, post) == [("For all", [])]


@pytest.mark.parametrize("to", ["followers", "direct"])
async def test_k18_a_private_reply_is_seen_by_the_admin_alone(
    blog: RunningBlog, town: DemoServer, to: Visibility
) -> None:
    """K18: neither on a page nor in a collection nor in a count."""
    post = await blog.publish()
    secret = await town.reply("alice", blog.article(post), "<p>A secret</p>", to=to)
    await blog.settled()

    page = (await blog.page(f"/articles/{post.key}")).text
    assert "A secret" not in page
    assert secret.id not in page
    assert reply_ids(page) == []
    assert "No responses yet" in page
    assert "1 more not public" in page
    for path in (
        f"/articles/{post.key}",
        f"/articles/{post.key}/replies",
        f"/articles/{post.key}/replies?page=true",
        f"/contexts/{post.key}",
        f"/contexts/{post.key}?page=true",
    ):
        document = (await blog.document(path)).text
        assert secret.id not in document
        assert '"totalItems":2' not in document
    listed = await list_by_state(blog.blog.db, "private", before=None, limit=10)
    assert [reply.uri for reply in listed] == [secret.id]
    nodeinfo = (await blog.http.get("/nodeinfo/2.1")).json()
    assert nodeinfo["usage"]["localComments"] == 0
    assert "response" not in (await blog.page("/")).text


async def test_a_public_reply_to_a_private_one_hangs_beneath_its_place(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    secret = await town.reply("alice", blog.article(post), "<p>A secret</p>", to="direct")
    await town.reply("bob", secret.id, "<p>Out loud</p>", mention=[blog.actor])
    await blog.settled()

    page = (await blog.page(f"/articles/{post.key}")).text
    assert shape(page) == [("A reply that is not public", [("Out loud", [])])]
    assert "Okafor" not in page


async def test_a_hidden_reply_leaves_the_page_and_comes_back(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    first = await town.reply("alice", blog.article(post), "<p>Rude</p>")
    await town.reply("bob", first.id, "<p>Polite</p>")
    await blog.settled()
    number = (await stored(blog, first.id)).id

    await hide_reply(blog.blog, number)
    page = (await blog.page(f"/articles/{post.key}")).text
    assert shape(page) == [("A reply that is not shown", [("Polite", [])])]
    told = " ".join(re.sub("<[^>]+>", "", page).split())
    assert "1 response, 1 more not public or held back" in told
    replies = (await blog.document(f"/articles/{post.key}/replies?page=true")).json()
    assert replies["items"] == []

    await show_reply(blog.blog, number)
    page = (await blog.page(f"/articles/{post.key}")).text
    assert shape(page) == [("Rude", [("Polite", [])])]
    assert "not public" not in page


async def test_a_private_reply_cannot_be_shown(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    secret = await town.reply("alice", blog.article(post), "<p>A secret</p>", to="direct")
    await blog.settled()
    number = (await stored(blog, secret.id)).id
    with pytest.raises(Conflict):
        await show_reply(blog.blog, number)
    with pytest.raises(Conflict):
        await hide_reply(blog.blog, number)


async def test_the_trees_of_two_posts_do_not_mix(blog: RunningBlog, town: DemoServer) -> None:
    one, two = await blog.publish("One"), await blog.publish("Two")
    first = await town.reply("alice", blog.article(one), "<p>To one</p>")
    await town.reply("bob", blog.article(two), "<p>To two</p>")
    await town.reply("bob", first.id, "<p>To Alice</p>")
    await blog.settled()

    page_one = (await blog.page(f"/articles/{one.key}")).text
    page_two = (await blog.page(f"/articles/{two.key}")).text
    assert shape(page_one) == [("To one", [("To Alice", [])])]
    assert shape(page_two) == [("To two", [])]


def _hide_from_fetches(town: DemoServer, *note_ids: str) -> None:
    """Answer 404 for notes that are there, as for private ones."""
    for note_id in note_ids:
        town.responses[urlsplit(note_id).path] = Response(status_code=404)
