"""The author changes how the blog's pages look."""

from collections.abc import Mapping

from fediblog.blog import Blog
from fediblog.domain.colours import check_colour
from fediblog.domain.custom_css import check_style
from fediblog.domain.plaintext import one_line, without_controls
from fediblog.errors import Invalid
from fediblog.store import site

_LONGEST_FOOTER = 500


async def change_appearance(blog: Blog, form: Mapping[str, str]) -> None:
    """Write what the admin chose; every page shows it at once.

    form: own_accent when ticked, accent (which then counts), custom_css, footer (Markdown). Raises
    Invalid with the field's name, and then nothing is changed.
    """
    values = {
        "accent": _accent(form.get("accent", "")) if form.get("own_accent") else "",
        "custom_css": _style(form.get("custom_css", "")),
        "footer": _footer(form.get("footer", "")),
    }
    async with blog.db.transaction() as tx:
        for name, value in values.items():
            await site.set_value(tx, name, value)


def _accent(text: str) -> str:
    try:
        return check_colour(text)
    except ValueError as error:
        raise Invalid(str(error), field="accent") from error


def _style(text: str) -> str:
    style = without_controls(text.replace("\r\n", "\n")).strip()
    try:
        check_style(style)
    except ValueError as error:
        raise Invalid(str(error), field="custom_css") from error
    return style


def _footer(text: str) -> str:
    line = one_line(text)
    if len(line) > _LONGEST_FOOTER:
        raise Invalid(f"This can have at most {_LONGEST_FOOTER} characters.", field="footer")
    return line
