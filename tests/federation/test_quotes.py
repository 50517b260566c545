"""Quotes (E11, FEP-044f): who may, how they ask, what they get, and how it ends."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from starlette.responses import Response

from fediblog.actions.answer import answer_post, delete_answer
from fediblog.actions.blocking import set_blocked
from fediblog.actions.change_site import change_site
from fediblog.actions.delete_post import delete_post
from fediblog.actions.post_form import PostForm
from fediblog.actions.quote_request import receive_quote_request
from fediblog.actions.revoke_quote import restore_quote, revoke_quote
from fediblog.actions.write_post import create_post, edit_post
from fediblog.demo import activities as build
from fediblog.demo.notes import Note, note_document
from fediblog.demo.server import DemoServer
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import PUBLIC, parse_activity
from fediblog.store.crawls import get_crawl
from fediblog.store.posts import Post
from fediblog.store.quotes import Quote, get_quote
from tests.bench import ACTIVITY_JSON, RunningBlog
from tests.federation.records import activities, fates

SITE = {"title": "A blog", "author_name": "Blog", "language": "en"}


async def asked(blog: RunningBlog, town: DemoServer, note: Note, **fields: Any) -> dict[str, Any]:
    """What the blog answers to a request for a note; fields: put into the request, which has an id
    of its own: the very same one, in the same second, would be a replay."""
    await town.request_quote(note, **{"id": f"{note.id}#{town.next_number()}"} | fields)
    return await answer(blog, town)


async def answer(blog: RunningBlog, town: DemoServer) -> dict[str, Any]:
    """The last answer to a request."""
    await blog.settled()
    await blog.delivered()
    given = [each.activity for each in town.received if each.activity["type"] in ANSWERS]
    return given[-1]


ANSWERS = {"Accept", "Reject"}


async def written(blog: RunningBlog, town: DemoServer, post: Post, name: str = "alice") -> Note:
    """A note that quotes a post; nobody has been asked, and nothing was sent."""
    html = "<p>Worth your time.</p>"
    return await town.quote(name, blog.article(post), html, ask=False, deliver=False)


async def quoted_by(blog: RunningBlog, post: Post) -> str:
    """What the page of a post says of who quotes it."""
    page = (await blog.page(f"/articles/{post.key}")).text
    return page.partition('id="quotes"')[2].partition("</section>")[0]


async def kept(blog: RunningBlog, note: Note) -> Quote | None:
    """What is stored of a quote."""
    return await get_quote(blog.blog.db, note.id)


async def choose(blog: RunningBlog, may_quote: str) -> None:
    """What the author chooses on the page of settings."""
    await change_site(blog.blog, SITE | {"may_quote": may_quote})


def path_of(blog: RunningBlog, uri: str) -> str:
    """The path of one of the blog's addresses."""
    return uri.removeprefix(blog.origin)


# Who may


@pytest.mark.parametrize("choice", ["everyone", "followers", "nobody"])
async def test_e11a_posts_and_answers_say_who_may_quote_them(
    blog: RunningBlog, choice: str
) -> None:
    post = await blog.publish()
    reply = await answer_post(blog.blog, post.key, "An answer.")
    await choose(blog, choice)

    approved = {
        "everyone": PUBLIC,
        "followers": f"{blog.actor}/followers",
        "nobody": blog.actor,
    }[choice]
    for path in (f"/articles/{post.key}", path_of(blog, reply.uri)):
        document = (await blog.document(path)).json()
        # No canReply, canLike or canAnnounce: GoToSocial would wait for us to approve each.
        assert document["interactionPolicy"] == {"canQuote": {"automaticApproval": [approved]}}
        terms = document["@context"][-1]
        assert terms["gts"] == "https://gotosocial.org/ns#"
        assert terms["canQuote"] == {"@id": "gts:canQuote", "@type": "@id"}


