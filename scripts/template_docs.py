"""Writes the second half of docs/templates.md: the comment at the head of each template. Started by
scripts/template-docs."""

import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "templates.md"
_BEGIN = "<!-- What follows is written by scripts/template-docs. -->\n"


def described() -> str:
    """The document with what the templates say of themselves now."""
    written, begin, _ = DOCUMENT.read_text("utf-8").partition(_BEGIN)
    sections = [_section(path) for path in sorted((ROOT / "templates" / "site").glob("*.html"))]
    return written + begin + "".join(sections)


def _section(path: Path) -> str:
    head = re.match(r"\{#-?(.*?)-?#\}", path.read_text("utf-8"), re.DOTALL)
    lines = textwrap.dedent("  " + head[1].strip() if head else "").strip()
    return f"\n### `site/{path.name}`\n\n```text\n{lines}\n```\n"


if __name__ == "__main__":
    DOCUMENT.write_text(described(), "utf-8")
