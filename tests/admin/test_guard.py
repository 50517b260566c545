"""Nothing of the admin's opens or happens without a session, or by a form that is not ours."""

from dataclasses import dataclass

import httpx
from starlette.routing import Route

from fediblog.actions.answer import answer_reply
from fediblog.actions.describe_medium import describe_medium
from fediblog.actions.keep_medium import store_picture
from fediblog.actions.moderate import hide_reply
from fediblog.actions.notification_feed import renew_feed
from fediblog.actions.own_pictures import set_picture
from fediblog.actions.post_form import PostForm
from fediblog.actions.revoke_quote import revoke_quote
from fediblog.actions.write_page import PageForm, create_page
from fediblog.actions.write_post import create_post, edit_post
from fediblog.app import routes
from fediblog.demo.server import DemoServer
from fediblog.store.actors import set_allowed
from fediblog.store.posts import Post
from tests.admin.desk import PASSWORD, Desk, browser, everything, reply_to
from tests.admin.picture_files import picture_file
from tests.bench import RunningBlog, until

_BACKUP = "fediblog-20260102-030405.tar"
_DOOR = ("/admin/sign-in", "/admin/welcome")
#: What these do for who may use them is seen in tests of their own.
_ACCESS = ("/admin/access", "/admin/tokens", "/admin/authorize", "/admin/confirm", "/admin/backup")
#: These ask first, or take a file (test_blocks.py).
_BLOCKS = ("/admin/blocks",)
#: These change nothing, or only what is typed (test_writing.py).
_TYPING = ("/admin/preview", "/admin/looks", "/admin/copies")


def _admin_paths(method: str) -> list[str]:
    return sorted(
        route.path
        for route in routes()
        if isinstance(route, Route)
        and route.path.startswith("/admin")
        and not route.path.startswith(_DOOR)
        and method in (route.methods or ())
        # Where a program that has a code is told whose it is.
        and (method, route.path) != ("POST", "/admin/authorize")
    )


def _how_final(path: str) -> tuple[bool, bool, bool, str]:
    """Forms come first that leave the others something to do."""
    deleting, post = path.endswith("/delete"), path.startswith("/admin/posts")
    return path.endswith("/sign-out"), deleting and post, deleting, path


@dataclass(frozen=True, slots=True)
class _Seeds:
    """What the addresses can be about: `{key}` of a post, and a number for each `{number:row}`."""

    key: str
    numbers: dict[str, int]

    def address(self, path: str) -> str:
        deed = "page" if path.startswith("/admin/pages") else path.rpartition("/")[2]
        if path.startswith("/admin/media"):
            deed = "medium"
        if path.startswith("/admin/notifications/{"):
            deed = f"told {deed}"
        number = self.numbers.get(deed, 0)
        path = path.replace("{key}", self.key).replace("{name}", _BACKUP)
        path = path.replace("{kind}", "people").replace("{authority}", "a.example")
        return path.replace("{number:row}", str(number))


async def _seed(blog: RunningBlog, town: DemoServer) -> _Seeds:
    """An edited post with a reply, a hidden reply, an answer of the author; a follower, a report,
    quotes, one of them taken back, pictures, a page, and a medium."""
    await town.follow("bob", blog.actor)
    post = await blog.publish()
    await edit_post(blog.blog, post.key, PostForm(post.title, "Other text."))
    _, shown = await reply_to(blog, town, post, "<p>Shown.</p>")
    _, hidden = await reply_to(blog, town, post, "<p>Hidden.</p>")
    await hide_reply(blog.blog, hidden)
    mine = (await answer_reply(blog.blog, shown, "Mine.")).id
    follower = (await blog.blog.db.rows("SELECT id FROM follower"))[0]["id"]
    await town.report(blog.actor, [blog.actor], "A word.")
    await blog.settled()
    report = (await blog.blog.db.rows("SELECT id FROM report"))[0]["id"]
    for name in ("alice", "bob"):
        await town.quote(name, blog.article(post), "<p>See.</p>", ask=False)
    await blog.settled()
    quoted, revoked = [row["id"] for row in await blog.blog.db.rows("SELECT id FROM quote")]
    await revoke_quote(blog.blog, int(revoked))
    for kind in ("picture", "header"):
        await set_picture(blog.blog, kind, picture_file())
    numbers = {"hide": shown, "show": hidden, "answer": shown, "edit": mine, "delete": mine}
    numbers |= {f"told {deed}": await _told(blog, town, post, deed) for deed in _DEEDS}
    await renew_feed(blog.blog)
    alice = (await blog.blog.db.rows("SELECT id FROM actor WHERE username = 'alice'"))[0]["id"]
    async with blog.blog.db.transaction() as tx:
        await set_allowed(tx, int(alice), blog.blog.now_ms())
    numbers["forbid"] = int(alice)
    backup = blog.blog.settings.data / "backups" / _BACKUP
    backup.parent.mkdir()
    backup.touch()
    page = await create_page(blog.blog, PageForm("A page", "Text."), publish=True)
    medium = await store_picture(blog.blog, picture_file())
    await describe_medium(blog.blog, medium.id, {"alt": "A wall"})
    numbers |= {"remove": int(follower), "close": int(report), "page": page.id}
    numbers |= {"medium": medium.id}
    return _Seeds(post.key, numbers | {"revoke": int(quoted), "restore": int(revoked)})


