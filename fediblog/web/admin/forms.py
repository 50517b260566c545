"""Reading forms: once for each request, and never more than a form can be."""

from collections.abc import Mapping

from starlette.datastructures import FormData
from starlette.requests import Request

from fediblog.errors import TooLarge

_MOST_BYTES = 6_000_000
_MOST_FIELDS = 50


async def read_form(request: Request) -> FormData:
    """The form of a POST; read again it is the same. Raises TooLarge."""
    if int(request.headers.get("content-length") or 0) > _MOST_BYTES:
        raise TooLarge
    return await request.form(max_files=0, max_fields=_MOST_FIELDS, max_part_size=_MOST_BYTES)


async def fields(request: Request) -> Mapping[str, str]:
    """The text fields of a form."""
    form = await read_form(request)
    return {name: value for name, value in form.items() if isinstance(value, str)}
