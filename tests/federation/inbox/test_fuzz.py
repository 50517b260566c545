"""Whatever comes: an answer of ours, never a failure, and nothing kept of what was refused."""

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bench import RunningBlog
from tests.federation.inbox.contents import contents
from tests.federation.inbox.senders import Sender
from tests.federation.records import fates

pytestmark = pytest.mark.asyncio(loop_scope="module")

_EXAMPLES = settings(
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

_TYPES = ("Create", "Update", "Delete", "Follow", "Undo", "Like", "Announce", "Note", "Person")
_FIELDS = (
    "id", "type", "actor", "object", "attributedTo", "inReplyTo", "content", "contentMap", "name",
    "summary", "url", "to", "cc", "tag", "published", "updated", "publicKey", "inbox", "icon",
)  # fmt: skip

_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_scalar = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _text
    | st.sampled_from(_TYPES)
)
_address = st.sampled_from(
    ["{id}", "{id}/1", "{id}#2", "{article}", "{blog}", "https://[", "as:Public"]
)
_value = st.recursive(
    _scalar | _address,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(_FIELDS) | _text, inner, max_size=5)
    ),
    max_leaves=20,
)
_object = st.dictionaries(st.sampled_from(_FIELDS), _value, max_size=8)

_visible = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
_header_value = st.text(_visible, max_size=60).map(str.strip)
_parameter = st.sampled_from(
    ["keyId", "algorithm", "headers", "signature", "created", "expires", "keyid", "x"]
)
_signature = st.lists(st.tuples(_parameter, _header_value), max_size=6).map(
    lambda pairs: ",".join(f'{name}="{value}"' for name, value in pairs)
)


@pytest.fixture(scope="module")
def blog_has_a_post() -> dict[str, str]:
    """Where the id of the post is kept from one example to the next."""
    return {}


async def _article(blog: RunningBlog, kept: dict[str, str]) -> str:
    if "id" not in kept:
        kept["id"] = blog.article(await blog.publish())
    return kept["id"]


@_EXAMPLES
@given(kind=st.sampled_from(_TYPES), inner=_object | _value, more=_object)
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


@_EXAMPLES
@given(body=_value.map(orjson.dumps) | st.binary(max_size=200))
async def test_k23_no_signed_body_makes_us_fail(alice: Sender, body: bytes) -> None:
    before = await contents(alice.blog.blog)
    answer = await alice.send(body)
    assert answer.status_code == 400
    assert await contents(alice.blog.blog) == before


@_EXAMPLES
@given(
    signature=_signature | _header_value,
    date=_header_value,
    digest=_header_value,
    content_type=st.just("application/activity+json") | _header_value,
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
