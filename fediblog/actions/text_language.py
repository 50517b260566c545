"""The language of what the author writes."""

from fediblog.actions.site import get_site
from fediblog.blog import Blog
from fediblog.domain.language_tags import is_language_tag
from fediblog.errors import Invalid
from fediblog.store.database import Queries


async def text_language(blog: Blog, db: Queries, typed: str, own: str | None) -> str:
    """The language that was typed; else the text's own, and of a new one (None) the blog's.

    Raises Invalid with the field's name, language.
    """
    if not typed:
        return own or (await get_site(blog, db)).language
    if not is_language_tag(typed):
        raise Invalid("Write a language tag such as en, de or pt-BR.", field="language")
    return typed
