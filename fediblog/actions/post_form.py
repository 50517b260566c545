"""What the author typed for a post, checked field by field."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from fediblog.actions.mention import Mentions
from fediblog.actions.moderation import checked_days, checked_policy
from fediblog.actions.problems import Problems
from fediblog.actions.text_language import text_language
from fediblog.blog import Blog
from fediblog.domain.licences import LICENCES
from fediblog.domain.local_time import TIMEZONE, UTC, local_text, read_local
from fediblog.domain.markdown import LARGEST_POST, post_hashtags, render
from fediblog.domain.plaintext import one_line
from fediblog.domain.reading_time import count_words
from fediblog.domain.slugs import slug_candidates, slugify_title
from fediblog.domain.tags import LONGEST_TAG, MOST_TAGS, parse_tags, tag_slug
from fediblog.errors import Invalid
from fediblog.store import media, posts, site
from fediblog.store.database import Queries
from fediblog.store.media import Medium
from fediblog.store.moments import from_ms, to_ms
from fediblog.store.posts import Post, PostText, Tag

_LONGEST_TITLE = 300
_LONGEST_EXCERPT = 500
_LONGEST_LINE = 1000
_LONGEST_ALT = 1500
_LONGEST_WARNING = 300


@dataclass(frozen=True, slots=True)
class PostForm:
    """What the author typed. A box that is not ticked is empty.

    tags: separated by commas; slug: empty to make it from the title; language: empty for the
    site's, or what the post has. lead: name of its lead picture; decorative: it needs no lead_alt.
    source_line and lead_caption: a line of Markdown; licence: an SPDX name. forget: nothing is kept
    of what the post said before. comment_policy: who may reply, and close_after: for how many days;
    empty for what the blog says. warning: plain text. publish_at: date and time in the site's time
    zone, as 2026-12-24T18:00. quiet: nobody is told of the edit.
    """

    title: str
    body: str
    tags: str = ""
    excerpt: str = ""
    slug: str = ""
    gallery: str = ""
    category: str = ""
    language: str = ""
    source_line: str = ""
    licence: str = ""
    lead: str = ""
    lead_alt: str = ""
    lead_caption: str = ""
    decorative: str = ""
    contents: str = ""
    forget: str = ""
    comment_policy: str = ""
    close_after: str = ""
    warning: str = ""
    publish_at: str = ""
    quiet: str = ""

    @classmethod
    def from_mapping(cls, form: Mapping[str, str]) -> "PostForm":
        """From the fields of a form; those that are missing are empty."""
        return cls(**{name: form.get(name, "") for name in cls.__dataclass_fields__})

    @property
    def source(self) -> str:
        """The Markdown, tidied."""
        return self.body.replace("\r\n", "\n").replace("\0", "").strip()


async def form_of(db: Queries, post: Post) -> PostForm:
    """A post as it stands in its form."""
    lead = await media.get_medium(db, post.lead_id)
    in_text = {tag_slug(word) for word in post_hashtags(post.source)}
    return PostForm(
        title=post.title,
        body=post.source,
        tags=", ".join(tag.name for tag in post.tags if tag.slug not in in_text),
        excerpt=post.excerpt,
        slug=post.slug,
        gallery=ticked(post.gallery),
        category=post.category,
        language=post.language,
        source_line=post.source_line,
        licence=post.licence,
        lead=lead.name if lead else "",
        lead_alt=post.lead_alt,
        lead_caption=post.lead_caption,
        decorative=ticked(lead is not None and not post.lead_alt),
        contents=ticked(post.contents),
        comment_policy=post.comment_policy,
        close_after="" if post.close_after is None else str(post.close_after),
        warning=post.warning,
        publish_at=await _local(db, post.publish_at),
    )


async def _local(db: Queries, moment: int | None) -> str:
    if moment is None:
        return ""
    return local_text(from_ms(moment), await site.get_value(db, TIMEZONE) or UTC)


def fingerprint(form: PostForm) -> str:
    """Tells one state of a post's form from all others."""
    values = {name: value for name, value in asdict(form).items() if name != "forget"}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:32]


def ticked(box: bool) -> str:
    """What a form has of a box that can be ticked."""
    return "on" if box else ""


async def checked_text(
    blog: Blog,
    db: Queries,
    form: PostForm,
    post: Post | None,
    mentions: Mentions,
    problems: Problems | None = None,
) -> PostText:
    """What the form says, checked. problems: what does not fit already. Raises Invalid, which names
    every field that does not fit."""
    problems = problems or Problems()
    text = await tried_text(blog, db, form, post, mentions, problems)
    problems.raise_all()
    return text


async def tried_text(
    blog: Blog,
    db: Queries,
    form: PostForm,
    post: Post | None,
    mentions: Mentions,
    problems: Problems,
) -> PostText:
    """What the form says, as far as it fits; the rest is told to problems, and left out."""
    title = problems.value(lambda: _title(form), "")
    html = await problems.awaited(_html(blog, form, mentions), "")
    excerpt = problems.value(
        lambda: _line(form.excerpt, "excerpt", "An excerpt", _LONGEST_EXCERPT), ""
    )
    category = problems.value(lambda: _category(form.category), "")
    own = post.language if post else None
    language = await problems.awaited(
        text_language(blog, db, form.language.strip(), own), own or ""
    )
    text = PostText(
        slug=await problems.awaited(_slug(db, form.slug.strip(), title, post), ""),
        title=title,
        source=form.source,
        html=html,
        excerpt=excerpt,
        language=language,
        tags=problems.value(lambda: _tags(form.tags, form.source), ()),
        mentions=mentions.to_json(),
        gallery=bool(form.gallery),
        category=category,
        category_slug=tag_slug(category) if category else "",
        source_line=problems.value(
            lambda: _line(form.source_line, "source_line", "This line", _LONGEST_LINE), ""
        ),
        licence=problems.value(lambda: _licence(form.licence), ""),
        contents=bool(form.contents),
        words=count_words(html),
        comment_policy=problems.value(lambda: checked_policy(form.comment_policy), ""),
        close_after=problems.value(lambda: checked_days(form.close_after), None),
        warning=problems.value(
            lambda: _line(form.warning, "warning", "A content warning", _LONGEST_WARNING), ""
        ),
    )
    return await _with_lead(db, text, form, problems)


