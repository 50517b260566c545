"""Posts and answers as ActivityPub documents: one way to build each, sent or served."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fediblog.actions.mention import is_community, mention_pairs, mentioned_actors
from fediblog.actions.moderation import get_moderation, says_who
from fediblog.actions.site import Site, get_site
from fediblog.blog import Blog
from fediblog.domain.comments import answer_handles, answer_hashtags
from fediblog.domain.file_types import TYPES
from fediblog.domain.lead_picture import LeadPicture, gallery_pictures
from fediblog.domain.plaintext import excerpt, without_links
from fediblog.domain.tags import hashtag, tag_slug
from fediblog.protocol import outgoing
from fediblog.store import actors, media, posts, reactions, threads
from fediblog.store.database import Queries
from fediblog.store.media import Medium
from fediblog.store.moments import from_ms, maybe_from_ms
from fediblog.store.posts import Post, Target
from fediblog.store.replies import Reply

REPLIES_PER_PAGE = 50
_EXCERPT_LENGTH = 280
#: Readers give up at a megabyte, and an activity has to fit around it.
MAX_BYTES = 900_000
_MOST_IN_GALLERY = 4
#: Mastodon pastes a name into HTML as it is (A3), so these would be read as markup there.
_LOOK_ALIKES = str.maketrans("<>", "‹›")


async def article_document(blog: Blog, db: Queries, post: Post) -> dict[str, Any]:
    """The Article of a published post, with the first page of its replies and live totals."""
    site = await get_site(blog, db)
    counts = await count_taken(db, ("post", post.id))
    pictures = await _pictures(blog, db, post)
    recordings = await _recordings(blog, db, post) if post.gallery else ()
    article = outgoing.Article(
        key=post.key,
        title=post.title.translate(_LOOK_ALIKES),
        excerpt=without_links(post_excerpt(post)) if site.excerpt_as_summary else "",
        warning=post.warning,
        content=post.html,
        source=post.source,
        language=post.language,
        url=permalink(blog, post),
        tags=_hashtags(blog, [(tag.name, tag.slug) for tag in post.tags]),
        mentions=list(dict(mention_pairs(post.mentions)).items()),
        audience=await _audience(db, post),
        published=from_ms(post.published_at or 0),
        updated=maybe_from_ms(post.updated_at),
        lead=pictures[0] if pictures else None,
        gallery=pictures if post.gallery else (),
        recordings=recordings[: _MOST_IN_GALLERY - len(pictures)],
        likes=counts.get("like", 0),
        shares=counts.get("announce", 0),
    )
    document = _fitting(blog, article, post_excerpt(post))
    document |= await _interaction_policy(blog, db, site, post, post.mentions)
    total = await blog.thread_counts.at_top(db, post)
    return await _with_replies(db, document, post.id, None, total)


async def answer_document(blog: Blog, db: Queries, answer: Reply) -> dict[str, Any]:
    """The Note of an answer of the author, with the first page of its replies and live totals."""
    post = await posts.get_post_by_number(db, answer.post_id or 0)
    site = await get_site(blog, db)
    mentions = mention_pairs(answer.mentions)
    in_text = answer_handles(answer.source, local=blog.settings.development)
    heads = [(href, name) for href, name in mentions if name.lstrip("@").lower() not in in_text]
    pages = await actors.get_page_urls(db, [href for href, _ in heads])
    links = [(pages.get(href, href), name) for href, name in heads]
    counts = await count_taken(db, ("reply", answer.id))
    document = outgoing.answer(
        blog.addresses,
        outgoing.Answer(
            key=answer.key or "",
            post_key=post.key if post else "",
            in_reply_to=answer.in_reply_to,
            content=outgoing.with_mentions(answer.html, links),
            source=answer.source,
            language=answer.language or site.language,
            url=blog.addresses.reply(answer.id) if post else answer.page_url,
            mentions=mentions,
            tags=_hashtags(blog, [(w, tag_slug(w)) for w in answer_hashtags(answer.source)]),
            audience=await _audience(db, post) if post else "",
            published=from_ms(answer.published_at),
            updated=maybe_from_ms(answer.updated_at),
            likes=counts.get("like", 0),
            shares=counts.get("announce", 0),
        ),
    )
    document |= await _interaction_policy(blog, db, site, post, answer.mentions)
    post_id = answer.post_id or 0
    total = await threads.count_children(db, post_id, answer.id)
    return await _with_replies(db, document, post_id, answer.id, total)


async def count_taken(db: Queries, target: Target) -> Mapping[str, int]:
    """How many like and boost a target, of the kinds that are taken and shown."""
    kinds = (await get_moderation(db)).reactions
    return await reactions.count_reactions(db, target, kinds)


async def _interaction_policy(
    blog: Blog, db: Queries, site: Site, post: Post | None, mentions: str
) -> dict[str, Any]:
    """Who may quote, reply, like and boost. Of replies, likes and boosts only what not everybody
    may is said: who says more has to approve each one (GoToSocial)."""
    taken = (await get_moderation(db)).reactions
    who = await says_who(blog, db, post) if post else "open"
    mentioned = [uri for uri, _ in mention_pairs(mentions)]
    return {
        "interactionPolicy": {
            **outgoing.quote_policy(blog.addresses, site.may_quote),
            **outgoing.reply_policy(blog.addresses, who, mentioned),
            **outgoing.reaction_policy(
                blog.addresses, likes="like" in taken, announces="announce" in taken
            ),
        }
    }


async def _audience(db: Queries, post: Post) -> str:
    """The community that a post is addressed to, by its id; empty for none (requirement A13)."""
    mentioned = await mentioned_actors(db, post.mentions)
    return next((each.uri for each in mentioned if is_community(each)), "")


def _fitting(blog: Blog, article: outgoing.Article, beginning: str) -> dict[str, Any]:
    """The article as it is, or as much of it as everybody takes (requirement 0.15): without its
    Markdown, or only how it begins and where all of it can be read."""
    for each in (article, replace(article, source="")):
        document = outgoing.article(blog.addresses, each)
        if len(outgoing.encode(document)) <= MAX_BYTES:
            return document
    shortened = outgoing.shortened(article.url, beginning)
    return outgoing.article(blog.addresses, replace(article, source="", content=shortened))


def permalink(blog: Blog, post: Post) -> str:
    """The readable address of a published post."""
    return blog.addresses.permalink(from_ms(post.published_at or 0), post.slug)


def post_excerpt(post: Post) -> str:
    """What everybody may read of a post before they open it, plain text: its content warning; else
    the excerpt that the author wrote, or the beginning of the post."""
    return post.warning or post.excerpt or excerpt(post.html, _EXCERPT_LENGTH)


def _hashtags(blog: Blog, tags: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(word, page) of tags, given as (name, slug): each word once, whatever its capitals."""
    words: dict[str, tuple[str, str]] = {}
    for name, slug in tags:
        if word := hashtag(name):
            words.setdefault(word.casefold(), (word, blog.addresses.tag(slug)))
    return list(words.values())


