"""Where the author comes in: what waits, what happened, and how the blog has done."""

import re
from datetime import timedelta

from fediblog.actions.keep_backups import change_backup_plan
from fediblog.actions.own_pictures import set_picture
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_page import PageForm, create_page
from fediblog.actions.write_post import create_post
from fediblog.demo.server import DemoServer
from fediblog.store import site
from fediblog.store.day_counts import DAY_MS
from fediblog.worker.housekeeping import keep_house
from tests.admin.desk import Desk, reply_to
from tests.admin.picture_files import picture_file
from tests.bench import RunningBlog

READER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html",
    "Sec-Fetch-Dest": "document",
}


async def counted(blog: RunningBlog) -> dict[str, int]:
    """How often each page was read, once what is in memory is written down."""
    await blog.app.state.reads.write()
    rows = await blog.blog.db.rows(
        "SELECT name, sum(count) AS n FROM day_count WHERE name <> 'followers' GROUP BY name"
    )
    return {row["name"]: int(row["n"]) for row in rows}


async def test_the_first_page_tells_what_waits_and_what_happened(
    desk: Desk, town: DemoServer
) -> None:
    page = await desk.page("/admin/")
    assert "Nothing new." in page.text
    assert "Nobody has looked yet" in page.text
    assert "Waiting for you" not in page.text
    await town.follow("alice", desk.blog.actor)
    await desk.blog.settled()
    post = await desk.blog.publish("Fog")
    await create_post(desk.blog.blog, PostForm("Half a thought", "Text."), publish=False)
    await reply_to(desk.blog, town, post, "<p>How nice.</p>")
    await town.report(desk.blog.actor, [desk.blog.actor], "rude")
    await desk.blog.settled()
    await desk.submit("/admin/health")
    page = await desk.page("/admin/")
    for expected in (
        "1 reply", "1 new follower", "1 report", "Alice Okafor replied to Fog", "Half a thought",
        "1 open report", "The blog is well, as of",
    ):  # fmt: skip
        assert expected in page.text, expected
    assert page.links.index("/admin/posts/new") < page.links.index(
        next(link for link in page.links if "/thread#reply-" in link)
    )


async def _steps(desk: Desk) -> dict[str, bool]:
    """The first steps that are shown, by the beginnings of their texts: which are done."""
    html = (await desk.get("/admin/")).text
    item = r'<li class="(done)?">(?:<span class="vh">Done: </span>)?<[^>]+>([^<]+)'
    return {text.rstrip("."): state == "done" for state, text in re.findall(item, html)}


async def test_the_first_steps_are_ticked_off_by_what_the_blog_has(
    desk: Desk, town: DemoServer
) -> None:
    blog = desk.blog
    profile, health, post, follow, backup = names = (
        "Say who you are", "Have a look from outside", "Write your first post",
        "Follow yourself", "Have backups made",
    )  # fmt: skip
    assert await _steps(desk) == dict.fromkeys(names, False)

    async def done() -> list[str]:
        return [name for name, state in (await _steps(desk)).items() if state]

    await create_post(blog.blog, PostForm("A draft", "Text."), publish=False)
    assert await done() == []
    await blog.publish()
    assert await done() == [post]
    await town.follow("alice", blog.actor)
    await blog.settled()
    assert await done() == [post, follow]
    await desk.submit("/admin/health")
    assert await done() == [health, post, follow]
    await change_backup_plan(blog.blog, {"every": "week", "keep": "3"})
    assert await done() == [health, post, follow, backup]
    async with blog.blog.db.transaction() as tx:
        await site.set_value(tx, "description", "Walks.")
    assert profile not in await done(), "there is no picture yet"
    await set_picture(blog.blog, "picture", picture_file())
    assert await _steps(desk) == {}, "all of it is done"


async def test_the_first_steps_are_put_away(desk: Desk) -> None:
    assert await _steps(desk)
    assert (await desk.submit("/admin/first-steps")).status_code == 303
    assert await _steps(desk) == {}


