"""Under which licences a post can stand, by their SPDX names (https://spdx.org/licenses/)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence for texts and pictures. name: as people say it; url: its own page."""

    spdx: str
    name: str
    url: str


def _by(path: str) -> str:
    return f"https://creativecommons.org/licenses/{path}/4.0/"


LICENCES: Mapping[str, Licence] = MappingProxyType(
    {
        each.spdx: each
        for each in (
            Licence("CC-BY-4.0", "CC BY 4.0", _by("by")),
            Licence("CC-BY-SA-4.0", "CC BY-SA 4.0", _by("by-sa")),
            Licence("CC-BY-ND-4.0", "CC BY-ND 4.0", _by("by-nd")),
            Licence("CC-BY-NC-4.0", "CC BY-NC 4.0", _by("by-nc")),
            Licence("CC-BY-NC-SA-4.0", "CC BY-NC-SA 4.0", _by("by-nc-sa")),
            Licence("CC-BY-NC-ND-4.0", "CC BY-NC-ND 4.0", _by("by-nc-nd")),
            Licence("CC0-1.0", "CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        )
    }
)
