"""Posts and replies as entries of feeds."""

from datetime import datetime

from starlette.requests import Request

from fediblog.actions.documents import permalink, pictures_with_lead, post_excerpt
from fediblog.actions.site import Site
from fediblog.blog import Blog
from fediblog.domain.elsewhere import for_elsewhere
from fediblog.domain.languages import ENGLISH, find_language
from fediblog.domain.licences import LICENCES
from fediblog.domain.markdown import render_line
from fediblog.protocol.feeds import Entry, Parent, Person, Picture, Replies, Term
from fediblog.store.media import Medium
from fediblog.store.moments import from_ms
from fediblog.store.posts import Post
from fediblog.store.threads import ThreadReply
from fediblog.web.context import blog_of, templates_of
from fediblog.web.pictures import picture_context
from fediblog.web.rows import Beside, reply_row


def author(blog: Blog, site: Site) -> Person:
    """The author of the blog."""
    picture = blog.addresses.own_picture(site.picture.name) if site.picture else ""
    return Person(site.author_name, blog.addresses.home, picture)


def post_entry(request: Request, site: Site, post: Post, lead: Medium | None) -> Entry:
    """A published post, whole, with its lead picture."""
    blog = blog_of(request)
    page = permalink(blog, post)
    html = templates_of(request).fragment(
        "site/feed_post.html",
        {
            "lead": picture_context(lead, post.lead_alt) if lead else None,
            "caption_html": render_line(post.lead_caption),
            "html": post.html,
            "warning": post.warning,
        },
        language=ENGLISH,
        zone=site.timezone,
    )
    published = from_ms(post.published_at or 0)
    licence = LICENCES.get(post.licence)
    return Entry(
        id=blog.addresses.article(post.key),
        url=page,
        title=post.title,
        html=for_elsewhere(html, page, f"post-{post.key}"),
        summary=post_excerpt(post),
        language=post.language,
        published=published,
        updated=_edited(post.updated_at, published),
        author=author(blog, site),
        terms=_terms(blog, post),
        picture=None if post.warning else _picture(blog, post, lead),
        replies=Replies(f"{page}#responses", f"{page}/responses.atom", f"{page}/responses.rss"),
        licence=Term(licence.name, licence.url) if licence else None,
    )


def _terms(blog: Blog, post: Post) -> list[Term]:
    """The category, then the tags."""
    terms = [Term(tag.name, blog.addresses.tag(tag.slug)) for tag in post.tags]
    if post.category:
        terms.insert(0, Term(post.category, blog.addresses.category(post.category_slug)))
    return terms


def _picture(blog: Blog, post: Post, lead: Medium | None) -> Picture | None:
    found = pictures_with_lead(blog, post, lead, 1)
    return Picture(found[0].url, found[0].media_type, found[0].alt) if found else None


def reply_entry(
    request: Request, site: Site, post: Post, reply: ThreadReply, beside: Beside
) -> Entry:
    """A reply that is shown, its content warning before everything else."""
    blog = blog_of(request)
    page = permalink(blog, post)
    row = reply_row(reply, beside)
    published = from_ms(reply.published_at)
    language = find_language(site.language) or ENGLISH
    html = templates_of(request).fragment(
        "site/feed_reply.html", {"reply": row}, language=language, zone=site.timezone
    )
    avatar = f"{blog.addresses.origin}{row['avatar_url']}" if row["avatar_url"] else ""
    return Entry(
        id=reply.uri,
        url=blog.addresses.reply(reply.id),
        title=f"{row['author_name']}: {post.title}",
        html=for_elsewhere(html, page, f"reply-{reply.id}"),
        summary=reply.warning,
        language=reply.language,
        published=published,
        updated=_edited(reply.updated_at, published),
        author=Person(row["author_name"], row["author_url"], avatar),
        parent=Parent(blog.addresses.article(post.key), page),
    )


def _edited(updated_at: int | None, published: datetime) -> datetime:
    return published if updated_at is None else from_ms(updated_at)
