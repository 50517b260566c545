"""The tree of replies."""

import time
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from fediblog.domain.threads import Node, Placed, arrange

TEMPLATE = Environment(autoescape=True).from_string(
    """<ol>{% for item in placed %}<li id="{{ item.id }}">
    {%- if item.opens %}<ol>{% else %}</li>{{ ("</ol></li>" * item.closes) | safe }}{% endif %}
    {%- endfor %}</ol>"""
)


def node(number: int, parent: int | None = None, *, at: int = 0, visible: bool = True) -> Node:
    return Node(number, parent, (at, number), visible)


def outline(placed: list[Placed]) -> list[tuple[int, int]]:
    return [(item.id, item.depth) for item in placed]


def test_replies_stand_beneath_their_parents_with_the_oldest_first() -> None:
    nodes = [node(5, at=1), node(1, at=2), node(2, 1, at=9), node(3, 1, at=8), node(4, 3, at=10)]
    assert outline(arrange(nodes)) == [(5, 0), (1, 0), (3, 1), (4, 2), (2, 1)]


def test_the_invisible_stay_only_for_what_hangs_beneath() -> None:
    nodes = [
        node(1, visible=False),
        node(2, 1, visible=False),
        node(3, 2),
        node(4, 3, visible=False),
        node(5, visible=False),
    ]
    placed = arrange(nodes)
    assert [(item.id, item.visible) for item in placed] == [(1, False), (2, False), (3, True)]


def test_a_reply_whose_parent_is_absent_stands_at_the_top() -> None:
    assert outline(arrange([node(2, 1), node(3, 2)])) == [(2, 0), (3, 1)]


def test_circles_stand_at_the_top_and_lose_nothing() -> None:
    nodes = [node(1, 1), node(2, 3), node(3, 2), node(4, 3), node(5, 4)]
    assert outline(arrange(nodes)) == [(1, 0), (2, 0), (3, 0), (4, 1), (5, 2)]


def test_nothing_gives_nothing() -> None:
    assert arrange([]) == []


def test_a_long_chain_takes_no_recursion() -> None:
    started = time.thread_time()
    placed = arrange(node(number, number - 1) for number in range(100_000))
    assert time.thread_time() - started < 10
    assert placed[-1] == Placed(99_999, 99_999, True, False, 99_999)


def test_deep_replies_stand_at_the_deepest_level_after_what_they_answer() -> None:
    nodes = [node(1), node(2, 1), node(3, 2), node(4, 3), node(5, 2), node(6, 1)]
    expected = [(1, 0), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1)]
    assert outline(arrange(nodes, deepest=1)) == expected
    assert {item.depth for item in arrange(nodes, deepest=0)} == {0}


@st.composite
def forests(draw: st.DrawFn) -> list[Node]:
    """Nodes with parents of all kinds: none, absent, themselves, in a circle."""
    size = draw(st.integers(0, 25))
    parents = st.none() | st.integers(-2, size + 1)
    return [
        node(number, draw(parents), at=draw(st.integers(0, 5)), visible=draw(st.booleans()))
        for number in draw(st.permutations(range(size)))
    ]


@given(forests())
def test_every_visible_node_is_there_once(nodes: list[Node]) -> None:
    placed = arrange(nodes)
    ids = [item.id for item in placed]
    assert len(ids) == len(set(ids))
    assert {node.id for node in nodes if node.visible} == {i.id for i in placed if i.visible}


@given(forests())
def test_every_node_stands_directly_beneath_its_parent_or_at_the_top(nodes: list[Node]) -> None:
    by_id = {node.id: node for node in nodes}
    path: list[int] = []
    last: dict[tuple[int, ...], tuple[int, int]] = {}
    for item in arrange(nodes):
        del path[item.depth :]
        assert len(path) == item.depth
        assert not path or by_id[item.id].parent_id == path[-1]
        position = by_id[item.id].position
        assert last.get(tuple(path), (-1, -1)) < position
        last[tuple(path)] = position
        path.append(item.id)


@given(forests())
def test_a_node_at_the_top_has_no_parent_or_goes_round_in_a_circle(nodes: list[Node]) -> None:
    by_id = {node.id: node for node in nodes}
    for item in arrange(nodes):
        ancestor = by_id[item.id].parent_id
        if item.depth == 0 and ancestor in by_id:
            walked = 0
            while ancestor is not None and ancestor != item.id and walked <= len(nodes):
                ancestor, walked = by_id[ancestor].parent_id, walked + 1
            assert ancestor == item.id


@given(forests(), st.none() | st.integers(0, 3))
def test_the_flat_loop_of_a_template_prints_a_true_tree(
    nodes: list[Node], deepest: int | None
) -> None:
    placed = arrange(nodes, deepest=deepest)
    outline_read = _Outline()
    outline_read.feed(TEMPLATE.render(placed=placed))
    assert outline_read.open == []
    assert outline_read.items == [(str(item.id), item.depth) for item in placed]


class _Outline(HTMLParser):
    """Reads nested lists back, and fails where they are not nested as HTML wants them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.items: list[tuple[str | None, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        above = self.open[-1] if self.open else "li"
        assert {tag, above} == {"ol", "li"}
        if tag == "li":
            self.items.append((dict(attrs)["id"], self.open.count("ol") - 1))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
