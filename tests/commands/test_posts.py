"""Posts from the command line, while the server runs and while it does not."""

import asyncio

from fediblog.demo.server import DemoServer
from tests.admin.picture_files import picture_file
from tests.bench import ACTIVITY_JSON, until
from tests.commands.answers import call, create, markdown, printed, refused, write
from tests.processes import Installation


async def test_while_the_server_runs_a_post_shows_at_once_and_leaves_for_the_followers(
    place: Installation, town: DemoServer
) -> None:
    async with place.serving() as server:
        await town.follow("alice", f"{server.origin}/users/blog")
        await until(lambda: came(town, "Accept", 1))
        file = markdown(place, "Some *text*.")
        title, tags = "Grüße aus 東京", "travel, 日本"
        create_it = ["post", "create", "--title", title, "--file", file, "--tags", tags]
        post = printed(await place.run(*create_it))
        assert post["slug"] == "grüße-aus-東京"
        assert post["state"] == "published"
        assert post["id"].startswith(f"{server.origin}/articles/")
        page = await server.page(post["url"])
        assert "Grüße aus 東京" in page
        assert "<em>text</em>" in page
        await until(lambda: came(town, "Create", 1))

        file = markdown(place, "Now **this**.")
        edited = printed(
            await place.run("post", "edit", post["slug"], "--title", "Tokyo", "--file", file)
        )
        assert edited == post
        page = await server.page(post["url"])
        assert "Tokyo" in page
        assert "<strong>this</strong>" in page
        assert "日本" in page, "what is not given stays as it is"
        await until(lambda: came(town, "Update", 1))

        picture = place.folder / "wall.png"
        picture.write_bytes(picture_file(kind="PNG"))
        lead = ["--picture", str(picture), "--picture-alt", "A wall", "--category", "Walls"]
        printed(await place.run("post", "edit", post["slug"], *lead, "--language", "ja"))
        page = await server.page(post["url"])
        assert 'alt="A wall" lang="ja"' in page
        assert "/categories/walls" in page
        printed(await place.run("post", "edit", post["slug"], "--no-picture", "--category", ""))
        page = await server.page(post["url"])
        assert "A wall" not in page
        assert "/categories/walls" not in page

        deleted = printed(await place.run("post", "delete", post["slug"]))
        assert deleted == {"id": post["id"], "deleted": True, "undo_seconds": 0}
        assert (await server.http.get(post["url"])).status_code == 410
        await until(lambda: came(town, "Delete", 1))
        assert await server.stop() == 0


async def test_without_a_server_commands_do_the_same_and_it_leaves_at_the_next_start(
    place: Installation, town: DemoServer
) -> None:
    async with place.serving() as server:
        await town.follow("alice", f"{server.origin}/users/blog")
        await until(lambda: came(town, "Accept", 1))
    post = await create(place)
    file = markdown(place, "Now **this**.")
    assert printed(await call(place, "post", "edit", "a-post", "--file", file)) == post
    gone = await create(place, "Gone")
    assert printed(await call(place, "post", "delete", "gone"))["id"] == gone["id"]

    async with place.serving() as server:
        await until(lambda: came(town, "Create", 1))
        assert "<strong>this</strong>" in await server.page(post["url"])
        article = (await server.http.get(post["id"], headers={"Accept": ACTIVITY_JSON})).json()
        assert article["id"] == post["id"]
        assert (await server.http.get(gone["url"])).status_code == 410
    told = [received.activity["object"] for received in town.received]
    assert gone["id"] not in str(told), "nobody had been told of it"


async def test_a_draft_is_seen_by_nobody_until_it_is_published(place: Installation) -> None:
    async with place.serving() as server:
        draft = await create(place, "Half a thought", "--draft", "--excerpt", "Soon")
        assert (draft["state"], draft["url"]) == ("draft", None)
        assert "Half a thought" not in await server.page("/")
        assert (await server.http.get(draft["id"])).status_code == 404
        post = printed(await call(place, "post", "edit", draft["slug"], "--publish"))
        assert post["state"] == "published"
        assert "Half a thought" in await server.page(post["url"])


async def test_a_new_slug_leaves_the_old_one_as_a_redirect(place: Installation) -> None:
    post = await create(place, "A post", "--slug", "first")
    moved = printed(await call(place, "post", "edit", "first", "--slug", "second", "--tags", ""))
    assert moved["url"] == post["url"].replace("first", "second")
    assert (
        printed(await call(place, "post", "edit", "first", "--title", "Found"))["id"] == post["id"]
    )
    async with place.serving(FEDIBLOG_URL=post["id"].partition("/articles")[0]) as server:
        old = post["url"].partition("8000")[2]
        answer = await server.http.get(old, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["location"]) == (301, moved["url"])


async def test_a_post_is_pinned_and_unpinned(place: Installation) -> None:
    post = await create(place, "A post")
    for deed, pinned in (("pin", True), ("unpin", False)):
        done = printed(await call(place, "post", deed, post["slug"]))
        assert done == {"id": post["id"], "pinned": pinned}


