"""How other servers find the blog: WebFinger, host-meta, NodeInfo, and the two actors."""

from typing import Any

from fediblog.actions.change_site import change_site
from fediblog.demo.server import DemoServer
from fediblog.protocol.keys import PublicKey
from fediblog.protocol.outgoing import ACTIVITY_JSON, AS_CONTEXT
from tests.bench import RunningBlog
from tests.federation.records import activities


async def test_the_blog_is_found_by_its_handle_and_by_its_addresses(blog: RunningBlog) -> None:
    """E3."""
    addresses = blog.blog.addresses
    for resource in (
        f"acct:blog@{addresses.authority}",
        f"acct:BLOG@{addresses.authority}",
        f"ACCT:Blog@{addresses.authority}",
        f"{blog.origin}/users/blog",
        f"{blog.origin}/@blog",
        f"{blog.origin}/",
        blog.origin,
    ):
        answer = await _webfinger(blog, resource)
        assert answer.status_code == 200, resource
        assert answer.headers["content-type"].partition(";")[0] == "application/jrd+json"
        assert answer.headers["access-control-allow-origin"] == "*"
        descriptor = answer.json()
        assert descriptor["subject"] == f"acct:blog@{addresses.authority}"
        assert blog.actor in descriptor["aliases"]
        links = {link["rel"]: link for link in descriptor["links"]}
        assert links["self"] == {"rel": "self", "type": ACTIVITY_JSON, "href": blog.actor}
        assert links["http://webfinger.net/rel/profile-page"]["href"] == addresses.home


async def test_the_instance_actor_is_found_too(blog: RunningBlog) -> None:
    """B5: GoToSocial looks it up before it believes its signature."""
    addresses = blog.blog.addresses
    handle = f"acct:{addresses.instance_username}@{addresses.authority}"
    for resource in (handle, addresses.instance_actor):
        descriptor = (await _webfinger(blog, resource)).json()
        assert descriptor["subject"] == handle
        assert descriptor["links"][0]["href"] == addresses.instance_actor


async def test_nobody_else_is_found(blog: RunningBlog) -> None:
    for resource in (
        f"acct:nobody@{blog.blog.addresses.authority}",
        "acct:blog@elsewhere.test",
        "acct:blog",
        f"{blog.origin}/users/nobody",
        "https://elsewhere.test/users/blog",
    ):
        assert (await _webfinger(blog, resource)).status_code == 404, resource


async def test_a_question_without_a_resource_is_malformed(blog: RunningBlog) -> None:
    assert (await blog.http.get("/.well-known/webfinger")).status_code == 400
    for resource in ("", "blog"):
        assert (await _webfinger(blog, resource)).status_code == 400


async def test_host_meta_leads_to_webfinger(blog: RunningBlog) -> None:
    answer = await blog.http.get("/.well-known/host-meta")
    assert answer.headers["content-type"].partition(";")[0] == "application/xrd+xml"
    template = f"{blog.origin}/.well-known/webfinger?resource={{uri}}"
    assert f'template="{template}"' in answer.text


async def test_nodeinfo_counts_what_is_public(blog: RunningBlog, town: DemoServer) -> None:
    """F6."""
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>One</p>")
    await town.reply("alice", blog.article(post), "<p>Two</p>", to="direct")
    await blog.settled()

    links = (await blog.http.get("/.well-known/nodeinfo")).json()["links"]
    schemas = {link["rel"]: link["href"] for link in links}
    for version in ("2.0", "2.1"):
        address = schemas[f"http://nodeinfo.diaspora.software/ns/schema/{version}"]
        answer = await blog.http.get(address)
        assert f"schema/{version}#" in answer.headers["content-type"]
        document = answer.json()
        assert document["version"] == version
        assert document["software"]["name"] == "fediblog"
        assert document["protocols"] == ["activitypub"]
        assert document["openRegistrations"] is False
        assert document["usage"]["users"]["total"] == 1
        assert document["usage"]["localPosts"] == 1
        assert document["usage"]["localComments"] == 1
    assert schemas["https://www.w3.org/ns/activitystreams#Application"] == f"{blog.origin}/actor"
    assert (await blog.http.get("/nodeinfo/1.0")).status_code == 404


