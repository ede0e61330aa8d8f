"""Carts, sessions and interactions: any order, repetition, batching gives the same bytes, and nothing is missing."""

from collections.abc import Callable, Sequence
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.events import Event
from shopbell.domain.visits.cart import CURRENT, cart_of, fold_cart, join_carts, recut
from shopbell.domain.visits.derived import instants_of
from shopbell.domain.visits.interactions import favourites, fold_interactions, interactions_of, join_interactions
from shopbell.domain.visits.sessions import SKEW, ends_of, fold_sessions, join_sessions, sessions_of
from shopbell.domain.visits.state import LIFETIME

from tests.sim import oracle_visits as oracle
from tests.unit.visits.histories import BASE, happening, histories, in_batches

Fold = Callable[[bytes, Sequence[Event]], bytes]
REACHES: Final = (MINUTE, HOUR, 3 * HOUR, LIFETIME)


def _sessions(reach: int) -> Fold:
    return lambda state, events: fold_sessions(state, [e.at for e in events if e.type != "push_shown"], reach)


def _carts(reach: int) -> Fold:
    return lambda state, events: fold_cart(state, events, reach)


FOLDS: Final[dict[str, Fold]] = {
    "cart": fold_cart,
    **{f"carts-{reach}": _carts(reach) for reach in REACHES},
    **{f"sessions-{reach}": _sessions(reach) for reach in REACHES},
    "interactions": fold_interactions,
}


@pytest.mark.parametrize("fold", FOLDS.values(), ids=FOLDS)
@given(data=st.data(), events=histories())
@settings(max_examples=60, deadline=None)
def test_any_order_repetition_and_batching_gives_the_same_bytes(
    fold: Fold, data: st.DataObject, events: list[Event]
) -> None:
    repeated = events + data.draw(st.lists(st.sampled_from(events), max_size=6))
    shuffled = data.draw(st.permutations(repeated))
    sizes = data.draw(st.lists(st.integers(1, 5), max_size=8))
    whole = in_batches(fold, events)
    assert in_batches(fold, shuffled, sizes) == whole
    assert fold(whole, events) is whole


@given(one=histories(), other=histories())
@settings(max_examples=60, deadline=None)
def test_joining_two_visitors_is_folding_what_both_did(one: list[Event], other: list[Event]) -> None:
    for reach in (CURRENT, *REACHES):
        mine, theirs = fold_cart(b"", one, reach), fold_cart(b"", other, reach)
        assert join_carts(mine, theirs, reach) == join_carts(theirs, mine, reach) == fold_cart(mine, other, reach)
    for reach in REACHES:
        fold = _sessions(reach)
        mine, theirs = fold(b"", one), fold(b"", other)
        assert join_sessions(mine, theirs, reach) == join_sessions(theirs, mine, reach) == fold(mine, other)
    mine, theirs = fold_interactions(b"", one), fold_interactions(b"", other)
    assert join_interactions(mine, theirs) == join_interactions(theirs, mine) == fold_interactions(mine, other)


def test_joining_two_visitors_who_did_nothing_leaves_no_trace() -> None:
    assert join_interactions(b"", b"") == b""
    assert join_sessions(b"", b"", LIFETIME) == b""
    assert join_carts(b"", b"", CURRENT) == b""


@given(events=histories(), reach=st.sampled_from(REACHES))
@settings(max_examples=60, deadline=None)
def test_the_current_cart_is_in_what_any_reach_keeps(events: list[Event], reach: int) -> None:
    longer = fold_cart(b"", events, reach)
    assert recut(longer) == fold_cart(b"", events)
    assert cart_of(longer) == cart_of(fold_cart(b"", events))


@given(events=histories(30))
@settings(max_examples=150, deadline=None)
def test_the_cart_is_that_of_the_oracle(events: list[Event]) -> None:
    cart, naive = cart_of(in_batches(fold_cart, events, (3, 2))), oracle.cart(events)
    assert {(line.product, line.variant): line.quantity for line in cart.lines} == naive.pieces
    assert [(line.product, line.variant) for line in cart.lines] == list(naive.pieces)
    assert (cart.value(), cart.count, cart.last_change) == (naive.value, sum(naive.pieces.values()), naive.changed)


@given(events=histories(30), reach=st.sampled_from((HOUR, 5 * HOUR, DAY)))
@settings(max_examples=150, deadline=None)
def test_what_happened_within_reach_is_what_the_oracle_finds(events: list[Event], reach: int) -> None:
    fold = _sessions(reach)
    sessions = in_batches(fold, events, (2, 2))
    carts = in_batches(_carts(reach), events, (3,))
    seen = [each.at for each in events if each.type != "push_shown"]
    begin = max(seen, default=0) - SKEW - reach
    for kind, naive in (
        ("session_started", oracle.session_starts(events)),
        ("session_ended", oracle.session_ends(events)),
        ("cart_abandoned", oracle.abandoned(events)),
    ):
        kept = [at for at in instants_of(kind, sessions, carts) if at > begin]
        assert kept == [at for at in naive if at > begin], kind


@given(events=histories(30), kind=st.sampled_from(("category", "brand")), days=st.integers(0, 900))
@settings(max_examples=80, deadline=None)
def test_favourites_are_those_of_the_oracle_whenever_one_asks(events: list[Event], kind: str, days: int) -> None:
    state = in_batches(fold_interactions, events, (4, 4))
    found = favourites(state, "category" if kind == "category" else "brand", 20)
    assert list(found) == oracle.favourites(events, kind, BASE + days * DAY, 90 * DAY)


def test_limits_keep_the_newest_in_any_order() -> None:
    events = [happening(f"e{n}", "cart_add", n, {"product_id": f"p{n}"}) for n in range(600)]
    for fold in (fold_cart, _carts(LIFETIME), fold_interactions):
        assert in_batches(fold, events[::-1], (100,) * 5) == in_batches(fold, events, (7, 11))
    assert len(cart_of(fold_cart(b"", events)).lines) == 200
    assert [one.product for one in interactions_of(fold_interactions(b"", events))] == [
        f"p{n}" for n in range(400, 600)
    ]
    seen = [BASE + n * HOUR for n in range(1_200)]
    state = fold_sessions(fold_sessions(b"", seen[600:], LIFETIME), seen[:600], LIFETIME)
    assert state == fold_sessions(b"", seen, LIFETIME)
    assert [first for first, _ in sessions_of(state)] == seen[200:]
    assert ends_of(state)[-1] == seen[-1] + 30 * MINUTE
