"""The blog looks at itself from inside: old queues, silent loops, a wrong clock, a broken file."""

from datetime import timedelta
from pathlib import Path

from fediblog.actions.health.checks import CHECKS
from fediblog.actions.health.examine import examine, last_examination
from fediblog.actions.health.finding import Check, Finding, failure
from fediblog.actions.health.inside import judge_disk
from fediblog.blog import Blog
from fediblog.demo.server import DemoServer
from fediblog.store.arrivals import NewArrival, add_arrivals
from fediblog.store.checkup import find_damage
from fediblog.store.database import open_database
from fediblog.store.embedded import sqlite_path
from fediblog.store.migrating import migrate
from fediblog.store.pulses import get_pulses
from tests.admin.desk import Desk
from tests.bench import RunningBlog, until

CHECK = {check.name: check.run for check in CHECKS}


async def found(blog: RunningBlog, name: str) -> Finding:
    """What a check finds now."""
    return await CHECK[name](blog.blog)


async def test_a_queue_that_is_old(blog: RunningBlog, town: DemoServer) -> None:
    for name in ("arrivals", "deliveries"):
        assert (await found(blog, name)).state == "well"
    now = blog.blog.now_ms()
    arrival = NewArrival("h", "https://a.example/1", "Create", "https://a.example/x", "a.example",
                         "lane", b"{}", now, False)  # fmt: skip
    await town.follow("alice", blog.actor)
    await blog.settled()
    await blog.delivered()
    async with blog.blog.db.transaction() as tx:
        await add_arrivals(tx, [arrival])
        # Somebody has taken them and does not come back.
        held = "lease_until = $2, next_at = $1"
        await tx.execute(f"UPDATE arrival SET {held} WHERE state = 'new'", now, 2**60)
        await tx.execute(f"UPDATE delivery SET {held}, state = 'queued'", now, 2**60)
    for minutes, state in ((7, "warning"), (40, "failure")):
        blog.clock.offset = timedelta(minutes=minutes)
        for name in ("arrivals", "deliveries"):
            late = await found(blog, name)
            assert late.state == state, (name, late)
            assert str(minutes) in late.said
    # Who is waited for is not late.
    async with blog.blog.db.transaction() as tx:
        await tx.execute("UPDATE host SET failures = 3")
    assert (await found(blog, "deliveries")).state == "well"


async def test_a_loop_that_is_not_seen_any_more(blog: RunningBlog) -> None:
    async def seen() -> bool:
        return bool(await get_pulses(blog.blog.db))

    await until(seen)
    assert (await found(blog, "loops")).state == "well"
    async with blog.blog.db.transaction() as tx:
        await tx.execute("UPDATE pulse SET beat_at = beat_at - 3600000 WHERE name = 'deliveries'")
    silent = await found(blog, "loops")
    assert (silent.state, "deliveries" in silent.said) == ("failure", True)
    async with blog.blog.db.transaction() as tx:
        await tx.execute("DELETE FROM pulse")
    assert (await found(blog, "loops")).state == "failure"


def test_a_disk_that_is_full() -> None:
    tb = 1_000_000_000_000
    assert judge_disk(tb // 2, tb, 500, 1000).state == "well"
    assert judge_disk(tb // 2, tb, 0, 0).state == "well"
    assert judge_disk(tb // 30, tb, 500, 1000).state == "warning"
    assert judge_disk(400_000_000, 2_000_000_000, 500, 1000).state == "warning"
    assert judge_disk(90_000_000, 2_000_000_000, 500, 1000).state == "failure"
    assert judge_disk(tb // 200, tb, 500, 1000).state == "failure"
    assert "inodes" in judge_disk(tb // 2, tb, 5, 1000).said


async def test_the_disk_and_the_database_of_a_blog_that_is_well(blog: RunningBlog) -> None:
    assert (await found(blog, "disk")).state in {"well", "warning"}
    assert (await found(blog, "database")).state == "well"


async def test_a_database_whose_file_is_broken(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/broken.sqlite"
    await migrate(url)
    file = sqlite_path(url)
    with file.open("r+b") as broken:
        broken.seek(file.stat().st_size // 2 // 4096 * 4096)
        broken.write(b"\xff" * 4096)
    db = await open_database(url)
    try:
        assert await find_damage(db, seconds=5)
    finally:
        await db.close()


async def test_what_begins_to_fail_is_told_once(desk: Desk) -> None:
    blog = desk.blog.blog
    state = {"now": failure("It is <broken>.", "Mend it.")}

    async def look(blog: Blog) -> Finding:
        return state["now"]

    async def burst(blog: Blog) -> Finding:
        raise RuntimeError("nobody foresaw this")

    checks = [Check("one", "One thing", look), Check("two", "Another", burst)]
    for _ in range(2):
        results = (await examine(blog, checks)).results
        assert [each.state for each in results] == ["failure", "failure"]
    page = await desk.page("/admin/notifications?state=failures")
    assert page.text.count("One thing: It is <broken>.") == 1
    assert await last_examination(blog) is not None
    health = await desk.page("/admin/health")
    assert "It is <broken>." in health.text
    assert "does not work" in health.text


async def test_the_page_looks_when_it_is_told_to(desk: Desk) -> None:
    assert "Nobody has looked yet" in (await desk.page("/admin/health")).text
    assert (await desk.submit("/admin/health")).headers["location"].endswith("notice=examined")
    page = await desk.page("/admin/health")
    for check in CHECKS:
        assert check.title in page.text
    assert "does not work" not in page.text