async def test_reads_are_counted_by_page_and_day(desk: Desk) -> None:
    blog = desk.blog
    post = await blog.publish("Fog")
    about = await create_page(blog.blog, PageForm("About", "Text."), publish=True)
    address = (await blog.http.get(f"/articles/{post.key}", headers=READER)).headers["location"]
    first = await blog.http.get(address, headers=READER)
    await blog.http.get("/", headers=READER)
    await blog.http.get(f"/pages/{about.slug}", headers=READER)
    # Who has it already reads it as well.
    again = {"If-None-Match": first.headers["etag"]}
    assert (await blog.http.get(address, headers=READER | again)).status_code == 304
    # Nobody reads these.
    await blog.http.head(address, headers=READER)
    await blog.http.get(address, headers=READER | {"User-Agent": "Mozilla/5.0 Somebot/1.0"})
    await blog.http.get(address, headers=READER | {"Sec-Fetch-Dest": "empty"})
    await blog.document(address)
    await blog.http.get("/2026/01/nothing", headers=READER)
    assert "set-cookie" not in first.headers
    expected = {f"post:{post.id}": 2, "home": 1, f"page:{about.id}": 1}
    assert await counted(blog) == expected
    await blog.later(timedelta(days=1))
    await blog.http.get(address, headers=READER)
    assert await counted(blog) == expected | {f"post:{post.id}": 3}
    page = await desk.page("/admin/")
    assert "Fog 3" in page.text
    assert "5 reads" in page.text

    assert (await desk.submit("/admin/reads", counting="off")).status_code == 303
    assert await counted(blog) == {}
    await blog.http.get(address, headers=READER)
    assert await counted(blog) == {}
    assert "Fog 3" not in (await desk.page("/admin/")).text
    assert (await desk.submit("/admin/reads", counting="on")).status_code == 303
    await counted(blog)
    await blog.http.get(address, headers=READER)
    assert await counted(blog) == {f"post:{post.id}": 1}


async def test_reading_asks_the_database_nothing_more(blog: RunningBlog) -> None:
    """What was read stands in memory only until it is written down, and is not lost at the end."""
    await blog.publish("Fog")
    before = blog.blog.db.rows
    await blog.http.get("/", headers=READER)
    assert blog.blog.db.rows == before
    rows = await blog.blog.db.rows("SELECT 1 AS one FROM day_count WHERE name = 'home'")
    assert rows == []
    assert (await counted(blog))["home"] == 1


async def test_old_days_become_one_number(desk: Desk) -> None:
    blog = desk.blog
    await blog.http.get("/", headers=READER)
    await counted(blog)
    await keep_house(blog.blog)
    await blog.later(timedelta(days=401))
    await blog.http.get("/", headers=READER)
    await counted(blog)
    await keep_house(blog.blog)
    rows = await blog.blog.db.rows("SELECT name, day, count FROM day_count ORDER BY day, name")
    today = blog.blog.now_ms() // DAY_MS
    assert [tuple(row.values()) for row in rows] == [
        ("home", 0, 1),
        ("followers", today, 0),
        ("home", today, 1),
    ]


async def test_the_course_of_followers_and_replies(desk: Desk, town: DemoServer) -> None:
    blog = desk.blog
    await town.follow("alice", blog.actor)
    await town.follow("bob", blog.actor)
    await blog.settled()
    post = await blog.publish("Fog")
    await reply_to(blog, town, post, "<p>One.</p>")
    async with blog.blog.db.transaction() as tx:
        # Alice has followed for three days, and Bob for a year; yesterday there were more.
        await tx.execute(
            "UPDATE follower SET since = since - $1 WHERE actor_id = "
            "(SELECT id FROM actor WHERE username = 'alice')",
            3 * DAY_MS,
        )
        await tx.execute(
            "UPDATE follower SET since = since - $1 WHERE actor_id = "
            "(SELECT id FROM actor WHERE username = 'bob')",
            365 * DAY_MS,
        )
        await tx.execute(
            "INSERT INTO day_count (name, day, count) VALUES ('followers', $1, 7)",
            blog.blog.now_ms() // DAY_MS - 1,
        )
    html = (await desk.get("/admin/")).text
    table = html.partition("In numbers")[2].partition("</table>")[0]
    numbers = [row.partition("</td>")[0] for row in table.split("<td>")[1:]]
    assert numbers == ["2", "7", "2", "2"] + ["1"] * 26
    replies = html.partition('aria-labelledby="chart-replies-title')[2]
    assert "1 in all, 1 of them today." in replies
