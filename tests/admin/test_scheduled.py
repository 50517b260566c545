"""Posts that are published later: nobody sees them before, and then they go out once."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from fediblog.actions.publish_post import publish_due
from fediblog.demo.server import DemoServer
from fediblog.domain.local_time import local_text
from fediblog.errors import Unavailable
from fediblog.store import posts
from fediblog.store.posts import Post
from tests.admin.desk import Desk, desk_of
from tests.admin.page import read
from tests.bench import Bench, RunningBlog, secretly
from tests.federation.records import activities

_TYPED = {"title": "Later", "body": "A #secret text.", "tags": "hidden", "slug": "later"}


@pytest.fixture
async def followed(blog: RunningBlog, town: DemoServer) -> AsyncIterator[RunningBlog]:
    """A blog that Alice follows."""
    town.clock = blog.clock
    await town.follow("alice", blog.actor)
    await blog.settled()
    yield blog


def _in(blog: RunningBlog, **wait: int) -> str:
    """The clocks' time after so long, as the field has it, in UTC."""
    return local_text(blog.blog.clock() + timedelta(**wait), "UTC")


async def _scheduled(desk: Desk, **typed: str) -> Post:
    """A post that is to be published in two hours."""
    form = _TYPED | {"publish_at": _in(desk.blog, hours=2)} | typed
    response = await desk.submit("/admin/posts/new", action="schedule", **form)
    assert response.status_code == 303, read(response).errors
    post = await posts.get_post_by_slug(desk.blog.blog.db, "later")
    assert post is not None
    return post


async def _state(blog: RunningBlog) -> str:
    [row] = await blog.blog.db.rows("SELECT state FROM post")
    return str(row["state"])


async def test_it_goes_out_once_at_its_time_and_nobody_sees_it_before(
    desk: Desk, followed: RunningBlog, town: DemoServer
) -> None:
    post = await _scheduled(desk)
    listed = await desk.page("/admin/posts?notice=scheduled")
    assert "It will be published at its time." in listed.text
    assert "(UTC)" in listed.text
    await followed.later(timedelta(hours=1))
    await followed.at_rest()
    published = followed.blog.clock()
    for path in (
        f"/articles/{post.key}",
        f"/{published:%Y}/{published:%m}/later",
        "/tags/secret",
        "/tags/hidden",
        f"/contexts/{post.key}",
    ):
        assert (await followed.page(path)).status_code == 404, path
        assert (await followed.document(path)).status_code == 404, path
    for path in ("/", "/feed.atom", "/sitemap.xml", "/search?q=secret", "/tags"):
        assert "later" not in (await followed.page(path)).text.lower(), path
    assert activities(town, "Create") == []

    await followed.later(timedelta(hours=1, minutes=1))
    await followed.at_rest()
    await followed.delivered()
    [create] = activities(town, "Create")
    assert create["object"]["id"] == followed.article(post)
    assert [tag["name"] for tag in create["object"]["tag"]] == ["#hidden", "#secret"]
    assert "A <a" in (await followed.page(f"/articles/{post.key}")).text
    await followed.later(timedelta(hours=1))
    await followed.delivered()
    assert len(activities(town, "Create")) == 1


async def test_two_processes_that_publish_at_once_do_it_once(
    desk: Desk, followed: RunningBlog, town: DemoServer
) -> None:
    """Both have read that it is due before either writes."""
    post = await _scheduled(desk)
    await followed.at_rest()
    followed.clock.offset += timedelta(hours=3)
    await publish_due(followed.blog)
    await publish_due(followed.blog)
    await followed.delivered()
    assert len(activities(town, "Create")) == 1
    again = await posts.get_post(followed.blog.db, post.key)
    assert again is not None
    assert again.state == "published"
    assert again.publish_at is None


async def test_what_was_due_while_the_blog_did_not_run_is_published_at_its_start(
    bench: Bench, town: DemoServer
) -> None:
    url = "http://127.0.0.1:29999"
    async with bench.start(FEDIBLOG_URL=url) as blog, desk_of(blog) as desk:
        await _scheduled(desk)
        clock = blog.clock
    clock.offset += timedelta(days=2)
    async with bench.start(clock=clock, FEDIBLOG_URL=url) as blog:
        await blog.at_rest()
        assert await _state(blog) == "published"
        assert "Later" in (await blog.page("/")).text