async def post_pictures(blog: Blog, db: Queries, post: Post, most: int) -> Sequence[LeadPicture]:
    """The first different pictures of a post that everybody can show: its lead picture, then those
    in its text. The first one stands for the post in link cards, too."""
    found = pictures_with_lead(blog, post, await media.get_medium(db, post.lead_id), most)
    return await _known(blog, db, found)


async def _known(blog: Blog, db: Queries, found: Sequence[LeadPicture]) -> Sequence[LeadPicture]:
    """The same with all that we know of those that the author has uploaded."""
    names = media.names_in("\n".join(each.url for each in found))
    own = await media.get_media_by_name(db, names)
    files = {blog.addresses.own_picture(each.common_file): each for each in own.values()}
    return [
        _own_picture(blog, files[each.url], each.alt) if each.url in files else each
        for each in found
    ]


def _own_picture(blog: Blog, medium: Medium, alt: str) -> LeadPicture:
    middle = (50, 50)
    focus = (medium.focus_x, medium.focus_y)
    return LeadPicture(
        blog.addresses.own_picture(medium.common_file),
        medium.common_type,
        alt,
        medium.common_width,
        medium.common_height,
        medium.blur,
        None if focus == middle else focus,
    )


def pictures_with_lead(
    blog: Blog, post: Post, lead: Medium | None, most: int
) -> Sequence[LeadPicture]:
    """The same for who has the post's lead picture already."""
    in_text = gallery_pictures(post.html, permalink(blog, post), most)
    if lead is None:
        return in_text
    return (_own_picture(blog, lead, post.lead_alt), *in_text[: most - 1])


async def _pictures(blog: Blog, db: Queries, post: Post) -> Sequence[outgoing.Image]:
    """As many as Mastodon shows."""
    return [
        outgoing.Image(
            each.url,
            each.media_type,
            each.alt,
            each.width,
            each.height,
            each.blurhash,
            _focal_point(*each.focus) if each.focus else None,
        )
        for each in await post_pictures(blog, db, post, _MOST_IN_GALLERY)
    ]


def _focal_point(x: int, y: int) -> tuple[float, float]:
    """A point in percent from the left and the top, as Mastodon counts it (I5)."""
    return (x - 50) / 50, (50 - y) / 50


async def _recordings(blog: Blog, db: Queries, post: Post) -> Sequence[outgoing.Recording]:
    """The sounds and films of the author's own that the text has, in its order."""
    names = media.names_in(post.html)
    own = await media.get_media_by_name(db, names)
    return [
        outgoing.Recording(
            blog.addresses.own_picture(medium.common_file),
            TYPES[medium.ending].media_type,
            medium.alt or medium.title,
            medium.width,
            medium.height,
        )
        for name in names
        if (medium := own.get(name)) and medium.kind in {"audio", "video"}
    ]


async def _with_replies(
    db: Queries, document: dict[str, Any], post_id: int, parent_id: int | None, total: int
) -> dict[str, Any]:
    children = await threads.list_children(
        db, post_id, parent_id, after=0, limit=REPLIES_PER_PAGE + 1
    )
    shown = children[:REPLIES_PER_PAGE]
    more = len(children) > REPLIES_PER_PAGE
    next_page = f"{document['id']}/replies?page=true&after={shown[-1][0]}" if more else None
    return outgoing.with_replies(document, total, [uri for _, uri in shown], next_page=next_page)
