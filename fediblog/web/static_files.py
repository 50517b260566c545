"""Style sheets, scripts and icons as they are served, at addresses that change with them."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import rcssmin
from starlette.requests import Request
from starlette.responses import Response

from fediblog.web.codings import CODINGS, Coding, choose_coding, pack

#: What the style sheets are joined from, in this order: later rules win over earlier ones of the
#: same weight. Each part is about one thing and lies in the folder of the sheet's name.
PARTS: Mapping[str, tuple[str, ...]] = {
    "site": (
        "colours",
        "base",
        "layout",
        "masthead",
        "faces",
        "lists",
        "prose",
        "post",
        "reactions",
        "quotes",
        "thread",
        "history",
        "attachments",
        "forms",
        "search",
        "ends",
        "scripts",
        "preferences",
        "print",
    ),
    "admin": (
        "frame",
        "lists",
        "forms",
        "editor",
        "home",
        "notices",
        "health",
        "looks",
        "thread",
        "watching",
        "access",
        "moderation",
        "door",
        "media",
        "posts",
    ),
}
#: That of 0.5, which the minifier leaves.
_IDLE_ZERO = re.compile(r"(?<![\w.])0\.(?=\d)")
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent. address: where it is, with a part that follows from body."""

    address: str
    media_type: str
    body: bytes

    def response(self, request: Request, cache: str) -> Response:
        """The file in the coding that the asker likes best. cache: its Cache-Control."""
        accepted = ", ".join(request.headers.getlist("accept-encoding"))
        coding = choose_coding(accepted)
        digest = hashlib.sha256(self.body).hexdigest()[:32]
        headers = {"Cache-Control": cache, "Vary": "Accept-Encoding", "ETag": f'"{digest}"'}
        if coding is None:
            return Response(self.body, headers=headers, media_type=self.media_type)
        headers |= {"Content-Encoding": coding, "ETag": f'"{digest}-{coding}"'}
        return Response(_packed(self.body)[coding], headers=headers, media_type=self.media_type)


class StaticFiles:
    """Everything in a folder of static files, read and packed once."""

    def __init__(self, folder: Path) -> None:
        self._by_name = dict(_load(folder))
        self._by_address = {file.address: file for file in self._by_name.values()}
        for file in self._by_name.values():
            _packed(file.body)

    def address(self, name: str) -> str:
        """Where a file is served. Raises KeyError for a name that is none."""
        return self._by_name[name].address

    def named(self, name: str) -> StaticFile:
        """A file by the name that templates know it by. Raises KeyError."""
        return self._by_name[name]

    def at(self, path: str) -> StaticFile | None:
        """The file at an address, None for any other one."""
        return self._by_address.get(path)

    def names(self) -> list[str]:
        """The names of all files."""
        return list(self._by_name)


def _load(folder: Path) -> Iterator[tuple[str, StaticFile]]:
    for sheet, parts in PARTS.items():
        yield _file(f"{sheet}.css", _style(*(folder / sheet / f"{part}.css" for part in parts)))
    for path in sorted(folder.iterdir()):
        if path.is_file():
            yield _file(path.name, path.read_bytes())
    # What others have made lies in a folder of its own, beside its licences.
    for path in sorted((folder / "vendor").glob("*.js")):
        yield _file(f"vendor-{path.name}", path.read_bytes())


def _style(*parts: Path) -> bytes:
    """Style sheets as one, without what only those need who write them."""
    joined = "\n".join(part.read_text("utf-8") for part in parts)
    return _IDLE_ZERO.sub(".", str(rcssmin.cssmin(joined))).encode()


def _file(name: str, body: bytes) -> tuple[str, StaticFile]:
    stem, dot, suffix = name.rpartition(".")
    digest = hashlib.sha256(body).hexdigest()[:12]
    return name, StaticFile(f"/static/{stem}.{digest}.{suffix}", _TYPES[dot + suffix], body)


@lru_cache(maxsize=64)
def _packed(body: bytes) -> Mapping[Coding, bytes]:
    """A body in every coding, as small as can be: made once and sent for as long as we run."""
    return {coding: pack(body, coding, hard=True) for coding in CODINGS}
