"""The log: a line leads from a request to what became of it, and no line tells a secret."""

import io
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any

import pytest

from fediblog.actions.api_tokens import SCOPES, make_token
from fediblog.actions.deliver import Attempt, record
from fediblog.actions.notification_feed import renew_feed
from fediblog.demo.server import DemoServer
from fediblog.errors import Unavailable
from fediblog.logs import JsonLines, Seldom, TextLines, fields, request_id
from fediblog.protocol.addresses import authority_of
from fediblog.store.outbox import ClaimedDelivery
from tests.admin.desk import PASSWORD, Desk, reply_to
from tests.bench import ACTIVITY_JSON, RunningBlog, until


@contextmanager
def written(form: logging.Formatter) -> Iterator[io.StringIO]:
    """What the server's log would say, everything included that our parts could say."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(form)
    ours = logging.getLogger("fediblog")
    # The server of the tests has a log of its own.
    sources = (logging.getLogger(), logging.getLogger("uvicorn"))
    before = ours.level
    for source in sources:
        source.addHandler(handler)
    ours.setLevel(logging.DEBUG)
    try:
        yield stream
    finally:
        for source in sources:
            source.removeHandler(handler)
        ours.setLevel(before)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """The objects of a log in JSON."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@asynccontextmanager
async def tables_away(blog: RunningBlog) -> AsyncIterator[None]:
    """A database that cannot answer, until the block ends."""
    names = ("setting", "session", "post", "api_token", "actor")
    for name in names:
        async with blog.blog.db.transaction() as tx:
            await tx.execute(f"ALTER TABLE {name} RENAME TO {name}_away")
    try:
        yield
    finally:
        for name in names:
            async with blog.blog.db.transaction() as tx:
                await tx.execute(f"ALTER TABLE {name}_away RENAME TO {name}")


