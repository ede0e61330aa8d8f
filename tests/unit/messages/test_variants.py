"""Who gets which variant: shares as the weights say, and nobody is moved who need not be."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.domain.content import Content, Variant
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.variants import choice, counted_as, counted_of

STORE = StoreId("shop000001")
MANY = [VisitorId(f"visitor-{number}") for number in range(4_000)]
SOME = MANY[:60]


def variants(*weights: int) -> tuple[Variant, ...]:
    return tuple(Variant("ABCDEFGHIJ"[n], weight, Content(str(n), "x", "/")) for n, weight in enumerate(weights))


def names(of: Sequence[Variant], people: Sequence[VisitorId], source: str = "spring", step: int = 0) -> list[str]:
    return [of[choice(of, (STORE, source, step), who)].name for who in people]


@pytest.mark.parametrize("weights", [(1, 1), (9, 1), (1, 2, 3), (1,) * 10, (999, 1)], ids=str)
def test_the_shares_follow_the_weights(weights: tuple[int, ...]) -> None:
    counts = Counter(names(variants(*weights), MANY))
    for name, weight in zip("ABCDEFGHIJ", weights, strict=False):
        share = weight / sum(weights)
        spread = (share * (1 - share) * len(MANY)) ** 0.5
        assert abs(counts[name] - share * len(MANY)) < 4 * spread + 1


def test_nobody_depends_on_who_else_there_is() -> None:
    of = variants(2, 1, 1)
    assert names(of, MANY[:100]) == names(of, MANY)[:100]


def test_messages_are_drawn_apart_by_source_step_and_store() -> None:
    of = variants(1, 1)
    people = MANY[:300]
    drawn = [names(of, people), names(of, people, "summer"), names(of, people, step=1)]
    drawn.append([of[choice(of, (StoreId("shop000002"), "spring", 0), who)].name for who in people])
    for place, one in enumerate(drawn):
        for other in drawn[place + 1 :]:
            agreeing = sum(a == b for a, b in zip(one, other, strict=True))
            assert 100 < agreeing < 200


@settings(max_examples=40)
@given(st.lists(st.integers(1, 1_000), min_size=2, max_size=9), st.data())
def test_another_weight_moves_only_those_whom_it_wins_or_loses(weights: list[int], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(weights) - 1))
    more = [*weights]
    more[place] += data.draw(st.integers(1, 1_000))
    before, after = names(variants(*weights), SOME), names(variants(*more), SOME)
    moved = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert {b for _, b in moved} <= {"ABCDEFGHIJ"[place]}


@settings(max_examples=40)
@given(st.lists(st.integers(1, 1_000), min_size=3, max_size=10))
def test_a_variant_that_is_dropped_moves_nobody_but_its_own(weights: list[int]) -> None:
    of = variants(*weights)
    before, after = names(of, SOME), names(of[:-1], SOME)
    assert all(a == b for a, b in zip(before, after, strict=True) if a != of[-1].name)


@settings(max_examples=20)
@given(st.permutations(variants(5, 1, 3, 2)))
def test_their_order_means_nothing(shuffled: list[Variant]) -> None:
    assert names(shuffled, SOME) == names(variants(5, 1, 3, 2), SOME)


def test_other_words_move_nobody() -> None:
    of = variants(1, 1, 1)
    rewritten = tuple(replace(one, content=Content("new", "words", "/")) for one in of)
    assert names(of, SOME) == names(rewritten, SOME)


@pytest.mark.parametrize("of", [(), variants(3)], ids=["none", "one"])
def test_without_several_there_is_nothing_to_choose(of: tuple[Variant, ...]) -> None:
    assert {choice(of, (STORE, "spring", 0), who) for who in SOME} == {0}


@pytest.mark.parametrize("variant", [None, "A", "two words"])
@pytest.mark.parametrize("outcome", ["accepted", "skipped:no_content"])
def test_what_is_counted_for_a_variant_reads_back(outcome: str, variant: str | None) -> None:
    assert counted_of(counted_as(outcome, variant)) == (outcome, variant)
