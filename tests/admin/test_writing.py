"""The form in which a post is written: all that is wrong at once, and edits that meet."""

import httpx

from tests.admin.desk import Desk
from tests.admin.page import read
from tests.admin.picture_files import picture_file


async def _draft(desk: Desk, **typed: str) -> str:
    """The address of a new draft's form."""
    form = {"title": "A post", "body": "One.\n\nTwo.\n\nThree."} | typed
    assert (await desk.submit("/admin/posts/new", action="draft", **form)).status_code == 303
    [row] = await desk.blog.blog.db.rows("SELECT max(id) AS id FROM post")
    [row] = await desk.blog.blog.db.rows("SELECT key FROM post WHERE id = $1", row["id"])
    return f"/admin/posts/{row['key']}"


async def _saved(desk: Desk, path: str) -> dict[str, str]:
    return (await desk.page(path)).values


async def test_all_that_does_not_fit_is_told_at_once_and_its_group_is_open(desk: Desk) -> None:
    typed = {
        "title": "",
        "body": "A text with @nobody@nowhere.invalid in it.",
        "tags": "-",
        "language": "not a tag",
        "licence": "mine",
        "excerpt": "x" * 501,
    }
    refused = await desk.submit_with_file(
        "/admin/posts/new", "lead_file", b"no picture", action="publish", **typed
    )
    assert refused.status_code == 422
    page = read(refused)
    assert set(page.errors) == {"title", "body", "tags", "language", "licence", "excerpt", "lead"}
    assert "nobody@nowhere.invalid" in page.errors["body"]
    for field in page.errors:
        assert f"#field-{field}" in page.links
    for group in ("Picture", "Sorting", "Source and licence"):
        assert (
            f'<details class="group" open>\n  <summary><span class="what">{group}<' in refused.text
        )
    assert '<details class="group">\n  <summary><span class="what">Address<' in refused.text
    assert await desk.blog.blog.db.rows("SELECT id FROM post") == []


async def test_a_picture_stays_when_something_else_is_refused(desk: Desk) -> None:
    typed = {"title": "", "body": "Text.", "lead_alt": "A field", "action": "draft"}
    body = picture_file(300, 200)
    refused = await desk.submit_with_file("/admin/posts/new", "lead_file", body, **typed)
    page = read(refused)
    assert set(page.errors) == {"title"}
    again = typed | {"title": "Now", "lead": page.values["lead"]}
    assert (await desk.submit("/admin/posts/new", **again)).status_code == 303
    [row] = await desk.blog.blog.db.rows("SELECT lead_alt, lead_id FROM post")
    assert row["lead_alt"] == "A field" and row["lead_id"] is not None


async def _overtaken(desk: Desk, path: str) -> httpx.Response:
    """Two windows edit the second paragraph; the other one was first."""
    values = await _saved(desk, path)
    first = values | {"body": "One.\n\nTwo, they say.\n\nThree.", "title": "Theirs"}
    assert (await desk.submit(path, **first, action="draft")).status_code == 303
    second = values | {"body": "One.\n\nTwo, I say.\n\nThree.\n\nFour."}
    return await desk.submit(path, **second, action="draft")


async def test_an_edit_never_writes_over_one_that_it_has_not_seen(desk: Desk) -> None:
    path = await _draft(desk)
    shown = await _overtaken(desk, path)
    assert shown.status_code == 409
    page = read(shown)
    assert page.values["body"] == "One.\n\nTwo, I say.\n\nThree.\n\nFour."
    assert {name for name in page.values if name.startswith("pick-")} == {
        "pick-title", "pick-body-1", "pick-body-3",
    }  # fmt: skip
    assert "<del>they</del> <ins>I</ins>" in shown.text
    assert (await _saved(desk, path))["title"] == "Theirs"

    # Who has seen it may write over it.
    typed = page.values | {"action": "draft"}
    assert (await desk.submit(path, **typed)).status_code == 303
    assert (await _saved(desk, path))["body"] == "One.\n\nTwo, I say.\n\nThree.\n\nFour."


async def test_two_edits_are_put_together_as_the_author_picks(desk: Desk) -> None:
    path = await _draft(desk)
    page = read(await _overtaken(desk, path))
    picks = {"pick-title": "saved", "pick-body-1": "both", "pick-body-3": "mine"}
    merged = await desk.submit(path, **(page.values | picks | {"action": "merge"}))
    assert merged.status_code == 200
    form = read(merged).values
    assert form["title"] == "Theirs"
    assert form["body"] == "One.\n\nTwo, they say.\n\nTwo, I say.\n\nThree.\n\nFour."
    assert (await _saved(desk, path))["body"] == "One.\n\nTwo, they say.\n\nThree."
    assert (await desk.submit(path, **form, action="draft")).status_code == 303
    assert (await _saved(desk, path))["body"] == form["body"]


async def test_what_is_put_together_too_late_is_told_anew(desk: Desk) -> None:
    path = await _draft(desk)
    page = read(await _overtaken(desk, path))
    third = await _saved(desk, path) | {"body": "A third one.", "action": "draft"}
    assert (await desk.submit(path, **third)).status_code == 303
    late = await desk.submit(path, **(page.values | {"action": "merge"}))
    assert late.status_code == 409
    assert "A third one." in late.text
    assert read(late).values["body"] == page.values["body"]


async def test_replies_and_likes_of_a_post_are_no_edit_of_it(desk: Desk) -> None:
    post = await desk.blog.publish("A post", "Text.")
    path = f"/admin/posts/{post.key}"
    values = await _saved(desk, path)
    async with desk.blog.blog.db.transaction() as tx:
        await tx.execute("UPDATE post SET version = version + 7 WHERE id = $1", post.id)
    typed = values | {"body": "Other text.", "action": "save"}
    assert (await desk.submit(path, **typed)).status_code == 303
