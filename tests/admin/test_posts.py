"""Writing in the forms: drafts, publishing, editing, deleting, and what does not fit."""

import httpx
import pytest

from fediblog.demo.server import DemoServer
from tests.admin.desk import Desk, everything
from tests.admin.page import Page, read
from tests.federation.records import activities

_TYPED = {
    "title": "A <b>title</b> & “more”",
    "body": "\n  An *indented* text,\n\nwith </textarea> & <b>HTML</b>.",
    "tags": "one, two",
    "excerpt": 'What "it" is about.',
    "slug": "",
}


async def _created(desk: Desk, action: str, **typed: str) -> str:
    """The key of a new post."""
    form = {"title": "A post", "body": "Text."} | typed
    response = await desk.submit("/admin/posts/new", action=action, **form)
    assert response.status_code == 303, response.text
    rows = await desk.blog.blog.db.rows("SELECT key FROM post ORDER BY id DESC LIMIT 1")
    key = str(rows[0]["key"])
    if action == "publish":
        assert response.headers["location"] == f"/admin/posts?post={key}&notice=published"
    return key


async def test_publishing_puts_a_post_on_the_page_and_sends_it(
    desk: Desk, town: DemoServer
) -> None:
    await town.follow("alice", desk.blog.actor)
    await desk.blog.settled()
    key = await _created(desk, "publish", **_TYPED)
    await desk.blog.delivered()
    listed = await desk.page(f"/admin/posts?post={key}&notice=published")
    assert "Published. It is on its way to your followers." in listed.text
    assert "on 1 server" in listed.text
    assert "View it Watch it travel" in listed.text
    travels = f"/admin/posts/{key}/deliveries"
    assert listed.links.count(travels) == 2, "in the notice, and in the row"
    assert "1 of 1 server has it." in (await desk.page(travels)).text
    assert "View it" not in (await desk.page("/admin/posts?notice=saved")).text
    page = (await desk.blog.page(f"/articles/{key}")).text
    assert "A &lt;b&gt;title&lt;/b&gt; &amp; “more”" in page
    assert "<em>indented</em>" in page
    [create] = activities(town, "Create")
    article = create["object"]
    assert article["name"] == "A ‹b›title‹/b› & “more”"
    assert article["summary"] == "<p>What &quot;it&quot; is about.</p>"


async def test_what_was_written_is_in_the_form_again(desk: Desk) -> None:
    key = await _created(desk, "draft", **_TYPED)
    values = (await desk.page(f"/admin/posts/{key}")).values
    assert values["title"] == _TYPED["title"]
    assert values["body"] == _TYPED["body"].strip()
    assert values["tags"] == "one, two"
    assert values["excerpt"] == _TYPED["excerpt"]
    assert values["slug"] == "a-b-title-b-more"
    assert 'name="gallery"  aria' in (await desk.get(f"/admin/posts/{key}")).text
    await desk.submit(f"/admin/posts/{key}", **_TYPED, gallery="on", action="draft")
    assert 'name="gallery" checked aria' in (await desk.get(f"/admin/posts/{key}")).text


async def test_a_draft_is_for_its_author_alone(desk: Desk, town: DemoServer) -> None:
    await town.follow("alice", desk.blog.actor)
    await desk.blog.settled()
    key = await _created(desk, "draft", title="Not yet", slug="not-yet")
    assert "Not yet" in (await desk.page("/admin/posts")).text
    assert "Not yet" not in (await desk.blog.page("/")).text
    assert (await desk.blog.document(f"/articles/{key}")).status_code == 404
    await desk.blog.delivered()
    assert [received.activity["type"] for received in town.received] == ["Accept"]

    await desk.submit(f"/admin/posts/{key}", title="Now", body="Text.", action="publish")
    await desk.blog.delivered()
    assert town.received[-1].activity["object"]["name"] == "Now"
    assert "Now" in (await desk.blog.page("/")).text


async def test_enter_in_a_field_never_publishes(desk: Desk) -> None:
    """Browsers press the first button of a form."""
    form = (await desk.get("/admin/posts/new")).text
    first = form[form.index('class="writing"') :].partition("<button")[2]
    assert 'value="draft"' in first.partition(">")[0]


async def test_an_edit_goes_to_everybody_who_has_the_post(desk: Desk, town: DemoServer) -> None:
    await town.follow("alice", desk.blog.actor)
    await desk.blog.settled()
    key = await _created(desk, "publish")
    await desk.blog.delivered()
    old = (await desk.blog.page(f"/articles/{key}")).url.path
    edit = {"title": "Edited", "body": "New text.", "slug": "edited", "action": "save"}
    response = await desk.submit(f"/admin/posts/{key}", **edit)
    assert response.headers["location"] == "/admin/posts?notice=saved"
    await desk.blog.delivered()
    update = town.received[-1].activity
    assert (update["type"], update["object"]["name"]) == ("Update", "Edited")
    moved = await desk.blog.page(old)
    assert moved.url.path.endswith("/edited")
    assert "New text." in moved.text