def _title(form: PostForm) -> str:
    title = _line(form.title, "title", "A title", _LONGEST_TITLE)
    if not title:
        raise Invalid("A post needs a title.", field="title")
    return title


async def _html(blog: Blog, form: PostForm, mentions: Mentions) -> str:
    if not form.source:
        raise Invalid("A post needs some text.", field="body")
    if len(form.source) > LARGEST_POST:
        raise Invalid(f"A post can have at most {LARGEST_POST:,} characters.", field="body")
    # A long text takes long enough for others to notice.
    return await asyncio.to_thread(rendered, blog, form.source, mentions)


def _line(text: str, field: str, what: str, most: int) -> str:
    line = one_line(text)
    if len(line) > most:
        raise Invalid(f"{what} can have at most {most:,} characters.", field=field)
    return line


async def checked_time(blog: Blog, db: Queries, form: PostForm) -> int:
    """When the form says that the post is to be published (ms). Raises Invalid at publish_at."""
    zone = await site.get_value(db, TIMEZONE) or UTC
    try:
        moment = to_ms(read_local(form.publish_at, zone))
    except ValueError as error:
        raise Invalid(str(error), field="publish_at") from error
    if moment <= blog.now_ms():
        now = local_text(blog.clock(), zone).replace("T", " ")
        raise Invalid(
            f"This time has passed: in {zone} it is {now} now. Choose a later one, or publish the "
            "post at once.",
            field="publish_at",
        )
    return moment


def rendered(blog: Blog, source: str, mentions: Mentions) -> str:
    """The HTML of a post's Markdown, with whom and what it names linked. Raises Invalid."""
    try:
        return render(
            source,
            mentions=mentions.pages,
            tag_page=lambda word: blog.addresses.tag(tag_slug(word)),
            local=blog.settings.development,
        )
    except ValueError as error:
        raise Invalid(str(error), field="body") from error


def _tags(text: str, source: str) -> tuple[Tag, ...]:
    """Those of the field, then the hashtags of the text."""
    try:
        names = parse_tags(text)
    except ValueError as error:
        raise Invalid(str(error), field="tags") from error
    in_text = {tag_slug(word): word for word in post_hashtags(source)}
    typed = {tag_slug(name): name for name in names if tag_slug(name) not in in_text}
    tags = {slug: Tag(slug, name) for slug, name in (typed | in_text).items()}
    if len(tags) > MOST_TAGS:
        raise Invalid(
            f"A post can have at most {MOST_TAGS} tags; with the hashtags in its text, these are "
            f"{len(tags)}.",
            field="tags",
        )
    return tuple(tags.values())


def _category(text: str) -> str:
    category = _line(text, "category", "A category", LONGEST_TAG)
    if category and not any(character.isalnum() for character in category):
        raise Invalid("A category needs a letter or a digit.", field="category")
    return category


def _licence(spdx: str) -> str:
    if spdx and spdx not in LICENCES:
        raise Invalid(f"Choose one of these licences: {', '.join(LICENCES)}.", field="licence")
    return spdx


async def _with_lead(db: Queries, text: PostText, form: PostForm, problems: Problems) -> PostText:
    """With the lead picture, which says what is on it unless the author says that it need not."""
    if not form.lead:
        return text
    lead = await media.get_medium_by_name(db, form.lead)
    if lead is None:
        gone = "This picture is no longer here. Please choose it once more."
        problems.found.append(Invalid(gone, field="lead"))
        return text
    return replace(
        text,
        lead_id=lead.id,
        lead_alt=problems.value(lambda: _lead_alt(form, lead), ""),
        lead_caption=problems.value(
            lambda: _line(form.lead_caption, "lead_caption", "A caption", _LONGEST_LINE), ""
        ),
    )


def _lead_alt(form: PostForm, lead: Medium) -> str:
    """What was typed, else what is known of the picture."""
    alt = _line(form.lead_alt, "lead_alt", "A description", _LONGEST_ALT) or lead.alt
    if not alt and not form.decorative:
        raise Invalid(
            "Say what is on the picture, for those who cannot see it; or tick that it only "
            "decorates.",
            field="lead_alt",
        )
    return "" if form.decorative else alt


async def _slug(db: Queries, wanted: str, title: str, post: Post | None) -> str:
    """The slug that was asked for; else the post's own, or a free one made from the title."""
    if wanted and (post is None or wanted != post.slug):
        slug = slugify_title(wanted)
        if await posts.is_slug_taken(db, slug, except_post=post.id if post else None):
            raise Invalid(f"Another post has the slug {slug!r}.", field="slug")
        return slug
    if post is not None:
        return post.slug
    for slug in slug_candidates(slugify_title(title)):
        if not await posts.is_slug_taken(db, slug, except_post=None):
            return slug
    raise Invalid("No address is free for this title.", field="slug")
