"""The author writes, edits and deletes pages that belong to no day. Nobody else is told of them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from fediblog.actions.describe_medium import learn_descriptions
from fediblog.actions.note_pictures import note_pictures
from fediblog.actions.text_language import text_language
from fediblog.blog import Blog
from fediblog.domain.markdown import LARGEST_POST, render
from fediblog.domain.own_media import said_of_media
from fediblog.domain.plaintext import one_line
from fediblog.domain.slugs import slug_candidates, slugify_title
from fediblog.errors import Conflict, Invalid, NotFound
from fediblog.store import pages, posts
from fediblog.store.database import Queries, Transaction
from fediblog.store.pages import Page, PageText

_LONGEST_TITLE = 300
_LAST_PLACE = 999


@dataclass(frozen=True, slots=True)
class PageForm:
    """What the author typed. slug: empty to make it from the title; place: its number in the menu,
    0 or empty for none; language: empty for the site's, or what the page has."""

    title: str
    body: str
    slug: str = ""
    place: str = ""
    language: str = ""

    @classmethod
    def from_mapping(cls, form: Mapping[str, str]) -> "PageForm":
        """From the fields of a form; those that are missing are empty."""
        return cls(**{name: form.get(name, "") for name in cls.__dataclass_fields__})


async def create_page(blog: Blog, form: PageForm, *, publish: bool) -> Page:
    """Write a new page. Raises Invalid with the field's name, or Conflict for its slug."""
    said = await asyncio.to_thread(said_of_media, form.body)
    async with blog.db.transaction() as tx:
        await posts.lock_writing(tx)
        text = await _text(blog, tx, form, None, publish)
        await learn_descriptions(tx, said)
        number = await pages.add_page(tx, text, blog.now_ms())
        return await _written(blog, tx, number)


async def edit_page(blog: Blog, number: int, form: PageForm, *, publish: bool) -> Page:
    """Write an edit; publish: whether everybody may see the page from now on.

    Raises NotFound, Invalid or Conflict.
    """
    said = await asyncio.to_thread(said_of_media, form.body)
    async with blog.db.transaction() as tx:
        await posts.lock_writing(tx)
        page = await existing_page(tx, number)
        text = await _text(blog, tx, form, page, publish)
        await learn_descriptions(tx, said)
        await pages.set_page(tx, number, text, blog.now_ms())
        return await _written(blog, tx, number)


async def delete_page(blog: Blog, number: int) -> None:
    """Delete a page. Raises NotFound."""
    async with blog.db.transaction() as tx:
        page = await existing_page(tx, number)
        await note_pictures(blog, tx, replace(page, state="deleted"))
        await pages.remove_page(tx, number)


async def existing_page(db: Queries, number: int) -> Page:
    """The page with this row's number. Raises NotFound."""
    page = await pages.get_page(db, number)
    if page is None:
        raise NotFound("There is no such page.")
    return page


async def existing_page_by_slug(db: Queries, slug: str) -> Page:
    """The page with this slug. Raises NotFound."""
    page = await pages.get_page_by_slug(db, slug)
    if page is None:
        raise NotFound(f"There is no page with the slug {slug!r}.")
    return page


async def _written(blog: Blog, tx: Transaction, number: int) -> Page:
    page = await existing_page(tx, number)
    await note_pictures(blog, tx, page)
    return page


async def _text(
    blog: Blog, db: Queries, form: PageForm, page: Page | None, publish: bool
) -> PageText:
    """What the form says, checked. Raises Invalid with the field's name."""
    title = one_line(form.title)
    if not title:
        raise Invalid("A page needs a title.", field="title")
    if len(title) > _LONGEST_TITLE:
        raise Invalid(f"A title can have at most {_LONGEST_TITLE} characters.", field="title")
    source = form.body.replace("\r\n", "\n").replace("\0", "").strip()
    if not source:
        raise Invalid("A page needs some text.", field="body")
    if len(source) > LARGEST_POST:
        raise Invalid(f"A page can have at most {LARGEST_POST:,} characters.", field="body")
    own = page.language if page else None
    return PageText(
        slug=await _slug(db, form.slug.strip(), title, page),
        state="published" if publish else "draft",
        title=title,
        source=source,
        html=_rendered(source),
        language=await text_language(blog, db, form.language.strip(), own),
        place=_place(form.place.strip()),
    )


def _rendered(source: str) -> str:
    try:
        return render(source)
    except ValueError as error:
        raise Invalid(str(error), field="body") from error


def _place(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 10) or int(text) > _LAST_PLACE:
        raise Invalid(f"A place in the menu is a number from 0 to {_LAST_PLACE}.", field="place")
    return int(text)


async def _slug(db: Queries, wanted: str, title: str, page: Page | None) -> str:
    """The slug that was asked for; else the page's own, or a free one made from the title."""
    if wanted and (page is None or wanted != page.slug):
        slug = slugify_title(wanted)
        other = await pages.get_page_by_slug(db, slug)
        if other and (page is None or other.id != page.id):
            raise Conflict(f"Another page has the slug {slug!r}.")
        return slug
    if page is not None:
        return page.slug
    for slug in slug_candidates(slugify_title(title)):
        if await pages.get_page_by_slug(db, slug) is None:
            return slug
    raise Conflict("No address is free for this title.")
