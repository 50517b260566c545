"""The blog's profile as others see it: fields, links both ways, aliases, who is told (E1-E8)."""

from datetime import timedelta
from typing import Any

import pytest

from fediblog.actions.blocking import set_blocked
from fediblog.actions.change_site import change_site
from fediblog.demo.server import DemoServer
from fediblog.errors import Invalid
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.incoming import PUBLIC
from tests.bench import RunningBlog
from tests.federation.mastodon import links_back
from tests.federation.profile_forms import FORM, field_form
from tests.federation.records import activities

ELSEWHERE = "https://social.example/@marta"


async def _actor(blog: RunningBlog) -> dict[str, Any]:
    actor: dict[str, Any] = (await blog.document("/users/blog")).json()
    return actor


async def test_e1_what_strict_readers_look_for(blog: RunningBlog) -> None:
    actor = await _actor(blog)
    assert actor["manuallyApprovesFollowers"] is False
    assert actor["discoverable"] is True
    assert actor["indexable"] is True
    assert actor["interactionPolicy"] == {"canFeature": {"automaticApproval": [PUBLIC]}}
    assert actor["alsoKnownAs"] == []
    for absent in ("icon", "image", "memorial", "suspended", "movedTo", "featuredTags"):
        assert absent not in actor
    terms = actor["@context"][2]
    for term in ("alsoKnownAs", "interactionPolicy", "canFeature", "automaticApproval", "value"):
        assert term in terms


async def test_e1_fields_are_texts_and_links(blog: RunningBlog) -> None:
    fields = (("Pronouns", "she & <her>"), ("Mastodon", ELSEWHERE), ("", ""), ("Site", "x.test"))
    await change_site(blog.blog, FORM | field_form(*fields))
    home, *others = (await _actor(blog))["attachment"]
    assert home["name"] == "Blog"
    assert others == [
        {"type": "PropertyValue", "name": "Pronouns", "value": "she &amp; &lt;her&gt;"},
        {
            "type": "PropertyValue",
            "name": "Mastodon",
            "value": f'<a href="{ELSEWHERE}" rel="me nofollow noopener" target="_blank">'
            "social.example/@marta</a>",
        },
        {"type": "PropertyValue", "name": "Site", "value": "x.test"},
    ]


@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", "https://", 'https://x.test/" onclick="', "https://a@b.test/"]
)
async def test_e1_what_is_no_plain_address_is_a_text(blog: RunningBlog, value: str) -> None:
    await change_site(blog.blog, FORM | field_form(("Link", value)))
    field = (await _actor(blog))["attachment"][1]
    assert "<a" not in field["value"]
    assert f'href="{value}' not in (await blog.page("/")).text


async def test_e6_the_home_page_verifies_the_profile_and_the_profile_the_home_page(
    blog: RunningBlog,
) -> None:
    """The blog's own field on its profile: Mastodon looks for the profile's address on the page."""
    actor = await _actor(blog)
    assert f'href="{blog.origin}/" rel="me' in actor["attachment"][0]["value"]
    assert links_back((await blog.page("/")).text, actor["url"])
    post = await blog.publish()
    assert links_back((await blog.page(f"/articles/{post.key}")).text, actor["url"])


async def test_e6_the_home_page_verifies_an_account_elsewhere(blog: RunningBlog) -> None:
    """An account on Mastodon names the blog among its fields, and is verified if the blog links
    to it, which a field of ours does."""
    assert not links_back((await blog.page("/")).text, ELSEWHERE)
    await change_site(blog.blog, FORM | field_form(("Mastodon", ELSEWHERE)))
    assert links_back((await blog.page("/")).text, ELSEWHERE)


async def test_another_account_is_found_by_its_handle_or_address(
    blog: RunningBlog, town: DemoServer
) -> None:
    alice, bob = town.person("alice"), town.person("bob")
    typed = f" @{alice.handle.lstrip('@')}\n{bob.url}\n\n{bob.id} "
    await change_site(blog.blog, FORM | {"aliases": typed})
    assert (await _actor(blog))["alsoKnownAs"] == [alice.id, bob.id]


async def test_a_known_account_is_not_asked_for_again(blog: RunningBlog, town: DemoServer) -> None:
    alice = town.person("alice")
    await change_site(blog.blog, FORM | {"aliases": alice.id})
    town.gone.add("alice")
    await change_site(blog.blog, FORM | {"aliases": alice.id, "title": "Another"})
    assert (await _actor(blog))["alsoKnownAs"] == [alice.id]
    await change_site(blog.blog, FORM)
    assert (await _actor(blog))["alsoKnownAs"] == []