async def test_a_post_waits_for_its_time_and_can_be_brought_forward(
    embedded: Installation,
) -> None:
    post = await create(embedded, "Later", "--at", "2199-12-24T18:00", "--warning", "Snow")
    assert (post["state"], post["url"]) == ("scheduled", None)
    assert post["publish_at"] == "2199-12-24T18:00:00.000Z"
    edit = ["post", "edit", "later"]
    assert printed(await call(embedded, *edit, "--title", "Soon"))["publish_at"] == (
        "2199-12-24T18:00:00.000Z"
    )
    moved = printed(await call(embedded, *edit, "--at", "2199-12-24 19:00"))
    assert moved["publish_at"] == "2199-12-24T19:00:00.000Z"
    past = await call(embedded, *edit, "--at", "2001-01-01T00:00")
    assert refused(past).startswith("This time has passed: in UTC it is")
    assert printed(await call(embedded, *edit, "--draft"))["state"] == "draft"
    assert printed(await call(embedded, *edit, "--publish"))["state"] == "published"
    again = await call(embedded, "post", "resend", "later")
    assert refused(again).startswith("The followers have been shown this post within the last day.")


async def test_a_deletion_is_taken_back_and_a_slip_kept_quiet(embedded: Installation) -> None:
    post = await create(embedded)
    told = printed(await call(embedded, "post", "delete", "a-post", FEDIBLOG_UNDO_SECONDS="90"))
    assert told == {"id": post["id"], "deleted": True, "undo_seconds": 90}
    assert printed(await call(embedded, "post", "undelete", "a-post")) == post
    printed(await call(embedded, "post", "edit", "a-post", "--title", "Better", "--quiet"))
    async with embedded.database() as db:
        assert await db.rows("SELECT type FROM activity WHERE type IN ('Update', 'Delete')") == []
        [row] = await db.rows("SELECT title, updated_at FROM post")
        assert dict(row) == {"title": "Better", "updated_at": None}
    printed(await call(embedded, "post", "delete", "a-post"))
    assert "too late" in refused(await call(embedded, "post", "undelete", "a-post"))
    missing = await call(embedded, "post", "undelete", "nowhere")
    assert refused(missing) == "There is no post with the slug 'nowhere'."


async def test_earlier_texts_are_forgotten(place: Installation) -> None:
    post = await create(place, "A post")
    edit = ["post", "edit", post["slug"], "--title"]
    printed(await call(place, *edit, "Edited"))
    done = printed(await call(place, "post", "forget", post["slug"]))
    assert done == {"id": post["id"], "forgotten": True}
    printed(await call(place, *edit, "Edited again"))
    printed(await call(place, *edit, "Edited once more", "--forget"))
    async with place.serving(FEDIBLOG_URL=post["id"].partition("/articles")[0]) as server:
        history = await server.page(f"{post['url'].partition('8000')[2]}/history")
        assert "Edited once more" in history
        assert "No other text" in history


async def test_commands_that_come_together_wait_for_one_another(place: Installation) -> None:
    create_one = ["post", "create", "--title", "The same title", "--file", markdown(place, "Text")]
    done = await asyncio.gather(*(place.run(*create_one) for _ in range(4)))
    created = [printed(each) for each in done]
    slugs = {"the-same-title", "the-same-title-2", "the-same-title-3", "the-same-title-4"}
    assert {post["slug"] for post in created} == slugs


async def test_the_text_can_come_from_standard_input(embedded: Installation) -> None:
    arguments = ["post", "create", "--title", "A post", "--file", "-"]
    assert printed(await call(embedded, *arguments, stdin="Some *text*."))["slug"] == "a-post"


async def test_what_cannot_be_done_is_told_in_a_sentence(embedded: Installation) -> None:
    await create(embedded, "There")
    await create(embedded, "Gone")
    await call(embedded, "post", "delete", "gone")
    nothing = markdown(embedded, "", "nothing.md")
    book = markdown(embedded, "words " * 100_000, "book.md")
    for arguments, sentence in (
        (["edit", "nowhere", "--title", "A"], "There is no post with the slug 'nowhere'."),
        (["delete", "nowhere"], "There is no post with the slug 'nowhere'."),
        (["edit", "gone", "--title", "A"], "This post has been deleted."),
        (["delete", "gone"], "This post has been deleted."),
        (["edit", "there", "--slug", "gone"], "Another post has the slug 'gone'."),
        (["edit", "there", "--title", " "], "A post needs a title."),
        (["create", "--title", "A", "--file", nothing], "A post needs some text."),
        (
            ["create", "--title", "A", "--file", book],
            "A post can have at most 500,000 characters.",
        ),
    ):
        assert refused(await call(embedded, "post", *arguments)) == sentence


async def test_the_server_tells_the_same_sentences(embedded: Installation) -> None:
    library = markdown(embedded, "words " * 4_000_000, "library.md")
    async with embedded.serving():
        unknown = await call(embedded, "post", "edit", "nowhere", "--title", "A")
        assert refused(unknown) == "There is no post with the slug 'nowhere'."
        long = await call(embedded, "post", "create", "--title", "A", "--file", library)
        assert refused(long) == "This is more than the server takes at once."


async def test_a_call_that_is_wrong_ends_with_code_2(embedded: Installation) -> None:
    missing = await call(embedded, "post", "create", "--title", "A", "--file", "nowhere.md")
    assert (missing.code, missing.output) == (2, "")
    assert "nowhere.md" in missing.errors
    assert (await call(embedded, "post", "create", "--title", "A")).code == 2
    assert (await call(embedded, "blog")).code == 2


async def test_a_file_that_is_no_text_is_told_in_a_sentence(embedded: Installation) -> None:
    file = write(embedded.folder / "photo.md", b"\xff\xd8\xff\xe0 no text")
    done = await call(embedded, "post", "create", "--title", "A", "--file", file)
    assert (done.code, done.output) == (2, "")
    assert "photo.md' is no UTF-8 text." in done.errors


async def came(town: DemoServer, kind: str, number: int) -> bool:
    """Whether so many activities of a type have come to the other server."""
    return [received.activity["type"] for received in town.received].count(kind) >= number
