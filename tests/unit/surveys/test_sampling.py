"""What a sample says of all: intervals hold the truth as often as they promise, and never contradict the sample."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.sampling import COUNTED, SAMPLE, Estimate, everyone, population, scaled, wilson

WILSON: tuple[tuple[int, int, float, float], ...] = (
    (0, 10, 0.0, 0.2775),
    (10, 10, 0.7225, 1.0),
    (5, 10, 0.2366, 0.7634),
    (1, 20, 0.0089, 0.2361),
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
)
"""(hits, of, low, high); the last two as Newcombe, Statistics in Medicine 17 (1998), page 861, tabulates them."""


@pytest.mark.parametrize(("hits", "of", "low", "high"), WILSON)
def test_the_interval_of_a_share_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == pytest.approx((low, high), abs=0.0001)


def test_of_nobody_nothing_is_known() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert scaled(0, 0, Estimate(900, 800, 1_000)) == Estimate(0, 0, 1_000)


def test_who_asked_everybody_knows_exactly() -> None:
    assert scaled(3, 10, everyone(10)) == Estimate(3, 3, 3)
    assert scaled(0, 0, everyone(0)).exact
    assert not scaled(3, 9, everyone(10)).exact


@given(st.integers(1, SAMPLE).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))), st.integers(1, 10**7))
def test_an_estimate_never_contradicts_what_was_seen(seen: tuple[int, int], more: int) -> None:
    hits, taken = seen
    size = Estimate(taken + more, taken + more // 2, taken + 2 * more)

    found = scaled(hits, taken, size)

    assert 0 <= found.low <= found.value <= found.high <= size.high
    assert found.high >= hits
    assert found.low > 0 or hits == 0 or found.value < 20


def lowest(total: int, chance: random.Random) -> list[bytes]:
    """Stands for the lowest hashes of so many visitors, of which only the highest counts: waiting times."""
    until, rest = chance.gammavariate(COUNTED, 1), chance.gammavariate(total + 1 - COUNTED, 1)
    return [int(until / (until + rest) * 2**128).to_bytes(16, "big")] * COUNTED


@pytest.mark.parametrize("total", [3_000, 40_000, 10_000_000])
def test_the_size_of_a_store_lies_in_its_interval_19_times_out_of_20(total: int) -> None:
    chance = random.Random(total)  # noqa: S311 - the same numbers in each run
    found = [population(lowest(total, chance)) for _ in range(400)]

    held = sum(size.low <= total <= size.high for size in found)
    assert held >= 370  # 380 expected; fewer than 370 in one of 80 honest runs
    assert all(size.high - size.low < 0.1 * total for size in found)
    assert sum(size.value for size in found) / len(found) == pytest.approx(total, rel=0.01)


@pytest.mark.parametrize("share", [0.005, 0.05, 0.4, 0.95])
def test_an_estimate_holds_the_truth_19_times_out_of_20(share: float) -> None:
    chance = random.Random(str(share))  # noqa: S311 - the same numbers in each run
    total, held = 200_000, 0
    for _ in range(400):
        hits = sum(chance.random() < share for _ in range(SAMPLE))
        found = scaled(hits, SAMPLE, population(lowest(total, chance)))
        held += found.low <= share * total <= found.high

    assert held >= 370
