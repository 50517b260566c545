"""A whole day of a blog, its failures included, and every secret of it looked for in the log, with
all loggers at their most talkative: ours and those of every library."""

import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from fediblog.actions.api_tokens import SCOPES, make_token
from fediblog.actions.notification_feed import renew_feed
from fediblog.actions.sign_in import make_link
from fediblog.demo.server import DemoServer
from fediblog.logs import TextLines
from fediblog.protocol.totp import code_at
from tests.admin.desk import PASSWORD, Desk, browser, desk_of, reply_to
from tests.admin.page import read
from tests.bench import ACTIVITY_JSON, Bench, RunningBlog
from tests.operate.test_logs import tables_away

_MAIL_PASSWORD = "mail-secret-0123456789"
_METRICS_TOKEN = "metrics-secret-0123456789"
_SIGNATURE = "c2lnbmF0dXJlLW9mLXNvbWVib2R5"
_SAID = ("Said in private.", "Typed and not published.", "Sought by somebody.")


@contextmanager
def _everything_that_is_logged() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextLines())
    # httpx speaks for the browsers and programs of the test, too.
    handler.addFilter(lambda record: not record.name.startswith(("httpx", "httpcore")))
    root = logging.getLogger()
    named = [each for each in root.manager.loggerDict.values() if isinstance(each, logging.Logger)]
    before = {each: (each.level, each.propagate) for each in (root, *named)}
    root.addHandler(handler)
    for each in before:
        each.setLevel(logging.DEBUG)
        each.propagate = True
    try:
        yield stream
    finally:
        root.removeHandler(handler)
        for each, (level, propagate) in before.items():
            each.setLevel(level)
            each.propagate = propagate


async def test_no_secret_of_a_whole_day_is_in_the_log(bench: Bench, town: DemoServer) -> None:
    with _everything_that_is_logged() as stream:
        async with bench.start(
            FEDIBLOG_METRICS_TOKEN=_METRICS_TOKEN,
            FEDIBLOG_SMTP_URL=f"smtp://me:{_MAIL_PASSWORD}@127.0.0.1:9",
            FEDIBLOG_MAIL_TO="me@example.com",
            FEDIBLOG_MAIL_FROM="blog@example.com",
        ) as blog:
            secrets = await _day(blog, town)
    text = stream.getvalue()
    assert "fediblog" in text
    for kind, secret in secrets.items():
        assert secret, kind
    leaks = {
        kind: text[max(text.index(secret) - 200, 0) : text.index(secret)]
        for kind, secret in secrets.items()
        if secret in text
    }
    assert not leaks


async def _day(blog: RunningBlog, town: DemoServer) -> dict[str, str]:
    """What happens, and what of it nobody may read."""
    secrets = {"password": PASSWORD, "mail": _MAIL_PASSWORD, "metrics": _METRICS_TOKEN}
    secrets |= {f"text {place}": said for place, said in enumerate(_SAID)}
    for path in sorted(blog.blog.settings.keys.glob("*.pem")):
        secrets[path.name] = path.read_text().splitlines()[1]
    token = secrets["token"] = await make_token(blog.blog, "A program", tuple(SCOPES))
    feed = await renew_feed(blog.blog)
    secrets["feed"] = feed.rpartition("/")[2].removesuffix(".atom")
    async with desk_of(blog) as desk:
        secrets |= {"csrf": desk.csrf, "session": next(iter(desk.http.cookies.values()))}
        link = secrets["link"] = (await make_link(blog.blog)).partition("token=")[2]
        await _at_the_desk(desk, secrets)
        post = await blog.publish()
        await town.follow("alice", blog.actor)
        await reply_to(blog, town, post, f"<p>{_SAID[0]}</p>")
        town.status_for_inbox = lambda _: 503
        await blog.publish("Not delivered at once")
        await blog.at_rest()
        town.status_for_inbox = lambda _: None
        await blog.later(timedelta(minutes=5))
        await blog.at_rest()
        known = {"token": token, "feed": feed, "link": link}
        secrets["signature"] = _SIGNATURE
        await _asked(blog, desk, known)
        async with tables_away(blog):
            await _asked(blog, desk, known)
        blog.app.state.readiness = None
        await blog.http.get("/health/ready")
    return secrets


async def _at_the_desk(desk: Desk, secrets: dict[str, str]) -> None:
    begun = await desk.submit("/admin/access/codes")
    secrets["app"] = re.findall(r"secret=([A-Z2-7]+)", begun.text)[0]
    code = code_at(secrets["app"], int(desk.blog.clock().timestamp()) // 30)
    ticket = secrets["ticket"] = read(begun).values["ticket"]
    done = await desk.submit("/admin/access/codes/finish", ticket=ticket, code=code)
    secrets["recovery"] = re.findall(r"<li><code>([a-z2-9-]+)</code>", done.text)[0]
    async with browser(desk.blog) as other:
        half = await other.submit("/admin/sign-in", password=PASSWORD)
        form = {"ticket": read(half).values["ticket"], "code": secrets["recovery"]}
        await other.submit("/admin/sign-in/code", **form)
    await desk.submit("/admin/settings/notifications/test")


async def _asked(blog: RunningBlog, desk: Desk, known: dict[str, str]) -> None:
    """What needs a secret, or says something that is nobody else's business."""
    await desk.submit("/admin/sign-in", password=PASSWORD)
    await desk.get(f"/admin/welcome?token={known['link']}")
    await desk.submit("/admin/posts/new", title="A draft", body=_SAID[1], action="draft")
    await desk.submit("/admin/posts/new", title="", body=_SAID[1], action="publish")
    await blog.http.get("/search", params={"q": _SAID[2]})
    await blog.http.get(known["feed"].removeprefix(blog.origin))
    await blog.http.get("/metrics", headers={"Authorization": f"Bearer {_METRICS_TOKEN}"})
    bearer = {"Authorization": f"Bearer {known['token']}"}
    await blog.http.post("/micropub", data={"h": "entry", "content": _SAID[1]}, headers=bearer)
    form = {"access_token": known["token"], "h": "entry", "content": _SAID[1]}
    await blog.http.post("/micropub", data=form)
    signed = {"Signature": f'keyId="https://a.example/u#k",signature="{_SIGNATURE}"'}
    signed["Content-Type"] = ACTIVITY_JSON
    await blog.http.post("/inbox", json={"content": _SAID[0]}, headers=signed)
