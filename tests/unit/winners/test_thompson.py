"""The weights that follow what works: what holds of them whatever was counted, and what they are of known counts."""

from collections.abc import Sequence
from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.domain.content import Content, Variant
from shopbell.domain.thompson import ENOUGH, FLOOR, chances, drawn_by, weighed
from shopbell.domain.winner import Arm, Metric, Weighed

NAMES = tuple("abcdefghij")
EVEN = dict.fromkeys(NAMES, 1)
CLOSE = 0.02
"""What is added up over cells is as exact as this, and more than that nobody can see."""


KNOWN = 50
"""Recipients of whom it is known what they did. What is new is taken to do about as well as all the others."""


def clicked(*counts: tuple[int, int]) -> list[Arm]:
    """So many recipients, and so many of them who clicked."""
    return [Arm(name, of, clicks=hits) for name, (of, hits) in zip(NAMES, counts, strict=False)]


def spent(*counts: tuple[int, int, int]) -> list[Arm]:
    """So many recipients, and so many of them who bought for so much."""
    return [
        Arm(name, of, buyers=hits, revenue=hits * each, squares=hits * each**2)
        for name, (of, hits, each) in zip(NAMES, counts, strict=False)
    ]


def shares(found: Weighed) -> dict[str, float]:
    return {row.variant: row.share for row in found.variants}


COUNTS = st.integers(0, 20_000).flatmap(lambda of: st.tuples(st.just(of), st.integers(0, of)))
ARMS = st.lists(COUNTS, min_size=2, max_size=6).map(lambda rows: clicked(*rows))
METRICS: Sequence[Metric] = ("clicks", "orders", "revenue")


@settings(max_examples=25, deadline=None)
@given(ARMS)
def test_shares_are_together_one_none_is_below_the_floor_and_the_same_counts_give_the_same(arms: list[Arm]) -> None:
    found = weighed("clicks", arms, EVEN, 0)
    assert sum(shares(found).values()) == pytest.approx(1)
    assert all(row.share >= FLOOR for row in found.variants)
    assert found == weighed("clicks", arms, EVEN, 0)
    assert found.learned == (sum(arm.clicks for arm in arms) >= ENOUGH["clicks"])


@settings(max_examples=20, deadline=None)
@given(ARMS, st.integers(0, 5))
def test_their_order_means_nothing(arms: list[Arm], by: int) -> None:
    turned = [*arms[by % len(arms) :], *arms[: by % len(arms)]]
    one, other = shares(weighed("clicks", arms, EVEN, 0)), shares(weighed("clicks", turned, EVEN, 0))
    assert one == pytest.approx(other)


@settings(max_examples=20, deadline=None)
@given(COUNTS, st.integers(2, 10))
def test_variants_of_which_the_same_is_known_have_the_same_share(counts: tuple[int, int], number: int) -> None:
    found = weighed("clicks", clicked(*[counts] * number), EVEN, 0)
    assert list(shares(found).values()) == pytest.approx([1 / number] * number)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5_000), st.data())
def test_more_clicks_are_never_less_weight(of: int, data: st.DataObject) -> None:
    few = data.draw(st.integers(0, of - 1))
    more = data.draw(st.integers(few + 1, of))
    rest = data.draw(st.lists(COUNTS.filter(lambda counts: counts[0] >= KNOWN), min_size=1, max_size=4))
    before, after = (chances("clicks", clicked((of, hits), *rest))[0] for hits in (few, more))
    assert after >= before - CLOSE


@settings(max_examples=10, deadline=None)
@given(ARMS.filter(lambda arms: len(arms) < 5), st.integers(0, 2**32))
def test_the_chances_are_what_drawing_from_the_beliefs_finds(arms: list[Arm], seed: int) -> None:
    random, draws = Random(seed), 4_000  # noqa: S311 - no secret
    rate = (sum(arm.clicks for arm in arms) + 1) / (sum(arm.recipients for arm in arms) + 2)
    before = max(1.0, 1 / rate - 1)
    wins = dict.fromkeys((arm.variant for arm in arms), 0)
    for _ in range(draws):
        drawn = {
            arm.variant: random.betavariate(1 + arm.clicks, before + arm.recipients - arm.clicks) for arm in arms
        }
        wins[max(drawn, key=drawn.__getitem__)] += 1
    spread = 5 * (0.25 / draws) ** 0.5
    for arm, chance in zip(arms, chances("clicks", arms), strict=True):
        assert wins[arm.variant] / draws == pytest.approx(chance, abs=spread + CLOSE)