_DEEDS = ("answer", "hide", "show")


async def _told(blog: RunningBlog, town: DemoServer, post: Post, deed: str) -> int:
    """The number of a notification of a reply on which this deed can be done."""
    _, number = await reply_to(blog, town, post, f"<p>To {deed}.</p>")
    if deed == "show":
        await hide_reply(blog.blog, number)
    rows = await blog.blog.db.rows("SELECT id FROM notification WHERE about_id = $1", number)
    return int(rows[0]["id"])


_FORGERIES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "no token": ({"csrf": ""}, {}),
    "a wrong token": ({"csrf": "x" * 32}, {}),
    "a token that is not ASCII": ({"csrf": "é"}, {}),
    "another origin": ({}, {"Origin": "https://evil.example"}),
    "an opaque origin": ({}, {"Origin": "null"}),
    "our host at another port": ({}, {"Origin": "http://127.0.0.1:1"}),
    "another site": ({}, {"Sec-Fetch-Site": "cross-site"}),
    "a neighbour": ({}, {"Sec-Fetch-Site": "same-site"}),
}
_FORM = {"title": "Forged", "body": "Forged", "author_name": "F", "language": "en"}
_FORM |= {"action": "remove", "newest": "9" * 9, "seen": "9" * 15, "rhythm": "daily"}
_FORM |= {"field_name_1": "Web", "field_value_1": "http://127.0.0.1:9/"}
#: What these do is seen in tests of their own: they need a mail server, ticked boxes, something
#: that waits or has failed, or a server that takes reports.
_ELSEWHERE = {
    "/admin/settings/notifications/test",
    "/admin/queue",
    "/admin/deliveries/{number:row}/give-up",
    "/admin/deliveries/{number:row}/retry",
    "/admin/incoming/{number:row}/again",
    "/admin/posts/{key}/deliveries/give-up",
    "/admin/posts/{key}/deliveries/retry",
    "/admin/posts/{key}/resend",
    "/admin/posts/{key}/undelete",
    "/admin/replies/{number:row}/report",
    "/admin/servers/{authority}/give-up",
    "/admin/servers/{authority}/retry",
}


async def test_every_form_needs_a_session_and_must_be_ours(desk: Desk, town: DemoServer) -> None:
    seeds = await _seed(desk.blog, town)
    async with browser(desk.blog) as stranger:
        stranger.csrf = desk.csrf
        for path in sorted(_admin_paths("POST"), key=_how_final):
            address, before = seeds.address(path), await everything(desk.blog)
            assert (await stranger.submit(address, **_FORM)).status_code == 401, address
            for name, (values, headers) in _FORGERIES.items():
                form = _FORM | {"csrf": desk.csrf} | values
                forged = await desk.http.post(address, data=form, headers=headers)
                assert forged.status_code == 403, (address, name)
            assert await everything(desk.blog) == before, address
            if path.startswith((*_ACCESS, *_BLOCKS, *_TYPING)) or path in _ELSEWHERE:
                continue
            # The same form, when it is ours, does what it is for.
            assert (await _done(desk, address)).status_code in {201, 303}, address
            assert await everything(desk.blog) != before, address
            await _all_walked(desk.blog)


async def _done(desk: Desk, address: str) -> httpx.Response:
    """Send the form of an address, with a file where it is about one."""
    if address in {"/admin/media", "/admin/media/upload"}:
        return await desk.upload(address, picture_file())
    return await desk.submit(address, **_FORM)


async def _all_walked(blog: RunningBlog) -> None:
    """Wait until no thread is being looked through: that would change what is compared next."""
    query = "SELECT id FROM crawl WHERE round_at IS NOT NULL OR next_at <= $1"

    async def is_over() -> bool:
        return not await blog.blog.db.rows(query, blog.blog.now_ms())

    await until(is_over)


async def test_a_token_is_good_in_its_own_session_only(desk: Desk) -> None:
    async with browser(desk.blog) as other:
        await other.enter(await other.submit("/admin/sign-in", password=PASSWORD))
        other.csrf = desk.csrf
        assert (await other.submit("/admin/settings", **_FORM)).status_code == 403


async def test_a_token_in_the_address_is_none(desk: Desk) -> None:
    address = f"/admin/settings?csrf={desk.csrf}"
    assert (await desk.http.post(address, data=_FORM)).status_code == 403


async def test_no_page_opens_without_a_session(blog: RunningBlog) -> None:
    draft = await create_post(blog.blog, PostForm("A secret", "Text."), publish=False)
    async with browser(blog) as stranger:
        for path in _admin_paths("GET"):
            address = _Seeds(draft.key, {}).address(path)
            response = await stranger.get(address)
            if path == "/admin":
                assert response.headers["location"] == "/admin/"
                continue
            assert response.status_code == 303, address
            assert response.headers["location"] == f"/admin/sign-in?next={address}"
            assert (await stranger.http.head(address)).status_code == 303


def test_every_address_of_the_admin_is_known_here() -> None:
    assert len(_admin_paths("POST")) >= 26
    assert len(_admin_paths("GET")) >= 22
