"""What a few visitors did, counted by visitor: categories, brands, countries, kinds of event."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shopbell.domain.events import Event
from shopbell.domain.profile import Profile

Tally = Mapping[str, int]
"""Name to visitors."""


@dataclass(frozen=True, slots=True)
class Observed:
    """One visitor. Categories are whole paths and all that lies above them."""

    kinds: frozenset[str]
    viewed: frozenset[str]
    bought: frozenset[str]
    brands: frozenset[str]
    country: str | None
    devices: frozenset[str]
    purchases: int
    discounted: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """How many of the visitors that were looked at did or have each of these."""

    kinds: Tally = field(default_factory=dict)
    not_bought: Tally = field(default_factory=dict)
    """Categories viewed, and not bought."""
    bought: Tally = field(default_factory=dict)
    brands: Tally = field(default_factory=dict)
    countries: Tally = field(default_factory=dict)
    devices: Tally = field(default_factory=dict)
    repeat_buyers: int = 0
    bargain_hunters: int = 0


def observe(profile: Profile, events: Iterable[Event]) -> Observed:
    """The visitor's whole log as facts."""
    log = tuple(events)
    purchases = [event for event in log if event.type == "purchase"]
    country = profile.traits.get("country")
    return Observed(
        kinds=frozenset(event.type for event in log),
        viewed=frozenset(_categories(event for event in log if event.type == "product_view")),
        bought=frozenset(_categories(purchases)),
        brands=frozenset(facts.brand for event in purchases for facts in event.products.values() if facts.brand),
        country=country.value if country and isinstance(country.value, str) else None,
        devices=frozenset(fact.device for fact in profile.subscriptions.values() if fact.active and fact.device),
        purchases=len({event.element_id for event in purchases}),
        discounted=len({event.element_id for event in purchases if event.discounted}),
    )


def gather(seen: Sequence[Observed]) -> Evidence:
    """All visitors together."""
    return Evidence(
        kinds=_count(one.kinds for one in seen),
        not_bought=_count(one.viewed - one.bought for one in seen),
        bought=_count(one.bought for one in seen),
        brands=_count(one.brands for one in seen),
        countries=_count({one.country} for one in seen if one.country),
        devices=_count(one.devices for one in seen),
        repeat_buyers=sum(one.purchases > 1 for one in seen),
        bargain_hunters=sum(one.discounted > 1 for one in seen),
    )


def _count(sets: Iterable[Iterable[str]]) -> Tally:
    counted: Counter[str] = Counter()
    for each in sets:
        counted.update(each)
    return counted


def _categories(events: Iterable[Event]) -> Iterator[str]:
    for event in events:
        for facts in event.products.values():
            for path in facts.categories:
                steps = path.split("/")
                yield from ("/".join(steps[:depth]) for depth in range(1, len(steps) + 1))
