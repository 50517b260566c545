"""What is kept of a note: safe HTML, made once when it comes, and what is shown beside it."""

import hashlib
import json
from collections.abc import Iterator
from html import escape

from fediblog.actions.mention import mention_links
from fediblog.actions.place_reply import find_place
from fediblog.actions.read_quote import find_quoted
from fediblog.actions.use_emojis import use_emojis
from fediblog.blog import Blog
from fediblog.domain import media, polls
from fediblog.domain.blocks import fold
from fediblog.domain.emojis import html_with_emojis
from fediblog.domain.media import Medium
from fediblog.domain.mentions import strip_leading_mentions
from fediblog.domain.pictures import picture_name
from fediblog.domain.plaintext import one_line, plain_line, plain_text, shortened
from fediblog.domain.quoting import without_quote_fallback
from fediblog.domain.sanitizing import sanitize_reply
from fediblog.domain.spam import SHORTEST_SAME
from fediblog.protocol.incoming import Attachment, Note, Poll
from fediblog.store.moments import to_ms
from fediblog.store.pictures import ATTACHMENT, NewPicture
from fediblog.store.replies import ReplyText

_MOST_MENTIONS = 50
_LONGEST_DESCRIPTION = 1500
_LONGEST_OPTION = 200


async def render_note(blog: Blog, note: Note) -> ReplyText:
    """The text of a reply, without the mentions at its head (I2, I9) and what stands in for a quote
    of the post that it is beneath (I8), with its emoji, what is attached (I5) and its poll (I7).

    Only what everybody may read names pictures: others are never fetched, nor served (K18).
    """
    html = sanitize_reply(note.content or f"<p>{escape(plain_line(note.name, 500))}</p>")
    if note.quotes and await _quotes_its_thread(blog, note):
        shorter = without_quote_fallback(html)
        html = shorter if plain_text(shorter) else html
    mentions = note.mentions[:_MOST_MENTIONS]
    pairs = [(mention.href, mention.name) for mention in mentions]
    html = strip_leading_mentions(html, await mention_links(blog, blog.db, pairs))
    warning = plain_line(note.summary, 500)
    poll = _poll(note.poll)
    within = use_emojis(blog, [html], note.emojis)
    beside = use_emojis(blog, [warning, *_option_names(poll)], note.emojis)
    attached = list(_media(note, blog.keys.picture_secret))
    pictures = [*within.pictures.values(), *beside.pictures.values(), *_shown(attached)]
    return ReplyText(
        public=note.public,
        html=html_with_emojis(html, within.addresses),
        source="",
        warning=warning,
        language=note.language,
        page_url=note.url,
        mentions=json.dumps(pairs),
        updated_at=to_ms(note.updated) if note.updated else None,
        sensitive=note.sensitive,
        attachments=media.written(attached),
        poll=polls.written(poll),
        emojis=beside.written(),
        pictures=pictures if note.public else (),
        fingerprint=_fingerprint(html),
    )


def _fingerprint(html: str) -> str:
    """The same for the same words, whatever their case; empty for what is often the same."""
    said = fold(plain_text(html))
    if len(said) < SHORTEST_SAME:
        return ""
    return hashlib.sha256(" ".join(said.split()).encode()).hexdigest()[:32]


async def _quotes_its_thread(blog: Blog, note: Note) -> bool:
    """Whether readers see right above the reply what it quotes."""
    quoted = await find_quoted(blog, blog.db, note.quotes)
    if quoted is None or note.in_reply_to is None:
        return False
    place = await find_place(blog, blog.db, note.in_reply_to)
    return place is not None and place.post_id == quoted.post_id


def _media(note: Note, secret: bytes) -> Iterator[Medium]:
    """What is attached, in its order; only the first pictures are shown, the rest is linked."""
    shown = 0
    for attachment in note.attachments:
        kind = media.kind_of(attachment.type, attachment.media_type)
        is_shown = media.is_shown(kind, attachment.media_type) and shown < media.MOST_PICTURES
        shown += is_shown
        name = picture_name(secret, attachment.url, ATTACHMENT) if is_shown else ""
        yield _medium(attachment, kind, name)


def _medium(attachment: Attachment, kind: str, picture: str) -> Medium:
    width, height = media.size_of(attachment.width, attachment.height)
    return Medium(
        kind=kind,
        url=attachment.url,
        media_type=_plain(attachment.media_type, 100),
        description=_plain(attachment.description, _LONGEST_DESCRIPTION),
        picture=picture,
        blur=media.blur_colours(attachment.blurhash) if picture else (),
        width=width,
        height=height,
    )


def _shown(attached: list[Medium]) -> Iterator[NewPicture]:
    for medium in attached:
        if medium.picture:
            yield NewPicture(medium.picture, medium.url, ATTACHMENT)


def _poll(poll: Poll | None) -> polls.Poll | None:
    if poll is None:
        return None
    options = tuple(
        polls.Option(_plain(option.name, _LONGEST_OPTION), option.votes) for option in poll.options
    )
    closes = to_ms(poll.closes) if poll.closes else None
    return polls.Poll(options, poll.several, poll.voters, closes)


def _plain(text: str, limit: int) -> str:
    """What is text already and no HTML, so that a `<` in it is one."""
    return shortened(one_line(text), limit)


def _option_names(poll: polls.Poll | None) -> list[str]:
    return [option.name for option in poll.options] if poll else []
