"""Forms with files of any size: what comes is written to the disk piece by piece, where it stays.

Starlette would put it into the system's folder for temporary files, which is often in memory, and
has no limit for each file.
"""

import asyncio
import functools
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from fediblog.actions.keep_medium import folder_of, unfinished_name
from fediblog.actions.picture_files import room_on_disk
from fediblog.errors import Malformed, TooLarge, Unavailable
from fediblog.web.context import blog_of
from fediblog.web.forms import Handler, read_form

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MOST_FILES = 20
_MOST_FIELDS = 50
_MOST_TEXT = 100_000
#: Read from a piece of the body at once.
_CHUNK = 1 << 20
#: What the database and everything else still needs of the disk, in bytes.
_LEFT_FREE = 50_000_000


@dataclass(slots=True)
class Upload:
    """A file that has come. name: as the browser calls it. path: where it is. size: in bytes, also
    of one that is too large, of which nothing is kept."""

    name: str
    path: Path
    size: int = 0
    too_large: bool = False


def takes_uploads(handler: Handler) -> Handler:
    """Let a form have files, of which `uploads_of` tells; it stands above whatever reads the form
    first. What the handler leaves of them is removed."""

    @functools.wraps(handler)
    async def with_uploads(request: Request) -> Response:
        blog = blog_of(request)
        reader = _Reader(folder_of(blog.settings), blog.settings.largest_upload)
        request.state.form_reader = reader
        try:
            return await handler(request)
        finally:
            for upload in reader.uploads:
                await asyncio.to_thread(upload.path.unlink, missing_ok=True)

    return with_uploads


async def uploads_of(request: Request) -> list[Upload]:
    """The files of a form, without those that were not chosen. Raises as `read_form` does."""
    await read_form(request)
    reader: _Reader = request.state.form_reader
    return [each for each in reader.uploads if each.size or each.name]


@dataclass(slots=True)
class _Part:
    """A field of a form while it comes; upload: None for a text."""

    headers: dict[bytes, bytes] = field(default_factory=dict)
    name: str = ""
    text: bytearray = field(default_factory=bytearray)
    upload: Upload | None = None


class _Reader:
    """Reads one form of the type multipart/form-data (RFC 7578)."""

    def __init__(self, folder: Path, largest: int) -> None:
        self.uploads: list[Upload] = []
        self._folder, self._largest = folder, largest
        self._form: FormData | None = None
        self._fields: list[tuple[str, str | UploadFile]] = []
        self._part = _Part()
        self._header, self._value = bytearray(), bytearray()
        self._text_left = _MOST_TEXT
        self._ended = False
        self._waiting: list[tuple[Upload, bytes]] = []

    async def __call__(self, request: Request) -> FormData:
        """The texts of the form; asked again it is the same. Raises TooLarge, Malformed, or
        Unavailable when the disk is full."""
        if self._form is None:
            self._form = await self._read(request)
        return self._form

    async def _read(self, request: Request) -> FormData:
        kind, options = parse_options_header(request.headers.get("content-type"))
        if kind != b"multipart/form-data":
            # A form without files.
            return await request.form(max_fields=_MOST_FIELDS, max_part_size=_MOST_TEXT)
        await self._look_for_room(int(request.headers.get("content-length") or 0))
        try:
            parser = MultipartParser(options.get(b"boundary", b""), self._callbacks())
            with room_on_disk():
                async for piece in request.stream():
                    for start in range(0, len(piece), _CHUNK):
                        parser.write(piece[start : start + _CHUNK])
                        await asyncio.to_thread(self._write_waiting)
            if not self._ended:
                raise FormParserError("the last boundary is missing")
        except (FormParserError, ClientDisconnect) as error:
            raise Malformed(detail=f"not all of the form has come: {error}") from error
        return FormData(self._fields)

    async def _look_for_room(self, announced: int) -> None:
        """Before anything is written: a form may have as much as all of its files together."""
        if announced > MOST_FILES * self._largest:
            raise TooLarge
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        free = (await asyncio.to_thread(shutil.disk_usage, self._folder)).free
        if announced + _LEFT_FREE > free:
            left = free // 1_000_000
            raise Unavailable(f"The blog’s disk has {left} MB left, which is no room for this.")

    def _callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self._part = _Part()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._part.headers[bytes(self._header).lower()] = bytes(self._value)
        self._header, self._value = bytearray(), bytearray()

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._part.headers.get(b"content-disposition"))
        self._part.name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in options:
            if len(self.uploads) == MOST_FILES:
                raise TooLarge(
                    f"These are more than {MOST_FILES} files; please send fewer at once."
                )
            name = options[b"filename"].decode("utf-8", "replace")
            self._part.upload = Upload(name, self._folder / unfinished_name())
            self.uploads.append(self._part.upload)

    def _data(self, data: bytes, start: int, end: int) -> None:
        upload = self._part.upload
        if upload is None:
            self._text_left -= end - start
            if self._text_left < 0:
                raise TooLarge
            self._part.text += data[start:end]
            return
        upload.size += end - start
        if upload.size <= self._largest:
            self._waiting.append((upload, data[start:end]))
        else:
            # Read on to the end: a browser shows no answer to a form that it has not yet sent.
            upload.too_large = True

    def _part_end(self) -> None:
        if self._part.upload is None:
            if len(self._fields) == _MOST_FIELDS:
                raise TooLarge
            self._fields.append((self._part.name, self._part.text.decode("utf-8", "replace")))

    def _end(self) -> None:
        self._ended = True

    def _write_waiting(self) -> None:
        """In a thread, while nothing is parsed."""
        for upload, data in self._waiting:
            with upload.path.open("ab") as file:
                file.write(data)
        for upload in self.uploads:
            if upload.too_large:
                upload.path.unlink(missing_ok=True)
        self._waiting.clear()
