"""Numbers made of a feature's elements within a window, as functions of now that know when they may change."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Final

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.profile import Profile
from shopbell.domain.rules.amounts import exact
from shopbell.domain.rules.windows import AgoWindow, BetweenWindow, LastWindow, SinceEventWindow, SinceWindow, Window
from shopbell.domain.segments.columns import Column, Columns
from shopbell.domain.segments.needs import Counted, needs_of
from shopbell.domain.segments.truth import FOREVER

Instants = Sequence[Instant]
Number = int | float | Fraction
Amount = Callable[[int, int], Number | None]
"""Of the elements from the first place up to, not including, the second; None where there is no such number."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One visitor's number as time goes by with no further event."""

    value: Callable[[Instant], Number | None]
    after: Callable[[Instant], Instant]
    """The next instant at which the value may be another."""


Curves = Callable[[Profile], Curve]


def curves(leaf: Counted, columns: Columns) -> Curves:
    """A count of nothing is 0, as are `sum` and `distinct`; `avg`, `min` and `max` of nothing are None."""
    main, *anchors = (columns.of(feature) for feature in needs_of(leaf))
    window, aggregate = leaf.window, leaf.aggregate

    def curve(profile: Profile) -> Curve:
        instants = main.instants(profile)
        amount = _amount(aggregate, main, profile)
        if anchors:
            return _since(instants, amount, anchors[0].instants(profile))
        return _framed(instants, amount, window)

    return curve


def _framed(instants: Instants, amount: Amount, window: Window | None) -> Curve:
    match window:
        case LastWindow(last=length):
            return _rolling(instants, amount, 0, length)
        case AgoWindow(from_=start, to=end):
            return _rolling(instants, amount, end, start)
        case SinceWindow(since=start):
            return _fixed(instants, amount, start, FOREVER)
        case BetweenWindow(between=(start, end)):
            return _fixed(instants, amount, start, end)
        case SinceEventWindow() | None:
            return _fixed(instants, amount, 0, FOREVER)


def _rolling(instants: Instants, amount: Amount, enter: Duration, leave: Duration) -> Curve:
    """An element counts from its instant + `enter` up to, not including, its instant + `leave`."""

    def value(now: Instant) -> Number | None:
        return amount(bisect_right(instants, now - leave), bisect_right(instants, now - enter))

    def after(now: Instant) -> Instant:
        return min(_next(instants, now, enter), _next(instants, now, leave))

    return Curve(value, after)


def _fixed(instants: Instants, amount: Amount, start: Instant, end: Instant) -> Curve:
    first, last = bisect_left(instants, start), bisect_right(instants, end)

    def value(now: Instant) -> Number | None:
        return amount(first, max(min(bisect_right(instants, now), last), first))

    return Curve(value, lambda now: _next(instants[first:last], now))


def _since(instants: Instants, amount: Amount, anchors: Instants) -> Curve:
    """Later than the newest anchor; nothing while there is none."""

    def value(now: Instant) -> Number | None:
        entered, begun = bisect_right(instants, now), bisect_right(anchors, now)
        first = bisect_right(instants, anchors[begun - 1], 0, entered) if begun else entered
        return amount(first, entered)

    return Curve(value, lambda now: min(_next(instants, now), _next(anchors, now)))


def _next(instants: Instants, now: Instant, shift: Duration = 0) -> Instant:
    place = bisect_right(instants, now - shift)
    return instants[place] + shift if place < len(instants) else FOREVER


def _amount(aggregate: str, column: Column, profile: Profile) -> Amount:
    part, bit = column.part(profile), column.bit
    match aggregate:
        case "sum":
            return _total(part.numbers(bit))
        case "avg":
            return _average(part.numbers(bit), part.weights(bit))
        case "min":
            return _extreme(part.numbers(bit), min)
        case "max":
            return _extreme(part.numbers(bit), max)
        case "distinct":
            keys = part.keys(bit)
            return lambda first, end: len(set(keys[first:end]))
        case _:
            return lambda first, end: end - first


def _total(numbers: Sequence[float]) -> Amount:
    sums = _sums(numbers)
    return lambda first, end: sums[end] - sums[first]


def _average(numbers: Sequence[float], weights: Sequence[int]) -> Amount:
    sums, counts = _sums(numbers), list(accumulate(weights, initial=0))

    def average(first: int, end: int) -> Number | None:
        count = counts[end] - counts[first]
        return Fraction(sums[end] - sums[first]) / count if count else None

    return average


def _extreme(numbers: Sequence[float], pick: Callable[[Sequence[float]], float]) -> Amount:
    return lambda first, end: pick(numbers[first:end]) if first < end else None


def _sums(numbers: Sequence[float]) -> Sequence[Number]:
    """Exact, so that what came in goes out again."""
    if all(number.is_integer() for number in numbers):
        return list(accumulate(map(int, numbers), initial=0))
    return list(accumulate(map(exact, numbers), initial=_ZERO))


_ZERO: Final = Fraction(0)
