"""The author can look up every reason that Incoming may give."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_reason_is_explained() -> None:
    page = " ".join((ROOT / "docs" / "reasons.md").read_text("utf-8").split())
    reasons = {reason for path in (ROOT / "fediblog/actions").glob("*.py") for reason in _of(path)}
    assert len(reasons) > 50
    assert sorted(reason for reason in reasons if reason not in page) == []


def _of(path: Path) -> Iterator[str]:
    """The literal reasons in a module; for what varies in them there stands … in the page."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"done", "ignored"}:
            yield from _literal(node.args[0])


def _literal(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from _literal(node.body)
        yield from _literal(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        pieces = (each.value if isinstance(each, ast.Constant) else "…" for each in node.values)
        yield "".join(str(piece) for piece in pieces)
