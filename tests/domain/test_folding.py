"""Which branches can be folded."""

from collections.abc import Sequence

from hypothesis import given

from fediblog.domain.folding import Fold, folds
from fediblog.domain.threads import Node, arrange
from tests.domain.test_threads import forests


def _folds(parents: Sequence[int | None]) -> dict[int, Fold]:
    """Of nodes with these parents, in their order."""
    nodes = [Node(number, parent, (0, number), True) for number, parent in enumerate(parents)]
    return dict(folds(arrange(nodes)))


def test_a_chain_folds_as_a_whole_and_a_long_way_down() -> None:
    chain = [None, *range(12)]
    assert _folds(chain) == {0: Fold(12, True), 5: Fold(7, False), 10: Fold(2, True)}


def test_what_has_siblings_and_more_than_one_beneath_can_be_folded() -> None:
    parents = [None, 0, 0, 1, 3, 2]
    assert _folds(parents) == {0: Fold(5, True), 1: Fold(2, True)}


def test_a_long_branch_is_folded_further_up() -> None:
    parents = [None, 0, 0, 1, 1, *[3] * 3, *[4] * 2, *[2] * 30]
    found = _folds(parents)
    assert found[3] == Fold(3, False) and found[4] == Fold(2, True)
    assert found[0] == Fold(39, True) and found[2] == Fold(30, True)


@given(forests())
def test_what_is_beneath_is_counted_truly(nodes: list[Node]) -> None:
    placed = arrange(nodes)
    found = folds(placed)
    for index, item in enumerate(placed):
        beneath = []
        for other in placed[index + 1 :]:
            if other.depth <= item.depth:
                break
            beneath.append(other)
        if item.id in found:
            assert item.opens and found[item.id].count == sum(each.visible for each in beneath)
        elif item.depth == 0:
            assert not any(each.visible for each in beneath)
