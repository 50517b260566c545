"""The Micropub endpoint, in the order of the tests of a server at micropub.rocks, and beyond."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from fediblog.actions.delete_post import delete_due
from fediblog.demo.server import DemoServer
from fediblog.store.moments import from_ms
from tests.admin.picture_files import picture_file
from tests.api.program import ENDPOINT, Program, program
from tests.bench import Bench, RunningBlog, secretly

_ELSEWHERE = "https://pictures.example/a.jpg"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def _page(blog: RunningBlog, response: httpx.Response) -> str:
    """What readers see at the address of an answer."""
    assert response.status_code == 201, response.text
    page = await blog.page(response.headers["location"].removeprefix(blog.origin))
    assert page.status_code == 200
    return page.text


async def _refused(response: httpx.Response, status: int = 400, error: str = "") -> str:
    assert response.status_code == status, response.text
    told = response.json()
    assert told["error"] == (error or "invalid_request")
    return str(told["error_description"])


async def _count(blog: RunningBlog) -> int:
    return int((await blog.blog.db.rows("SELECT count(*) AS n FROM post"))[0]["n"])


# 100: forms


async def test_100_a_form_makes_a_post_that_followers_get(
    blog: RunningBlog, town: DemoServer
) -> None:
    await town.follow("alice", blog.actor)
    await blog.settled()
    await blog.delivered()
    editor = await program(blog)
    response = await editor.form({"h": "entry", "content": "Rain on the *roof* all night."})
    assert response.status_code == 201
    assert "<em>roof</em>" in await _page(blog, response)
    post = await editor.made(response)
    assert post.title == "Rain on the roof all night."
    await blog.delivered()
    came = [each.activity for each in town.received if each.activity["type"] == "Create"]
    assert came[-1]["object"]["id"] == blog.article(post)


async def test_101_107_categories_are_tags(blog: RunningBlog) -> None:
    editor = await program(blog)
    several = {"h": "entry", "content": "Text", "category[]": ["one", "two, three"]}
    post = await editor.made(await editor.form(several))
    assert [tag.name for tag in post.tags] == ["one", "two three"]
    one = {"h": "entry", "content": "Text", "category": "single"}
    post = await editor.made(await editor.form(one))
    assert [tag.name for tag in post.tags] == ["single"]


async def test_104_a_photo_at_an_address(blog: RunningBlog) -> None:
    editor = await program(blog)
    form = {"h": "entry", "content": "Text", "photo": _ELSEWHERE, "mp-photo-alt": "A [bed]"}
    post = await editor.made(await editor.form(form))
    assert f'<img src="{_ELSEWHERE}" alt="A [bed]"' in post.html


# 200: JSON


async def test_200_201_json_makes_a_post(blog: RunningBlog) -> None:
    editor = await program(blog)
    response = await editor.entry(
        name=["A title"],
        content=["Some text."],
        summary=["In short."],
        category=["one", "two"],
        mp_slug=["my-slug"],
        mp_language=["de"],
    )
    post = await editor.made(response)
    assert (post.title, post.excerpt, post.slug, post.language) == (
        "A title", "In short.", "my-slug", "de",
    )  # fmt: skip
    assert [tag.name for tag in post.tags] == ["one", "two"]


async def test_202_html_stays_html(blog: RunningBlog) -> None:
    editor = await program(blog)
    html = (
        "<p>Two *stars* and <b>bold</b>.</p>\n\n<pre>one\n\n\n    two</pre>\n\n"
        '<script>alert(1)</script><p onclick="x">_last_</p>'
    )
    post = await editor.made(await editor.entry(content=[{"html": html}]))
    assert "<p>Two *stars* and <b>bold</b>.</p>" in post.html
    assert ">one\n\n\n    two</pre>" in post.html
    assert "<p>_last_</p>" in post.html
    assert "script" not in post.html and "onclick" not in post.html
    post = await editor.made(await editor.entry(content=[{"html": "Only *words* <i>here</i>"}]))
    assert "Only *words* <i>here</i>" in post.html
    form = {"h": "entry", "content[html]": "<p>From a form</p>"}
    post = await editor.made(await editor.form(form))
    assert post.html.strip() == "<p>From a form</p>"


async def test_203_205_206_photos_with_and_without_words(blog: RunningBlog) -> None:
    editor = await program(blog)
    second = _ELSEWHERE.replace("a.jpg", "b (1).jpg")
    photos = [{"value": _ELSEWHERE, "alt": "A *bed*\n> of roses"}, second]
    post = await editor.made(await editor.entry(content=["Text"], photo=photos))
    assert f'<img src="{_ELSEWHERE}" alt="A *bed* &gt; of roses"' in post.html
    assert post.html.count("<img ") == 2
    # Nothing but a picture is a post, too.
    post = await editor.made(await editor.entry(photo=[_ELSEWHERE]))
    assert post.title and "<img " in post.html


async def test_204_objects_that_are_not_known_do_no_harm(blog: RunningBlog) -> None:
    editor = await program(blog)
    place = {"type": ["h-card"], "properties": {"name": ["A café"]}}
    post = await editor.made(await editor.entry(content=["Text"], location=[place]))
    assert post.source == "Text"


# 300: multipart


async def test_300_301_photos_come_with_the_form(blog: RunningBlog) -> None:
    editor = await program(blog)
    one = {"photo": ("a.png", picture_file(), "image/png")}
    post = await editor.made(await editor.form({"h": "entry", "content": "Text"}, files=one))
    assert post.lead_id is not None
    [told] = (await editor.ask(q="source", url=blog.article(post)))["properties"]["photo"]
    assert (await blog.http.get(told["value"].removeprefix(blog.origin))).status_code == 200
    two = [("photo[]", (name, picture_file(), "image/png")) for name in ("a.png", "b.png")]
    post = await editor.made(await editor.form({"h": "entry", "content": "Text"}, files=two))
    assert post.lead_id is not None
    assert post.html.count("<img ") == 1
    strange = {"video": ("a.mp4", b"film", "video/mp4")}
    before = await _count(blog)
    assert "photo" in await _refused(await editor.form({"h": "entry"}, files=strange))
    broken = {"photo": ("a.png", b"no picture", "image/png")}
    assert "picture" in await _refused(await editor.form({"h": "entry"}, files=broken))
    assert await _count(blog) == before


# 400: updates


async def _updated(editor: Program, url: str, **changes: Any) -> httpx.Response:
    return await editor.json({"action": "update", "url": url, **changes})


async def test_400_404_properties_are_replaced_added_and_removed(blog: RunningBlog) -> None:
    editor = await program(blog)
    made = await editor.entry(name=["A title"], content=["First."], category=["a", "b"])
    url = made.headers["location"]
    assert (await _updated(editor, url, replace={"content": ["Then."]})).status_code == 204
    assert (await _updated(editor, url, add={"category": ["b", "c"]})).status_code == 204
    assert (await _updated(editor, url, add={"summary": ["In short."]})).status_code == 204
    post = await editor.post(url)
    assert (post.title, post.source, post.excerpt) == ("A title", "Then.", "In short.")
    assert [tag.name for tag in post.tags] == ["a", "b", "c"]
    assert (await _updated(editor, url, delete={"category": ["b"]})).status_code == 204
    assert [tag.name for tag in (await editor.post(url)).tags] == ["a", "c"]
    assert (await _updated(editor, url, delete=["category", "summary"])).status_code == 204
    post = await editor.post(url)
    assert (post.tags, post.excerpt, post.source) == ((), "", "Then.")
    # Another address is told, and the old one leads there.
    moved = await _updated(editor, url, replace={"mp-slug": ["elsewhere"]})
    assert moved.status_code == 201
    assert moved.headers["location"].endswith("/elsewhere")
    assert (await editor.post(url)).key == post.key


async def test_what_an_update_does_not_name_stays(blog: RunningBlog) -> None:
    """All that a form has and Micropub knows nothing of, too."""
    more = {"category": "Garden", "source_line": "From [there](/x)", "licence": "CC-BY-4.0"}
    post = await blog.publish("A title", "Text", tags="one", contents="on", **more)
    editor = await program(blog)
    url = blog.article(post)
    assert (await _updated(editor, url, replace={"content": ["New."]})).status_code == 204
    after = await editor.post(url)
    kept = ("title", "tags", "category", "source_line", "licence", "contents", "slug", "language")
    assert [getattr(after, name) for name in kept] == [getattr(post, name) for name in kept]
    assert after.source == "New."


async def test_photos_are_changed(blog: RunningBlog) -> None:
    editor = await program(blog)
    uploaded = await _uploaded(editor)
    made = await editor.entry(content=["Text"], photo=[{"value": uploaded, "alt": "A bed"}])
    url = made.headers["location"]
    post = await editor.post(url)
    assert post.lead_id is not None and post.lead_alt == "A bed"
    added = await _updated(editor, url, add={"photo": [_ELSEWHERE]})
    assert added.status_code == 204
    post = await editor.post(url)
    assert post.lead_alt == "A bed" and post.html.count("<img ") == 1
    assert (await _updated(editor, url, delete={"photo": [uploaded]})).status_code == 204
    assert (await editor.post(url)).lead_id is None


async def test_405_what_is_no_update_changes_nothing(blog: RunningBlog) -> None:
    editor = await program(blog)
    url = (await editor.entry(content=["First."])).headers["location"]
    before = await editor.post(url)
    wrong: tuple[dict[str, Any], ...] = (
        {"replace": "Text"},
        {"replace": {"content": "Text"}},
        {"replace": {"content": [1]}},
        {"replace": {"content": [{"nothing": "x"}]}},
        {"add": ["category"]},
        {"delete": "category"},
        {"delete": [1]},
        {"delete": {"category": "a"}},
        {},
        {"replace": {"content": []}},
        {"delete": ["name"]},
        {"replace": {"syndication": ["https://a.example"]}},
        {"replace": {"post-status": ["draft"]}},
        {"replace": {"post-status": ["secret"]}},
        {"replace": {"visibility": ["private"]}},
        {"replace": {"photo": ["javascript:alert(1)"]}},
        {"replace": {"photo": [{"alt": "x"}]}},
    )
    for changes in wrong:
        await _refused(await _updated(editor, url, **changes))
    assert await editor.post(url) == before
    for nowhere in ("", "https://a.example/", blog.origin, f"{url}-not", f"{blog.origin}/x\0"):
        await _refused(await _updated(editor, nowhere, replace={"content": ["x"]}))


# 500: deleting


async def test_500_503_deleting_and_bringing_back(bench: Bench) -> None:
    async with bench.start(FEDIBLOG_UNDO_SECONDS="60") as blog:
        await _delete_and_bring_back(blog)


async def _delete_and_bring_back(blog: RunningBlog) -> None:
    editor = await program(blog)
    for send in (editor.form, editor.json):
        url = (await editor.entry(content=["Text"])).headers["location"]
        path = url.removeprefix(blog.origin)
        assert (await send({"action": "delete", "url": url})).status_code == 204
        # Nothing is there as long as it can be brought back.
        assert (await blog.page(path)).status_code == 404
        await _refused(await send({"action": "delete", "url": url}))
        await _refused(await _updated(editor, url, replace={"content": ["x"]}))
        assert (await send({"action": "undelete", "url": url})).status_code == 204
        assert (await blog.page(path)).status_code == 200
        assert (await send({"action": "delete", "url": url})).status_code == 204
        # By then others are told, and there is no way back.
        await blog.later(timedelta(minutes=2))
        await delete_due(blog.blog)
        await _refused(await send({"action": "undelete", "url": url}))
        assert (await blog.page(path)).status_code == 410


# 600: queries


async def test_600_601_what_the_endpoint_is(blog: RunningBlog) -> None:
    editor = await program(blog, "media")
    config = await editor.ask(q="config")
    assert config["media-endpoint"] == f"{blog.origin}/micropub/media"
    assert config["syndicate-to"] == []
    assert await editor.ask(q="syndicate-to") == {"syndicate-to": []}
    assert "article" in {each["type"] for each in config["post-types"]}
    for q in ("", "nothing"):
        params = {"q": q}
        response = await blog.http.get(ENDPOINT, params=params, headers=editor.headers)
        await _refused(response)


async def test_602_603_the_source_of_a_post(blog: RunningBlog) -> None:
    editor = await program(blog)
    made = await editor.entry(name=["A title"], content=["Some *text*."], category=["a", "b"])
    url = made.headers["location"]
    source = await editor.ask(q="source", url=url)
    assert source["type"] == ["h-entry"]
    properties = source["properties"]
    assert properties["name"] == ["A title"]
    assert properties["content"] == ["Some *text*."]
    assert properties["category"] == ["a", "b"]
    assert properties["post-status"] == ["published"]
    assert properties["url"] == [url]
    some = await editor.ask(q="source", url=url, **{"properties[]": ["category", "summary"]})
    assert some == {"properties": {"category": ["a", "b"], "summary": []}}
    one = await editor.ask(q="source", url=url, properties="content")
    assert one == {"properties": {"content": ["Some *text*."]}}


async def test_all_posts_come_in_pages_and_tags_by_their_beginning(blog: RunningBlog) -> None:
    editor = await program(blog)
    for number in range(5):
        status = ["draft" if number == 3 else "published"]
        tag = [f"Tag {number}"]
        await editor.entry(name=[f"Post {number}"], content=["x"], post_status=status, category=tag)
    first = await editor.ask(q="source", limit=3)
    names = [each["properties"]["name"][0] for each in first["items"]]
    assert names == ["Post 4", "Post 3", "Post 2"]
    rest = await editor.ask(q="source", limit=3, after=first["paging"]["after"])
    assert [each["properties"]["name"][0] for each in rest["items"]] == ["Post 1", "Post 0"]
    assert rest["paging"] == {}
    for odd in ("0", "-1", "x", "9" * 30):
        assert len((await editor.ask(q="source", limit=odd))["items"]) >= 1
    categories = (await editor.ask(q="category", filter="tag 4"))["categories"]
    assert categories == ["Tag 4"]


# 700: the media endpoint


async def _uploaded(editor: Program) -> str:
    file = {"file": ("a.png", picture_file(), "image/png")}
    path, headers = "/micropub/media", editor.headers
    response = await editor.blog.http.post(path, files=file, headers=headers)
    assert response.status_code == 201, response.text
    return response.headers["location"]


async def test_700_a_picture_is_uploaded_and_shown_by_a_post(blog: RunningBlog) -> None:
    editor = await program(blog)
    url = await _uploaded(editor)
    shown = await blog.http.get(url.removeprefix(blog.origin))
    assert shown.status_code == 200
    assert shown.headers["content-type"].startswith("image/")
    post = await editor.made(await editor.entry(content=["Text"], photo=[url]))
    assert post.lead_id is not None
    # A second picture stands in the text, and stays there however long.
    second = await _uploaded(editor)
    post = await editor.made(await editor.entry(content=["Text"], photo=[url, second]))
    assert f"![](<{second.removeprefix(blog.origin)}>)" in post.source
    path, headers = "/micropub/media", editor.headers
    wrong: tuple[dict[str, Any], ...] = (
        {"files": {"file": ("a.png", b"\x00 no picture", "image/png")}},
        {"files": {"file": ("a.html", b"<script>alert(1)</script>", "text/html")}},
        {"files": [("file", ("a.png", picture_file(), "image/png"))] * 2},
        {"data": {"file": "text"}},
        {"json": {}},
    )
    for more in wrong:
        await _refused(await blog.http.post(path, headers=headers, **more))


# 800: who may


async def test_800_801_the_token_comes_in_the_header_or_the_form(blog: RunningBlog) -> None:
    editor = await program(blog)
    entry = {"h": "entry", "content": "Text"}
    assert (await editor.form(entry)).status_code == 201
    in_form = entry | {"access_token": editor.token}
    made = await blog.http.post(ENDPOINT, data=in_form)
    assert made.status_code == 201
    parts = {name: (None, value) for name, value in in_form.items()}
    assert (await blog.http.post(ENDPOINT, files=parts)).status_code == 201
    lower = {"Authorization": f"bearer {editor.token}"}
    assert (await blog.http.post(ENDPOINT, data=entry, headers=lower)).status_code == 201
    await _refused(await blog.http.post(ENDPOINT, data=in_form, headers=editor.headers))


async def test_803_nobody_without_a_token(blog: RunningBlog) -> None:
    editor = await program(blog)
    token, entry = editor.token, {"h": "entry", "content": "Text"}
    for headers in (
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {token}"},
        {"Authorization": token},
        {"Authorization": f"Bearer {token[:-1]}"},
        {"Cookie": f"fediblog={token}"},
    ):
        response = await blog.http.post(ENDPOINT, data=entry, headers=headers)
        await _refused(response, 401, "unauthorized")
        assert response.headers["www-authenticate"].startswith("Bearer")
        await _refused(await blog.http.get(ENDPOINT, headers=headers), 401, "unauthorized")
    # An address ends up in logs.
    for address in (f"{ENDPOINT}?access_token={token}", f"{ENDPOINT}?q=config&token={token}"):
        await _refused(await blog.http.post(address, data=entry), 401, "unauthorized")
        await _refused(await blog.http.get(address), 401, "unauthorized")
    assert await _count(blog) == 0


_NEEDED = {
    "create": ("create", "draft"),
    "update": ("update",),
    "delete": ("delete",),
    "source": ("update",),
    "media": ("create", "media"),
}


@pytest.mark.parametrize("scope", ["create", "draft", "update", "delete", "media"])
async def test_804_a_token_is_good_for_its_scope_alone(blog: RunningBlog, scope: str) -> None:
    everything = await program(blog)
    url = (await everything.entry(content=["Text"])).headers["location"]
    editor = await program(blog, scope)
    file = {"file": ("a.png", picture_file(), "image/png")}
    answers = {
        "create": await editor.entry(content=["Text"]),
        "update": await _updated(editor, url, replace={"content": ["x"]}),
        "source": await blog.http.get(
            ENDPOINT, params={"q": "source", "url": url}, headers=editor.headers
        ),
        "media": await blog.http.post("/micropub/media", files=file, headers=editor.headers),
        "delete": await editor.json({"action": "delete", "url": url}),
    }
    for deed, response in answers.items():
        if scope in _NEEDED[deed]:
            assert response.is_success, (deed, response.text)
        else:
            await _refused(response, 403, "insufficient_scope")
            assert response.json()["scope"] in _NEEDED[deed]
            assert "insufficient_scope" in response.headers["www-authenticate"]


async def test_who_may_write_drafts_publishes_nothing(blog: RunningBlog) -> None:
    editor = await program(blog, "draft", "update")
    made = await editor.entry(content=["Text"], post_status=["published"])
    url = made.headers["location"]
    assert (await editor.post(url)).state == "draft"
    assert url.startswith(f"{blog.origin}/articles/")
    assert (await blog.page(url.removeprefix(blog.origin))).status_code == 404
    publish = {"post-status": ["published"]}
    assert "publishing" in await _refused(await _updated(editor, url, replace=publish))
    assert (await editor.post(url)).state == "draft"
    assert (await _updated(editor, url, replace={"content": ["x"]})).status_code == 204
    assert (await editor.post(url)).state == "draft"
    author = await program(blog)
    published = await _updated(author, url, replace=publish)
    assert published.status_code == 201
    assert (await blog.page(published.headers["location"].removeprefix(blog.origin))).is_success


async def test_a_token_that_was_taken_back_is_none(blog: RunningBlog) -> None:
    editor = await program(blog)
    await editor.ask(q="config")
    rows = await blog.blog.db.rows("SELECT token_hash, used_at FROM api_token")
    assert editor.token not in rows[0]["token_hash"]
    assert rows[0]["used_at"] is not None
    await secretly(blog.blog.db, "DELETE FROM api_token")
    response = await editor.form({"h": "entry", "content": "Text"})
    await _refused(response, 401, "unauthorized")


# What is asked for wrongly


async def test_what_no_post_can_be_is_refused_and_writes_nothing(blog: RunningBlog) -> None:
    editor = await program(blog)
    for properties in (
        {"content": ["x"], "in-reply-to": ["https://a.example/1"]},
        {"like-of": ["https://a.example/1"]},
        {"content": ["x"], "repost-of": ["https://a.example/1"]},
        {"content": ["x"], "visibility": ["private"]},
        {"content": ["x"], "visibility": ["unlisted"]},
        {"content": ["x"], "post-status": ["later"]},
        {"content": ["x"], "published": ["tomorrow"]},
        {"name": ["Nothing else"]},
        {},
        {"content": "x"},
        {"content": [["x"]]},
        {"content": ["x"] * 201},
        {"content": ["x"], "mp-language": ["not a language"]},
        {f"p{number}": ["x"] for number in range(51)},
    ):
        await _refused(await editor.json({"type": ["h-entry"], "properties": properties}))
    documents: list[Any] = [[], "x", 1, {}, {"type": "h-entry"}, {"type": ["h-event"]}]
    for document in documents:
        await _refused(await editor.json(document))
    for action in ("", "publish", 1, ["delete"]):
        await _refused(await editor.json({"action": action, "url": "x"}))
    for fields in (
        {"content": "x"},
        {"h": "event"},
        {"action": "update", "url": "x"},
        {"action": "delete"},
    ):
        await _refused(await editor.form(fields))
    for kind, body in (
        ("application/json", b"{"),
        ("application/json", b"\xff"),
        ("application/json", b"[" * 100_000),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\nno"),
    ):
        headers = editor.headers | {"Content-Type": kind}
        await _refused(await blog.http.post(ENDPOINT, content=body, headers=headers))
    headers = editor.headers | {"Content-Type": "text/plain"}
    response = await blog.http.post(ENDPOINT, content=b"x", headers=headers)
    await _refused(response, 415)
    assert await _count(blog) == 0


async def test_a_post_of_another_time_zone_or_of_yesterday_is_taken(blog: RunningBlog) -> None:
    editor = await program(blog)
    yesterday = (blog.clock() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S")
    for published in (yesterday, f"{yesterday}+05:30", blog.clock().isoformat()):
        assert (await editor.entry(content=["x"], published=[published])).status_code == 201


async def test_a_post_of_a_later_time_waits_for_it(blog: RunningBlog) -> None:
    editor = await program(blog)
    later = blog.clock().replace(second=30, microsecond=0) + timedelta(hours=1)
    made = await editor.entry(name=["Later"], content=["x"], published=[later.isoformat()])
    url = made.headers["location"]
    post = await editor.post(url)
    assert post.state == "scheduled"
    # Not before it, and within the minute.
    assert timedelta() <= from_ms(post.publish_at or 0) - later < timedelta(minutes=1)
    assert (await _updated(editor, url, replace={"content": ["y"]})).status_code == 204
    assert (await editor.post(url)).publish_at == post.publish_at
    source = (await editor.ask(q="source", url=url))["properties"]
    assert source["published"] == [from_ms(post.publish_at or 0).isoformat()]
    even_later = [(later + timedelta(hours=1)).isoformat()]
    # Whoever may not publish has nothing to say of when.
    helper = await program(blog, "draft", "update")
    await _refused(await _updated(helper, url, replace={"published": even_later}))
    assert (await _updated(editor, url, replace={"published": even_later})).status_code == 204
    assert (await editor.post(url)).publish_at == (post.publish_at or 0) + 3_600_000
    assert (await _updated(editor, url, replace={"post-status": ["draft"]})).status_code == 204
    assert (await editor.post(url)).state == "draft"
    now = {"post-status": ["published"]}
    published = await _updated(editor, url, replace=now)
    assert published.status_code == 201
    await _refused(await _updated(editor, url, replace={"published": even_later}))
    drafted = await helper.entry(content=["x"], published=even_later)
    assert (await editor.post(drafted.headers["location"])).state == "draft"


async def test_an_edit_that_comes_between_is_not_written_over(blog: RunningBlog) -> None:
    editor = await program(blog)
    url = (await editor.entry(name=["A title"], content=["x"])).headers["location"]
    tags = [f"tag {number}" for number in range(8)]
    answers = await asyncio.gather(
        *(_updated(editor, url, add={"category": [tag]}) for tag in tags)
    )
    done = {tag for tag, answer in zip(tags, answers, strict=True) if answer.status_code == 204}
    assert done
    assert {answer.status_code for answer in answers} <= {204, 400}
    # Whoever was told that it is done finds it there.
    assert {tag.name for tag in (await editor.post(url)).tags} == done


async def test_json_with_a_form_in_its_values_stays_text(blog: RunningBlog) -> None:
    editor = await program(blog)
    body = json.dumps({"type": ["h-entry"], "properties": {"content": ["h=entry&content=x"]}})
    headers = editor.headers | _FORM
    await _refused(await blog.http.post(ENDPOINT, content=body, headers=headers))
