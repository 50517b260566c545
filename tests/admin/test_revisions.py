"""What a post once said: every text with what changed, and any of them taken up again."""

from tests.admin.desk import Desk


async def _key(desk: Desk) -> str:
    [row] = await desk.blog.blog.db.rows("SELECT key FROM post")
    return str(row["key"])


async def _revision(desk: Desk, position: int) -> str:
    """The address under which an earlier text is taken up again, the newest first."""
    links = (await desk.page(f"/admin/posts/{await _key(desk)}/revisions")).links
    return [link for link in links if "?revision=" in link][position]


async def test_a_text_is_taken_up_again_as_an_edit_and_nothing_is_lost(desk: Desk) -> None:
    typed = {"title": "A post", "tags": "one", "slug": "a-post"}
    await desk.submit("/admin/posts/new", **typed, body="First\n\nSame", action="draft")
    key = await _key(desk)
    path = f"/admin/posts/{key}"
    await desk.submit(path, **typed, body="Second\n\nSame", action="draft")
    await desk.submit(path, **typed, body="Third\n\nSame", action="publish")
    await desk.submit(path, **typed, body="Fourth\n\nSame", action="save")

    listed = (await desk.get(f"{path}/revisions")).text
    assert "<del>Third</del> <ins>Fourth</ins>" in " ".join(listed.split())
    assert "<del>First</del> <ins>Second</ins>" in " ".join(listed.split())
    assert listed.count('class="badge is-draft"') == 2
    history = (await desk.blog.page(f"/articles/{key}")).url.path + "/history"
    public = (await desk.blog.page(history)).text
    assert "Third" in public
    assert "Second" not in public, "nobody else has ever seen it"

    form = await desk.page(await _revision(desk, -1))
    assert form.values["body"] == "First\n\nSame"
    assert form.values["tags"] == "one"
    assert "Fourth" in (await desk.blog.page(f"/articles/{key}")).text
    await desk.submit(path, **form.values | {"action": "save", "title": "A post"})
    assert "First" in (await desk.blog.page(f"/articles/{key}")).text
    assert (await desk.page(await _revision(desk, 0))).values["body"] == "Fourth\n\nSame"
    hidden = (await _revision(desk, -1)).partition("=")[2]
    assert (await desk.blog.page(f"{history}?version={hidden}")).status_code == 404
    assert (await desk.get(f"{path}?revision=999999")).status_code == 404
    await desk.submit(f"{path}/forget")
    assert "?revision=" not in (await desk.get(f"{path}/revisions")).text


async def test_of_a_draft_the_newest_fifty_texts_are_kept(desk: Desk) -> None:
    await desk.submit("/admin/posts/new", title="A post", body="Text 0", action="draft")
    path = f"/admin/posts/{await _key(desk)}"
    for number in range(1, 53):
        await desk.submit(path, title="A post", body=f"Text {number}", action="draft")
    rows = await desk.blog.blog.db.rows("SELECT source FROM post_revision ORDER BY id")
    assert [row["source"] for row in rows] == [f"Text {number}" for number in range(2, 52)]
    first = await desk.page(f"{path}/revisions")
    older = next(link for link in first.links if "?before=" in link)
    both = first.text + (await desk.page(older)).text
    assert all(f"Text {number}" in both for number in range(13, 52))


async def test_posts_are_sought_by_state_and_by_words(desk: Desk) -> None:
    for title, body, action in (
        ("Rain", "Much water.", "publish"),
        ("Sun", "Little 100% water.", "draft"),
        ("Wind", "None.", "draft"),
    ):
        await desk.submit("/admin/posts/new", title=title, body=body, action=action)

    async def listed(query: str) -> set[str]:
        text = (await desk.get(f"/admin/posts{query}")).text
        return {title for title in ("Rain", "Sun", "Wind") if f">{title}</a></h2>" in text}

    assert await listed("") == {"Rain", "Sun", "Wind"}
    assert await listed("?state=draft") == {"Sun", "Wind"}
    assert await listed("?state=published") == {"Rain"}
    assert await listed("?state=scheduled") == set()
    assert await listed("?q=WATER") == {"Rain", "Sun"}
    assert await listed("?q=sun") == {"Sun"}
    assert await listed("?q=100%25") == {"Sun"}
    assert await listed("?q=%25") == {"Sun"}
    assert await listed("?q=_") == set()
    assert await listed("?q=water&state=draft") == {"Sun"}
    assert await listed("?state=nonsense") == {"Rain", "Sun", "Wind"}
    page = await desk.page("/admin/posts?q=nothing%00")
    assert "No post is like that." in page.text
    assert "Drafts 2" in page.text
