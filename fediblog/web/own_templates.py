"""Templates of the operator's own, which stand in for ours one by one, and what is wrong in them.

They are code of the operator's, who may do with the blog whatever they like: nothing here keeps a
template from doing harm. What is kept is that a mistake in one takes no page down.
"""

import logging
import traceback
from dataclasses import dataclass
from pathlib import Path

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    TemplateSyntaxError,
)

log = logging.getLogger("fediblog.web")

#: Only these can be replaced: whoever breaks a page for readers can still sign in and see why.
_OURS = "site/"
#: How a template names the one that it stands in for, to extend it or to include it.
_BUNDLED = "bundled/"

State = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a template of the operator's, and where. file: site/NAME, or
    bundled/site/NAME if one of ours cannot go on with what theirs has given it."""

    file: str
    line: int
    message: str


class OwnTemplates:
    """The operator's templates, and what went wrong with them in this process."""

    def __init__(self, folder: Path, bundled: Path) -> None:
        self.folder = folder
        self._theirs = folder / _OURS
        self._bundled = bundled
        self._failed: dict[str, Problem] = {}

    def state(self) -> State:
        """What is there, to see whether it has changed: names and times of change (nanoseconds)."""
        # Asked for each answer, and most blogs have none.
        if not self._theirs.is_dir():
            return ()
        found = sorted(self._theirs.glob("*.html"))
        return tuple((f"{_OURS}{path.name}", _changed(path)) for path in found)

    def loader(self) -> BaseLoader:
        """Finds theirs before ours, and ours also by the names that theirs have for them."""
        ours, theirs = FileSystemLoader(self._bundled), FileSystemLoader(self.folder / _OURS)
        return ChoiceLoader([PrefixLoader({"site": theirs, "bundled": ours}), ours])

    def failed(self, page: str, error: Exception) -> None:
        """Note why a page could not be made with them, and log it once."""
        problem = self._problem(error)
        if self._failed.get(page) != problem:
            log.error(
                "The page %s is shown without the templates in %s: %s, line %d: %s",
                page,
                self.folder,
                problem.file,
                problem.line,
                problem.message,
            )
        self._failed[page] = problem

    def forget(self) -> None:
        """They have changed: what went wrong before may be right now."""
        self._failed.clear()

    def worked(self, page: str) -> None:
        """The page could be made."""
        self._failed.pop(page, None)

    def problems(self, environment: Environment) -> list[Problem]:
        """What is wrong now: what cannot be compiled, and what went wrong when it was shown."""
        found = dict.fromkeys(self._failed.values())
        for name, _ in self.state():
            try:
                environment.get_template(name)
            except (TemplateSyntaxError, UnicodeDecodeError, OSError) as error:
                found[self._problem(error, name)] = None
        return list(found)

    def _problem(self, error: Exception, file: str = "") -> Problem:
        if isinstance(error, TemplateSyntaxError):
            return Problem(self._named(error.filename) or file, error.lineno, str(error.message))
        # Jinja gives templates frames and lines of their own.
        frames = traceback.extract_tb(error.__traceback__)
        places = [(self._named(frame.filename), frame.lineno or 0) for frame in reversed(frames)]
        named = [place for place in places if place[0]]
        theirs = [place for place in named if place[0].startswith(_OURS)]
        place = next(iter(theirs + named), (file, 0))
        return Problem(*place, str(error) or type(error).__name__)

    def _named(self, path: str | None) -> str:
        """A template by its name; empty for any other file."""
        for folder, prefix in ((self.folder, ""), (self._bundled, _BUNDLED)):
            if path is not None and Path(path).is_relative_to(folder):
                return prefix + Path(path).relative_to(folder).as_posix()
        return ""


def _changed(path: Path) -> int:
    """When a file was changed; 0 if it has just been taken away."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
