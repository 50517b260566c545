"""Whatever comes: an answer of ours, never a failure, and nothing kept of what was refused."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench import RunningBlog
from tests.federation.inbox.contents import contents
from tests.federation.inbox.senders import Sender
from tests.federation.records import fates
from tests.fuzzing.strategies import (
    EXAMPLES,
    TYPES,
    header_values,
    objects,
    signature_headers,
    values,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def blog_has_a_post() -> dict[str, str]:
    """Where the id of the post is kept from one example to the next."""
    return {}


async def _article(blog: RunningBlog, kept: dict[str, str]) -> str:
    if "id" not in kept:
        kept["id"] = blog.article(await blog.publish())
    return kept["id"]


@EXAMPLES
@given(kind=st.sampled_from(TYPES), inner=objects | values, more=objects)
async def test_k23_no_signed_activity_makes_us_fail(
    alice: Sender, blog_has_a_post: dict[str, str], kind: str, inner: Any, more: dict[str, Any]
) -> None:
    """Well signed, with an id and an actor, and the rest as it comes."""
    article = await _article(alice.blog, blog_has_a_post)
    activity = more | {"type": kind, "object": inner} | _ids(alice)
    body = _filled(activity, alice, article)
    assert (await alice.send(body)).status_code in {202, 400}
    await alice.blog.settled()
    reasons = [reason for _, _, reason in await fates(alice.blog)]
    assert not [reason for reason in reasons if reason.startswith("an error of ours")]
    assert (await alice.blog.page(article.removeprefix(alice.blog.origin))).status_code == 200


@EXAMPLES
@given(body=values.map(orjson.dumps) | st.binary(max_size=200))
async def test_k23_no_signed_body_makes_us_fail(alice: Sender, body: bytes) -> None:
    before = await contents(alice.blog.blog)
    answer = await alice.send(body)
    assert answer.status_code == 400
    assert await contents(alice.blog.blog) == before


@EXAMPLES
@given(
    signature=signature_headers | header_values,
    date=header_values,
    digest=header_values,
    content_type=st.just("application/activity+json") | header_values,
    replaced=st.sets(st.sampled_from(["Signature", "Date", "Digest", "Content-Type"]), min_size=1),
)
async def test_no_junk_in_the_headers_makes_us_fail(
    alice: Sender, signature: str, date: str, digest: str, content_type: str, replaced: set[str]
) -> None:
    view = alice.view()
    junk = {"Signature": signature, "Date": date, "Digest": digest, "Content-Type": content_type}
    headers = alice.sealed(view) | {name: junk[name] for name in replaced}
    before = await contents(alice.blog.blog)
    answer = await alice.send_with(view, headers)
    if content_type == "application/activity+json" and replaced == {"Content-Type"}:
        assert answer.status_code == 202
        return
    assert answer.status_code in {400, 401, 415}
    assert await contents(alice.blog.blog) == before


def _ids(sender: Sender) -> dict[str, str]:
    return {"id": sender.view()["id"], "actor": sender.id}


def _filled(document: dict[str, Any], sender: Sender, article: str) -> bytes:
    """The document as bytes, with real addresses in it."""
    text = orjson.dumps(document).decode()
    for name, address in (("id", sender.id), ("article", article), ("blog", sender.blog.actor)):
        text = text.replace(f"{{{name}}}", address)
    return text.encode()