async def test_0_12_and_0_13_the_actor_keeps_everything_on_its_host(blog: RunningBlog) -> None:
    actor = (await blog.document("/users/blog")).json()
    assert actor["id"] == blog.actor
    assert actor["preferredUsername"] == "blog"
    addresses = [actor[name] for name in ("inbox", "outbox", "followers", "following", "featured")]
    addresses += [actor["url"], actor["endpoints"]["sharedInbox"], actor["publicKey"]["id"]]
    for address in addresses:
        assert address.startswith(f"{blog.origin}/")


async def test_0_9_the_key_is_one_object_with_a_fragment(blog: RunningBlog) -> None:
    for path, owner in (("/users/blog", blog.actor), ("/actor", f"{blog.origin}/actor")):
        key = (await blog.document(path)).json()["publicKey"]
        assert key["id"] == f"{owner}#main-key"
        assert key["owner"] == owner
        PublicKey.from_pem(key["publicKeyPem"])


async def test_0_14_the_context_names_activitystreams_and_security(blog: RunningBlog) -> None:
    """Mastodon takes a key only from a document with the security context."""
    for path in ("/users/blog", "/actor"):
        context = (await blog.document(path)).json()["@context"]
        assert AS_CONTEXT in context
        assert "https://w3id.org/security/v1" in context


async def test_the_actor_says_what_strict_readers_look_for(blog: RunningBlog) -> None:
    """E1: what is missing reads as "no" on Mastodon."""
    actor = (await blog.document("/users/blog")).json()
    assert actor["type"] == "Person"
    assert actor["manuallyApprovesFollowers"] is False
    assert actor["discoverable"] is True
    assert actor["indexable"] is True
    assert actor["attributionDomains"] == [blog.blog.addresses.authority]
    assert actor["alsoKnownAs"] == []
    assert actor["webfinger"] == blog.blog.addresses.handle
    assert actor["published"].endswith("Z")
    assert isinstance(actor["url"], str)


async def test_the_profile_page_answers_for_the_actor_with_rel_me(blog: RunningBlog) -> None:
    """E6: Mastodon looks for a link back to the actor's url on the page that it verifies."""
    actor = (await blog.document("/users/blog")).json()
    page = await blog.page("/")
    assert f'<link rel="me" href="{actor["url"]}">' in page.text
    assert f'rel="alternate" type="application/activity+json" href="{blog.actor}"' in page.text
    assert actor["attachment"][0]["type"] == "PropertyValue"
    assert 'rel="me' in actor["attachment"][0]["value"]


async def test_the_instance_actor_is_an_application_given_to_everybody(blog: RunningBlog) -> None:
    """B5: unsigned, and whatever is asked for, or two secure servers lock each other out."""
    for accept in (ACTIVITY_JSON, "text/html", "*/*"):
        answer = await blog.http.get("/actor", headers={"Accept": accept})
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(ACTIVITY_JSON)
        actor = answer.json()
        assert actor["type"] == "Application"
        assert actor["id"] == f"{blog.origin}/actor"
        assert actor["inbox"] == f"{blog.origin}/inbox"


async def test_a_changed_profile_is_told_to_followers(blog: RunningBlog, town: DemoServer) -> None:
    """E7."""
    await town.follow("alice", blog.actor)
    await blog.settled()
    form = {"title": "A blog", "author_name": "Someone <3", "language": "de", "description": "*Hi*"}
    await change_site(blog.blog, form)
    await blog.delivered()

    [update] = activities(town, "Update")
    served: dict[str, Any] = (await blog.document("/users/blog")).json()
    served.pop("@context")
    assert update["object"] == served
    assert served["name"] == "Someone <3"
    assert served["summary"].strip() == "<p><em>Hi</em></p>"


async def _webfinger(blog: RunningBlog, resource: str) -> Any:
    return await blog.http.get("/.well-known/webfinger", params={"resource": resource})
