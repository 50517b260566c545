"""Notifications by e-mail, to a real mail server that can be told to do things wrong."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from fediblog.actions.health.checks import CHECKS
from fediblog.actions.health.finding import Finding
from fediblog.actions.mail_notifications import mail_what_happened
from fediblog.demo.server import DemoServer
from fediblog.errors import SettingsError
from fediblog.remote.connector import Connector
from fediblog.settings import load_settings
from tests.admin.desk import Desk, desk_of, reply_to
from tests.bench import Bench, RunningBlog, until
from tests.tls import make_tls

HOW = "/admin/settings/notifications"
ME, BLOG = "me@example.com", "blog@example.com"
#: For blogs that are started twice.
AGAIN = "http://127.0.0.1:8000"
MAIL = {"FEDIBLOG_MAIL_TO": ME, "FEDIBLOG_MAIL_FROM": BLOG}
#: The mail server of the tests warns of what they are for.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd"),
    pytest.mark.filterwarnings("ignore::UserWarning:aiosmtpd"),
    pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning"),
]


class Post:
    """What a mail server got. refuses: what it says to everything, if anything."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.users: list[str] = []
        self.refuses = ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """A mail comes."""
        if self.refuses:
            return self.refuses
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.got.append(message)
        return "250 OK"

    def let_in(self, server: SMTP, *about: object) -> AuthResult:
        """Whoever has the password."""
        login = getattr(about[-1], "login", b"")
        password = getattr(about[-1], "password", b"")
        self.users.append(login.decode())
        return AuthResult(success=password == b"p@ss")


@asynccontextmanager
async def mail_server(
    post: Post, tls: ssl.SSLContext | None = None, *, at_once: bool = False, asks: bool = False
) -> AsyncIterator[int]:
    """A mail server on a port of loopback. tls: for STARTTLS, or from the beginning (at_once)."""
    made: list[SMTP] = []

    def make() -> SMTP:
        made.append(
            SMTP(
                post,
                tls_context=None if at_once else tls,
                authenticator=post.let_in if asks else None,
                auth_required=asks,
                auth_require_tls=False,
            )
        )
        return made[-1]

    loop = asyncio.get_running_loop()
    server = await loop.create_server(make, "0.0.0.0", 0, ssl=tls if at_once else None)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for each in made:
            if each.transport is not None:
                each.transport.close()
        # The loop closes their sockets in its next round.
        await asyncio.sleep(0)
        await asyncio.sleep(0)


def start(
    bench: Bench, url: str, connector: Connector | None = None, *, origin: str = ""
) -> AbstractAsyncContextManager[RunningBlog]:
    """A blog that mails by way of this server."""
    return bench.start(
        connector=connector,
        FEDIBLOG_URL=origin,
        FEDIBLOG_SMTP_URL=url,
        FEDIBLOG_MAIL_TO=ME,
        FEDIBLOG_MAIL_FROM=BLOG,
    )


@pytest.fixture
def post() -> Post:
    """Where mails arrive."""
    return Post()


@pytest.fixture
async def desk(bench: Bench, post: Post) -> AsyncIterator[Desk]:
    """The desk of a blog with a mail server."""
    async with (
        mail_server(post) as port,
        start(bench, f"smtp://localhost:{port}") as blog,
        desk_of(blog) as desk,
    ):
        yield desk


async def mailed(blog: RunningBlog, post: Post, count: int) -> None:
    """Let the blog mail what there is; by then there are so many mails. Its own loop may have been
    faster."""

    async def all_came() -> bool:
        return len(post.got) >= count

    await mail_what_happened(blog.blog)
    await until(all_came)
    assert len(post.got) == count


async def check(blog: RunningBlog) -> Finding:
    """What the check of mail finds."""
    (wanted,) = [each for each in CHECKS if each.name == "mail"]
    return await wanted.run(blog.blog)


async def test_what_happened_comes_in_one_mail(desk: Desk, town: DemoServer, post: Post) -> None:
    blog = desk.blog
    fog = await blog.publish("Fog\u2028Bcc: all@example.com")
    await mailed(blog, post, 0)
    await reply_to(blog, town, fog, "<p>How <b>nice</b>.</p>")
    await mailed(blog, post, 1)
    mail = post.got[0]
    assert mail["To"] == "me@example.com"
    assert "blog@example.com" in mail["From"]
    assert mail["Subject"].endswith("Alice Okafor replied to “Fog Bcc: all@example.com”")
    assert mail["Bcc"] is None
    assert mail.get_content_type() == "text/plain"
    assert "How nice." in mail.get_content()
    assert f"{blog.origin}/admin/posts/{fog.key}/thread#reply-" in mail.get_content()

    # Nothing twice, nor before an hour has passed, nor what is read by then.
    await mail_what_happened(blog.blog)
    await reply_to(blog, town, fog, "<p>Two.</p>")
    await town.follow("bob", blog.actor)
    await blog.settled()
    await mailed(blog, post, 1)
    await blog.later(timedelta(minutes=61))
    await mailed(blog, post, 2)
    assert "Two." in post.got[1].get_content()
    assert "follows" not in post.got[1].get_content()
    await mailed(blog, post, 2)


