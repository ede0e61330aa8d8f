"""What is in a cart after what happened to it, in whatever order it is told."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest
from shopbell.domain.clock import MINUTE
from shopbell.domain.events import Event, Json
from shopbell.domain.visits.cart import EMPTY, cart_of, fold_cart
from shopbell.domain.visits.interactions import fold_interactions

from tests.unit.visits.histories import BASE, happening

Happening = tuple[str, Mapping[str, Json]]
BOOT: Final[Mapping[str, Json]] = {"product_id": "boot"}
PAN: Final[Mapping[str, Json]] = {"product_id": "pan"}
RED: Final[Mapping[str, Json]] = {"product_id": "boot", "variant_id": "red"}
BOUGHT: Final[Mapping[str, Json]] = {"order_id": "o", "items": [BOOT]}

CASES: Final[Mapping[str, tuple[Sequence[Happening], Mapping[str, int]]]] = {
    "added": ([("cart_add", BOOT)], {"boot": 1}),
    "the same product thrice": ([("cart_add", BOOT)] * 3, {"boot": 3}),
    "a quantity": ([("cart_add", {**BOOT, "quantity": 4})], {"boot": 4}),
    "removed": ([("cart_add", {**BOOT, "quantity": 4}), ("cart_remove", BOOT)], {}),
    "some removed": ([("cart_add", {**BOOT, "quantity": 4}), ("cart_remove", {**BOOT, "quantity": 3})], {"boot": 1}),
    "more removed than there were": ([("cart_add", BOOT), ("cart_remove", {**BOOT, "quantity": 3})], {}),
    "removed before it was there": ([("cart_remove", BOOT), ("cart_add", BOOT)], {"boot": 1}),
    "cleared": ([("cart_add", BOOT), ("cart_clear", {})], {}),
    "filled again": ([("cart_add", BOOT), ("cart_clear", {}), ("cart_add", PAN)], {"pan": 1}),
    "bought": ([("cart_add", BOOT), ("cart_add", PAN), ("purchase", BOUGHT)], {}),
    "a snapshot": ([("cart_add", PAN), ("cart_update", {"items": [{**BOOT, "quantity": 2}]})], {"boot": 2}),
    "a snapshot, then more": ([("cart_update", {"items": [BOOT]}), ("cart_add", BOOT)], {"boot": 2}),
    "an empty snapshot": ([("cart_add", PAN), ("cart_update", {"items": []})], {}),
    "another cart": ([("cart_add", {**BOOT, "cart_id": "1"}), ("cart_add", {**PAN, "cart_id": "2"})], {"pan": 1}),
    "another cart after a snapshot": (
        [("cart_update", {"items": [BOOT], "cart_id": "1"}), ("cart_add", {**PAN, "cart_id": "2"})],
        {"pan": 1},
    ),
    "a cart without a name goes on": (
        [("cart_add", {**BOOT, "cart_id": "1"}), ("cart_add", PAN)],
        {"boot": 1, "pan": 1},
    ),
    "variants are lines": ([("cart_add", BOOT), ("cart_add", RED), ("cart_add", RED)], {"boot": 1, "boot/red": 2}),
    "a variant removed": ([("cart_add", BOOT), ("cart_add", RED), ("cart_remove", RED)], {"boot": 1}),
    "all variants removed": ([("cart_add", BOOT), ("cart_add", RED), ("cart_remove", BOOT)], {}),
    "the last added goes first": (
        [("cart_add", BOOT), ("cart_add", {**RED, "quantity": 2}), ("cart_remove", {**BOOT, "quantity": 2})],
        {"boot": 1},
    ),
    "other things happen": ([("cart_add", BOOT), ("product_view", PAN), ("checkout_start", {})], {"boot": 1}),
}


def _events(happenings: Sequence[Happening]) -> list[Event]:
    return [happening(f"e{n}", kind, n, said) for n, (kind, said) in enumerate(happenings)]


@pytest.mark.parametrize(("happenings", "pieces"), CASES.values(), ids=CASES)
def test_the_cart_holds_what_is_left(happenings: Sequence[Happening], pieces: Mapping[str, int]) -> None:
    events = _events(happenings)
    state = fold_cart(b"", events)
    found = {"/".join(filter(None, (line.product, line.variant))): line.quantity for line in cart_of(state).lines}
    assert found == pieces
    assert fold_cart(fold_cart(b"", events[::-1]), events) == state


def test_the_price_is_the_last_one_told_else_that_of_the_catalogue() -> None:
    told: Sequence[Happening] = [
        ("cart_add", BOOT),
        ("cart_add", {**BOOT, "price": 4_000}),
        ("cart_add", BOOT),
        ("cart_add", PAN),
    ]
    cart = cart_of(fold_cart(b"", _events([("cart_add", {**PAN, "price": 1}), *told])))
    assert {line.product: line.price for line in cart.lines} == {"boot": 5_000, "pan": 900}
    silent = cart_of(
        fold_cart(b"", _events([("cart_add", {"product_id": "x", "price": 7}), ("cart_add", {"product_id": "x"})]))
    )
    assert silent.value() == 14


def test_money_of_another_currency_is_not_in_the_value() -> None:
    said: Sequence[Happening] = [
        ("cart_add", {**BOOT, "price": 100, "currency": "USD"}),
        ("cart_add", {**PAN, "price": 30}),
    ]
    cart = cart_of(fold_cart(b"", _events(said)))
    assert (cart.value("EUR"), cart.value("USD"), cart.value()) == (30, 130, 130)


def test_age_and_instants() -> None:
    events = _events([("cart_add", {**BOOT, "cart_id": "1"}), ("cart_add", PAN), ("cart_remove", PAN)])
    cart = cart_of(fold_cart(b"", events))
    assert (cart.cart_id, cart.last_change, cart.count) == ("1", events[2].at, 1)
    assert cart.lines[0].added_at == events[0].at
    assert cart.age(events[2].at + MINUTE) == MINUTE
    bought = cart_of(fold_cart(b"", [*events, happening("b", "purchase", 5, BOUGHT)]))
    assert (bought.age(BASE), bought.last_change, bought.cart_id) == (None, BASE + 5 * MINUTE, None)
    assert EMPTY.age(BASE) is None


def test_taking_out_what_is_not_in_the_cart_is_no_change_of_it() -> None:
    added, gone = _events([("cart_add", BOOT), ("cart_remove", PAN)])
    state = fold_cart(b"", [added, gone])
    assert cart_of(state).last_change == added.at
    assert cart_of(fold_cart(b"", [gone])).last_change is None
    late = happening("late", "cart_add", 0, PAN)
    told_late = fold_cart(state, [late])
    assert (cart_of(told_late).last_change, cart_of(told_late).count) == (gone.at, 1)
    assert told_late == fold_cart(b"", [late, gone, added])


def test_what_shares_an_instant_stands_in_the_order_of_a_visit() -> None:
    kinds: Sequence[Happening] = [("purchase", BOUGHT), ("cart_add", BOOT), ("cart_clear", {})]
    assert cart_of(fold_cart(b"", [happening(kind, kind, 0, said) for kind, said in kinds])).lines == ()
    assert cart_of(fold_cart(b"", [happening(kind, kind, 0, said) for kind, said in kinds[1:]])).count == 1


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"product_id": None},
        {"product_id": ""},
        {"product_id": 7},
        {"product_id": ["boot"]},
        {"product_id": "x" * 1_000},
        {"items": 5},
        {"items": ["boot", None, {"product_id": {}}]},
        {"items": {"product_id": "boot"}},
    ],
    ids=str,
)
def test_what_names_no_product_changes_nothing(odd: Mapping[str, Json]) -> None:
    for kind in ("cart_add", "cart_remove"):
        assert fold_cart(b"", [happening("e", kind, 0, odd)]) == b""
    assert cart_of(fold_cart(b"", [happening("e", "cart_update", 0, odd)])).lines in ((), cart_of(b"").lines)
    for kind in ("product_view", "purchase", "wishlist_add"):
        assert fold_interactions(b"", [happening("e", kind, 0, odd)]) == b""


@pytest.mark.parametrize("odd", ["x", -1, 0, 1.5, True, None, [], {}, 10**30])
def test_odd_numbers_are_taken_for_none(odd: Json) -> None:
    said = {**BOOT, "quantity": odd, "price": odd, "currency": odd, "cart_id": odd, "variant_id": odd, "seconds": odd}
    line = cart_of(fold_cart(b"", [happening("e", "cart_add", 0, said)])).lines[0]
    assert (line.quantity, line.price) == (1, 0 if odd == 0 and odd is not False else 5_000)
    assert fold_interactions(b"", [happening("e", "product_view", 0, said)])


def test_text_that_is_no_unicode_is_kept_as_it_is() -> None:
    said = {"product_id": "\ud800", "cart_id": "\x00\n"}
    state = fold_cart(b"", [happening("e", "cart_add", 0, said), happening("f", "cart_add", 1, BOOT)])
    assert [line.product for line in cart_of(state).lines] == ["\ud800", "boot"]


def test_a_cart_stays_within_its_bytes() -> None:
    wide: Json = [{"product_id": f"{n:03}" + "\U0001f45f" * 25, "quantity": 9} for n in range(200)]
    events = [happening(f"u{n}", "cart_update", n, {"items": wide}) for n in range(3)]
    adds = [happening(f"a{n}", "cart_add", 5 + n, {"product_id": f"{n}" + "\U0001f45f" * 120}) for n in range(300)]
    assert len(fold_cart(b"", [*events, *adds])) <= 16 * 1_024
    assert fold_cart(fold_cart(b"", adds), events) == fold_cart(b"", [*events, *adds])
