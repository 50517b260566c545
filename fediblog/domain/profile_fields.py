"""Fields of a profile: a name, and a text or a link."""

from dataclasses import dataclass
from urllib.parse import urlsplit

MOST_FIELDS = 8
LONGEST_NAME = 60
LONGEST_VALUE = 500


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a profile; both are plain text."""

    name: str
    value: str

    @property
    def link(self) -> str:
        """The address if the value is one, else empty."""
        return self.value if _is_address(self.value) else ""


def check_field(field: Field) -> None:
    """Raises ValueError with a sentence if a field lacks something or is too long."""
    if not field.name:
        raise ValueError("This field needs a name.")
    if not field.value:
        raise ValueError("Write what this field says, or clear its name to leave it out.")
    if len(field.name) > LONGEST_NAME:
        raise ValueError(f"The name of a field can have at most {LONGEST_NAME} characters.")
    if len(field.value) > LONGEST_VALUE:
        raise ValueError(f"A field can have at most {LONGEST_VALUE} characters.")


def _is_address(text: str) -> bool:
    """Whether it is one http(s) address and nothing else; one with a user in it is none, as its
    text could name another host than it leads to."""
    if " " in text or not text.isprintable():
        return False
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
