"""What is kept of a note: safe HTML, made once when it comes, and what is shown beside it."""

import json
from html import escape
from urllib.parse import urljoin

from fediblog.blog import Blog
from fediblog.domain.mentions import strip_leading_mentions
from fediblog.domain.plaintext import plain_line
from fediblog.domain.sanitizing import sanitize_reply
from fediblog.protocol.incoming import Mention, Note
from fediblog.store import actors
from fediblog.store.moments import to_ms
from fediblog.store.replies import ReplyText

_MOST_MENTIONS = 50


async def render_note(blog: Blog, note: Note) -> ReplyText:
    """The text of a reply, without the mentions at its head (requirements I2, I9)."""
    html = sanitize_reply(note.content or f"<p>{escape(plain_line(note.name, 500))}</p>")
    mentions = note.mentions[:_MOST_MENTIONS]
    return ReplyText(
        public=note.public,
        html=strip_leading_mentions(html, await _mention_links(blog, mentions)),
        source="",
        warning=plain_line(note.summary, 500),
        language=note.language,
        page_url=note.url,
        mentions=json.dumps([[mention.href, mention.name] for mention in mentions]),
        updated_at=to_ms(note.updated) if note.updated else None,
        sensitive=note.sensitive,
    )


async def _mention_links(blog: Blog, mentions: tuple[Mention, ...]) -> frozenset[str]:
    """Where links to whom a note mentions lead: to their ids, or to their profile pages."""
    hrefs = [mention.href for mention in mentions]
    known = (await actors.get_page_urls(blog.db, hrefs)).values()
    return frozenset([blog.addresses.home, *hrefs, *known, *map(_usual_page, mentions)])


def _usual_page(mention: Mention) -> str:
    """Where most servers have a profile page, for somebody whom we do not know yet."""
    name = mention.name.removeprefix("@").partition("@")[0]
    return urljoin(mention.href, f"/@{name}")
