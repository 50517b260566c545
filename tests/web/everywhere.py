"""A blog that has something at every public address, and the list of them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import quote

from starlette.routing import Route

from fediblog.actions.answer import answer_post
from fediblog.actions.change_appearance import change_appearance
from fediblog.actions.own_pictures import set_picture
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_page import PageForm, create_page
from fediblog.actions.write_post import edit_post
from fediblog.app import routes
from fediblog.demo.activities import create
from fediblog.demo.emojis import custom_emoji
from fediblog.demo.notes import Note
from fediblog.demo.server import DemoServer
from tests.admin.picture_files import picture_file
from tests.bench import ACTIVITY_JSON, RunningBlog, until
from tests.federation.records import activities
from tests.site.writing import put_into

HTML, FEDERATED, ANY = "text/html", ACTIVITY_JSON, "*/*"


@dataclass(frozen=True, slots=True)
class Address:
    """One public address. route: what answers it; accept: as whom to ask."""

    route: str
    path: str
    accept: str = ANY


@asynccontextmanager
async def busy(blog: RunningBlog, town: DemoServer) -> AsyncIterator[list[Address]]:
    """The blog, once everything has happened that has an address of its own; every address."""
    await set_picture(blog.blog, "picture", picture_file())
    look = {"own_accent": "on", "accent": "#1e40af", "custom_css": ".x { color: red }"}
    await change_appearance(blog.blog, look | {"footer": "The *end*."})
    body = "Some *text* in English, of which there is so much that packing it pays. " * 40
    post = await blog.publish("A post", body, tags="one")
    await edit_post(blog.blog, post.key, PostForm("A post", f"{body} More.", tags="one"))
    uri = blog.article(post)
    await put_into(blog, "Notes", "notes", [post])
    await create_page(blog.blog, PageForm("About", "Text."), publish=True)
    await town.follow("alice", blog.actor)
    reply = await town.reply("alice", uri, "<p>First.</p>")
    await blog.settled()
    await town.edit(reply, "<p>Second.</p>")
    await town.react("bob", uri, custom_emoji(town.origin, "blobcat"))
    await town.quote("chiyo", uri, "<p>Read this.</p>")
    await blog.settled()
    await answer_post(blog.blog, post.key, "Mine.")
    await _put_into_a_collection(blog, town)
    await _ask_for_approval(blog, town, reply, uri)
    await blog.settled()
    await blog.delivered()
    await until(lambda: _all_fetched(blog))
    yield await _addresses(blog, town, post.key)


async def _put_into_a_collection(blog: RunningBlog, town: DemoServer) -> None:
    alice = town.person("alice")
    request = {
        "id": f"{alice.id}/feature_requests/1",
        "type": "FeatureRequest",
        "actor": alice.id,
        "object": blog.actor,
        "instrument": f"{alice.id}/collections/1",
    }
    await town.post("alice", f"{blog.actor}/inbox", request)


async def _ask_for_approval(blog: RunningBlog, town: DemoServer, reply: Note, post: str) -> None:
    request = {
        "id": f"{reply.author.id}/reply_requests/1",
        "type": "ReplyRequest",
        "actor": reply.author.id,
        "object": post,
        "instrument": create(reply)["object"],
    }
    await town.post("alice", f"{blog.actor}/inbox", request)


async def _all_fetched(blog: RunningBlog) -> bool:
    media = blog.blog.settings.data / "media"
    return any((media / "avatars").glob("*")) and any((media / "pictures").glob("*"))


async def _addresses(blog: RunningBlog, town: DemoServer, key: str) -> list[Address]:
    """Every public address, in each form that it has."""
    page = (await blog.page(f"/articles/{key}")).url.path
    accepts = activities(town, "Accept")
    ours = {each["result"].removeprefix(blog.origin) for each in accepts if "result" in each}
    [permission] = [each for each in ours if "/quotes/" in each]
    [feature] = [each for each in ours if "/features/" in each]
    [approval] = [each for each in ours if "/approvals/" in each]
    [answer] = await blog.blog.db.rows("SELECT key FROM reply WHERE key IS NOT NULL")
    [sent, *_] = await blog.blog.db.rows("SELECT key FROM activity")
    [edited] = await blog.blog.db.rows("SELECT reply_id FROM reply_revision")
    home = (await blog.page("/")).text
    [card, *_] = re.findall(r"/media/cards/[^\"]+", (await blog.page(page)).text)
    styles = [file for file in home.split('"') if "/static/site" in file]
    own = blog.blog.settings.data / "media"
    files = {kind: next((own / kind).iterdir()).name for kind in ("avatars", "pictures", "own")}
    article = quote(f"{blog.origin}/articles/{key}")
    users, notes = "/users/{username}", f"/notes/{answer['key']}"
    return [
        Address("/actor", "/actor", FEDERATED),
        Address("/actor/outbox", "/actor/outbox", FEDERATED),
        Address(users, "/users/blog", FEDERATED),
        Address(users, "/users/blog", HTML),
        *(
            Address(f"{users}/{name}", f"/users/blog/{name}{page}", FEDERATED)
            for name in ("outbox", "followers", "following")
            for page in ("", "?page=true")
        ),
        Address(f"{users}/collections/featured", "/users/blog/collections/featured", FEDERATED),
        Address("/articles/{key}", f"/articles/{key}", FEDERATED),
        Address("/articles/{key}", f"/articles/{key}", HTML),
        Address("/articles/{key}/replies", f"/articles/{key}/replies?page=true", FEDERATED),
        Address("/articles/{key}/{collection}", f"/articles/{key}/likes", FEDERATED),
        Address("/notes/{key}", notes, FEDERATED),
        Address("/notes/{key}/replies", f"{notes}/replies", FEDERATED),
        Address("/notes/{key}/{collection}", f"{notes}/shares", FEDERATED),
        Address("/quotes/{key}", permission, FEDERATED),
        Address("/contexts/{key}", f"/contexts/{key}", FEDERATED),
        Address("/activities/{key}", f"/activities/{sent['key']}", FEDERATED),
        Address("/features/{key}", feature, FEDERATED),
        Address("/approvals/{key}", approval, FEDERATED),
        Address(
            "/.well-known/webfinger",
            f"/.well-known/webfinger?resource={quote(blog.actor)}",
        ),
        Address("/.well-known/host-meta", "/.well-known/host-meta"),
        Address("/.well-known/nodeinfo", "/.well-known/nodeinfo"),
        Address("/nodeinfo/{version}", "/nodeinfo/2.1"),
        Address(
            "/.well-known/oauth-authorization-server", "/.well-known/oauth-authorization-server"
        ),
        Address("/", "/", HTML),
        Address("/@{username}", "/@blog", HTML),
        Address("/archive", "/archive", HTML),
        Address("/tags", "/tags", HTML),
        Address("/tags/{slug}", "/tags/one", HTML),
        Address("/categories", "/categories", HTML),
        Address("/categories/{slug}", "/categories/notes", HTML),
        Address("/pages/{slug}", "/pages/about", HTML),
        Address("/{year}", page.rsplit("/", 2)[0], HTML),
        Address("/{year}/{month}", page.rsplit("/", 1)[0], HTML),
        Address("/feeds", "/feeds", HTML),
        Address("/feed.{format}", "/feed.atom"),
        Address("/tags/{slug}/feed.{format}", "/tags/one/feed.rss"),
        Address("/categories/{slug}/feed.{format}", "/categories/notes/feed.json"),
        Address("/{year}/{month}/{slug}/responses.{format}", f"{page}/responses.atom"),
        Address("/oembed", f"/oembed?url={quote(blog.origin + page)}"),
        Address("/sitemap.xml", "/sitemap.xml"),
        Address("/sitemaps/{part}.xml", "/sitemaps/0.xml"),
        Address("/{year}/{month}/{slug}", page, HTML),
        Address("/{year}/{month}/{slug}", page, FEDERATED),
        Address("/search", "/search?q=text", HTML),
        Address("/opensearch.xml", "/opensearch.xml"),
        Address("/interact", f"/interact?uri={article}", HTML),
        Address("/{year}/{month}/{slug}/changes", f"{page}/changes?since=0", HTML),
        Address("/replies/{number}", f"/replies/{edited['reply_id']}", HTML),
        Address("/replies/{number}/history", f"/replies/{edited['reply_id']}/history", HTML),
        Address("/{year}/{month}/{slug}/history", f"{page}/history", HTML),
        Address("/{year}/{month}/{slug}/reactions", f"{page}/reactions", HTML),
        Address("/{year}/{month}/{slug}/quotes", f"{page}/quotes", HTML),
        Address("/static/{name}", styles[0]),
        *(Address("/theme/{name}", sheet) for sheet in re.findall(r'"(/theme/[^"]+)"', home)),
        Address("/media/avatars/{name}", f"/media/avatars/{files['avatars']}"),
        Address("/media/pictures/{name}", f"/media/pictures/{files['pictures']}"),
        Address("/media/cards/{name}", card),
        Address("/media/own/{name}", f"/media/own/{files['own']}"),
        Address("/robots.txt", "/robots.txt"),
        Address("/favicon.ico", "/favicon.ico"),
    ]


def public_routes() -> set[str]:
    """Every address that answers GET to anybody, as docs/architecture.md has it."""
    return {
        re.sub(r":\w+}", "}", route.path)
        for route in routes()
        if isinstance(route, Route)
        and "GET" in (route.methods or set())
        # These want a cookie, a token, or an address that nobody knows, or tell of this moment.
        and not route.path.startswith(
            ("/admin", "/micropub", "/notifications/", "/metrics", "/health/")
        )
        # A stream has no end.
        and not route.path.endswith("/live")
    }
