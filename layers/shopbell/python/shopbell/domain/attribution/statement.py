"""Last click: what a person's facts say of the messages that they clicked; nothing but the facts decides."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from shopbell.domain.attribution.cells import Cell, hour_of
from shopbell.domain.attribution.facts import WHOLE, Click, Facts, Order, Refund
from shopbell.domain.clock import Instant

REVENUE: Final = "revenue:"
SQUARES: Final = "squares:"
"""Of what each buyer spent: what the spread of revenue is read off."""
Message = tuple[str, str, int]


def statement(facts: Facts, time_zone: str) -> Counter[Cell]:
    """Orders, revenue, refunds and filled carts of the messages that each is due to.

    An order is due to the last click before it that lies within its own window. What was given back is taken from
    the order's revenue, in the hour of the order; one that was given back whole counts as an order and as a
    refunded one. A message counts once under `carts`, in the hour in which something first went into the cart, and
    once under `buyers`, in that of its first order, if one of them was not given back whole; there `squares` is of
    all that they are worth.
    """
    clicks, given = sorted(facts.clicks), given_back(facts.refunds)
    cells: Counter[Cell] = Counter()
    bought: dict[Message, list[tuple[Order, Click, Mapping[str, int]]]] = defaultdict(list)
    for order in sorted(facts.orders):
        click = last_click(clicks, order.at)
        if click is not None:
            counted = worth(order, given.get(order.id, ()))
            bought[_message(click)].append((order, click, counted))
            for measure, number in counted.items():
                cells[_cell(click, order.at, time_zone, measure)] += number
    for (first, click, _), *_ in bought.values():
        for measure, number in _buying([one[2] for one in bought[_message(click)]]).items():
            cells[_cell(click, first.at, time_zone, measure)] += number
    for click, at in _filled(clicks, facts.carts):
        cells[_cell(click, at, time_zone, "carts")] += 1
    return Counter({cell: number for cell, number in cells.items() if number})


def attributed(facts: Facts) -> frozenset[Order]:
    """The orders that are due to a message."""
    clicks = sorted(facts.clicks)
    return frozenset(order for order in facts.orders if last_click(clicks, order.at) is not None)


def last_click(clicks: Sequence[Click], at: Instant) -> Click | None:
    """Of clicks in their order: the newest at or before the instant whose window has not passed."""
    for place in range(bisect_right(clicks, at, key=_at) - 1, -1, -1):
        if at - clicks[place].at <= clicks[place].window:
            return clicks[place]
    return None


def thinned(facts: Facts) -> Facts:
    """Without what was put into the cart after something else was, by the same click: it says the same."""
    clicks = sorted(facts.clicks)
    first: dict[Click | None, Instant] = {}
    for at in sorted(facts.carts):
        first.setdefault(last_click(clicks, at), at)
    first.pop(None, None)
    return replace(facts, carts=frozenset(first.values()))


def _at(click: Click) -> Instant:
    return click.at


def given_back(refunds: Iterable[Refund]) -> Mapping[str, Sequence[Refund]]:
    """By the order that it was given back of."""
    found: dict[str, list[Refund]] = defaultdict(list)
    for refund in refunds:
        found[refund.order].append(refund)
    return found


def worth(order: Order, refunds: Sequence[Refund]) -> Mapping[str, int]:
    """An order, by measures. Where the shop's server said something of refunds, browsers are not asked."""
    rank = min((one.rank for one in refunds), default=0)
    amounts = [one.amount for one in refunds if one.rank == rank]
    back = order.total if WHOLE in amounts else min(sum(amounts), order.total)
    return {
        "orders": 1,
        f"{REVENUE}{order.currency}": order.total - back,
        f"refunded:{order.currency}": back,
        "refunded_orders": int(bool(amounts) and back == order.total),
    }


def _buying(orders: Sequence[Mapping[str, int]]) -> Mapping[str, int]:
    """What the orders that are due to one message say of one who bought."""
    kept = [one for one in orders if not one["refunded_orders"]]
    spent: Counter[str] = Counter()
    for one in orders:
        spent.update({name: number for name, number in one.items() if name.startswith(REVENUE)})
    squares = {f"{SQUARES}{name.removeprefix(REVENUE)}": number**2 for name, number in spent.items()}
    return {"buyers": int(bool(kept)), **squares}


def _message(click: Click) -> Message:
    return click.source_id, click.run, click.step


def _filled(clicks: Sequence[Click], carts: Iterable[Instant]) -> Iterable[tuple[Click, Instant]]:
    """Each message that something went into the cart after, and when first."""
    found: dict[Message, tuple[Click, Instant]] = {}
    for at in sorted(carts):
        click = last_click(clicks, at)
        if click is not None:
            found.setdefault(_message(click), (click, at))
    return found.values()


def _cell(click: Click, at: Instant, time_zone: str, measure: str) -> Cell:
    return Cell(click.source_id, hour_of(at, time_zone), click.step, click.variant, measure)
