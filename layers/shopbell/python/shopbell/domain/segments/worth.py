"""What people did while they were in a segment, added up: orders, money, and how sure that is of a sample."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

from shopbell.domain.attribution.facts import facts_of
from shopbell.domain.attribution.statement import given_back, worth
from shopbell.domain.attribution.subscribers import turned
from shopbell.domain.clock import Instant
from shopbell.domain.events import Event
from shopbell.domain.sampling import wilson
from shopbell.domain.segments.history import Day, day_of
from shopbell.domain.segments.stays import Stay, within
from shopbell.domain.significance import Amounts
from shopbell.domain.store import Store

OPT_OUTS: Final = "opt_outs"
REVENUE: Final = "revenue:"
_Z: Final = NormalDist().inv_cdf(0.975)
Measures = Mapping[str, int]
"""`orders`, `refunded_orders`, `opt_outs`, and by currency `revenue:EUR` and `refunded:EUR` in minor units."""


@dataclass(frozen=True, slots=True)
class Number:
    """Between `low` and `high` 19 times out of 20; where all three are equal it is exact."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Worth:
    """`measures` and `by_day` of all `people`: where only some of them were `looked_at`, that is an estimate."""

    people: int
    looked_at: int
    buyers: int
    buyer_share: Number | None
    measures: Measures
    by_day: Mapping[Day, Measures]
    per_member: Mapping[str, Number]
    """Revenue, by currency, in minor units."""

    @property
    def exact(self) -> bool:
        return self.people == self.looked_at


def did(
    events: Iterable[Event], stays: Sequence[Stay], days: tuple[Instant, Instant], store: Store
) -> Mapping[Day, Measures]:
    """What somebody did in these days while they were a member; a day on which they did nothing is not in it.

    Orders stand once and refunds go off them as in the reports of campaigns (`attribution.statement`).
    """
    told, found = list(events), dict[Day, Counter[str]]()
    facts = facts_of(told, store)
    back = given_back(facts.refunds)

    def counts(at: Instant) -> bool:
        return days[0] <= at < days[1] and within(stays, at)

    def on(at: Instant) -> Counter[str]:
        return found.setdefault(day_of(at, store.time_zone), Counter())

    for order in facts.orders:
        if counts(order.at):
            on(order.at).update(worth(order, back.get(order.id, ())))
    for event in {one.id: one for one in told}.values():
        left = sum(number for cell, number in turned(event, store.time_zone).items() if cell.measure == OPT_OUTS)
        if left and counts(event.at):
            on(event.at)[OPT_OUTS] += left
    return found


def added_up(every: Sequence[Mapping[Day, Measures]], people: int) -> Worth:
    """Of so many people, of whom `every` are those that were looked at."""
    wholes = [_sum(one.values()) for one in every]
    buyers, taken = sum(one["orders"] > 0 for one in wholes), len(wholes)
    share = Number(buyers / taken, *wilson(buyers, taken)) if taken else None
    exact = people == taken
    days = sorted({day for one in every for day in one})
    return Worth(
        people=people,
        looked_at=taken,
        buyers=_of_all(buyers, taken, people),
        buyer_share=Number(share.value, share.value, share.value) if share and exact else share,
        measures=_scaled(_sum(wholes), taken, people),
        by_day={day: _scaled(_sum(one.get(day, {}) for one in every), taken, people) for day in days},
        per_member=_per_member(wholes, exact=exact),
    )


def _per_member(wholes: Sequence[Measures], *, exact: bool) -> Mapping[str, Number]:
    found: dict[str, Number] = {}
    for name in sorted({name for one in wholes for name in one if name.startswith(REVENUE)}):
        amounts = [one.get(name, 0) for one in wholes]
        mean = Amounts(sum(amounts), sum(amount * amount for amount in amounts), len(amounts))
        off = 0.0 if exact else _Z * mean.error
        found[name.removeprefix(REVENUE)] = Number(mean.mean, max(0.0, mean.mean - off), mean.mean + off)
    return found


def _sum(parts: Iterable[Measures]) -> Counter[str]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return total


def _scaled(total: Measures, taken: int, people: int) -> Measures:
    return {name: _of_all(number, taken, people) for name, number in sorted(total.items()) if number}


def _of_all(number: int, taken: int, people: int) -> int:
    return number if people == taken or not taken else round(number * people / taken)
