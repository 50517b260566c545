"""The form in which a post is written: all that is wrong at once, and edits that meet."""

from datetime import timedelta

import httpx

from fediblog.worker.housekeeping import keep_house
from tests.admin.desk import PASSWORD, Desk, browser
from tests.admin.page import Page, read
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


def _about(page: Page, **typed: str) -> dict[str, str]:
    """A form's fields as a browser would send them."""
    return page.values | typed


async def test_what_is_typed_is_offered_until_it_is_saved(desk: Desk) -> None:
    page = await desk.page("/admin/posts/new")
    typed = _about(page, title="Half a post", body="I have just begun.", tags="one")
    kept = await desk.submit("/admin/copies", **typed)
    assert kept.status_code == 201 and kept.json()["signed_in"] is True

    # Another window, or the same one after a crash.
    offered = await desk.page("/admin/posts/new")
    assert "You have unsaved changes of" in offered.text and "Half a post" in offered.text
    [going_on] = [link for link in offered.links if "?copy=" in link]
    again = await desk.page(going_on)
    assert again.values["body"] == "I have just begun."
    assert again.values["window"] != page.values["window"]
    saved = await desk.submit("/admin/posts/new", **_about(again), action="draft")
    assert saved.status_code == 303
    assert await desk.blog.blog.db.rows("SELECT id FROM working_copy") == []
    assert "unsaved changes" not in (await desk.page("/admin/posts/new")).text


async def test_two_windows_never_write_over_one_another(desk: Desk) -> None:
    path = await _draft(desk)
    windows = [await desk.page(path) for _ in range(2)]
    for number, page in enumerate(windows):
        form = _about(page, body=f"Window {number}.")
        assert (await desk.submit("/admin/copies", **form)).status_code == 201
    offered = (await desk.page(path)).text
    assert "Window 0." in offered and "Window 1." in offered
    first = _about(windows[0], body="Window 0.", action="draft")
    assert (await desk.submit(path, **first)).status_code == 303
    # The other one is kept, and says what it was based on.
    page = await desk.page(path)
    assert page.values["body"] == "Window 0."
    [going_on] = [link for link in page.links if "?copy=" in link]
    other = await desk.page(going_on)
    assert other.values["body"] == "Window 1."
    assert (await desk.submit(path, **other.values, action="draft")).status_code == 409


async def test_a_copy_can_be_looked_at_and_thrown_away(desk: Desk) -> None:
    path = await _draft(desk)
    page = await desk.page(path)
    await desk.submit("/admin/copies", **_about(page, body="One.\n\nTwo, not three.\n\nThree."))
    offered = await desk.page(path)
    [look] = [link for link in offered.links if "?look=" in link]
    assert "<ins>Two, not three.</ins>" in (await desk.get(look)).text
    [discard] = [link for link in offered.links if link.endswith("/discard")]
    thrown = await desk.submit(discard)
    assert thrown.headers["location"] == path
    assert "unsaved changes" not in (await desk.page(path)).text


async def test_what_comes_after_the_session_has_ended_is_kept(desk: Desk) -> None:
    path = await _draft(desk)
    page = await desk.page(path)
    async with desk.blog.blog.db.transaction() as tx:
        await tx.execute("DELETE FROM session")
    late = await desk.submit(path, **_about(page, body="Written for an hour.", action="draft"))
    assert late.status_code == 303 and late.headers["location"] == path
    assert (await desk.get(path)).headers["location"] == f"/admin/sign-in?next={path}"
    beacon = await desk.submit("/admin/copies", **_about(page, body="And some more."))
    assert beacon.status_code == 201 and beacon.json()["signed_in"] is False
    await desk.enter(await desk.submit("/admin/sign-in", password=PASSWORD, next=path))
    back = await desk.page(path)
    assert back.values["body"] == "One.\n\nTwo.\n\nThree."
    assert "And some more." in back.text


async def test_nobody_keeps_anything_with_a_form_that_is_not_ours(desk: Desk) -> None:
    page = await desk.page("/admin/posts/new")
    forgeries = [{"token": ""}, {"token": "0" * 32}, {"place": "post/other"}, {"window": "f" * 32}]
    async with browser(desk.blog) as stranger:
        for forged in forgeries:
            form = _about(page, body="Spam.") | forged
            assert (await stranger.submit("/admin/copies", **form)).status_code == 401
            assert (await desk.submit("/admin/copies", **form)).status_code == 422
        form = _about(page, body="Spam.") | {"token": "", "action": "publish"}
        assert (await stranger.submit("/admin/posts/new", **form)).status_code == 401
    assert await desk.blog.blog.db.rows("SELECT id FROM working_copy") == []


