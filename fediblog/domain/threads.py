"""The replies to a post, arranged as a tree that a template can print in one flat loop.

A template needs no recursion (a chain of some hundred replies would end a recursive one):

    <ol>
    {% for item in placed %}
    <li id="reply-{{ item.id }}">
      {% if item.visible %}…{% else %}This reply is gone.{% endif %}
      {% if item.opens %}<ol>{% else %}</li>{{ "</ol></li>" * item.closes }}{% endif %}
    {% endfor %}
    </ol>

An item that `opens` a list is closed by the last item beneath it, which counts it in `closes`.
"""

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple


class Node(NamedTuple):
    """A reply as stored; `position` sorts it among its siblings: (published in ms, id)."""

    id: int
    parent_id: int | None
    position: tuple[int, int]
    visible: bool


class Placed(NamedTuple):
    """A reply in its place.

    `depth` counts from 0. One that is not `visible` only holds the place of its parent, because
    something visible hangs beneath it. `opens` says that a list follows inside this item, `closes`
    how many lists around it end after it; at most one of the two holds.
    """

    id: int
    depth: int
    visible: bool
    opens: bool
    closes: int


def arrange(nodes: Iterable[Node], *, deepest: int | None = None) -> list[Placed]:
    """The nodes as a tree, each after its parent, siblings with the oldest first.

    Invisible nodes with nothing visible beneath them are left out. A node whose parent is not
    among `nodes` stands at the top, and so does each node of a circle of parents. With `deepest`,
    nodes further down stand at that depth, still after what they reply to: browsers give up on
    lists nested some hundred levels deep.

    Takes time for sorting, and no recursion: a chain of 100,000 is fine.
    """
    by_id = {node.id: node for node in nodes}
    parents = _parents(by_id)
    children: dict[int | None, list[Node]] = {}
    for node in sorted(by_id.values(), key=lambda node: node.position, reverse=True):
        children.setdefault(parents[node.id], []).append(node)
    ordered = _descend(children, deepest)
    kept = _worth_keeping(ordered, parents)
    return _placed([(node, depth) for node, depth in ordered if node.id in kept])


def _parents(by_id: dict[int, Node]) -> dict[int, int | None]:
    """The parent of each node; None where it is absent or only leads round in a circle."""
    parents = {
        node.id: node.parent_id if node.parent_id in by_id else None for node in by_id.values()
    }
    walked: dict[int, int] = {}
    for start in by_id:
        at: int | None = start
        while at is not None and at not in walked:
            walked[at] = start
            at = parents[at]
        # Back on this very walk: what lies between here and here is a circle.
        while at is not None and walked[at] == start:
            following = parents[at]
            parents[at] = None
            at = following
    return parents


def _descend(children: dict[int | None, list[Node]], deepest: int | None) -> list[tuple[Node, int]]:
    """All nodes with their depths, parents first; siblings come in reverse in `children`."""
    ordered: list[tuple[Node, int]] = []
    stack = [(node, 0) for node in children.get(None, ())]
    while stack:
        node, depth = stack.pop()
        ordered.append((node, depth))
        below = depth + 1 if deepest is None else min(depth + 1, deepest)
        stack.extend((child, below) for child in children.get(node.id, ()))
    return ordered


def _worth_keeping(
    ordered: list[tuple[Node, int]], parents: dict[int, int | None]
) -> set[int | None]:
    """The ids of visible nodes and of all that they hang from."""
    kept: set[int | None] = set()
    for node, _ in reversed(ordered):
        if node.visible or node.id in kept:
            kept.update((node.id, parents[node.id]))
    return kept


def _placed(ordered: list[tuple[Node, int]]) -> list[Placed]:
    """Add to each node what its successor says about the lists around it."""
    following = chain((depth for _, depth in ordered[1:]), (0,))
    return [
        Placed(node.id, depth, node.visible, after > depth, max(depth - after, 0))
        for (node, depth), after in zip(ordered, following, strict=False)
    ]