async def test_k17_an_account_on_a_blocked_server_is_refused(
    blog: RunningBlog, town: DemoServer
) -> None:
    await set_blocked(blog.blog, authority_of(town.origin), True)
    for typed in (town.person("alice").handle, town.person("alice").id):
        with pytest.raises(Invalid, match="blocked"):
            await change_site(blog.blog, FORM | {"aliases": typed})


async def test_everybody_may_put_the_blog_into_a_collection(
    blog: RunningBlog, town: DemoServer
) -> None:
    """FEP-7aa9, as Mastodon 4.6 has it: the collection's server asks, gets an Accept, and shows the
    authorization to others, who fetch it from us and compare its three addresses."""
    alice = town.person("alice")
    collection = f"{alice.id}/collections/1"
    request = {
        "id": f"{alice.id}/feature_requests/1",
        "type": "FeatureRequest",
        "actor": alice.id,
        "object": blog.actor,
        "instrument": collection,
    }
    assert (await town.post("alice", f"{blog.actor}/inbox", request)).status_code == 202
    await blog.settled()
    await blog.delivered()

    [accept] = activities(town, "Accept")
    assert accept["object"] == request
    assert accept["to"] == [alice.id]
    stamp = (await blog.document(accept["result"])).json()
    assert (stamp["id"], stamp["type"]) == (accept["result"], "FeatureAuthorization")
    assert stamp["interactingObject"] == collection
    assert stamp["interactionTarget"] == blog.actor

    await set_blocked(blog.blog, authority_of(town.origin), True)
    assert (await blog.document(accept["result"])).status_code == 404


@pytest.mark.parametrize("wrong", ["object", "instrument"])
async def test_no_authorization_without_a_proper_request(
    blog: RunningBlog, town: DemoServer, wrong: str
) -> None:
    alice = town.person("alice")
    request = {
        "id": f"{alice.id}/feature_requests/1",
        "type": "FeatureRequest",
        "actor": alice.id,
        "object": blog.actor,
        "instrument": f"{alice.id}/collections/1",
    }
    await town.post("alice", f"{blog.actor}/inbox", request | {wrong: "https://elsewhere.test/1"})
    await town.follow("bob", blog.actor)
    await blog.settled()
    await blog.delivered()
    [accept] = activities(town, "Accept")
    assert accept["object"]["type"] == "Follow"
    key = accept["id"].rpartition("/")[2]
    for nothing in (key, "nothing"):
        assert (await blog.document(f"/features/{nothing}")).status_code == 404


async def test_e7_only_a_change_is_told(blog: RunningBlog, town: DemoServer) -> None:
    await town.follow("alice", blog.actor)
    await blog.settled()
    for description in ("One.", "One.", "Two."):
        await change_site(blog.blog, FORM | {"description": description})
        await blog.delivered()
    await change_site(blog.blog, FORM | {"description": "Two.", "excerpt_as_summary": "on"})
    await blog.delivered()
    told = [update["object"]["summary"].strip() for update in activities(town, "Update")]
    assert told == ["<p>One.</p>", "<p>Two.</p>"]


async def test_e7_who_took_part_lately_is_told_too(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>Nobody of us follows.</p>")
    await blog.settled()
    await change_site(blog.blog, FORM)
    await blog.delivered()
    assert len(activities(town, "Update")) == 1

    await blog.later(timedelta(days=31))
    await change_site(blog.blog, FORM | {"author_name": "Later"})
    await blog.delivered()
    assert len(activities(town, "Update")) == 1


async def test_e7_a_blocked_server_is_told_nothing(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    await town.like("bob", blog.article(post))
    await blog.settled()
    await set_blocked(blog.blog, authority_of(town.origin), True)
    await change_site(blog.blog, FORM)
    await blog.delivered()
    assert activities(town, "Update") == []


async def test_e10_the_home_page_leads_to_the_actor(blog: RunningBlog) -> None:
    page = await blog.page("/")
    link = f'<{blog.actor}>; rel="alternate"; type="application/activity+json"'
    assert page.headers["link"].split(", ")[0] == link
    assert f'type="application/activity+json" href="{blog.actor}"' in page.text
