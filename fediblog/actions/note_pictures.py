"""Notes which pictures from elsewhere a post or a page shows, for them to be fetched (K22)."""

from fediblog.blog import Blog
from fediblog.domain.inline_pictures import pictures_elsewhere
from fediblog.domain.pictures import picture_name
from fediblog.store.database import Transaction
from fediblog.store.pages import Page
from fediblog.store.pictures import ILLUSTRATION, NewPicture, hasten, set_uses
from fediblog.store.posts import Post


async def note_pictures(blog: Blog, tx: Transaction, text: Post | Page) -> None:
    """In the transaction that writes, publishes or deletes it, with the text as it is then: what is
    not published names none."""
    kind = "post" if isinstance(text, Post) else "page"
    html = text.html if text.state == "published" else ""
    found = [
        NewPicture(picture_name(blog.keys.picture_secret, url, ILLUSTRATION), url, ILLUSTRATION)
        for url in pictures_elsewhere(html, blog.addresses.origin)
    ]
    await set_uses(tx, kind, text.id, found)
    await hasten(tx, kind, text.id)
