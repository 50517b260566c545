"""Templates to responses."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from fediblog.web.static_files import StaticFiles

_BUNDLED = Path(__file__).resolve().parents[1] / "_templates"
_CHECKOUT = Path(__file__).resolve().parents[2] / "templates"


class Templates:
    """The templates, compiled once, and the static files that they name."""

    def __init__(self) -> None:
        self.folder = _CHECKOUT if _CHECKOUT.is_dir() else _BUNDLED
        self.static = StaticFiles(self.folder / "static")
        self._environment = _environment(self.folder)
        self._environment.globals["static"] = self.static.address

    def page(
        self, name: str, context: Mapping[str, Any], *, status: int = 200, cache: str = "no-cache"
    ) -> Response:
        """An HTML page. cache: its Cache-Control."""
        body = self._environment.get_template(name).render(context).encode()
        return Response(body, status, {"Cache-Control": cache}, media_type="text/html")


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


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _moment(moment: datetime) -> str:
    return f"{_day(moment)}, {moment:%H:%M} UTC"
