"""Templates to responses, and the style sheets and scripts at addresses that change with them."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

_BUNDLED = Path(__file__).resolve().parents[1] / "_templates"
_CHECKOUT = Path(__file__).resolve().parents[2] / "templates"


class Templates:
    """The templates, compiled once; site is what every page is told of the blog."""

    def __init__(self) -> None:
        self.folder = _CHECKOUT if _CHECKOUT.is_dir() else _BUNDLED
        self._static = {
            f"{path.stem}.{_digest(path)}{path.suffix}": path
            for path in sorted((self.folder / "static").iterdir())
            if path.is_file()
        }
        self._addresses = {path.name: f"/static/{name}" for name, path in self._static.items()}
        self._environment = _environment(self.folder)
        self._environment.globals["static"] = self._addresses.__getitem__

    def page(
        self, name: str, context: Mapping[str, Any], *, status: int = 200, cache: str = "no-cache"
    ) -> Response:
        """An HTML page. cache: its Cache-Control."""
        body = self._environment.get_template(name).render(context).encode()
        headers = {"Cache-Control": cache, "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"'}
        return Response(body, status, headers, media_type="text/html")

    def static_file(self, name: str) -> Path | None:
        """The file at an address under /static/, None for any other name."""
        return self._static.get(name)


def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(iso=_iso, day=_day, moment=_moment)
    return environment


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _moment(moment: datetime) -> str:
    return f"{_day(moment)}, {moment:%H:%M} UTC"
