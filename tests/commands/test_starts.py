"""Starts that are refused, each with one sentence, and starts in unusual places."""

import asyncio
import socket
import subprocess

import pytest

from tests.bench import until
from tests.commands.answers import call, create, refused, refused_start
from tests.durability.inboxes import add_followers, listening_inboxes
from tests.processes import Installation


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("FEDIBLOG_URL", "blog.example", "FEDIBLOG_URL is 'blog.example'"),
        ("FEDIBLOG_URL", "http://blog.example", "is a public http origin"),
        ("FEDIBLOG_DEV", "0", "which only development mode can serve"),
        ("FEDIBLOG_CONFIG", "/nowhere.toml", "The settings file /nowhere.toml cannot be read"),
        ("FEDIBLOG_DATABASE_URL", "mysql://db/blog", "FEDIBLOG_DATABASE_URL must be"),
        ("FEDIBLOG_DATABASE_URL", "postgres://me@127.0.0.1:1/blog", "cannot be opened"),
        ("FEDIBLOG_DATA", "/dev/null/data", "/dev/null"),
        ("FEDIBLOG_KEYS", "/dev/null/keys", "/dev/null"),
    ],
)
async def test_a_setting_that_cannot_be_used_stops_the_start(
    embedded: Installation, setting: str, value: str, words: str
) -> None:
    given = {"FEDIBLOG_DATABASE_URL": ""} | {setting: value}
    assert words in await refused_start(embedded, **given)
    assert words in refused(await call(embedded, "block", **given))


async def test_a_port_in_use_is_told_in_a_sentence(embedded: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = await refused_start(embedded, "--port", str(port))
    assert sentence == f"Cannot listen on 127.0.0.1:{port}: Address already in use."


async def test_a_host_that_is_not_here_is_told_in_a_sentence(embedded: Installation) -> None:
    assert "Cannot listen on 192.0.2.1:" in await refused_start(embedded, "--host=192.0.2.1")
    sentence = await refused_start(embedded, "--host=no.such.host.invalid")
    assert "Cannot listen on no.such.host.invalid:" in sentence


async def test_an_embedded_database_has_one_server(embedded: Installation) -> None:
    async with embedded.serving() as server:
        sentence = await refused_start(embedded, "--port=0", FEDIBLOG_URL=server.origin)
        assert sentence.startswith("Another fediblog is using ")
        assert "PostgreSQL" in sentence
        assert (await server.http.get("/")).status_code == 200


async def test_a_blog_keeps_its_address_and_its_name(place: Installation) -> None:
    async with place.serving() as server:
        pass
    moved = await refused_start(place, FEDIBLOG_URL="https://new.example")
    assert f"This database belongs to {server.origin}, but" in moved
    assert "as https://new.example" in moved
    assert f"FEDIBLOG_URL={server.origin}" in moved, "the way out"
    assert refused(await call(place, "block", FEDIBLOG_URL="https://new.example")) == moved
    assert "belongs to" in await refused_start(place, "--port=0")
    renamed = await refused_start(place, FEDIBLOG_USERNAME="somebody")
    assert "FEDIBLOG_USERNAME" in renamed
    async with place.serving():
        pass


async def test_commands_know_where_the_blog_is_without_being_told(place: Installation) -> None:
    async with place.serving() as server:
        pass
    post = await create(place)
    assert post["url"].startswith(f"{server.origin}/")


@pytest.mark.parametrize("temporary_too", [False, True])
async def test_a_data_folder_too_deep_for_a_socket_still_takes_commands(
    embedded: Installation, temporary_too: bool
) -> None:
    deep = embedded.folder.joinpath(*["a-folder-with-a-long-name-" + "x" * 60] * 3)
    given = {"FEDIBLOG_DATA": str(deep), "FEDIBLOG_DATABASE_URL": ""}
    if temporary_too:
        deep.mkdir(parents=True)
        given["TMPDIR"] = str(deep)
    there = Installation(embedded.folder, "", embedded.port, given)
    for _ in range(2):
        async with there.serving() as server:
            post = await create(there)
            assert "A post" in await server.page(post["url"])
    assert (await create(there))["slug"] == "a-post-3"


async def test_a_killed_server_leaves_nothing_that_stops_commands_or_the_next_start(
    place: Installation,
) -> None:
    async with place.serving() as server:
        await server.kill()
    await create(place)
    async with place.serving() as server:
        assert "A post" in await server.page("/")
        await create(place, "Another")
        assert "Another" in await server.page("/")


async def test_migrations_that_start_together_are_applied_once(place: Installation) -> None:
    done = await asyncio.gather(*(place.run("migrate") for _ in range(3)))
    assert [each.code for each in done] == [0, 0, 0], done
    assert [each.output.startswith("Applied: ") for each in done].count(True) == 1
    again = await call(place, "migrate")
    assert (again.code, again.output) == (0, "Everything is up to date.\n")


async def test_migrating_while_the_server_runs_is_no_mistake(place: Installation) -> None:
    async with place.serving():
        done = await call(place, "migrate")
    assert done.code == 0, done.errors
    assert "up to date" in done.output


async def test_a_worker_works_beside_servers_on_postgres_and_is_refused_on_sqlite(
    place: Installation,
) -> None:
    if place.database_url.startswith("sqlite://"):
        assert "needs PostgreSQL" in refused(await call(place, "worker"))
        return
    async with listening_inboxes(2) as inboxes:
        assert (await call(place, "migrate")).code == 0
        await add_followers(place, inboxes.addresses(10))
        await create(place)

        async def delivered() -> bool:
            return len(inboxes.received) == 10

        async with place.working(FEDIBLOG_URL="http://127.0.0.1:8000") as worker:
            await until(delivered)
            worker.terminate()
            assert await finished(worker) == 0


async def test_interrupting_a_server_is_a_clean_end(embedded: Installation) -> None:
    async with embedded.serving() as server:
        server.process.send_signal(2)
        assert await finished(server.process) == 0
        assert "Traceback" not in server.said()


async def finished(process: "subprocess.Popen[bytes]") -> int:
    """The exit code of a process that has been told to end."""
    return await asyncio.to_thread(process.wait, 60)
