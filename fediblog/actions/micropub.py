"""Programs write posts (W3C Micropub): what they say of one becomes what the form would say."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from fediblog.actions.delete_post import delete_post, undelete_post
from fediblog.actions.documents import permalink
from fediblog.actions.find_ours import find_ours
from fediblog.actions.keep_medium import store_picture
from fediblog.actions.post_form import PostForm, fingerprint, form_of, ticked
from fediblog.actions.write_post import create_post, edit_post
from fediblog.blog import Blog
from fediblog.domain.entry_text import html_source, link_source, picture_source, title_from
from fediblog.domain.local_time import TIMEZONE, is_in_calendar, local_text
from fediblog.domain.local_time import UTC as UTC_ZONE
from fediblog.errors import Gone, Malformed, NotFound
from fediblog.protocol.micropub import Create, Properties, Update, Value, first_text, texts
from fediblog.store import media, site
from fediblog.store.moments import from_ms
from fediblog.store.posts import Post

OWN_MEDIA = "/media/own/"
#: Entries of these kinds say something to, or about, another page: they are no posts.
_ANSWERS = ("in-reply-to", "like-of", "repost-of", "bookmark-of", "rsvp", "follow-of", "checkin")
#: Properties that an update may name; a new post may also have sounds and films.
_KNOWN = frozenset(
    {
        "name", "content", "summary", "category", "photo", "mp-slug", "slug", "mp-language",
        "post-status", "published", "visibility",
    }
)  # fmt: skip
#: Of a clock that is ahead; what is to be published later than that waits.
_LATEST = timedelta(minutes=1)
_NO_TIME = "published is a time such as 2026-11-27T12:00:00+00:00."


@dataclass(frozen=True, slots=True)
class _Photo:
    url: str
    alt: str


def file_url(blog: Blog, medium: media.Medium) -> str:
    """Where a picture of the author's is."""
    return f"{blog.addresses.origin}{OWN_MEDIA}{medium.common_file}"


def location(blog: Blog, post: Post) -> str:
    """The address of a post: where it can be read, or the id of a draft."""
    if post.state == "published":
        return permalink(blog, post)
    return blog.addresses.article(post.key)


async def find_post(blog: Blog, url: str) -> Post:
    """The post at one of its addresses. Raises NotFound or Gone."""
    found = await _any_post(blog, url)
    if found.state in {"deleting", "deleted"}:
        raise Gone("This post has been deleted.")
    return found


async def create(blog: Blog, asked: Create, files: Sequence[bytes], *, may_publish: bool) -> Post:
    """Write a new post: published now or at a later time, or as a draft if that is asked for or
    nothing else is allowed.

    files: pictures that came with it. Raises Malformed or Invalid.
    """
    properties = asked.properties
    if refused := [name for name in _ANSWERS if properties.get(name)]:
        raise Malformed(f"Posts are taken here, and no entries with {refused[0]!r}.")
    draft = _is_draft(properties) or not may_publish
    due = None if draft else _due(blog, properties)
    uploads = [_Photo(file_url(blog, await store_picture(blog, file)), "") for file in files]
    photos = _photos(blog, properties.get("photo", ()))
    form = _with(PostForm(title="", body=""), properties, set(properties) & _KNOWN)
    form = replace(form, body=_with_links(form.body, properties))
    form = await _with_photos(blog, form, [*uploads, *photos])
    if not form.title.strip():
        form = replace(form, title=title_from(form.body) or _title_of_no_words(blog, form))
    form = replace(form, publish_at=await _local(blog, due))
    return await create_post(
        blog, form, publish=not draft and due is None, schedule=due is not None
    )


