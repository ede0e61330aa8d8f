"""One session in a few numbers: what was looked at, for how long, and what was done to the cart."""

import pytest
from shopbell.domain.clock import MINUTE, SECOND
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import EventId, VisitorId
from shopbell.domain.visits.cart import fold_cart
from shopbell.domain.visits.interactions import fold_interactions, interactions_of
from shopbell.domain.visits.summary import in_session

START = 1_790_000_000_000


def told(kind: str, minute: int, **properties: Json) -> Event:
    at = START + minute * MINUTE
    return Event(EventId(f"{kind}{minute}"), kind, VisitorId("v"), at, at, properties)


def summed(*events: Event) -> dict[str, Json]:
    last = max(event.at for event in events)
    return dict(in_session(fold_interactions(b"", events), fold_cart(b"", events), START, last))


@pytest.mark.parametrize(
    ("seconds", "longest"),
    [
        ([3], 3),
        ([3, 9], 9),
        ([0], 0),
        ([29.9], 29),
        ([30], 30),
        ([400], 30),
        ([None], 30),
        ([-1], 30),
        (["7"], 30),
    ],
)
def test_how_long_a_product_was_looked_at(seconds: list[Json], longest: int) -> None:
    views = [told("product_view", at, product_id=f"p{at}", seconds=one) for at, one in enumerate(seconds)]
    assert summed(*views)["longest_view"] == longest


def test_a_product_that_was_looked_at_twice_was_looked_at() -> None:
    views = [told("product_view", at, product_id="p", seconds=1) for at in range(2)]
    assert summed(*views)["longest_view"] == 30
    assert summed(told("page_view", 0))["longest_view"] == 0


@pytest.mark.parametrize(
    ("event", "adds", "changes"),
    [
        (told("cart_add", 1, product_id="p"), 1, 1),
        (told("cart_remove", 1, product_id="p"), 0, 1),
        (told("cart_update", 1, items=[{"product_id": "p"}]), 1, 1),
        (told("cart_update", 1, items=[]), 0, 1),
        (told("cart_clear", 1), 0, 1),
        (told("search", 1), 0, 0),
    ],
    ids=["put in", "taken out", "told as a whole", "told to be empty", "cleared", "let be"],
)
def test_what_was_done_to_the_cart(event: Event, adds: int, changes: int) -> None:
    said = summed(told("product_view", 0, product_id="p"), event)
    assert (said["cart_adds"], said["cart_changes"], said["purchases"]) == (adds, changes, 0)


def test_only_what_lies_in_the_session_counts() -> None:
    said = summed(
        told("product_view", -40, product_id="before"),
        told("cart_add", -40, product_id="before"),
        told("product_view", 0, product_id="p"),
        told("product_view", 1, product_id="q"),
        told("purchase", 2, order_id="o", items=[{"product_id": "p"}]),
    )
    assert said == {
        "seconds": 2 * MINUTE // SECOND,
        "views": 2,
        "longest_view": 30,
        "cart_adds": 0,
        "cart_changes": 0,
        "purchases": 1,
        "product_id": "q",
    }


def test_how_long_a_view_was_is_kept_with_it_and_is_read_back_whatever_came_first() -> None:
    views = [told("product_view", at, product_id=f"p{at}", seconds=at) for at in range(40)]
    state = fold_interactions(b"", views)
    assert state == fold_interactions(fold_interactions(b"", views[20:]), reversed(views[:30]))
    kept = [(one.kind, one.seconds) for one in interactions_of(state)]
    assert kept == [("view", at) if at < 30 else ("long_view", None) for at in range(40)]
