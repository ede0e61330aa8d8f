"""Segments that name segments: children come first, and a circle is refused with the circle shown."""

from collections.abc import Mapping

import pytest
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import SegmentId
from shopbell.domain.rules.graph import check_cycle, children_first, find_cycle


def _uses(**named: str) -> Mapping[SegmentId, frozenset[SegmentId]]:
    return {SegmentId(name): frozenset(map(SegmentId, children)) for name, children in named.items()}


@pytest.mark.parametrize(
    ("uses", "cycle"),
    [
        (_uses(a="", b="a", c="ab"), None),
        (_uses(a="a"), ("a", "a")),
        (_uses(a="b", b="c", c="b"), ("b", "c", "b")),
        (_uses(a="bc", b="c", c="", d="e", e="d"), ("d", "e", "d")),
        (_uses(a="x"), None),
    ],
    ids=["none", "itself", "two", "beside others", "unknown child"],
)
def test_a_cycle_is_found_with_both_its_ends(
    uses: Mapping[SegmentId, frozenset[SegmentId]], cycle: tuple[str, ...] | None
) -> None:
    assert find_cycle(uses) == cycle


def test_the_refusal_shows_the_cycle_by_names() -> None:
    with pytest.raises(Rejected, match=r"Buyers \(a\) → b → Buyers \(a\)"):
        check_cycle(_uses(a="b", b="a"), {SegmentId("a"): "Buyers"})


def test_children_come_before_their_parents() -> None:
    assert children_first(_uses(a="cb", b="c", c="", d="")) == ("c", "b", "a", "d")
