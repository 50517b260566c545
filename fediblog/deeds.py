"""What commands do: the same whether they run alone or are handed to the running server.

A deed takes and gives plain JSON values.
"""

from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from fediblog.actions import blocking, sign_in, write_page, write_post
from fediblog.actions.delete_post import delete_post, undelete_post
from fediblog.actions.describe_medium import described_by
from fediblog.actions.documents import permalink
from fediblog.actions.health.examine import examine
from fediblog.actions.index_search import rebuild_index
from fediblog.actions.keep_medium import folder_of, keep_upload, store_picture
from fediblog.actions.move_away import cancel_move, move_away
from fediblog.actions.pin_post import pin_post, unpin_post
from fediblog.actions.post_form import PostForm, form_of
from fediblog.actions.resend_post import resend_post
from fediblog.actions.rotate_key import rotate_key
from fediblog.actions.second_factor import reset_second_factor
from fediblog.actions.site import get_site
from fediblog.actions.write_page import PageForm, existing_page_by_slug
from fediblog.actions.write_post import existing_post_by_slug
from fediblog.blog import Blog
from fediblog.domain.search_words import composed, find_words
from fediblog.errors import NotFound
from fediblog.keyring import key_paths
from fediblog.protocol.keys import PrivateKey
from fediblog.protocol.outgoing import timestamp
from fediblog.store import media, pages, posts
from fediblog.store.media import Medium
from fediblog.store.moments import from_ms
from fediblog.store.pages import Page
from fediblog.store.posts import Post
from fediblog.store.rules import list_rules

Values = Mapping[str, Any]
_MOST_LISTED = 200
Deed = Callable[[Blog, Values], Awaitable[dict[str, Any]]]


async def post_create(blog: Blog, values: Values) -> dict[str, Any]:
    """draft, picture (a file in base64) and the fields of a PostForm -> the post. publish_at: it is
    scheduled."""
    form = PostForm.from_mapping(await _with_picture(blog, values))
    draft, schedule = bool(values.get("draft")), bool(form.publish_at)
    post = await write_post.create_post(
        blog, form, publish=not draft and not schedule, schedule=not draft and schedule
    )
    return _told(blog, post)


async def post_edit(blog: Blog, values: Values) -> dict[str, Any]:
    """post (its slug), and what changes of the fields of post_create -> the post. publish: it is
    published now; draft: not when it was scheduled for."""
    post = await existing_post_by_slug(blog.db, values["post"])
    form = await form_of(blog.db, post)
    given = await _with_picture(blog, values)
    changes = {name: given[name] for name in asdict(form) if given.get(name) is not None}
    publish = bool(values.get("publish"))
    edited = await write_post.edit_post(
        blog,
        post.key,
        replace(form, **changes),
        publish=publish,
        schedule=not publish and bool(values.get("publish_at")),
        unschedule=bool(values.get("draft")),
    )
    return _told(blog, edited)


async def _with_picture(blog: Blog, values: Values) -> Values:
    """With the lead picture's name in place of its file."""
    if not (picture := values.get("picture")):
        return values
    return {**values, "lead": (await store_picture(blog, b64decode(picture))).name}


async def post_delete(blog: Blog, values: Values) -> dict[str, Any]:
    """post (its slug) -> its id, and for how many seconds that can be taken back."""
    post = await existing_post_by_slug(blog.db, values["post"])
    await delete_post(blog, post.key)
    return {
        "id": blog.addresses.article(post.key),
        "deleted": True,
        "undo_seconds": blog.settings.undo_seconds,
    }


async def post_undelete(blog: Blog, values: Values) -> dict[str, Any]:
    """post (its slug) -> the post."""
    post = await posts.get_post_by_slug(blog.db, values["post"])
    if post is None:
        raise NotFound(f"There is no post with the slug {values['post']!r}.")
    return _told(blog, await undelete_post(blog, post.key))