async def test_deleting_asks_first_and_is_for_good(desk: Desk, town: DemoServer) -> None:
    await town.follow("alice", desk.blog.actor)
    await desk.blog.settled()
    key = await _created(desk, "publish")
    await desk.blog.delivered()
    address = (await desk.blog.page(f"/articles/{key}")).url.path
    asked = await desk.page(f"/admin/posts/{key}/delete")
    assert f"/admin/posts/{key}" in asked.links
    assert (await desk.blog.page(address)).status_code == 200

    response = await desk.submit(f"/admin/posts/{key}/delete")
    assert response.headers["location"] == "/admin/posts?notice=deleted"
    await desk.blog.delivered()
    assert town.received[-1].activity["type"] == "Delete"
    assert (await desk.blog.page(address)).status_code == 410
    assert (await desk.get(f"/admin/posts/{key}")).status_code == 410
    assert (await desk.submit(f"/admin/posts/{key}", **_TYPED)).status_code == 410
    assert (await desk.submit(f"/admin/posts/{key}/delete")).status_code == 410


async def test_a_draft_that_is_deleted_was_never_there(desk: Desk) -> None:
    key = await _created(desk, "draft")
    await desk.submit(f"/admin/posts/{key}/delete")
    assert (await desk.blog.document(f"/articles/{key}")).status_code == 404


_REFUSED = [
    ("title", "", "needs a title"),
    ("title", " \t ", "needs a title"),
    ("title", "x" * 301, "at most 300"),
    ("body", " \r\n ", "needs some text"),
    ("body", "x" * 500_001, "at most 500,000"),
    ("body", "<div>" * 300, "nested"),
    ("excerpt", "x" * 501, "at most 500"),
    ("tags", "-", "letter or a digit"),
    ("tags", ",".join(f"tag{number}" for number in range(21)), "at most 20"),
    ("slug", "taken", "taken"),
]


@pytest.mark.parametrize("editing", [False, True])
async def test_what_does_not_fit_is_told_beside_its_field(desk: Desk, editing: bool) -> None:
    await _created(desk, "publish", slug="taken")
    path = "/admin/posts/new"
    if editing:
        path = f"/admin/posts/{await _created(desk, 'draft')}"
    before = await everything(desk.blog)
    for field, value, sentence in _REFUSED:
        typed = _TYPED | {field: value}
        response = await desk.submit(path, action="publish", **typed)
        assert response.status_code == 422, (field, sentence)
        page = read(response)
        assert sentence in page.errors[field]
        assert list(page.errors) == [field]
        assert page.attributes[field]["aria-invalid"] == "true"
        assert f"field-{field}-error" in (page.attributes[field]["aria-describedby"] or "")
        _assert_kept(page, typed)
    assert await everything(desk.blog) == before


async def test_an_old_address_of_another_post_is_taken(desk: Desk) -> None:
    key = await _created(desk, "publish", slug="first")
    await desk.submit(f"/admin/posts/{key}", title="A post", body="Text.", slug="second")
    refused = await desk.submit("/admin/posts/new", title="B", body="B", slug="first")
    assert refused.status_code == 422
    assert "first" in read(refused).errors["slug"]
    back = await desk.submit(f"/admin/posts/{key}", title="A post", body="Text.", slug="first")
    assert back.status_code == 303


async def test_posts_of_one_title_get_addresses_of_their_own(desk: Desk) -> None:
    for _ in range(3):
        await _created(desk, "publish", title="The same")
    rows = await desk.blog.blog.db.rows("SELECT slug FROM post ORDER BY id")
    assert [row["slug"] for row in rows] == ["the-same", "the-same-2", "the-same-3"]


async def test_many_posts_are_listed_page_by_page(desk: Desk) -> None:
    for number in range(31):
        await desk.blog.publish(f"Post {number}.")
    first = await desk.page("/admin/posts")
    older = next(link for link in first.links if "before=" in link)
    second = await desk.page(older)
    assert "Post 30." in first.text and "Post 0." not in first.text
    assert "Post 0." in second.text and "Post 30." not in second.text


def _assert_kept(page: Page, typed: dict[str, str]) -> None:
    for name in ("title", "tags", "excerpt", "slug"):
        assert page.values[name] == typed[name], name
    assert page.values["body"].split() == typed["body"].split()


async def test_a_mention_that_leads_nowhere_is_explained_and_nothing_typed_is_lost(
    desk: Desk,
) -> None:
    typed = _TYPED | {"body": "For @nobody@127.0.0.1:1, with love."}
    response = await desk.submit("/admin/posts/new", action="publish", **typed)
    assert response.status_code == 422
    page = read(response)
    assert "@nobody@127.0.0.1:1 cannot be found: that server does not answer." in page.text
    assert page.values["body"].strip() == typed["body"]


