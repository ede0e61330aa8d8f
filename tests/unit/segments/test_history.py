"""Days of a segment: sizes that follow from the present one, whatever was counted and however it is spread."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.clock import parse_instant
from shopbell.domain.ids import SegmentId
from shopbell.domain.membership import Flip
from shopbell.domain.segments.history import Turn, between, day_counts, day_of, later, source

DAYS = tuple(between("2026-02-26", "2026-03-04"))
ENTERED, EXITED = Turn("entered", "event", 1, "and.0"), Turn("exited", "clock", 2, "")


def rows(moves: Mapping[str, tuple[int, int]], partitions: int = 1) -> list[tuple[str, Mapping[str, int]]]:
    """What was counted, spread over partitions of the log."""
    return [
        (source(day, f"{number:03d}"), {ENTERED.name: entered * share, EXITED.name: exited * share})
        for day, (entered, exited) in sorted(moves.items())
        for number in range(partitions)
        for share in (1 if number == 0 else 0,)
    ]


@given(st.lists(st.integers(0, 50), min_size=len(DAYS), max_size=len(DAYS)), st.data(), st.integers(1, 4))
def test_sizes_backwards_from_today_are_the_sizes_forwards_from_nothing(
    entered: list[int], data: st.DataObject, partitions: int
) -> None:
    size, sizes, moves = 0, [], {}
    for day, came in zip(DAYS, entered, strict=True):
        went = data.draw(st.integers(0, size + came))
        size += came - went
        sizes.append(size)
        moves[day] = (came, went)
    found = day_counts(rows(moves, partitions), size, DAYS[2], DAYS[5])
    assert [one.day for one in found] == list(DAYS[2:6])
    assert [one.size for one in found] == sizes[2:6]
    assert [one.moved("entered") for one in found] == entered[2:6]


def test_days_without_a_change_are_there_with_the_size_they_had() -> None:
    found = day_counts(rows({"2026-03-01": (3, 1)}), 2, "2026-02-28", "2026-03-02")
    assert [(one.day, one.size) for one in found] == [("2026-02-28", 0), ("2026-03-01", 2), ("2026-03-02", 2)]


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", "2026-03-01"), ("Asia/Kolkata", "2026-03-02"), ("America/New_York", "2026-03-01")],
)
def test_a_day_is_the_date_on_the_stores_wall(zone: str, day: str) -> None:
    assert day_of(parse_instant("2026-03-01T19:00:00Z")[0], zone) == day


@pytest.mark.parametrize(
    ("cause", "leaf", "name"),
    [
        ("event:e1|x", "and.0", "exited|event|3|and.0"),
        ("clock", None, "exited|clock|3|"),
        ("definition", "a|b", "exited|definition|3|a|b"),
    ],
)
def test_a_turn_is_read_back_from_its_name(cause: str, leaf: str | None, name: str) -> None:
    turn = Turn.of(Flip(SegmentId("s"), 3, "exited", 1, cause, leaf))
    assert turn.name == name
    assert Turn.read(name) == turn


def test_a_cause_can_be_left_out() -> None:
    counted = {ENTERED: 5, Turn("entered", "definition", 2, ""): 100}
    (one,) = day_counts([(source(DAYS[0], "000"), {k.name: v for k, v in counted.items()})], 105, DAYS[0], DAYS[0])
    assert (one.moved("entered"), one.moved("entered", besides="definition")) == (105, 5)
    assert later("2026-02-28", 1) == "2026-03-01"