async def test_what_is_mailed_and_how_often_can_be_chosen(
    desk: Desk, town: DemoServer, post: Post
) -> None:
    blog = desk.blog
    refused = await desk.submit(f"{HOW}/mail", rhythm="never", kind_follow="on")
    assert refused.status_code == 422
    assert "Choose how often." in refused.text
    assert 'name="kind_follow" checked' in refused.text
    await desk.submit(f"{HOW}/mail", rhythm="at_once", kind_follow="on")
    fog = await blog.publish("Fog")
    await reply_to(blog, town, fog, "<p>One.</p>")
    await mailed(blog, post, 0)
    await town.follow("bob", blog.actor)
    await blog.settled()
    await mailed(blog, post, 1)
    assert "follows you" in post.got[0]["Subject"]
    await blog.later(timedelta(minutes=2))
    await desk.submit(f"{HOW}/mail", rhythm="daily", kind_reply="on")
    await mailed(blog, post, 2)
    assert "One." in post.got[1].get_content()


async def test_a_server_that_fails_holds_nothing_up_and_is_tried_again(
    desk: Desk, town: DemoServer, post: Post
) -> None:
    blog = desk.blog
    fog = await blog.publish("Fog")
    await reply_to(blog, town, fog, "<p>One.</p>")
    assert (await check(blog)).state == "well"
    post.refuses = "451 Come back later"
    await mail_what_happened(blog.blog)
    found = await check(blog)
    assert (found.state, "Come back later" in found.said) == ("warning", True)
    assert "Come back later" in (await desk.page(HOW)).text
    post.refuses = ""
    await mailed(blog, post, 0)
    await blog.later(timedelta(minutes=3))
    await mailed(blog, post, 1)
    assert (await check(blog)).state == "well"


async def test_the_test_mail(desk: Desk, post: Post) -> None:
    assert "me@example.com" in (await desk.page(HOW)).text
    assert (await desk.submit(f"{HOW}/test")).status_code == 303
    assert post.got[0]["Subject"].startswith("A test from")
    post.refuses = "554 <b>No</b>"
    refused = await desk.submit(f"{HOW}/test")
    assert refused.status_code == 502
    assert "&lt;b&gt;No" in refused.text


async def test_without_a_mail_server_nothing_is_mailed(blog: RunningBlog) -> None:
    assert (await check(blog)).state == "skipped"
    async with desk_of(blog) as desk:
        assert "No mail server is set" in (await desk.page(HOW)).text
        assert (await desk.submit(f"{HOW}/test")).status_code == 409


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_tls_is_used_and_checked(bench: Bench, post: Post, scheme: str) -> None:
    name = socket.gethostname()
    server, trust = make_tls(bench.folder, [name])
    async with mail_server(post, server, at_once=scheme == "smtps", asks=True) as port:
        url = f"{scheme}://me:p%40ss@{name}:{port}"
        async with start(bench, url, origin=AGAIN) as blog:
            # Nobody knows who has made the certificate, so nothing is said to that server.
            found = await check(blog)
            assert (found.state, "p@ss" in found.said) == ("failure", False), found
            assert post.users == []
        async with start(bench, url, Connector(ssl_context=trust), origin=AGAIN) as blog:
            assert (await check(blog)).state == "well"
            assert post.users == ["me"]


async def test_a_server_without_tls_gets_no_password(bench: Bench, post: Post) -> None:
    async with (
        mail_server(post, asks=True) as port,
        start(bench, f"smtp://me:p%40ss@127.0.0.2:{port}") as blog,
    ):
        found = await check(blog)
        assert found.state == "failure", found
        assert post.users == []


async def test_the_password_is_used_and_a_wrong_one_told(bench: Bench, post: Post) -> None:
    async with mail_server(post, asks=True) as port:
        right = f"smtp://me:p%40ss@localhost:{port}"
        async with start(bench, right, origin=AGAIN) as blog:
            found = await check(blog)
            assert found.state == "well", found
            assert "p@ss" not in repr(blog.blog.settings)
        async with start(bench, right.replace("p%40ss", "no"), origin=AGAIN) as blog:
            assert (await check(blog)).state == "failure"
    assert set(post.users) == {"me"}


@pytest.mark.parametrize(
    "values",
    [
        {"FEDIBLOG_SMTP_URL": "smtp://localhost"},
        {"FEDIBLOG_SMTP_URL": "http://localhost"} | MAIL,
        {"FEDIBLOG_SMTP_URL": "smtp://"} | MAIL,
        {"FEDIBLOG_SMTP_URL": "smtp://localhost/x"} | MAIL,
        {"FEDIBLOG_SMTP_URL": "smtp://localhost:x"} | MAIL,
        MAIL | {"FEDIBLOG_SMTP_URL": "smtp://h", "FEDIBLOG_MAIL_TO": "a@b\nBcc: c@d"},
        MAIL | {"FEDIBLOG_SMTP_URL": "smtp://h", "FEDIBLOG_MAIL_FROM": "Me <a@b>"},
    ],
)
def test_settings_that_make_no_mail(values: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"FEDIBLOG_(SMTP|MAIL)"):
        load_settings(values)