async def test_a_post_is_pinned_and_unpinned_on_its_page(desk: Desk) -> None:
    post = await desk.blog.publish("A post")
    pin, unpin = (f"/admin/posts/{post.key}/{deed}" for deed in ("pin", "unpin"))
    assert pin in (await desk.page(f"/admin/posts/{post.key}")).links
    await desk.submit(pin)
    page = await desk.page(f"/admin/posts/{post.key}")
    assert unpin in page.links
    assert pin not in page.links
    assert "pinned" in (await desk.page("/admin/posts")).text
    await desk.submit(unpin)
    assert "pinned" not in (await desk.page("/admin/posts")).text


async def test_earlier_texts_are_forgotten_with_an_edit_or_without(desk: Desk) -> None:
    blog = desk.blog
    post = await blog.publish("A post", "First.")
    edit, forget = (f"/admin/posts/{post.key}", f"/admin/posts/{post.key}/forget")
    history = f"{(await blog.page(f'/articles/{post.key}')).url.path}/history"

    async def save(**typed: str) -> httpx.Response:
        return await desk.submit(edit, **{"title": "A post", "action": "save"} | typed)

    assert forget not in (await desk.page(edit)).links
    await save(body="Second.")
    refused = await save(body="", forget="on")
    assert 'name="forget" checked' in refused.text
    assert "First." in (await blog.page(history)).text
    await save(body="Third.", forget="on")
    assert "Second." not in (await blog.page(history)).text
    assert 'name="forget"  aria' in (await desk.get(edit)).text

    await save(body="Fourth.")
    assert forget in (await desk.page(edit)).links
    asked = await desk.page(forget)
    assert "Forget the earlier texts of “ A post ”?" in asked.text
    assert "Third." in (await blog.page(history)).text
    response = await desk.submit(forget)
    assert response.headers["location"] == f"{edit}?notice=forgotten"
    assert "Third." not in (await blog.page(history)).text
    assert "Forgotten" in (await desk.page(f"{edit}?notice=forgotten")).text


async def test_where_a_post_belongs_comes_from_and_may_go(desk: Desk) -> None:
    key = await _created(
        desk,
        "publish",
        **_TYPED | {"body": "word " * 460},
        category="Field & notes",
        language="pt-BR",
        source_line="First in the [Gazette](https://gazette.example/), <b>1931</b>",
        licence="CC-BY-SA-4.0",
    )
    response = await desk.blog.page(f"/articles/{key}")
    imprint = response.text.partition('class="band imprint"')[2].partition("</footer>")[0]
    assert 'class="p-category" href="http' in imprint
    assert '/categories/field-notes" lang="pt-BR">Field &amp; notes</a>' in imprint
    assert (
        'First in the <a href="https://gazette.example/">Gazette</a>, '
        "&lt;b&gt;1931&lt;/b&gt;" in imprint
    )
    assert 'rel="license" href="https://creativecommons.org/licenses/by-sa/4.0/"' in imprint
    assert "2 minutes to read" in response.text
    assert '<div class="text prose e-content" lang="pt-BR"' in response.text
    for datum in (
        '"articleSection":"Field \\u0026 notes"',
        '"keywords":["one","two"]',
        '"wordCount":460',
        '"license":"https://creativecommons.org/licenses/by-sa/4.0/"',
        '"inLanguage":"pt-BR"',
    ):
        assert datum in response.text
    article = (await desk.blog.document(f"/articles/{key}")).json()
    assert list(article["contentMap"]) == ["pt-BR"]
    assert [tag["name"] for tag in article["tag"]] == ["#one", "#two"], "a category is no hashtag"

    form = await desk.get(f"/admin/posts/{key}")
    values = read(form).values
    assert values["category"] == "Field & notes"
    assert values["language"] == "pt-BR"
    assert values["source_line"].startswith("First in the [Gazette]")
    assert '<option value="CC-BY-SA-4.0" selected>' in form.text
    assert '<option value="Field &amp; notes">' in (await desk.get("/admin/posts/new")).text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("category", "&", "needs a letter or a digit"),
        ("category", "x" * 101, "at most 100 characters"),
        ("language", "Portuguese!", "a language tag such as en"),
        ("source_line", "x" * 1001, "at most 1,000 characters"),
        ("licence", "WTFPL", "Choose one of these licences"),
        ("lead", "0" * 32, "no longer here"),
    ],
)
async def test_what_does_not_fit_in_the_other_fields_is_said_beside_them(
    desk: Desk, field: str, value: str, sentence: str
) -> None:
    before = await everything(desk.blog)
    form = _TYPED | {field: value, "action": "publish"}
    response = await desk.submit("/admin/posts/new", **form)
    assert response.status_code == 422
    assert sentence in read(response).errors[field]
    assert read(response).values["title"] == _TYPED["title"]
    assert await everything(desk.blog) == before
