"""What strangers can put on the page (K15), and what must not get there (K18)."""

import time
from typing import Any

import pytest
import pytest_asyncio

from fediblog.store.posts import Post
from tests.bench import RunningBlog, reply_ids, until
from tests.federation.inbox.markup import Markup, read_markup
from tests.federation.inbox.senders import Sender, changed, newcomer
from tests.federation.records import stored

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAYLOADS = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src=`x`onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object><embed src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href=' &#1;javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt&colon;alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='https://good.example' onclick=alert(1) style='position:fixed;inset:0'>x</a>",
    "<a href='https://good.example' target=_top id=reply-1 name=x class=brand>x</a>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=//evil.example/x.css><base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example><input name=password><button formaction=javascript:alert(1)>x",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[><script>alert(1)</script>]]>",
    "<p>x</p></div></article></li></ol></section></main><h1>Out</h1>",
    "</details></summary><script>alert(1)</script>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "\"'><script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<p dir=rtl>\u202e\u2066x</p>",
    "<p>" * 2000 + "x",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plain(alice: Sender) -> Markup:
    """What stands in a thread with a harmless reply that has all its parts."""
    html = (
        '<p>a <a href="https://a.example">b</a><br><em>c</em> <strong>d</strong> <code>e</code> '
        "<del>f</del></p><blockquote><p>g</p></blockquote><pre><code>h</code></pre>"
        '<ul><li>i</li></ul><ol start="2"><li>j</li></ol><span>k</span><b>l</b><i>m</i><u>n</u>'
    )
    post = await alice.blog.publish()
    create = changed(await alice.create(alice.blog.article(post), html), summary="Careful")
    assert (await alice.send(create)).status_code == 202

    async def has_picture() -> bool:
        return "/media/avatars/" in (await alice.blog.page(f"/articles/{post.key}")).text

    await until(has_picture)
    return await _thread(alice.blog, post)


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_k15_no_text_of_a_stranger_becomes_active(
    alice: Sender, plain: Markup, payload: str
) -> None:
    """In the text and in every other field that is shown."""
    post = await alice.blog.publish()
    create = await alice.create(alice.blog.article(post), payload)
    create = changed(
        create,
        content=payload,
        summary=payload,
        name=payload,
        url=f"https://evil.example/{payload}",
        contentMap={payload: payload},
        tag=[{"type": "Mention", "href": "https://evil.example/x", "name": payload}],
    )
    assert (await alice.send(create)).status_code == 202
    _assert_harmless(await _thread(alice.blog, post), plain)


async def test_k15_no_name_of_a_stranger_becomes_active(alice: Sender, plain: Markup) -> None:
    post = await alice.blog.publish()
    mallory = newcomer(alice.blog, alice.server, "mallory")
    await mallory.reply(alice.blog.article(post))
    for payload in PAYLOADS:
        profile: dict[str, Any] = {
            "id": mallory.id,
            "type": "Person",
            "preferredUsername": payload,
            "name": payload,
            "summary": payload,
            "url": f"javascript:alert(1)//{payload}",
            "icon": {"type": "Image", "url": f"javascript:alert(1)//{payload}"},
            "inbox": f"{mallory.id}/inbox",
        }
        update = mallory.view() | {"type": "Update", "object": profile}
        assert (await mallory.send(update)).status_code == 202
        _assert_harmless(await _thread(alice.blog, post), plain)


async def test_k15_a_link_that_is_no_address_is_not_shown(alice: Sender, plain: Markup) -> None:
    post = await alice.blog.publish()
    create = changed(
        await alice.create(alice.blog.article(post)), url="javascript:alert(document.domain)"
    )
    assert (await alice.send(create)).status_code == 202
    _assert_harmless(await _thread(alice.blog, post), plain)


async def test_k15_ten_thousand_nested_tags_cost_next_to_nothing(alice: Sender) -> None:
    post = await alice.blog.publish()
    html = "<blockquote><b>" * 5_000 + "deep"
    start = time.process_time()
    await alice.reply(alice.blog.article(post), html)
    page = await alice.blog.page(f"/articles/{post.key}")
    assert time.process_time() - start < 5
    assert page.status_code == 200 and "deep" in page.text


@pytest.mark.parametrize("visibility", ["followers", "direct"])
async def test_k18_what_is_not_for_all_is_nowhere_in_public(
    alice: Sender, blog: RunningBlog, visibility: str
) -> None:
    post = await blog.publish()
    public = await alice.reply(blog.article(post), "<p>For all.</p>")
    private = await alice.reply(blog.article(post), "<p>Secret.</p>", to=visibility)
    assert (await stored(blog, private)).state == "private"

    key = post.key
    paths = ["/", f"/articles/{key}", f"/articles/{key}/replies?page=true"]
    paths += [f"/contexts/{key}?page=true", f"{blog.actor}/outbox?page=true", "/nodeinfo/2.1"]
    texts = [(await blog.document(path)).text for path in paths]
    texts += [(await blog.page("/")).text, (await blog.page(f"/articles/{key}")).text]
    assert sum(public in text for text in texts) >= 3
    for text in texts:
        assert private not in text and "Secret." not in text
    assert len(reply_ids(texts[-1])) == 1
    counted = (await blog.document(f"/articles/{key}/replies")).json()
    assert counted["totalItems"] == 1


async def test_k18_an_edit_can_take_a_reply_out_of_public(alice: Sender, blog: RunningBlog) -> None:
    """G2: who made it private must not find it on the page."""
    post = await blog.publish()
    create = await alice.create(blog.article(post), "<p>Secret.</p>")
    assert (await alice.send(create)).status_code == 202
    await blog.settled()
    updated = "2099-01-01T00:00:00Z"
    narrowed = changed(create, to=[f"{alice.id}/followers"], cc=[blog.actor], updated=updated)
    update = narrowed | {"type": "Update", "id": f"{alice.id}#updates/1"}
    assert (await alice.send(update)).status_code == 202
    await blog.settled()
    assert "Secret." not in (await blog.page(f"/articles/{post.key}")).text


async def _thread(blog: RunningBlog, post: Post) -> Markup:
    await blog.settled()
    page = (await blog.page(f"/articles/{post.key}")).text
    assert len(reply_ids(page)) == 1
    return read_markup(page)


def _assert_harmless(markup: Markup, plain: Markup) -> None:
    """There is no kind of element, attribute or address that a harmless reply has not."""
    allowed = plain.elements | {"s", "sub", "sup", "small", "kbd", "hr", "h3", "h4", "h5", "h6"}
    assert markup.elements <= allowed
    assert markup.attributes <= plain.attributes | {"translate"}
    assert markup.schemes <= {"", "http", "https"}