async def post_resend(blog: Blog, values: Values) -> dict[str, Any]:
    """post (its slug) -> the post."""
    post = await existing_post_by_slug(blog.db, values["post"])
    await resend_post(blog, post.key)
    return _told(blog, post)


async def post_pin(blog: Blog, values: Values) -> dict[str, Any]:
    """post (its slug), pinned -> its id, and whether it is pinned."""
    post = await existing_post_by_slug(blog.db, values["post"])
    await (pin_post if values["pinned"] else unpin_post)(blog, post.key)
    return {"id": blog.addresses.article(post.key), "pinned": bool(values["pinned"])}


async def post_forget(blog: Blog, values: Values) -> dict[str, Any]:
    """post (its slug) -> its id."""
    post = await existing_post_by_slug(blog.db, values["post"])
    await write_post.forget_earlier(blog, post.key)
    return {"id": blog.addresses.article(post.key), "forgotten": True}


async def page_create(blog: Blog, values: Values) -> dict[str, Any]:
    """title, body, slug, place, language, draft -> the page."""
    form = PageForm.from_mapping(values)
    page = await write_page.create_page(blog, form, publish=not values.get("draft"))
    return _page_told(blog, page)


async def page_edit(blog: Blog, values: Values) -> dict[str, Any]:
    """page (its slug), what changes of the fields of page_create, publish or draft -> the page."""
    page = await existing_page_by_slug(blog.db, values["page"])
    form = PageForm(
        title=page.title,
        body=page.source,
        slug=page.slug,
        place=str(page.place),
        language=page.language,
    )
    changes = {name: values[name] for name in asdict(form) if values.get(name) is not None}
    publish = bool(values.get("publish")) or (page.state == "published" and not values.get("draft"))
    edited = await write_page.edit_page(blog, page.id, replace(form, **changes), publish=publish)
    return _page_told(blog, edited)


async def page_list(blog: Blog, values: Values) -> dict[str, Any]:
    """Nothing -> every page, those of the menu first."""
    return {"pages": [_page_told(blog, page) for page in await pages.list_pages(blog.db)]}


async def page_delete(blog: Blog, values: Values) -> dict[str, Any]:
    """page (its slug) -> the slug."""
    page = await existing_page_by_slug(blog.db, values["page"])
    await write_page.delete_page(blog, page.id)
    return {"slug": page.slug, "deleted": True}


async def media_add(blog: Blog, values: Values) -> dict[str, Any]:
    """unfinished (a file's name in the folder of media), title, alt, caption -> the medium."""
    described = described_by(values)
    # Its name alone: a deed reaches no other folder.
    path = folder_of(blog.settings) / Path(values["unfinished"]).name
    return _medium_told(blog, await keep_upload(blog, path, values["title"], described))


async def media_list(blog: Blog, values: Values) -> dict[str, Any]:
    """query, kind -> the newest media that fit."""
    words = [word.text for word in find_words(composed(values.get("query") or ""))]
    found = await media.list_media(
        blog.db, kind=values.get("kind") or "", words=words, before=None, limit=_MOST_LISTED
    )
    return {"media": [_medium_told(blog, medium) for medium in found]}


async def admin_password(blog: Blog, values: Values) -> dict[str, Any]:
    """password -> nothing."""
    await sign_in.set_password(blog, values["password"])
    return {}


async def admin_link(blog: Blog, values: Values) -> dict[str, Any]:
    """Nothing -> a fresh one-time link."""
    return {"link": await sign_in.make_link(blog)}


async def admin_reset(blog: Blog, values: Values) -> dict[str, Any]:
    """Nothing -> nothing; the password alone lets in."""
    await reset_second_factor(blog)
    return {}


async def block(blog: Blog, values: Values) -> dict[str, Any]:
    """host, blocked -> the host's name as it is compared."""
    return {"host": await blocking.set_blocked(blog, values["host"], bool(values["blocked"]))}


