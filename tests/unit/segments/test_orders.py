"""Orders in a ledger, held to a plain account of all reports."""

import random
import struct
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.orders import Orders
from shopbell.domain.part import HEAD, rank, record
from shopbell.domain.segments.ordering import Addition, merge_orders, united_orders, younger

PURCHASE: Final = 7
REFUND: Final = 2
DEAR, SPENT, LEAST, PRODUCTS = 1, 3, 9, 12
Report = tuple[int, int, int, str, bool]
"""Type, order, instant, id of the report, and whether it is trusted; all else follows from the id."""
REPORTS: Final = st.tuples(
    st.sampled_from((PURCHASE, REFUND)),
    st.integers(0, 6),
    st.integers(0, 40),
    st.sampled_from("abcde"),
    st.booleans(),
)


def addition(report: Report) -> Addition:
    kind, order, at, name, trusted = report
    head = record(at, order.to_bytes(8, "big"))
    rows: list[tuple[int, bytes]] = [(kind, head + rank(name, trusted=trusted))]
    if kind == REFUND:
        return rows
    chance = random.Random(f"{order}{at}{name}{trusted}")  # noqa: S311 - a fixed function of the report
    rows += [(DEAR, head)] if chance.random() < 0.5 else []
    rows += [(SPENT, head + struct.pack(">dH", chance.randrange(9), 1))] if chance.random() < 0.9 else []
    rows += [(LEAST, head + struct.pack(">d", chance.randrange(9)))] if chance.random() < 0.5 else []
    rows += [(PRODUCTS, head + bytes([each]) * 8) for each in sorted(chance.sample(range(5), chance.randrange(4)))]
    return rows


def plain(reports: list[Report]) -> dict[int, list[bytes]]:
    best: dict[tuple[int, int], Addition] = {}
    for report in reports:
        mine = addition(report)
        known = best.get(report[:2])
        if known is None or _key(mine) < _key(known):
            best[report[:2]] = mine
    found: dict[int, list[bytes]] = {}
    for rows in best.values():
        for bit, each in rows:
            found.setdefault(bit, []).append(each)
    return {bit: sorted(rows) for bit, rows in found.items()}


def _key(rows: Addition) -> tuple[bytes, int]:
    return rows[0][1][HEAD:], -int.from_bytes(rows[0][1][:8], "big")


def folded(reports: list[Report]) -> Orders:
    return merge_orders(Orders(), [addition(report) for report in reports])[0]


def columns(part: Orders) -> dict[int, list[bytes]]:
    return {
        bit: sorted(data[at : at + width] for at in range(0, len(data), width)) for bit, width, data in part.columns()
    }


@given(st.lists(REPORTS, max_size=25), st.randoms(use_true_random=False))
def test_any_order_repetition_and_batching_gives_the_same_bytes(reports: list[Report], chance: random.Random) -> None:
    part = folded(reports)
    again = reports + chance.sample(reports, len(reports) // 2)
    chance.shuffle(again)
    cut = chance.randint(0, len(again))
    assert folded(again).packed == part.packed
    assert united_orders(folded(again[:cut]), folded(again[cut:])).packed == part.packed
    assert columns(Orders(part.packed)) == plain(reports)


@given(st.lists(REPORTS, max_size=25))
def test_every_reading_agrees_with_the_records(reports: list[Report]) -> None:
    part, rows = folded(reports), plain(reports)
    for bit in (PURCHASE, REFUND, DEAR, SPENT, LEAST, PRODUCTS):
        mine = rows.get(bit, [])
        instants = tuple(int.from_bytes(each[:8], "big") for each in mine)
        assert part.instants(bit) == instants
        if bit != PRODUCTS:
            assert [part.newest(bit, n + 1) for n in range(len(mine) + 1)] == [*reversed(instants), -1]
    spent = [struct.unpack(">dH", each[HEAD:]) for each in rows.get(SPENT, [])]
    assert part.numbers(SPENT) == tuple(number for number, _ in spent)
    assert part.weights(SPENT) == tuple(weight for _, weight in spent)
    assert part.numbers(LEAST) == tuple(struct.unpack(">d", each[HEAD:])[0] for each in rows.get(LEAST, []))
    assert part.keys(PRODUCTS) == tuple(each[HEAD:] for each in rows.get(PRODUCTS, []))


@given(st.lists(REPORTS, max_size=12))
def test_what_is_touched_is_what_changed(reports: list[Report]) -> None:
    parts = [Orders()]
    for report in reports:
        after, touched = merge_orders(parts[-1], [addition(report)])
        before, now = columns(parts[-1]), columns(after)
        assert {bit for bit in before | now if before.get(bit) != now.get(bit)} <= touched
        assert bool(touched) is (after.packed != parts[-1].packed)
        parts.append(after)
    assert all(before.packed != after.packed or before is after for before, after in pairwise(parts))


def test_beyond_a_thousand_orders_of_a_type_the_oldest_go() -> None:
    reports: list[Report] = [(PURCHASE, n, n, "a", True) for n in range(1_005)]
    part = folded(reports)
    assert part.instants(PURCHASE) == tuple(range(5, 1_005))
    assert columns(part) == plain(reports[5:])
    mixed: list[Report] = [*reports[:500], (REFUND, 1, 1, "a", True), *reversed(reports[500:])]
    assert folded(mixed).rows(PURCHASE) == part.rows(PURCHASE)


@given(st.lists(REPORTS, max_size=20), st.integers(0, 40))
def test_the_oldest_go_where_bytes_are_short(reports: list[Report], edge: int) -> None:
    part = younger(folded(reports), record(edge, b"\xff" * 8))
    late = {bit: [row for row in rows if row[:8] > edge.to_bytes(8, "big")] for bit, rows in plain(reports).items()}
    assert columns(part) == {bit: rows for bit, rows in late.items() if rows}


@pytest.mark.parametrize("keep", [1 << PURCHASE, 1 << PURCHASE | 1 << SPENT, 0])
def test_features_that_are_gone_go(keep: int) -> None:
    part = folded([(PURCHASE, n, n, "ab"[n % 2], True) for n in range(9)])
    assert {bit for bit, _, _ in part.only(keep).columns()} == {bit for bit in (PURCHASE, SPENT) if keep >> bit & 1}
    assert part.only(-1) is part
