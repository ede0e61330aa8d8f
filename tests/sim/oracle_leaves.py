"""What the oracle makes of each leaf over traits, subscriptions, the cart, favourites and scores."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from shopbell.domain.events import Event, Json

from tests.sim.oracle_dates import aged, calendar, near
from tests.sim.oracle_fields import Node, decide
from tests.sim.oracle_times import ms, old_enough
from tests.sim.oracle_values import compares
from tests.sim.oracle_visits import cart, favourites

if TYPE_CHECKING:
    from tests.sim.oracle import Oracle

HALF_LIFE = 90 * 86_400_000
DATES = {"within_next", "within_last", "anniversary_within", "anniversary_ago"}


def traits_of(events: Sequence[Event]) -> Mapping[str, Json]:
    """The latest word on each; null where it was taken back."""
    latest: dict[str, tuple[int, str, Json]] = {}
    for event in events:
        if event.type == "traits_changed":
            for name, value in event.properties.items():
                said = (event.received_at, event.id, value)
                if name not in latest or latest[name][:2] < said[:2]:
                    latest[name] = said
    return {name: value for name, (_, _, value) in latest.items()}


def active(oracle: "Oracle") -> list[Event]:
    """The `subscribed` events of the subscriptions that are active."""
    latest: dict[Json, Event] = {}
    for event in sorted(oracle.events, key=lambda event: (event.at, event.id)):
        if event.type in {"subscribed", "unsubscribed"}:
            latest[event.properties["subscription_id"]] = event
    return [event for event in latest.values() if event.type == "subscribed"]


def several(value: Json) -> list[Json]:
    return [each for each in (value if isinstance(value, list | tuple) else [value]) if each is not None]


def trait(oracle: "Oracle", leaf: Node, now: int) -> bool:
    traits = traits_of(oracle.events)
    there = calendar(traits, active(oracle), oracle.home.zone)
    if leaf["trait"] == "age":
        return aged(leaf, traits.get("birthday"), now, there)
    values = several(traits.get(str(leaf["trait"])))
    if leaf["op"] in DATES:
        return any(near(leaf, value, now, ms(leaf["value"]), there) for value in values)
    return decide(leaf, values)


def listed(oracle: "Oracle", leaf: Node, _now: int) -> bool:
    return traits_of(oracle.events).get(f"list.{leaf['list']}") is True


def subscription(oracle: "Oracle", leaf: Node, now: int) -> bool:
    name, mine = leaf["subscription"], active(oracle)
    if name == "active":
        return bool(mine) is not (leaf.get("value") is False)
    if name == "age":
        return any(old_enough(leaf, now - event.at) for event in mine if event.at <= now)
    field = "topics" if name == "topic" else str(name)
    values = [value for event in mine for value in several(event.properties.get(field))]
    return decide({"op": "eq", **leaf}, values)


def basket(oracle: "Oracle", leaf: Node, now: int) -> bool:
    content = cart(oracle.events)
    if leaf["cart"] == "value":
        return compares(leaf, content.worth(oracle.home.currency), oracle.statistics)
    if leaf["cart"] == "count":
        return compares(leaf, sum(content.pieces.values()), oracle.statistics)
    if leaf["cart"] == "age":
        return bool(content.pieces) and content.changed is not None and old_enough(leaf, now - content.changed)
    field = str(leaf.get("field", "product_id"))
    known: Mapping[str, list[Json]] = {
        "product_id": [product for product, _ in content.pieces],
        "variant_id": [variant for _, variant in content.pieces if variant is not None],
        "category": [each for key in content.pieces for each in content.facts[key][0]],
        "brand": [brand for key in content.pieces for brand in [content.facts[key][1]] if brand is not None],
    }
    return decide({"op": "eq", **leaf}, known[field])


def favourite(oracle: "Oracle", leaf: Node, now: int) -> bool:
    top = leaf.get("top", 3)
    assert isinstance(top, int)
    return decide({"op": "eq", **leaf}, favourites(oracle.events, str(leaf["affinity"]), now, HALF_LIFE)[:top])


def scored(oracle: "Oracle", leaf: Node, now: int) -> bool:
    if leaf["score"] == "churn_90d":
        found = oracle.scores.get("churn_90d")
        return found is not None and decide({"op": "gte", **leaf}, [found])
    at = oracle.scores.get("next_order_at")
    if not isinstance(at, int):
        return False
    length = ms(leaf["value"])
    return now < at <= now + length if leaf["op"] == "within_next" else now - length < at <= now


def ranked(oracle: "Oracle", leaf: Node, _now: int) -> bool:
    wanted, scores = leaf["rfm"], oracle.scores.get("rfm")
    if isinstance(wanted, str):
        return oracle.scores.get("group") == wanted
    assert isinstance(wanted, Mapping)
    if not isinstance(scores, list | tuple):
        return False
    for name, score in zip("rfm", scores, strict=True):
        limits = wanted.get(name, [1, 5])
        low, high = limits if isinstance(limits, list | tuple) else [limits, limits]
        if not low <= score <= high:
            return False
    return True


def bucket(oracle: "Oracle", leaf: Node, _now: int) -> bool:
    digest = hashlib.sha256(f"{leaf['bucket']}\n{oracle.visitor}".encode()).hexdigest()
    share = int(digest[:16], 16) / 2**64 * 100
    low, high = leaf["from"], leaf["to"]
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    return low <= share < high