@pytest.mark.parametrize(
    ("metric", "arms", "low", "high"),
    [
        pytest.param("clicks", clicked((1_000, 30), (1_000, 50)), 0.98, 0.995, id="a clear difference"),
        pytest.param("clicks", clicked((1_000, 30), (1_000, 33)), 0.6, 0.7, id="a small one"),
        pytest.param("clicks", clicked((100_000, 3_000), (10, 0)), 0.2, 0.35, id="nothing is known of it"),
        pytest.param("clicks", clicked((1_000, 30), (0, 0)), 0.3, 0.45, id="it is new, and no favourite by that"),
        pytest.param("revenue", spent((1_000, 60, 1_000), (1_000, 60, 3_000)), 0.99, 1.0, id="more money"),
        pytest.param("revenue", spent((1_000, 99, 1_000), (1_000, 1, 90_000)), 0.1, 0.6, id="one who spent a lot"),
        pytest.param("revenue", spent((1_000, 120, 0), (1_000, 120, 0)), 0.49, 0.51, id="all for nothing"),
    ],
)
def test_how_likely_the_second_is_the_better_one(metric: Metric, arms: list[Arm], low: float, high: float) -> None:
    assert low <= chances(metric, arms)[1] <= high


def test_few_who_spent_alike_prove_little() -> None:
    found = chances("revenue", spent((10_000, 500, 2_000), (20, 0, 0), (20, 1, 2_000)))
    assert found[1] > 0.05, "nobody of twenty bought: no wonder, where one in twenty does"


@pytest.mark.parametrize("metric", METRICS)
def test_until_enough_is_known_the_weights_are_the_marketers(metric: Metric) -> None:
    few = ENOUGH[metric] - 1
    own = {"a": 3, "b": 1}
    arms = [Arm("a", 500, few, few, few * 100, few * 100**2), Arm("b", 500)]
    found = weighed(metric, arms, own, 7)
    assert (found.learned, found.at, found.found, shares(found)) == (False, 7, few, {"a": 0.75, "b": 0.25})
    assert {row.best for row in found.variants} == {None}
    enough = [Arm("a", 500, few + 1, few + 1, few * 100, few * 100**2), Arm("b", 500)]
    assert weighed(metric, enough, own, 7).learned


def test_of_ten_variants_half_follows_what_works() -> None:
    found = shares(weighed("clicks", clicked((1_000, 500), *[(1_000, 10)] * 9), EVEN, 0))
    assert found["a"] == pytest.approx(0.55)
    assert [found[name] for name in NAMES[1:]] == pytest.approx([FLOOR] * 9)


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_whatever_makes_more_people_leave_gets_no_share_however_well_it_does(order: tuple[int, ...]) -> None:
    rows = Arm("a", 1_000, 30, left=1), Arm("b", 1_000, 90, left=20), Arm("c", 1_000, 40, left=2)
    found = weighed("clicks", [rows[place] for place in order], EVEN, 0)
    barred = next(row for row in found.variants if row.variant == "b")
    assert (barred.barred, barred.share, barred.best) == (True, 0.0, None)
    assert sum(shares(found).values()) == pytest.approx(1)
    assert shares(found)["c"] > shares(found)["a"]


def test_it_is_barred_before_anything_else_is_known_too() -> None:
    found = weighed("clicks", [Arm("a", 1_000), Arm("b", 1_000, left=30), Arm("c", 1_000)], {**EVEN, "a": 3}, 0)
    assert (found.learned, shares(found)) == (False, {"a": 0.75, "b": 0.0, "c": 0.25})


def test_what_leaves_one_variant_leaves_it_to_all() -> None:
    found = weighed("clicks", [Arm("a", 1_000, 30), Arm("b", 1_000, 40, left=30)], EVEN, 0)
    assert shares(found) == {"a": 1.0, "b": 0.0}


def test_variants_are_drawn_by_their_shares() -> None:
    variants = tuple(Variant(name, 7, Content(name, "x", "/")) for name in "abc")
    learned = weighed("clicks", [Arm("a", 1_000, 30), Arm("b", 1_000, 50), Arm("c", 1_000, 40, left=30)], EVEN, 0)
    drawn = drawn_by(variants, learned)
    assert [one.name for one in drawn] == ["a", "b"]
    assert [one.weight / 10_000 for one in drawn] == pytest.approx([shares(learned)[name] for name in "ab"], abs=1e-4)
    own = weighed("clicks", clicked((10, 0), (10, 0), (10, 0)), EVEN, 0)
    assert drawn_by(variants, own) == variants