async def test_a_delivery_can_be_followed_to_its_fate(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    with written(JsonLines()) as stream:
        await reply_to(blog, town, post, "<p>Nobody else's business.</p>")
    (taken,) = [each for each in lines(stream) if each["message"] == "delivery accepted"]
    assert re.fullmatch("[0-9a-f]{16}", taken["request"])
    fates = [each for each in lines(stream) if each.get("activity") == taken["activity"]]
    (fate,) = [each for each in fates if each["message"] == "arrival processed"]
    rows = await blog.blog.db.rows("SELECT id FROM arrival")
    assert (fate["fate"], fate["arrival"]) == ("done", rows[-1]["id"])
    assert "business" not in stream.getvalue()


async def test_what_goes_out_can_be_followed_to_each_server(
    blog: RunningBlog, town: DemoServer
) -> None:
    await town.follow("alice", blog.actor)
    await blog.settled()
    await blog.delivered()
    inbox = (await blog.blog.db.rows("SELECT inbox FROM delivery"))[-1]["inbox"]
    with written(JsonLines()) as stream:
        town.status_for_inbox = lambda _: 503
        post = await blog.publish()
        await until(lambda: _has(stream, "postponed"))
        town.status_for_inbox = lambda _: None
        await blog.later(timedelta(minutes=1))
        await blog.delivered()
    (row,) = await blog.blog.db.rows(
        "SELECT d.id, a.key FROM delivery d JOIN activity a ON a.id = d.activity_id "
        "WHERE a.object_uri = $1",
        blog.article(post),
    )
    told = [each for each in lines(stream) if each["message"] == "delivery attempted"]
    same = {
        "delivery": row["id"],
        "activity": blog.blog.addresses.activity(row["key"]),
        "server": authority_of(inbox),
    }
    assert all(same.items() <= each.items() for each in told)
    assert [(each["attempt"], each["fate"], each["status"]) for each in told] == [
        (1, "postponed", 503),
        (2, "done", 202),
    ]


async def test_of_what_does_not_arrive_the_log_says_why_but_not_what_strangers_say(
    blog: RunningBlog,
) -> None:
    body = b'{"id": "https://a.example/1"}'
    one, two = (
        ClaimedDelivery(number, f"https://{host}/inbox", host, body, 1, 0, "", 1, "")
        for number, host in ((1, "b.example"), (2, "c.example"))
    )
    with written(JsonLines()) as stream:
        await record(
            blog.blog,
            [Attempt(one, 404, "404 Private text."), Attempt(two, None, "there is no way")],
        )
    refused, lost = lines(stream)
    assert (refused["fate"], refused["status"], refused["server"]) == ("failed", 404, "b.example")
    assert (lost["reason"], "status" in lost) == ("there is no way", False)
    assert refused["activity"] == lost["activity"] == "https://a.example/1"
    assert "Private" not in stream.getvalue()


async def _has(stream: io.StringIO, fate: str) -> bool:
    return any(each.get("fate") == fate for each in lines(stream))


async def test_no_secret_is_ever_in_the_log(desk: Desk, town: DemoServer) -> None:
    blog = desk.blog
    token = await make_token(blog.blog, "A program", tuple(SCOPES))
    feed = (await renew_feed(blog.blog)).removeprefix(blog.origin)
    secret = feed.rpartition("/")[2].removesuffix(".atom")
    link = "one-time-secret-0123456789"
    cookie = next(iter(desk.http.cookies.values()))
    signature = "c2lnbmF0dXJlLW9mLXNvbWVib2R5"

    async def day() -> None:
        await desk.submit("/admin/sign-in", password=PASSWORD)
        await desk.submit("/admin/welcome", token=link, password=PASSWORD, again=PASSWORD)
        await desk.get(f"/admin/welcome?token={link}")
        await desk.submit("/admin/posts/new", title="Private title", body="Private text.")
        await desk.get("/admin/posts")
        await blog.http.get(feed)
        headers = {"Authorization": f"Bearer {token}"}
        await blog.http.get("/micropub?q=config", headers=headers)
        await blog.http.get("/search", params={"q": "Private search"})
        await blog.http.post("/indieauth/token", data={"code": link, "code_verifier": secret})
        signed = {"Signature": f'keyId="https://a.example/u#k",signature="{signature}"'}
        signed["Content-Type"] = ACTIVITY_JSON
        await blog.http.post("/inbox", content=b'{"content": "Private text."}', headers=signed)

    with written(JsonLines()) as stream:
        await day()
        async with tables_away(blog):
            await day()
    text = stream.getvalue()
    assert "could not be answered" in text
    for each in (PASSWORD, token, secret, link, cookie, desk.csrf, signature, "Private"):
        assert each not in text, each


async def test_an_error_page_names_the_request_that_the_log_has(desk: Desk) -> None:
    blog = desk.blog
    async with tables_away(blog):
        with written(JsonLines()) as stream:
            answer = await desk.get("/")
    own = answer.headers["x-request-id"]
    assert answer.status_code == 503 and own in answer.text
    assert own in {each.get("request") for each in lines(stream)}


async def test_where_nothing_is_nobody_has_to_tell_anybody(blog: RunningBlog) -> None:
    answer = await blog.page("/nowhere")
    assert answer.status_code == 404 and answer.headers["x-request-id"] not in answer.text


async def test_a_bug_is_answered_with_the_id_of_its_request(blog: RunningBlog) -> None:
    blog.app.state.readiness = None
    with written(JsonLines()) as stream:
        answer = await blog.page("/health/ready")
    assert answer.status_code == 500
    own = answer.headers["x-request-id"]
    assert answer.headers.get_list("x-request-id") == [own] and own in answer.text
    (line,) = [each for each in lines(stream) if "traceback" in each]
    assert line["request"] == own and "AttributeError" in line["traceback"]


def _logger(form: logging.Formatter) -> tuple[logging.Logger, io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(form)
    handler.addFilter(Seldom())
    logger = logging.Logger("fediblog.test")
    logger.addHandler(handler)
    return logger, stream


def test_a_failure_that_goes_on_is_written_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("fediblog.logs.time.monotonic", lambda: now)
    logger, stream = _logger(TextLines())
    for number in range(500):
        logger.error("%s could not be answered: %s", "POST /inbox", Unavailable(detail=str(number)))
        try:
            raise OSError("disk full")
        except OSError:
            logger.exception("claiming failed")
        logger.info("an arrival")
    assert stream.getvalue().count("could not") == stream.getvalue().count("OSError: disk") == 1
    assert stream.getvalue().count("an arrival") == 500
    logger.error("%s could not be answered: %s", "GET /", ValueError("something else"))
    assert "something else" in stream.getvalue()
    now += 60
    logger.error("%s could not be answered: %s", "POST /inbox", Unavailable(detail="again"))
    assert "again (and 499 more like it before)" in stream.getvalue()


def test_kinds_without_end_take_no_memory_without_end() -> None:
    seldom = Seldom()
    for number in range(5_000):
        name = f"message {number}"
        seldom.filter(logging.LogRecord("x", logging.ERROR, "", 1, name, (), None))
    assert len(seldom._kinds) <= 201


def test_a_stranger_cannot_write_a_line() -> None:
    hostile = "x\n2026-01-01 ERROR forged\r\x1b[31m\u2028\ud800"
    for form in (TextLines(), JsonLines()):
        logger, stream = _logger(form)
        request_id.set("")
        logger.warning("it said %s", hostile, extra=fields(reason=hostile))
        text = stream.getvalue()
        assert text.count("\n") == 1 and "\r" not in text and "\x1b" not in text
