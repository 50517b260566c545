"""Libraries that are large and rarely needed, imported when they are first used.

A server that draws no picture and sees no passkey is smaller without them, and starts sooner. The
file that uses one says so in one way, in which its types are known all the same:

    if TYPE_CHECKING:
        import segno
    else:
        segno = Lazily("segno")
"""

from importlib import import_module
from typing import Any


class Lazily:
    """Stands for a module. Any thread may be the first to ask it for something."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)