async def update(blog: Blog, asked: Update, *, may_publish: bool) -> tuple[Post, bool]:
    """Change a post; whether it has another address now. Raises Malformed, Invalid, NotFound, Gone,
    or Overtaken when it was changed at the same time."""
    if unknown := sorted(asked.names - _KNOWN):
        raise Malformed(f"Posts have no property {unknown[0]!r} that could be changed.")
    post = await find_post(blog, asked.url)
    before = await form_of(blog.db, post)
    current = await source(blog, post)
    properties = _changed(current, asked)
    draft = _stays_draft(post, properties, asked.names, may_publish=may_publish)
    due = None if draft else _due(blog, properties)
    form = _with(before, properties, asked.names)
    form = replace(form, publish_at=await _local(blog, due))
    if "photo" in asked.names:
        form = await _with_photos(blog, replace(form, lead=""), _photos(blog, properties["photo"]))
    edited = await edit_post(
        blog,
        post.key,
        form,
        publish=not draft and due is None and post.state != "published",
        schedule=due is not None,
        unschedule=draft and post.state == "scheduled",
        based_on=fingerprint(before),
    )
    return edited, location(blog, edited) != location(blog, post)


async def delete(blog: Blog, url: str) -> None:
    """Delete a post everywhere. Raises NotFound or Gone."""
    await delete_post(blog, (await find_post(blog, url)).key)


async def undelete(blog: Blog, url: str) -> Post:
    """Bring a post back whose deletion nobody has heard of yet. Raises NotFound or Gone."""
    return await undelete_post(blog, (await _any_post(blog, url)).key)


async def source(blog: Blog, post: Post) -> dict[str, list[Any]]:
    """A post's properties, as an update changes them. content is Markdown."""
    lead = await media.get_medium(blog.db, post.lead_id)
    properties: dict[str, list[Any]] = {
        "name": [post.title],
        "content": [post.source],
        "category": [tag.name for tag in post.tags],
        "summary": [post.excerpt] if post.excerpt else [],
        "photo": [{"value": file_url(blog, lead), "alt": post.lead_alt}] if lead else [],
        "post-status": ["draft" if post.state == "draft" else "published"],
        "mp-slug": [post.slug],
        "mp-language": [post.language],
        "url": [location(blog, post)],
    }
    if published := post.published_at or post.publish_at:
        properties["published"] = [from_ms(published).isoformat()]
    if post.updated_at:
        properties["updated"] = [from_ms(post.updated_at).isoformat()]
    return {name: values for name, values in properties.items() if values}


def _changed(current: Properties, asked: Update) -> dict[str, list[Value]]:
    """The properties of a post as they are to be."""
    properties = {name: list(values) for name, values in current.items()}
    for name in asked.gone:
        properties[name] = []
    for name, values in asked.delete.items():
        kept = [value for value in properties.get(name, []) if not _is_among(value, values)]
        properties[name] = kept
    for name, values in asked.replace.items():
        properties[name] = list(values)
    for name, values in asked.add.items():
        known = properties.setdefault(name, [])
        known += [value for value in values if value not in known]
    return properties


def _is_among(value: Value, values: Sequence[Value]) -> bool:
    """A picture is known by its address, whatever is said of it."""
    return any(_address(value) == _address(each) for each in values)


def _address(value: Value) -> Value:
    return value if isinstance(value, str) else str(value.get("value", ""))


def _stays_draft(
    post: Post, properties: Properties, names: Collection[str], *, may_publish: bool
) -> bool:
    """Whether the post is a draft afterwards. Raises Malformed for what it cannot become."""
    draft = _is_draft(properties)
    if post.state == "published" and draft:
        raise Malformed("A published post cannot become a draft again: others have it.")
    if post.state == "published" and "published" in names:
        raise Malformed("When a post was published cannot be changed: its address has it.")
    if not (draft or may_publish) and (post.state == "draft" or "published" in names):
        raise Malformed("This token is not good for publishing.")
    return draft


def _with(form: PostForm, properties: Properties, names: Collection[str]) -> PostForm:
    """The form with what the named properties say, but for pictures. Raises Malformed."""
    changes: dict[str, str] = {}
    if "name" in names:
        changes["title"] = first_text(properties, "name")
    if "content" in names:
        changes["body"] = _content(properties)
    if "summary" in names:
        changes["excerpt"] = first_text(properties, "summary")
    if "category" in names:
        # A comma would make two of one.
        tags = (tag.replace(",", " ") for tag in texts(properties, "category"))
        changes["tags"] = ", ".join(tag for tag in tags if tag.strip())
    for name, field in (("slug", "slug"), ("mp-slug", "slug"), ("mp-language", "language")):
        if name in names:
            changes[field] = first_text(properties, name)
    return replace(form, **changes)


