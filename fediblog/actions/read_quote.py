"""What a note quotes of ours, and what is kept of it."""

from dataclasses import dataclass

from fediblog.actions.find_ours import find_ours
from fediblog.blog import Blog
from fediblog.domain.plaintext import plain_line, plain_text
from fediblog.domain.quoting import without_quote_fallback
from fediblog.domain.sanitizing import sanitize_reply
from fediblog.protocol.incoming import Note
from fediblog.store.database import Queries
from fediblog.store.moments import to_ms
from fediblog.store.posts import Post, Target
from fediblog.store.quotes import NewQuote
from fediblog.store.replies import Reply

_EXCERPT_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Quoted:
    """A published post or a shown answer of the author. uri: its id."""

    target: Target
    uri: str
    post_id: int


async def find_quoted(blog: Blog, db: Queries, uri: str) -> Quoted | None:
    """What of ours is at an id or a permalink that somebody quotes; None for everything else, what
    is not public or no longer there included."""
    found = await find_ours(blog, db, uri)
    return _post(blog, found) if isinstance(found, Post) else _answer(found)


def new_quote(blog: Blog, note: Note, quoted: Quoted, actor_id: int) -> NewQuote:
    """A note as it is kept: the beginning of its text, its warning, where to read it."""
    now = blog.now_ms()
    content = without_quote_fallback(sanitize_reply(note.content))
    return NewQuote(
        uri=note.id,
        actor_id=actor_id,
        target=quoted.target,
        target_uri=quoted.uri,
        text=plain_text(content, _EXCERPT_LENGTH) or plain_line(note.name, _EXCERPT_LENGTH),
        warning=plain_line(note.summary, _EXCERPT_LENGTH),
        language=note.language,
        page_url=note.url,
        published_at=min(to_ms(note.published), now) if note.published else now,
        updated_at=to_ms(note.updated) if note.updated else None,
        received_at=now,
    )


def _post(blog: Blog, post: Post) -> Quoted | None:
    if not post.is_out:
        return None
    return Quoted(("post", post.id), blog.addresses.article(post.key), post.id)


def _answer(answer: Reply | None) -> Quoted | None:
    if answer is None or answer.key is None or answer.state != "shown" or answer.post_id is None:
        return None
    return Quoted(("reply", answer.id), answer.uri, answer.post_id)