async def test_the_time_can_be_changed_taken_away_or_brought_forward(
    desk: Desk, followed: RunningBlog
) -> None:
    post = await _scheduled(desk)
    path = f"/admin/posts/{post.key}"
    assert (await desk.page(path)).values["publish_at"] == _in(followed, hours=2)
    await desk.submit(path, **_TYPED, publish_at=_in(followed, hours=9), action="schedule")
    await followed.later(timedelta(hours=3))
    await followed.at_rest()
    assert await _state(followed) == "scheduled"

    await desk.submit(path, **_TYPED | {"title": "Other"}, publish_at="", action="save")
    assert await _state(followed) == "scheduled"
    await desk.submit(path, **_TYPED, publish_at="", action="draft")
    await followed.later(timedelta(hours=9))
    await followed.at_rest()
    assert await _state(followed) == "draft"

    await desk.submit(path, **_TYPED, publish_at=_in(followed, hours=2), action="schedule")
    await desk.submit(path, **_TYPED, publish_at=_in(followed, hours=2), action="publish")
    assert await _state(followed) == "published"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Write a date and a time, such as 2026-12-24T18:00."),
        ("2001-01-01T10:00", "This time has passed: in Europe/Berlin it is"),
        ("2027-03-28T02:30", "In Europe/Berlin there is no 02:30 on that day"),
    ],
)
async def test_a_time_that_does_not_fit_is_refused_and_stays_in_the_form(
    desk: Desk, typed: str, sentence: str
) -> None:
    settings = (await desk.page("/admin/settings")).values
    saved = await desk.submit("/admin/settings", **settings | {"timezone": "Europe/Berlin"})
    assert saved.status_code == 303
    response = await desk.submit(
        "/admin/posts/new", action="schedule", **_TYPED | {"title": ""}, publish_at=typed
    )
    page = read(response)
    assert response.status_code == 422
    assert sentence in page.errors["publish_at"]
    assert page.errors["title"] == "A post needs a title."
    assert page.values["publish_at"] == typed
    assert "Europe/Berlin" in page.text
    assert await desk.blog.blog.db.rows("SELECT id FROM post") == []


async def test_publishing_with_a_time_in_the_form_is_a_question(desk: Desk) -> None:
    response = await desk.submit(
        "/admin/posts/new", action="publish", **_TYPED, publish_at=_in(desk.blog, hours=2)
    )
    assert "You have chosen a time." in read(response).errors["publish_at"]
    assert await desk.blog.blog.db.rows("SELECT id FROM post") == []


async def test_a_time_zone_is_one_that_there_is(desk: Desk) -> None:
    settings = (await desk.page("/admin/settings")).values
    response = await desk.submit("/admin/settings", **settings | {"timezone": "Mars/Olympus"})
    assert "Choose a time zone of the list" in read(response).errors["timezone"]


async def test_whom_it_mentions_is_looked_up_when_it_is_published(
    desk: Desk, followed: RunningBlog, town: DemoServer
) -> None:
    """Who is not found keeps nothing back, and the author learns of it."""
    bob = town.person("bob").handle
    host = bob.partition("@")[2]
    post = await _scheduled(desk, body=f"Hi @{bob} and @nobody@{host}.")
    await followed.later(timedelta(hours=3))
    await followed.at_rest()
    await followed.delivered()
    [create] = activities(town, "Create")
    mentions = [tag["name"] for tag in create["object"]["tag"] if tag["type"] == "Mention"]
    assert mentions == [f"@{bob}"]
    assert f"@nobody@{host}" in create["object"]["content"]
    note = f"Not everybody in it was told. @nobody@{host} cannot be found"
    assert note in (await desk.page("/admin/posts")).text
    assert note in (await desk.page(f"/admin/posts/{post.key}")).text
    await desk.submit(f"/admin/posts/{post.key}", **_TYPED, action="save")
    assert "Not everybody" not in (await desk.page("/admin/posts")).text


#: Nothing more can be written, by the word of PostgreSQL, where something is to be sent.
_FULL = """
CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = '53100'; END $$
"""


async def test_a_full_disk_is_no_reason_to_make_a_draft_of_it(
    desk: Desk, followed: RunningBlog, town: DemoServer
) -> None:
    """It goes out once there is room again."""
    await _scheduled(desk, body="A long text. " * 10_000)
    db = followed.blog.db
    if db.sqlite:
        pages = (await db.rows("PRAGMA page_count"))[0]["page_count"]
        await secretly(db, f"PRAGMA max_page_count = {pages}")
    else:
        await secretly(db, _FULL)
        await secretly(
            db, "CREATE TRIGGER no_room BEFORE INSERT ON activity EXECUTE FUNCTION is_full()"
        )
    followed.clock.offset += timedelta(hours=3)
    with pytest.raises(Unavailable):
        await publish_due(followed.blog)
    assert await _state(followed) == "scheduled"
    await secretly(
        db, "PRAGMA max_page_count = 1000000" if db.sqlite else "DROP TRIGGER no_room ON activity"
    )
    await publish_due(followed.blog)
    assert await _state(followed) == "published"
    await followed.delivered()
    assert [each["object"]["name"] for each in activities(town, "Create")] == ["Later"]
