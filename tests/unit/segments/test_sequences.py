"""Sequences: what is kept of their steps answers like every way to pick one event for each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.domain.clock import DAY, MINUTE, Instant
from shopbell.domain.events import Event, Json, ProductFacts
from shopbell.domain.ids import ProductId
from shopbell.domain.profile import Profile
from shopbell.domain.segments.codec import StoredProfile, dump, load
from shopbell.domain.segments.evaluate import evaluate
from shopbell.domain.segments.fold import fold
from shopbell.domain.segments.truth import FOREVER

from tests.sim.oracle import Oracle
from tests.sim.oracle_fields import Node
from tests.sim.worlds import STORE, VISITOR, compiled, event

BASE: Final[Instant] = 1_790_000_000_000
V: Final[Node] = {"event": "product_view"}
C: Final[Node] = {"event": "cart_add"}
B: Final[Node] = {"event": "purchase"}
CHEAP: Final[Node] = {**C, "where": [{"field": "price", "op": "lt", "value": 10}]}


def _no(step: Node) -> Node:
    return {**step, "negate": True}


SHAPES: Final[Mapping[str, tuple[Node, ...]]] = {
    "two": (V, C),
    "then_none": (V, _no(C)),
    "three": (V, C, B),
    "none_between": (V, _no(C), B),
    "two_then_none": (V, C, _no(B)),
    "twice": (V, V),
    "cheap": (V, _no(CHEAP)),
    "both": (V, _no(CHEAP), C, _no(B)),
}
SAMES: Final[Sequence[str | None]] = (None, "product_id", "category", "cart")
RULES: Final[dict[str, Node]] = {
    f"{name}_{same}": {
        "sequence": {
            "steps": list(steps),
            "within": "PT2H",
            "window": "P1D",
            **({"same": same} if same else {}),
        }
    }
    for name, steps in SHAPES.items()
    for same in SAMES
}
RULESET: Final = compiled(dict(RULES))
INSTANTS: Final = st.builds(
    lambda days, steps: BASE + days * DAY + steps * 20 * MINUTE, st.integers(-2, 0), st.integers(0, 9)
)
FACTS: Final = {
    ProductId("a"): ProductFacts(("Shoes", "Sale")),
    ProductId("b"): ProductFacts(("Shoes",)),
}


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    made: list[Event] = []
    for number in range(draw(st.integers(1, 9))):
        kind = draw(st.sampled_from(("product_view", "product_view", "cart_add", "purchase")))
        product = draw(st.sampled_from(("a", "b")))
        items: Json = [{"product_id": product}]
        said: dict[str, Json] = {
            "cart_id": draw(st.sampled_from(("k", "l"))),
            "price": draw(st.sampled_from((5, 50))),
        }
        said |= {"order_id": f"o{number}", "items": items} if kind == "purchase" else {"product_id": product}
        made.append(replace(event(f"{kind}-{number}", kind, draw(INSTANTS), said), products=FACTS))
    return made


def _folded(events: Sequence[Event], first: int) -> StoredProfile:
    body = dump(Profile(STORE, VISITOR))
    for batch in (events[:first], events[first:]):
        body = dump(fold(load(STORE, VISITOR, body, 1, RULESET.version, None), batch, RULESET))
    return body


@given(events=histories(), first=st.integers(0, 9), later=st.integers(-4, 60 * 30))
@settings(max_examples=60, deadline=None)
def test_what_is_kept_answers_like_every_way_to_pick(events: list[Event], first: int, later: int) -> None:
    """Truth now, and no other truth before the instant that is given for it."""
    now = max(each.at for each in events) + later * MINUTE
    profile = load(STORE, VISITOR, _folded(events, first), 1, RULESET.version, None)
    oracle = Oracle(events, {}, VISITOR)
    for name, (truth, until) in evaluate(profile, RULESET, now).items():
        assert oracle.truth(RULES[name], now) is truth, name
        turn = oracle.flips_at(RULES[name], now)
        assert until == (FOREVER if turn is None else turn), name


@given(data=st.data(), events=histories())
@settings(max_examples=60, deadline=None)
def test_any_order_and_repetition_gives_the_same_bytes(data: st.DataObject, events: list[Event]) -> None:
    repeated = events + data.draw(st.lists(st.sampled_from(events), max_size=4))
    assert _folded(data.draw(st.permutations(repeated)), 3) == _folded(events, 0)