async def test_copies_are_few_small_and_gone_after_a_month(desk: Desk) -> None:
    page = await desk.page("/admin/posts/new")
    for number in range(12):
        page = await desk.page("/admin/posts/new")
        await desk.submit("/admin/copies", **_about(page, body=f"Text {number}."))
    count = "SELECT id FROM working_copy"
    assert len(await desk.blog.blog.db.rows(count)) == 10
    large = _about(page, body="é" * 2_100_000)
    assert (await desk.submit("/admin/copies", **large)).status_code == 413
    await desk.blog.later(timedelta(days=29))
    await keep_house(desk.blog.blog)
    assert len(await desk.blog.blog.db.rows(count)) == 10
    await desk.blog.later(timedelta(days=2))
    await keep_house(desk.blog.blog)
    assert await desk.blog.blog.db.rows(count) == []


async def test_what_a_deleted_post_said_is_in_no_copy(desk: Desk) -> None:
    path = await _draft(desk)
    await desk.submit("/admin/copies", **_about(await desk.page(path), body="A secret."))
    await desk.submit(f"{path}/delete")
    assert await desk.blog.blog.db.rows("SELECT id FROM working_copy") == []


async def test_without_scripts_the_preview_is_a_page_that_leads_back(desk: Desk) -> None:
    page = await desk.page("/admin/posts/new")
    typed = {"title": 'A "title"', "body": "Some *words*.\n\nMore.", "tags": "one", "gallery": "on"}
    shown = await desk.submit("/admin/preview", **_about(page, **typed))
    assert shown.status_code == 200 and shown.headers["cache-control"] == "no-store"
    assert "<p>Some <em>words</em>.</p>" in shown.text
    carried = read(shown)
    back = await desk.submit("/admin/posts/new", **carried.values, action="write")
    assert back.status_code == 200
    form = read(back)
    for name, value in typed.items():
        assert name == "gallery" or form.values[name] == value
    assert "checked" in form.attributes["gallery"]
    assert form.values["window"] == page.values["window"]
    assert await desk.blog.blog.db.rows("SELECT id FROM post") == []


async def test_a_draft_has_a_preview_for_its_author_alone(desk: Desk) -> None:
    path = await _draft(desk)
    assert "<p>Two.</p>" in (await desk.get(f"{path}/preview")).text
    async with browser(desk.blog) as stranger:
        assert (await stranger.get(f"{path}/preview")).status_code == 303


async def test_a_script_is_told_what_changes_beside_the_text(desk: Desk) -> None:
    page = await desk.page("/admin/posts/new")
    await desk.blog.publish("Taken", "Text.")
    form = _about(page, title="Taken", body="One two three.", tags="-")
    answer = await desk.http.post(
        "/admin/preview", data=form | {"csrf": desk.csrf}, headers={"Accept": "application/json"}
    )
    told = answer.json()
    assert "<p>One two three.</p>" in told["html"]
    assert (told["words"], told["minutes"]) == (3, 1)
    assert told["address"].endswith("/taken-2")
    assert list(told["problems"]) == ["tags"]


async def test_how_it_will_look_is_told_from_what_would_be_sent(desk: Desk) -> None:
    page = await desk.page("/admin/posts/new")
    typed = _about(page, title="The garden", body="![](/x.avif)\n\nText.", excerpt="What grew.")
    shown = await desk.submit("/admin/looks", **typed)
    assert shown.status_code == 200
    text = read(shown).text
    for program in ("Mastodon", "GoToSocial", "Misskey", "Lemmy"):
        assert program in text
    assert "type AVIF is not taken" in text and "no description" in text
    assert "【The garden】" in text
    back = await desk.submit("/admin/posts/new", **read(shown).values, action="write")
    assert read(back).values["excerpt"] == "What grew."

    path = await _draft(desk)
    assert "【A post】" in (await desk.get(f"{path}/looks")).text


async def test_many_differences_have_room_in_one_form(desk: Desk) -> None:
    path = await _draft(desk, body="\n\n".join(f"Same {n}.\n\nOld {n}." for n in range(20)))
    values = await _saved(desk, path)
    first = {
        name: "on" if name in {"contents", "gallery"} else value for name, value in values.items()
    }
    first |= {"title": "T", "excerpt": "E", "tags": "t"}
    first |= {"category": "C", "source_line": "S"}
    first |= {"licence": "CC-BY-4.0", "slug": "s", "language": "de", "warning": "W"}
    assert (await desk.submit(path, **first, action="draft")).status_code == 303
    mine = values | {"body": "\n\n".join(f"Same {n}.\n\nNew {n}." for n in range(20))}
    page = read(await desk.submit(path, **mine, action="draft"))
    picks = {name: "saved" for name in page.values if name.startswith("pick-")}
    assert len(picks) >= 28
    merged = read(await desk.submit(path, **(page.values | picks | {"action": "merge"})))
    assert merged.values["body"] == values["body"] and merged.values["title"] == "T"
