"""The windows of readers: a phone and a desk, light and dark, with scripts and without."""

from dataclasses import dataclass
from itertools import product

from tests.browser.window import Scheme

_WIDTHS = {360: "phone", 1280: "desk"}
_SCHEMES: tuple[Scheme, Scheme] = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of window."""

    width: int
    scheme: Scheme
    scripts: bool

    @property
    def name(self) -> str:
        """One word for it."""
        return str(self).replace("-", "_")

    def __str__(self) -> str:
        return f"{_WIDTHS[self.width]}-{self.scheme}-{'scripts' if self.scripts else 'plain'}"


EVERY = tuple(Kind(*each) for each in product(_WIDTHS, _SCHEMES, (True, False)))
