"""Exact counts from streams that repeat themselves: any replay, cut or widening of batches gives the same sums."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.adapters.memory.runs import MemoryCounters
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.tallying import Count, Tally, member_change
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import SegmentId

from tests.unit.app.shop import STORE

SUBJECTS = ["segment:a", "segment:b"]


def count(sequence: int, subject: str = SUBJECTS[0], source: str = "000", total: int = 1) -> Count:
    return Count(STORE, subject, source, str(sequence), {"total": total})


@given(
    st.lists(st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(["000", "001"]), st.sampled_from([1, -1]))),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=12),
)
def test_however_batches_are_cut_each_record_counts_once(
    rows: list[tuple[str, str, int]], cuts: list[tuple[int, int]]
) -> None:
    """Lambda repeats, halves and widens batches, but never goes past a record that is not done."""
    records = [count(900 + number, *row[:2], row[2]) for number, row in enumerate(rows)]
    tally = Tally(MemoryCounters(MemoryWorld()))
    reached = 0
    for start, length in cuts:
        begin = min(start, reached)
        tally(records[begin : begin + length])
        reached = max(reached, min(begin + length, len(records)))
    tally(records[reached:])
    for subject in SUBJECTS:
        expected = sum(row[2] for row in rows if row[0] == subject)
        assert tally.counters.total(STORE, subject).get("total", 0) == expected


def test_sequence_numbers_are_compared_as_numbers() -> None:
    tally = Tally(MemoryCounters(MemoryWorld()))
    tally([count(9)])
    assert tally([count(10)]).counts == {"counted": 1}


def test_a_counter_that_someone_else_moved_meanwhile_is_not_guessed() -> None:
    class Racing(MemoryCounters):
        def position(self, *_: object) -> str | None:
            return None

    tally = Tally(Racing(MemoryWorld()))
    tally([count(5)])
    with pytest.raises(Unavailable):
        tally([count(5)])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(None, True, {"total": 1, "reachable": 1}, id="reachable member enters"),
        pytest.param(None, False, {"total": 1, "reachable": 0}, id="member enters"),
        pytest.param(True, None, {"total": -1, "reachable": -1}, id="reachable member leaves"),
        pytest.param(False, True, {"total": 0, "reachable": 1}, id="member subscribes"),
        pytest.param(True, False, {"total": 0, "reachable": -1}, id="member unsubscribes"),
        pytest.param(True, True, None, id="nothing that counts"),
    ],
)
def test_a_member_row_counts_by_its_two_images(
    before: bool | None, after: bool | None, expected: dict[str, int] | None
) -> None:
    made = member_change(STORE, SegmentId("a"), "000", "7", before, after)
    assert (made.deltas if made else None) == expected
