"""Templates to responses.

There is one environment for each language of the interface, so that macros, which see nothing of
the page that uses them, speak its language too.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from fediblog.domain.languages import ENGLISH
from fediblog.web.languages import Language, load_language
from fediblog.web.static_files import StaticFiles

_BUNDLED = Path(__file__).resolve().parents[1] / "_templates"
_CHECKOUT = Path(__file__).resolve().parents[2] / "templates"


class Templates:
    """The templates, compiled once, and the static files that they name."""

    def __init__(self) -> None:
        self.folder = _CHECKOUT if _CHECKOUT.is_dir() else _BUNDLED
        self.static = StaticFiles(self.folder / "static")
        self._environments: dict[str, Environment] = {}

    def page(
        self,
        name: str,
        context: Mapping[str, Any],
        *,
        language: str = ENGLISH,
        status: int = 200,
        cache: str = "no-cache",
    ) -> Response:
        """An HTML page. language: of the interface, one of LANGUAGES; cache: its Cache-Control."""
        body = self._environment(language).get_template(name).render(context).encode()
        return Response(body, status, {"Cache-Control": cache}, media_type="text/html")

    def _environment(self, language: str) -> Environment:
        if language not in self._environments:
            environment = _environment(self.folder, load_language(language))
            environment.globals["static"] = self.static.address
            self._environments[language] = environment
        return self._environments[language]


def _environment(folder: Path, language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(language.words, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["interface"] = language
    environment.filters.update(
        iso=_iso,
        day=language.day,
        moment=language.moment,
        month=language.month,
        number=language.number,
        in_words=language.in_words,
    )
    return environment


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
