"""The author changes what the blog says of itself."""

import json
from collections.abc import Mapping

from fediblog.actions.profile import tell_profile
from fediblog.actions.resolve_alias import resolve_aliases
from fediblog.actions.site import QUOTE_POLICIES, describe, get_site, store_own_actor
from fediblog.blog import Blog
from fediblog.domain.language_tags import is_language_tag
from fediblog.domain.languages import LANGUAGES
from fediblog.domain.local_time import TIMEZONE, is_time_zone
from fediblog.domain.plaintext import one_line, without_controls
from fediblog.domain.profile_fields import MOST_FIELDS, Field, check_field
from fediblog.errors import Invalid
from fediblog.store import site

_LONGEST_LINE = 120


async def change_site(blog: Blog, form: Mapping[str, str]) -> None:
    """Write what the admin typed, and tell others if it changes the profile (E7).

    form: title, author_name, description, language, interface_language (one of LANGUAGES, or
    nothing for the reader's own), timezone (absent to leave it as it is), may_quote (everyone,
    followers or nobody) and, when ticked, excerpt_as_summary; field_name_1 and field_value_1 and so
    on; aliases, one in a line. Other accounts are asked for by network before anything is written.
    Raises Invalid with the field's name.
    """
    values = _validated(form)
    known = (await get_site(blog)).aliases
    aliases = await resolve_aliases(blog, form.get("aliases", ""), known)
    values["aliases"] = json.dumps([[alias.typed, alias.uri] for alias in aliases])
    async with blog.db.transaction() as tx:
        for name, value in values.items():
            await site.set_value(tx, name, value)
        await store_own_actor(blog, tx, values["author_name"])
        await tell_profile(blog, tx)


def _validated(form: Mapping[str, str]) -> dict[str, str]:
    title = one_line(form.get("title", ""))
    name = one_line(form.get("author_name", ""))
    language = form.get("language", "").strip()
    interface_language = form.get("interface_language", "")
    description = without_controls(form.get("description", "")).strip()
    may_quote = form.get("may_quote", "everyone")
    if not title:
        raise Invalid("The blog needs a title.", field="title")
    if not name:
        raise Invalid("The author needs a name.", field="author_name")
    for field, line in (("title", title), ("author_name", name)):
        if len(line) > _LONGEST_LINE:
            raise Invalid(f"This can have at most {_LONGEST_LINE} characters.", field=field)
    if not is_language_tag(language):
        raise Invalid("Write a language tag such as en, de or pt-BR.", field="language")
    if interface_language and interface_language not in LANGUAGES:
        raise Invalid("Choose one of these languages.", field="interface_language")
    timezone = form.get("timezone", "").strip()
    if timezone and not is_time_zone(timezone):
        raise Invalid("Choose a time zone of the list, such as Europe/Berlin.", field="timezone")
    if may_quote not in QUOTE_POLICIES:
        raise Invalid("Choose who may quote you.", field="may_quote")
    if len(description) > 5000:
        raise Invalid("The description can have at most 5,000 characters.", field="description")
    try:
        describe(description)
    except ValueError as error:
        raise Invalid(str(error), field="description") from error
    return {
        "title": title,
        "author_name": name,
        "language": language,
        "interface_language": interface_language,
        "description": description,
        "may_quote": may_quote,
        **({TIMEZONE: timezone} if timezone else {}),
        "excerpt_as_summary": "1" if form.get("excerpt_as_summary") else "0",
        "fields": json.dumps([[field.name, field.value] for field in _fields(form)]),
    }


def _fields(form: Mapping[str, str]) -> list[Field]:
    """The profile fields that have a name or a value, in their order."""
    fields = []
    for place in range(1, MOST_FIELDS + 1):
        name_field, value_field = f"field_name_{place}", f"field_value_{place}"
        field = Field(one_line(form.get(name_field, "")), one_line(form.get(value_field, "")))
        if not field.name and not field.value:
            continue
        try:
            check_field(field)
        except ValueError as error:
            wrong = name_field if field.value and not field.name else value_field
            raise Invalid(str(error), field=wrong) from error
        fields.append(field)
    return fields
