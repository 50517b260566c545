"""Notes which pictures and previews from elsewhere a post or a page shows, for them to be fetched
(K22)."""

from fediblog.blog import Blog
from fediblog.domain.inline_pictures import pictures_elsewhere
from fediblog.domain.link_previews import lone_links
from fediblog.domain.pictures import picture_name
from fediblog.store.database import Transaction
from fediblog.store.pages import Page
from fediblog.store.pictures import ILLUSTRATION, NewPicture, hasten, set_uses
from fediblog.store.posts import Post
from fediblog.store.previews import set_preview_uses


async def note_pictures(blog: Blog, tx: Transaction, text: Post | Page) -> None:
    """In the transaction that writes, publishes or deletes it, with the text as it is then: what is
    not published names none."""
    kind = "post" if isinstance(text, Post) else "page"
    html = text.html if text.state == "published" else ""
    found = [
        NewPicture(picture_name(blog.keys.picture_secret, url, ILLUSTRATION), url, ILLUSTRATION)
        for url in pictures_elsewhere(html, blog.addresses.origin)
    ]
    links = [url for url in lone_links(html) if not blog.addresses.is_ours(url)]
    beside_links = await set_preview_uses(tx, kind, text.id, links)
    await set_uses(tx, kind, text.id, [*found, *beside_links])
    await hasten(tx, kind, text.id)