async def blocks(blog: Blog, values: Values) -> dict[str, Any]:
    """Nothing -> every blocked server, by name."""
    found = await list_rules(blog.db, "server", before=None, limit=100_000)
    return {"hosts": sorted(each.value for each in found if each.action == "reject")}


async def move(blog: Blog, values: Values) -> dict[str, Any]:
    """handle, or cancel -> where the blog has moved to."""
    if values.get("cancel"):
        await cancel_move(blog)
        return {"moved_to": None}
    where = await move_away(blog, values["handle"])
    return {"moved_to": where.uri}


async def keys(blog: Blog, values: Values) -> dict[str, Any]:
    """Nothing -> for each key its id, its fingerprint, and where the private one is."""
    addresses, ring = blog.addresses, blog.keys
    number = (await get_site(blog)).key_number
    paths = key_paths(blog.settings.keys, number)
    told = {
        "blog actor": (addresses.actor_key(number), ring.blog(number)),
        "blog actor's proofs": (addresses.proof_key, ring.proof),
        "instance actor": (addresses.instance_key, ring.instance),
    }
    return {name: _key_told(key_id, key, paths[name]) for name, (key_id, key) in told.items()}


async def keys_rotate(blog: Blog, values: Values) -> dict[str, Any]:
    """Nothing -> the id of the blog actor's new key, its fingerprint and its place."""
    number = await rotate_key(blog)
    path = key_paths(blog.settings.keys, number)["blog actor"]
    return _key_told(blog.addresses.actor_key(number), blog.keys.blog(number), path)


async def search_rebuild(blog: Blog, values: Values) -> dict[str, Any]:
    """Nothing -> how many texts can be found."""
    return {"texts": await rebuild_index(blog)}


async def doctor(blog: Blog, values: Values) -> dict[str, Any]:
    """Nothing -> what every check of the blog's health found, and whether any failed."""
    found = await examine(blog)
    results = [asdict(each) for each in found.results]
    return {"well": not found.failures, "results": results}


DEEDS: Mapping[str, Deed] = {
    "post.create": post_create,
    "post.edit": post_edit,
    "post.delete": post_delete,
    "post.undelete": post_undelete,
    "post.resend": post_resend,
    "post.pin": post_pin,
    "post.forget": post_forget,
    "page.create": page_create,
    "page.edit": page_edit,
    "page.list": page_list,
    "page.delete": page_delete,
    "media.add": media_add,
    "media.list": media_list,
    "admin.password": admin_password,
    "admin.link": admin_link,
    "admin.reset": admin_reset,
    "block": block,
    "blocks": blocks,
    "move": move,
    "keys": keys,
    "keys.rotate": keys_rotate,
    "search.rebuild": search_rebuild,
    "doctor": doctor,
}


def _key_told(key_id: str, key: PrivateKey, path: Path) -> dict[str, str]:
    fingerprint = key.public_key().fingerprint()
    return {"id": key_id, "fingerprint": fingerprint, "path": str(path)}


def _page_told(blog: Blog, page: Page) -> dict[str, Any]:
    return {
        "url": blog.addresses.page(page.slug) if page.state == "published" else None,
        "slug": page.slug,
        "state": page.state,
        "title": page.title,
        "place": page.place,
        "language": page.language,
    }


def _medium_told(blog: Blog, medium: Medium) -> dict[str, Any]:
    return {
        "url": blog.addresses.own_picture(medium.common_file),
        "name": medium.name,
        "kind": medium.kind,
        "title": medium.title,
        "alt": medium.alt,
        "caption": medium.caption,
        "width": medium.width,
        "height": medium.height,
    }


def _told(blog: Blog, post: Post) -> dict[str, Any]:
    return {
        "id": blog.addresses.article(post.key),
        "url": permalink(blog, post) if post.state == "published" else None,
        "slug": post.slug,
        "state": post.state,
        "publish_at": timestamp(from_ms(post.publish_at)) if post.publish_at else None,
    }