async def test_everybody_may_by_default(blog: RunningBlog) -> None:
    post = await blog.publish()
    policy = (await blog.document(f"/articles/{post.key}")).json()["interactionPolicy"]
    assert policy["canQuote"]["automaticApproval"] == [PUBLIC]


async def test_only_followers_may_when_the_author_says_so(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    await choose(blog, "followers")
    await town.follow("alice", blog.actor)
    await blog.settled()

    for name, expected in (("alice", "Accept"), ("bob", "Reject")):
        note = await written(blog, town, post, name)
        assert (await asked(blog, town, note))["type"] == expected
    assert "Alice Okafor" in await quoted_by(blog, post)
    assert "Bob" not in await quoted_by(blog, post)


async def test_a_choice_holds_for_the_next_request_and_takes_nothing_back(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    first, second = await written(blog, town, post), await written(blog, town, post, "bob")
    assert (await asked(blog, town, first))["type"] == "Accept"
    await choose(blog, "nobody")

    refused = await asked(blog, town, second)
    assert (refused["type"], "result" in refused) == ("Reject", False)
    assert (await fates(blog))[-1][2] == "rejected: you do not let them quote you"
    row = await kept(blog, second)
    assert row is not None
    assert (row.state, row.key) == ("rejected", None)
    assert (await asked(blog, town, first))["type"] == "Accept"
    await choose(blog, "everyone")
    assert (await asked(blog, town, second))["type"] == "Accept"


# How they ask


async def test_e11b_a_request_is_accepted_with_an_authorization(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await written(blog, town, post)
    accept = await asked(blog, town, note, id=f"{note.id}#quote")

    assert accept["type"] == "Accept"
    assert (accept["actor"], accept["to"]) == (blog.actor, [town.person("alice").id])
    assert accept["object"] == {
        "type": "QuoteRequest",
        "id": f"{note.id}#quote",
        "actor": town.person("alice").id,
        "object": blog.article(post),
        "instrument": note.id,
    }
    assert accept["result"].startswith(f"{blog.origin}/quotes/")
    assert town.received[-1].inbox == "/users/alice/inbox"
    assert (await blog.document(path_of(blog, accept["id"]))).json() == accept
    assert town.notes[note.id].authorization == accept["result"]


async def test_e11c_the_authorization_is_at_its_own_address(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await written(blog, town, post)
    address = (await asked(blog, town, note))["result"]

    found = await blog.document(path_of(blog, address))
    assert found.status_code == 200
    assert found.headers["content-type"].startswith(ACTIVITY_JSON)
    document = found.json()
    terms = document.pop("@context")
    assert terms[0] == "https://www.w3.org/ns/activitystreams"
    assert terms[1]["QuoteAuthorization"] == "https://w3id.org/fep/044f#QuoteAuthorization"
    assert terms[1]["interactionTarget"] == {"@id": "gts:interactionTarget", "@type": "@id"}
    assert document == {
        "id": address,
        "type": "QuoteAuthorization",
        "attributedTo": blog.actor,
        "interactingObject": note.id,
        "interactionTarget": blog.article(post),
    }
    known = {"Accept": ACTIVITY_JSON, "If-None-Match": found.headers["etag"]}
    assert (await blog.http.get(path_of(blog, address), headers=known)).status_code == 304


async def test_who_asks_again_gets_the_same_authorization(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await written(blog, town, post)
    first = await asked(blog, town, note)
    second = await asked(blog, town, note, id=f"{note.id}#again")
    assert second["id"] != first["id"]
    assert second["result"] == first["result"]
    assert second["object"]["id"] == f"{note.id}#again"


async def test_a_note_that_is_named_by_its_id_is_fetched(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await written(blog, town, post)
    assert (await asked(blog, town, note, instrument=note.id))["type"] == "Accept"
    assert "Worth your time." in await quoted_by(blog, post)


async def test_an_answer_of_the_author_can_be_quoted(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    reply = await answer_post(blog.blog, post.key, "An answer.")
    note = await town.quote("alice", reply.uri, "<p>As they say:</p>", deliver=False)
    accept = await answer(blog, town)
    document = (await blog.document(path_of(blog, accept["result"]))).json()
    assert document["interactionTarget"] == reply.uri
    assert note.quotes == reply.uri

    page = (await blog.page(f"/articles/{post.key}")).text
    assert "Quoted once" in page
    assert "As they say:" not in page
    await delete_answer(blog.blog, reply.id)
    assert (await blog.document(path_of(blog, accept["result"]))).status_code == 404


# What is refused (K20): each of these is a request that is right but for one thing


async def refused(blog: RunningBlog, town: DemoServer, note: Note, **fields: Any) -> str:
    """The reason why a request is rejected; it is as the Accept would be, and leaves nothing."""
    reject = await asked(blog, town, note, **fields)
    assert (reject["type"], reject["to"]) == ("Reject", [note.author.id])
    assert reject["object"]["type"] == "QuoteRequest"
    assert reject["object"]["object"] == fields.get("object", note.quotes)
    assert "result" not in reject
    assert await kept(blog, note) is None
    return (await fates(blog))[-1][2]


def embedded(note: Note, **fields: Any) -> dict[str, Any]:
    """The note of a request, with other fields."""
    return note_document(note) | fields


async def test_k20_the_note_must_be_the_askers_own(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await written(blog, town, post)
    theirs = embedded(note, attributedTo=town.person("bob").id)
    reason = await refused(blog, town, note, instrument=theirs)
    assert reason == "rejected: it is attributed to somebody else"


async def test_k20_the_note_must_quote_what_the_request_is_about(
    blog: RunningBlog, town: DemoServer
) -> None:
    post, other = await blog.publish(), await blog.publish("Another post")
    note = await written(blog, town, other)
    reason = await refused(blog, town, note, object=blog.article(post))
    assert reason == "rejected: the note does not quote what the request is about"


async def test_k20_a_note_that_quotes_nothing_gets_no_authorization(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await written(blog, town, post)
    mute = {"quote": None, "_misskey_quote": None, "quoteUri": None}
    reason = await refused(blog, town, note, instrument=embedded(note, **mute))
    assert reason == "rejected: the note does not quote what the request is about"


async def test_k18_a_private_note_gets_no_authorization(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await written(blog, town, post)
    town.notes[note.id] = private = replace(note, to="followers")
    reason = await refused(blog, town, private)
    assert reason == "rejected: the note that quotes is not public"


async def test_k20_an_embedded_note_is_believed_from_its_own_host_only(
    blog: RunningBlog, town: DemoServer
) -> None:
    """What it says of itself is on another host, which is not even asked."""
    post = await blog.publish()
    note = await written(blog, town, post)
    elsewhere = {"id": "https://elsewhere.example/1", "attributedTo": town.person("alice").id}
    reason = await refused(blog, town, note, instrument=embedded(note, **elsewhere))
    assert reason == "rejected: the note that quotes cannot be had from its author's server"


async def test_k20_a_note_that_is_not_there_gets_no_authorization(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await written(blog, town, post)
    town.responses[note.id.removeprefix(town.origin)] = Response(status_code=404)
    reason = await refused(blog, town, note, instrument=note.id)
    assert reason == "rejected: the note that quotes cannot be had from its author's server"


async def test_k20_what_is_fetched_must_be_the_askers_own(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note, theirs = await written(blog, town, post), await written(blog, town, post, "bob")
    reason = await refused(blog, town, note, instrument=theirs.id)
    assert reason == "rejected: it is attributed to somebody else"
    assert await kept(blog, theirs) is None


async def test_k7_an_embedded_note_cannot_take_the_id_of_somebody_elses_reply(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    theirs = await town.reply("bob", blog.article(post), "<p>Mine</p>")
    await blog.settled()
    note = await written(blog, town, post)
    reason = await refused(blog, town, note, instrument=embedded(note, id=theirs.id))
    assert reason == "rejected: the note that quotes is somebody else's reply"


async def test_k7_an_embedded_note_cannot_take_the_id_of_somebody_elses_quote(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    theirs = await town.quote("bob", blog.article(post), "<p>Mine</p>", ask=False)
    await blog.settled()
    note = await written(blog, town, post)
    await refused(blog, town, note, instrument=embedded(note, id=theirs.id))
    row = await kept(blog, theirs)
    assert row is not None
    assert (row.state, row.text) == ("seen", "Mine")


async def test_a_note_that_was_deleted_gets_no_authorization(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.quote("alice", blog.article(post), "<p>Hm.</p>")
    await blog.settled()
    await town.delete(note)
    await blog.settled()
    assert await refused(blog, town, note) == "rejected: the note that quotes was deleted"


@pytest.mark.parametrize("what", ["a draft", "a deleted post", "somebody's reply", "nothing"])
async def test_only_what_the_author_has_published_can_be_quoted(
    blog: RunningBlog, town: DemoServer, what: str
) -> None:
    post = await blog.publish()
    note = await written(blog, town, post)
    match what:
        case "a draft":
            draft = await create_post(blog.blog, PostForm("A draft", "Hm."), publish=False)
            about = blog.article(draft)
        case "a deleted post":
            await delete_post(blog.blog, post.key)
            about = blog.article(post)
        case "somebody's reply":
            about = f"{blog.origin}/2026/11/a-post#reply-{await _reply(blog, town, post)}"
        case _:
            about = f"{blog.origin}/articles/nothing"
    instrument = embedded(replace(note, quotes=about))
    reason = await refused(blog, town, note, object=about, instrument=instrument)
    assert reason == "rejected: it is about nothing that is here"


async def test_a_request_about_another_server_is_not_answered(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await written(blog, town, post)
    about = f"{town.origin}/users/bob/statuses/1"
    instrument = embedded(replace(note, quotes=about))
    await town.request_quote(note, object=about, instrument=instrument)
    await blog.settled()
    await blog.delivered()
    assert activities(town, "Accept") == activities(town, "Reject") == []
    assert (await fates(blog))[-1][1:] == ("ignored", "a request to quote nothing of ours")


async def test_k17_a_blocked_server_gets_no_authorization(
    blog: RunningBlog, town: DemoServer
) -> None:
    """Not at the door, and not if it was blocked between the door and the desk."""
    post = await blog.publish()
    note = await written(blog, town, post)
    await set_blocked(blog.blog, authority_of(town.origin), True)
    inbox = f"{blog.actor}/inbox"
    refusal = await town.post("alice", inbox, build.quote_request(note))
    assert refusal.status_code == 403
    request = parse_activity(build.quote_request(note))
    assert (await receive_quote_request(blog.blog, request)).state == "ignored"
    assert await kept(blog, note) is None


async def test_a_request_ends_nothing_that_is_on_its_way(
    blog: RunningBlog, town: DemoServer
) -> None:
    """What it names is for its sender to choose: be it a post, whose edit waits for its minute."""
    await town.follow("bob", blog.actor)
    await blog.settled()
    post = await blog.publish("A title")
    await blog.delivered()
    for title in ("A better title", "The best title"):
        await edit_post(blog.blog, post.key, PostForm(title, "Some text."))
        await blog.delivered()
    note = await written(blog, town, post)
    assert (await asked(blog, town, note, instrument=blog.article(post)))["type"] == "Reject"

    await blog.later(timedelta(minutes=2))
    await blog.delivered()
    edits = [each["object"]["name"] for each in activities(town, "Update") if "object" in each]
    assert "The best title" in edits


async def test_k7_a_request_must_have_its_id_on_the_askers_host(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await written(blog, town, post)
    request = build.quote_request(note) | {"id": "https://elsewhere.example/1"}
    assert (await town.post("alice", f"{blog.actor}/inbox", request)).status_code == 400


# How it ends


async def test_a_permission_can_be_taken_back(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    await town.follow("bob", blog.actor)
    note = await town.quote("alice", blog.article(post), "<p>Look at this.</p>")
    address = (await answer(blog, town))["result"]
    assert "Look at this." in await quoted_by(blog, post)
    row = await kept(blog, note)
    assert row is not None
    await revoke_quote(blog.blog, row.id)
    await blog.delivered()

    (personal, shared) = [each for each in town.received if each.activity["type"] == "Delete"]
    assert sorted([personal.inbox, shared.inbox]) == ["/inbox", "/users/alice/inbox"]
    delete = personal.activity
    assert (delete["actor"], delete["to"]) == (blog.actor, [PUBLIC])
    assert delete["proof"]["type"] == "DataIntegrityProof"
    terms: dict[str, Any] = {}
    for each in delete["@context"]:
        terms |= each if isinstance(each, dict) else {}
    assert {"gts", "QuoteAuthorization", "interactionTarget", "proofValue"} <= set(terms)
    assert delete["object"] == {
        "id": address,
        "type": "QuoteAuthorization",
        "attributedTo": blog.actor,
        "interactingObject": note.id,
        "interactionTarget": blog.article(post),
    }
    assert (await blog.document(path_of(blog, address))).status_code == 404
    assert await quoted_by(blog, post) == ""

    assert (await asked(blog, town, note))["type"] == "Reject"
    assert (await fates(blog))[-1][2] == "rejected: you took the permission back"
    await town.edit(note, "<p>Look, please.</p>")
    await blog.settled()
    assert await quoted_by(blog, post) == ""

    await restore_quote(blog.blog, row.id)
    assert "Look, please." in await quoted_by(blog, post)
    assert (await asked(blog, town, note))["result"] != address


async def test_a_quote_that_is_deleted_disappears_with_its_authorization(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.quote("alice", blog.article(post), "<p>Look at this.</p>")
    address = (await answer(blog, town))["result"]
    await town.delete(note)
    await blog.settled()
    assert await kept(blog, note) is None
    assert await quoted_by(blog, post) == ""
    assert (await blog.document(path_of(blog, address))).status_code == 404

    await town.deliver(note)
    await blog.settled()
    assert await kept(blog, note) is None


async def test_nobody_deletes_somebody_elses_quote(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await town.quote("alice", blog.article(post), "<p>Look at this.</p>", ask=False)
    await town.like("bob", blog.article(post))
    await blog.settled()
    bob = town.person("bob").id
    forged = build.delete(note) | {"id": f"{bob}#delete", "actor": bob}
    await town.post("bob", f"{blog.origin}/inbox", forged)
    await blog.settled()
    assert await kept(blog, note) is not None


async def test_an_edit_renews_what_it_says(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await town.quote("alice", blog.article(post), "<p>Lok at this.</p>")
    address = (await answer(blog, town))["result"]
    await town.edit(note, "<p>Look at this.</p>")
    await blog.settled()
    shown = await quoted_by(blog, post)
    assert "Look at this." in shown
    assert "Lok" not in shown
    assert (await blog.document(path_of(blog, address))).status_code == 200


@pytest.mark.parametrize("how", ["it quotes nothing", "it is for followers"])
async def test_an_edit_that_is_no_public_quote_any_more_takes_it_away(
    blog: RunningBlog, town: DemoServer, how: str
) -> None:
    post = await blog.publish()
    note = await town.quote("alice", blog.article(post), "<p>Look at this.</p>")
    address = (await answer(blog, town))["result"]
    later = replace(note, updated=note.published + timedelta(seconds=1))
    if how == "it quotes nothing":
        later = replace(later, quotes="")
    else:
        later = replace(later, to="followers")
    await town.post("alice", f"{blog.origin}/inbox", build.update(later))
    await blog.settled()
    assert await kept(blog, note) is None
    assert await quoted_by(blog, post) == ""
    assert (await blog.document(path_of(blog, address))).status_code == 404


async def test_an_edit_without_a_time_is_asked_for_at_its_origin(
    blog: RunningBlog, town: DemoServer
) -> None:
    """N4: and what the origin does not confirm changes nothing."""
    post = await blog.publish()
    note = await town.quote("alice", blog.article(post), "<p>One</p>", ask=False)
    await blog.settled()
    forged = build.update(replace(note, html="<p>Two</p>"))
    await town.post("alice", f"{blog.origin}/inbox", forged)
    await blog.settled()
    assert "One" in await quoted_by(blog, post)
    town.notes[note.id] = replace(note, html="<p>Three</p>")
    await town.post("alice", f"{blog.origin}/inbox", forged | {"id": f"{note.id}#again"})
    await blog.settled()
    assert "Three" in await quoted_by(blog, post)


@pytest.mark.parametrize("by_id", [True, False])
async def test_a_request_can_be_undone(blog: RunningBlog, town: DemoServer, by_id: bool) -> None:
    post = await blog.publish()
    note = await written(blog, town, post)
    request = await town.request_quote(note)
    address = (await answer(blog, town))["result"]
    undo = build.undo(town.person("alice"), request)
    if by_id:
        undo["object"] = request["id"]
    await town.post("alice", f"{blog.actor}/inbox", undo)
    await blog.settled()
    assert (await fates(blog))[-1][1:] == ("done", "no longer quotes us")
    assert (await blog.document(path_of(blog, address))).status_code == 404


async def test_the_authorization_goes_with_the_post(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await written(blog, town, post)
    address = (await asked(blog, town, note))["result"]
    await delete_post(blog.blog, post.key)
    assert (await blog.document(path_of(blog, address))).status_code == 404


async def test_an_account_that_goes_takes_its_quotes_along(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    note = await town.quote("alice", blog.article(post), "<p>Look at this.</p>")
    address = (await answer(blog, town))["result"]
    await town.delete_person("alice", [blog.actor])
    await blog.settled()
    assert await kept(blog, note) is None
    assert (await blog.document(path_of(blog, address))).status_code == 404


# Quotes that nobody asked for


@pytest.mark.parametrize("field", ["quote", "quoteUrl", "quoteUri", "_misskey_quote", "a Link tag"])
@pytest.mark.parametrize("address", ["id", "permalink"])
async def test_e11d_a_quote_that_nobody_asked_for_is_shown(
    blog: RunningBlog, town: DemoServer, field: str, address: str
) -> None:
    post = await blog.publish()
    note = await town.reply("alice", None, "<p>Read this.</p>", deliver=False)
    uri = blog.article(post)
    if address == "permalink":
        uri = str((await blog.page(f"/articles/{post.key}")).url)
        uri = uri.replace(blog.address, blog.origin)
    quote = {field: uri} if field != "a Link tag" else {"tag": [_link_tag(uri)]}
    create = build.create(note)
    create["object"] |= quote
    await town.post("alice", f"{blog.origin}/inbox", create)
    await blog.settled()

    assert (await fates(blog))[-1][1:] == ("done", "a quote: shown")
    shown = await quoted_by(blog, post)
    assert "Read this." in shown
    assert note.url in shown
    row = await kept(blog, note)
    assert row is not None
    assert (row.state, row.target_uri) == ("seen", blog.article(post))


@pytest.mark.parametrize("ask", [True, False])
async def test_a_quote_is_a_sign_of_life(blog: RunningBlog, town: DemoServer, ask: bool) -> None:
    """Where somebody quotes, others may have said something that nobody has told us."""
    post = await blog.publish()
    await town.quote("alice", blog.article(post), "<p>Look at this.</p>", ask=ask, deliver=not ask)
    await blog.settled()
    crawl = await get_crawl(blog.blog.db, post.id)
    assert crawl is not None and crawl.step == 0 and crawl.next_at is not None


async def test_a_reply_may_quote_as_well(blog: RunningBlog, town: DemoServer) -> None:
    """I8: the stand-in for the quote goes from the reply, since it is beneath what it quotes."""
    post = await blog.publish()
    plain = await town.reply("alice", blog.article(post), "<p>So true.</p>", deliver=False)
    note = town.notes[plain.id] = replace(plain, quotes=blog.article(post))
    await town.deliver(note)
    await blog.settled()
    page = (await blog.page(f"/articles/{post.key}")).text
    assert "1 response" in page
    assert "So true." in await quoted_by(blog, post)
    assert "RE:" not in page


async def test_a_reply_that_quotes_another_post_keeps_the_link_to_it(
    blog: RunningBlog, town: DemoServer
) -> None:
    post, other = await blog.publish(), await blog.publish("Another post")
    plain = await town.reply("alice", blog.article(post), "<p>So true.</p>", deliver=False)
    note = town.notes[plain.id] = replace(plain, quotes=blog.article(other))
    await town.deliver(note)
    await blog.settled()
    page = (await blog.page(f"/articles/{post.key}")).text
    assert f'href="{blog.article(other)}"' in page
    assert "RE:" not in await quoted_by(blog, other)


@pytest.mark.parametrize("to", ["followers", "direct"])
async def test_k18_a_private_quote_is_not_kept(
    blog: RunningBlog, town: DemoServer, to: Any
) -> None:
    post = await blog.publish()
    note = await town.quote("alice", blog.article(post), "<p>Psst.</p>", to=to, ask=False)
    await blog.settled()
    assert await kept(blog, note) is None
    assert (await fates(blog))[-1][1:] == ("ignored", "a quote that is not public")


async def test_a_warning_covers_what_it_covers(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    note = await written(blog, town, post)
    create = build.create(note)
    create["object"] |= {"summary": "The end of the film"}
    await town.post("alice", f"{blog.origin}/inbox", create)
    await blog.settled()
    shown = await quoted_by(blog, post)
    summary, _, covered = shown.partition("</summary>")
    assert "The end of the film" in summary
    assert "Worth your time." in covered


async def test_a_request_after_the_note_and_before_it_come_to_the_same(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    for name, request_first in (("alice", True), ("bob", False)):
        note = await written(blog, town, post, name)
        if request_first:
            await asked(blog, town, note)
        await town.deliver(note)
        await blog.settled()
        if not request_first:
            await asked(blog, town, note)
        row = await kept(blog, note)
        assert row is not None
        assert row.state == "accepted"


async def test_the_latest_are_under_the_post_and_all_on_a_page_of_their_own(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    for number in range(7):
        await town.quote("alice", blog.article(post), f"<p>Number {number}.</p>", ask=False)
        await blog.settled()
    shown = await quoted_by(blog, post)
    assert [number for number in range(7) if f"Number {number}." in shown] == [2, 3, 4, 5, 6]
    assert "All 7 quotes" in shown
    address = str((await blog.page(f"/articles/{post.key}")).url.path) + "/quotes"
    page = (await blog.page(address)).text
    assert all(f"Number {number}." in page for number in range(7))
    assert (await blog.page(f"{address}?answer=1")).status_code == 404


def _link_tag(uri: str) -> dict[str, str]:
    return {
        "type": "Link",
        "mediaType": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        "href": uri,
        "name": f"RE: {uri}",
    }


async def _reply(blog: RunningBlog, town: DemoServer, post: Post) -> int:
    note = await town.reply("bob", blog.article(post), "<p>Mine</p>")
    await blog.settled()
    rows = await blog.blog.db.rows("SELECT id FROM reply WHERE uri = $1", note.id)
    return int(rows[0]["id"])
