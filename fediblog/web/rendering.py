"""Templates to responses.

A template is compiled once in a process. There is one environment for each language of the
interface and each time zone, of which a blog has one, so that macros, which see nothing of the page
that uses them, speak its language too.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from fediblog.domain.languages import ENGLISH
from fediblog.domain.local_time import UTC as UNIVERSAL
from fediblog.web.fragments import Fragments
from fediblog.web.languages import load_language
from fediblog.web.own_templates import OwnTemplates, Problem, State
from fediblog.web.static_files import StaticFiles

_BUNDLED = Path(__file__).resolve().parents[1] / "_templates"
_CHECKOUT = Path(__file__).resolve().parents[2] / "templates"

#: A language of the interface, and a time zone.
_Manner = tuple[str, str]


class Templates:
    """The templates, compiled once, and the static files that they name.

    own: the folder with templates of the operator's, which need not be there.
    """

    def __init__(self, own: Path) -> None:
        self.folder = _CHECKOUT if _CHECKOUT.is_dir() else _BUNDLED
        self.static = _static_files(self.folder)
        self.fragments = _fragments()
        self.own = OwnTemplates(own, self.folder)
        self._own_state: State = ()
        self._own_environments: dict[_Manner, Environment] = {}

    def page(
        self,
        name: str,
        context: Mapping[str, Any],
        *,
        language: str = ENGLISH,
        zone: str = UNIVERSAL,
        status: int = 200,
        cache: str = "no-cache",
    ) -> Response:
        """An HTML page. language: of the interface, one of LANGUAGES; zone: in whose time it tells
        when something was; cache: its Cache-Control."""
        body = self.fragment(name, context, language=language, zone=zone)
        return Response(body.encode(), status, {"Cache-Control": cache}, media_type="text/html")

    def fragment(
        self, name: str, context: Mapping[str, Any], *, language: str, zone: str = UNIVERSAL
    ) -> str:
        """HTML that may go into something else, such as a feed."""
        manner = (language, zone)
        body = self._own_page(name, context, manner)
        if body is None:
            body = _bundled_environment(self.folder, manner).get_template(name).render(context)
        return body

    def macro(
        self, template: str, name: str, manner: tuple[str, str]
    ) -> Callable[[Mapping[str, Any]], str]:
        """A macro of one of our own templates. manner: a language and a time zone."""
        module = _bundled_environment(self.folder, manner).get_template(template).module
        made: Callable[[Mapping[str, Any]], str] = getattr(module, name)
        return made

    def problems(self) -> list[Problem]:
        """What is wrong in the operator's templates."""
        return self.own.problems(self._own_environment((ENGLISH, UNIVERSAL), self.own.state()))

    def _own_page(self, name: str, context: Mapping[str, Any], manner: _Manner) -> str | None:
        """The page as the operator's templates make it; None if there are none, or if they fail."""
        if not name.startswith("site/") or not (state := self.own.state()):
            return None
        try:
            body = self._own_environment(manner, state).get_template(name).render(context)
        # A template may raise whatever it stumbles over.
        except Exception as error:
            self.own.failed(name, error)
            return None
        self.own.worked(name)
        return body

    def _own_environment(self, manner: _Manner, state: State) -> Environment:
        """With the operator's templates as they are now. What has changed makes all of them anew:
        macros that a template has imported stay with it."""
        if state != self._own_state:
            self._own_state = state
            self._own_environments.clear()
            self.own.forget()
        if manner not in self._own_environments:
            self._own_environments[manner] = _environment(self.folder, manner, self.own.loader())
        return self._own_environments[manner]


@cache
def _static_files(folder: Path) -> StaticFiles:
    return StaticFiles(folder / "static")


@cache
def _fragments() -> Fragments:
    return Fragments()


@cache
def _bundled_environment(folder: Path, manner: _Manner) -> Environment:
    return _environment(folder, manner, FileSystemLoader(folder))


def _environment(folder: Path, manner: _Manner, loader: BaseLoader) -> Environment:
    language = load_language(*manner)
    environment = Environment(
        loader=loader,
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
    environment.globals["each"] = _fragments().each
    environment.globals["static"] = _static_files(folder).address
    environment.filters.update(
        iso=_iso,
        day=language.day,
        moment=language.moment,
        brief=language.brief,
        month=language.month,
        month_name=language.month_name,
        number=language.number,
        in_words=language.in_words,
    )
    return environment


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
