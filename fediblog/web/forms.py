"""Reading forms: once for each request, and never more than a form can be."""

import functools
from collections.abc import Awaitable, Callable, Mapping

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from fediblog.errors import TooLarge

_MOST_BYTES = 6_000_000
#: A picture may have ten, and a long post stands beside it.
_MOST_BYTES_WITH_A_FILE = 12_000_000
#: The form of a post, with a choice for each difference from what is saved.
_MOST_FIELDS = 100


Handler = Callable[[Request], Awaitable[Response]]


def takes_a_file(handler: Handler) -> Handler:
    """Let a form have one file; it stands above whatever reads the form first."""

    return takes_files(1)(handler)


def takes_files(most: int) -> Callable[[Handler], Handler]:
    """The same, for so many files; together they are not larger than one may be."""

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def with_files(request: Request) -> Response:
            request.state.most_files = most
            try:
                return await handler(request)
            finally:
                await request.close()

        return with_files

    return decorate


async def read_form(request: Request) -> FormData:
    """The form of a POST; read again it is the same. Raises TooLarge, and what `takes_uploads` does
    where it stands above."""
    if read_other := getattr(request.state, "form_reader", None):
        form: FormData = await read_other(request)
        return form
    files = getattr(request.state, "most_files", 0)
    most = _MOST_BYTES_WITH_A_FILE if files else _MOST_BYTES
    if int(request.headers.get("content-length") or 0) > most:
        raise TooLarge(
            "This is more than %(most)s MB, and more than a form takes.",
            values={"most": str(most // 1_000_000)},
        )
    return await request.form(max_files=files, max_fields=_MOST_FIELDS, max_part_size=most)


async def uploaded_file(request: Request, name: str) -> bytes:
    """What a file in a form contains; nothing if none was chosen."""
    file = (await read_form(request)).get(name)
    return await file.read() if isinstance(file, UploadFile) else b""


async def fields(request: Request) -> Mapping[str, str]:
    """The text fields of a form."""
    form = await read_form(request)
    return {name: value for name, value in form.items() if isinstance(value, str)}
