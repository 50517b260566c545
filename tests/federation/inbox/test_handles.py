"""K14: a handle is shown when WebFinger leads from it back to its actor, and not before."""

import pytest
from starlette.responses import JSONResponse

from fediblog.demo.server import DemoServer
from fediblog.protocol.addresses import authority_of
from tests.bench import RunningBlog
from tests.federation.inbox.senders import Sender, newcomer

pytestmark = pytest.mark.asyncio(loop_scope="module")

SUBJECTS = ("", "@", "x", "x@y@z", "@{host}", "<b>@{host}", "a b@{host}", "a\0@{host}")

_WEBFINGER = "/.well-known/webfinger"


async def handles(sender: Sender) -> str:
    """The page of a new post with one reply of theirs."""
    blog = sender.blog
    post = await blog.publish()
    await sender.reply(blog.article(post))
    page = (await blog.page(f"/articles/{post.key}")).text
    assert "1 response" in page
    return page


def claim(server: DemoServer, handle: str, actor_id: str) -> None:
    """Let a server say of everybody that they have this handle and are this actor."""
    link = {"rel": "self", "type": "application/activity+json", "href": actor_id}
    descriptor = {"subject": f"acct:{handle}", "links": [link]}
    server.responses[_WEBFINGER] = JSONResponse(descriptor, media_type="application/jrd+json")


async def test_a_handle_that_leads_to_its_actor_is_shown(alice: Sender) -> None:
    assert f"@{alice.person.handle}" in await handles(alice)


async def test_k14_a_handle_of_another_host_is_not_believed(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    """The village says that its Mallory is alice@town; the town knows another Alice."""
    mallory = newcomer(blog, village, "mallory")
    claim(village, town.people["alice"].handle, mallory.id)
    page = await handles(mallory)
    assert f"@{town.people['alice'].handle}" not in page
    assert authority_of(village.origin) in page


async def test_k14_a_handle_that_another_actor_has_is_not_believed(
    blog: RunningBlog, village: DemoServer
) -> None:
    """Trudy calls herself trudy, but at her host the handle is somebody else's."""
    trudy = newcomer(blog, village, "trudy")
    claim(village, trudy.person.handle, village.people["dana"].id)
    page = await handles(trudy)
    assert f"@{trudy.person.handle}" not in page
    assert authority_of(village.origin) in page


async def test_k14_a_split_domain_is_believed_when_both_hosts_agree(
    blog: RunningBlog, town: DemoServer, village: DemoServer
) -> None:
    """E4: the handle is on one host, the actor on another, and the first confirms it."""
    eve = newcomer(blog, village, "eve")
    handle = f"eve@{authority_of(town.origin)}"
    claim(village, handle, eve.id)
    claim(town, handle, eve.id)
    assert f"@{handle}" in await handles(eve)
    del town.responses[_WEBFINGER]


@pytest.mark.parametrize("subject", SUBJECTS)
async def test_k14_what_is_no_handle_is_not_shown(
    blog: RunningBlog, village: DemoServer, subject: str
) -> None:
    """Both look-ups give it, and it is no handle all the same."""
    victor = newcomer(blog, village, f"victor{SUBJECTS.index(subject)}")
    given = subject.format(host=authority_of(village.origin))
    claim(village, given, victor.id)
    page = await handles(victor)
    assert f'<span class="handle p-nickname" dir="ltr">{authority_of(village.origin)}<' in page


async def test_k14_letter_case_does_not_make_another_handle(
    blog: RunningBlog, village: DemoServer
) -> None:
    wanda = newcomer(blog, village, "Wanda")
    claim(village, wanda.person.handle.upper(), wanda.id)
    assert f"@{wanda.person.handle}" in await handles(wanda)