def _content(properties: Properties) -> str:
    """Markdown as it is, HTML as HTML that stays so."""
    values = properties.get("content", ())
    if not values:
        return ""
    first = values[0]
    if isinstance(first, str):
        return first
    for name in ("html", "markdown", "value"):
        if isinstance(text := first.get(name), str):
            return html_source(text) if name == "html" else text
    raise Malformed('The content is a text, or an object with "html".')


def _with_links(body: str, properties: Properties) -> str:
    """Sounds and films at the end of the text, each alone in its paragraph: they become players."""
    urls = [*texts(properties, "audio"), *texts(properties, "video")]
    links = [link_source(url) for url in urls if _is_web(url)]
    return "\n\n".join(part for part in (body, *links) if part)


def _photos(blog: Blog, values: Sequence[Value]) -> list[_Photo]:
    """Raises Malformed for a picture that has no address on the web."""
    photos = []
    for value in values:
        url, alt = (value, "") if isinstance(value, str) else (value.get("value"), value.get("alt"))
        if not isinstance(url, str) or not _is_web(url):
            raise Malformed("A photo is an http or https address, or an object with one as value.")
        photos.append(_Photo(url, alt if isinstance(alt, str) else ""))
    return photos


async def _with_photos(blog: Blog, form: PostForm, photos: Sequence[_Photo]) -> PostForm:
    """The first picture that is here stands above the text, if there is one; the others at its end.

    Without any text they are the text.
    """
    body = form.body
    for photo in photos:
        medium = await _own_picture(blog, photo.url)
        if medium is not None and not form.lead and form.body.strip():
            alt = photo.alt.strip()
            form = replace(form, lead=medium.name, lead_alt=alt, decorative=ticked(not alt))
        else:
            # As the editor writes it: the blog may move.
            url = photo.url.removeprefix(blog.addresses.origin) if medium else photo.url
            body = f"{body}\n\n{picture_source(url, photo.alt)}"
    return replace(form, body=body)


async def _own_picture(blog: Blog, url: str) -> media.Medium | None:
    """The author's picture of which this is one file."""
    file = url.removeprefix(blog.addresses.origin + OWN_MEDIA)
    if file == url:
        return None
    found = await media.get_medium_by_name(blog.db, file.partition("-")[0])
    return found if found is not None and found.is_picture else None


def _is_web(url: str) -> bool:
    return url.startswith(("http://", "https://")) and url.isprintable()


def _is_draft(properties: Properties) -> bool:
    _check_visibility(properties)
    status = first_text(properties, "post-status") or "published"
    if status not in {"published", "draft"}:
        raise Malformed("The post-status is published or draft.")
    return status == "draft"


def _check_visibility(properties: Properties) -> None:
    """What is not meant for everybody must not be published by mistake."""
    if first_text(properties, "visibility") not in {"", "public"}:
        raise Malformed("Posts here are public.")


def _due(blog: Blog, properties: Properties) -> datetime | None:
    """When it is to be published, if that is later. Raises Malformed."""
    published = first_text(properties, "published")
    if not published:
        return None
    try:
        moment = datetime.fromisoformat(published)
    except ValueError as error:
        raise Malformed(_NO_TIME) from error
    if not is_in_calendar(moment):
        raise Malformed(_NO_TIME)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment if moment - blog.clock() > _LATEST else None


async def _local(blog: Blog, due: datetime | None) -> str:
    """A time as the form has it: to the minute, and not before it."""
    if due is None:
        return ""
    zone = await site.get_value(blog.db, TIMEZONE) or UTC_ZONE
    return local_text(due + timedelta(seconds=59), zone)


async def _any_post(blog: Blog, url: str) -> Post:
    found = await find_ours(blog, blog.db, url)
    if not isinstance(found, Post):
        raise NotFound("There is no post at this url.")
    return found


def _title_of_no_words(blog: Blog, form: PostForm) -> str:
    """Of a post that is nothing but a picture: what is on it, or when it came."""
    return form.lead_alt[:70] or f"{blog.clock():%Y-%m-%d %H:%M}"
