"""A buyer's scores from their orders and the store's statistics."""

from collections.abc import Mapping
from typing import Final

from shopbell.domain.clock import DAY, Instant
from shopbell.domain.events import Json
from shopbell.domain.scores.buyers import Buyer
from shopbell.domain.scores.gaps import own_gap
from shopbell.domain.scores.rfm import rfm
from shopbell.domain.scores.statistics import StoreStatistics, differs

SHRINK: Final = 3
"""How many of the store's mean orders a buyer's own orders are averaged with."""
YEAR: Final = 365
TOO_LONG: Final = 2
"""Median gaps without an order after which the plain rule gives a buyer up."""
PLACES: Final = 6
MODEL: Final = "bgnbd"
RULE: Final = "rule"


def score(one: Buyer, store: StoreStatistics, now: Instant) -> Mapping[str, Json]:
    """`rfm`, `group`, `basis`, `at` (ms), and where they are known: `churn_90d` (0 to 1), `clv_12m`, `next_order_at`.

    `basis` says where churn_90d comes from: `bgnbd`, the fitted model, or `rule`, which knows 0 and 1 only. `clv_12m`
    is what to expect of a year, in minor units: the model's orders at the buyer's mean order, drawn to the store's.
    Half of all next orders fall between `next_order_from` and `next_order_to`.
    """
    scores = rfm(store.rfm, one.recency(now), one.orders, one.spend)
    found: dict[str, Json] = {"rfm": [scores.r, scores.f, scores.m], "group": scores.group, "at": now}
    return {**found, **_survival(one, store, now), **_next_order(one, store)}


def changed(old: Mapping[str, Json], new: Mapping[str, Json]) -> bool:
    """Whether a buyer's scores must be written: a word or a group turned, or a number moved by more than 1 %."""
    if old.keys() != new.keys() or any(old.get(name) != new.get(name) for name in ("rfm", "group", "basis")):
        return True
    days = (_pair(old, new, name) for name in ("next_order_at", "next_order_from", "next_order_to"))
    numbers = (_pair(old, new, name) for name in ("churn_90d", "clv_12m"))
    return any(abs(after - before) >= DAY for before, after in days) or any(differs(*pair) for pair in numbers)


def _survival(one: Buyer, store: StoreStatistics, now: Instant) -> Mapping[str, Json]:
    model, gap = store.survival, store.repeat_gap_median
    if model is None:
        late = None if gap is None else float(one.recency(now) * DAY > TOO_LONG * gap)
        return {} if late is None else {"churn_90d": late, "basis": RULE}
    past = one.repeats, one.span, one.age(now)
    found: dict[str, Json] = {"churn_90d": round(model.churn(*past), PLACES), "basis": MODEL}
    if store.aov is not None:
        mean = (one.spend + SHRINK * store.aov) / (one.orders + SHRINK)
        found["clv_12m"] = round(model.orders(*past, YEAR) * mean)
    return found


def _next_order(one: Buyer, store: StoreStatistics) -> Mapping[str, Json]:
    if store.repeat_gap_median is None:
        return {}
    gap = own_gap(one, store.repeat_gap_median)
    found: dict[str, Json] = {"next_order_at": one.last_at + gap}
    if store.gap_spread is not None:
        low, high = store.gap_spread
        found |= {"next_order_from": one.last_at + round(gap * low), "next_order_to": one.last_at + round(gap * high)}
    return found


def _pair(old: Mapping[str, Json], new: Mapping[str, Json], name: str) -> tuple[float, float]:
    before, after = old.get(name), new.get(name)
    return (
        before if isinstance(before, int | float) else 0.0,
        after if isinstance(after, int | float) else 0.0,
    )
