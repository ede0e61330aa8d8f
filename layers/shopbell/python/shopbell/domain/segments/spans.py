"""Counts and ages over the instants of one feature, as functions of now that know when they change next."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.rules.nodes import CountOp, EventLeaf
from shopbell.domain.rules.windows import Age, AgoWindow, BetweenWindow, LastWindow, SinceWindow
from shopbell.domain.segments.truth import FOREVER, Truth

Instants = Sequence[Instant]
Question = Callable[[Instants, Instant], Truth]
"""From a feature's instants, oldest first, and now."""
Holds = Callable[[int], bool]
_NOW: Final[Duration] = 0


def count_question(leaf: EventLeaf) -> Question:
    """An element counts from its instant + `enter` up to, not including, its instant + `leave`."""
    holds = _comparison(leaf.op, leaf.bounds)
    match leaf.window:
        case LastWindow(last=length):
            return _rolling(holds, _edges(leaf), _NOW, length)
        case AgoWindow(from_=start, to=end):
            return _rolling(holds, _edges(leaf), end, start)
        case SinceWindow(since=start):
            return _fixed(holds, start, FOREVER)
        case BetweenWindow(between=(start, end)):
            return _fixed(holds, start, end)
        case _:
            return _fixed(holds, 0, FOREVER)


def _edges(leaf: EventLeaf) -> tuple[int, ...]:
    """Counts below which the answer may be another than at them, largest first."""
    low, high = leaf.bounds
    return tuple(sorted({edge for edge in (low, high, low + 1, high + 1) if edge > 0}, reverse=True))


def _rolling(holds: Holds, edges: tuple[int, ...], enter: Duration, leave: Duration) -> Question:
    def ask(instants: Instants, now: Instant) -> Truth:
        size = len(instants)
        entered = bisect_right(instants, now - enter)
        left = bisect_right(instants, now - leave, 0, entered)
        truth = holds(entered - left)
        if entered < size:
            return truth, _stepped(holds, instants, (entered, left), (enter, leave))
        for edge in edges:
            if size - left >= edge and holds(edge - 1) is not truth:
                return truth, instants[size - edge] + leave
        return truth, FOREVER

    return ask


def _stepped(holds: Holds, instants: Instants, places: tuple[int, int], shifts: tuple[Duration, Duration]) -> Instant:
    """Some elements have yet to enter, so the count may rise and fall: from breakpoint to breakpoint."""
    (entered, left), (enter, leave), size = places, shifts, len(instants)
    truth = holds(entered - left)
    while left < size:
        step = instants[left] + leave
        if entered < size:
            step = min(step, instants[entered] + enter)
            entered = bisect_right(instants, step - enter, entered)
        left = bisect_right(instants, step - leave, left, entered)
        if holds(entered - left) is not truth:
            return step
    return FOREVER


def _fixed(holds: Holds, start: Instant, end: Instant) -> Question:
    """Elements within [start, end] count from their instant on, for good."""

    def ask(instants: Instants, now: Instant) -> Truth:
        first = bisect_left(instants, start) if start else 0
        size = len(instants) if end == FOREVER else bisect_right(instants, end)
        entered = max(bisect_right(instants, now, 0, size), first)
        truth = holds(entered - first)
        while entered < size:
            step = instants[entered]
            while entered < size and instants[entered] == step:
                entered += 1
            if holds(entered - first) is not truth:
                return truth, step
        return truth, FOREVER

    return ask


def newest_question(ago: Age) -> Question:
    """The age of the newest element that lies not ahead of now."""
    holds, steps = age_test(ago)

    def ask(instants: Instants, now: Instant) -> Truth:
        begun = bisect_right(instants, now)
        ahead = instants[begun] if begun < len(instants) else FOREVER
        if not begun:
            return False, ahead
        at = instants[begun - 1]
        return holds(now - at), min(_next(at, steps, now), ahead)

    return ask


def oldest_question(ago: Age) -> Question:
    """The age of the oldest element."""
    holds, steps = age_test(ago)

    def ask(instants: Instants, now: Instant) -> Truth:
        if not instants or instants[0] > now:
            return False, instants[0] if instants else FOREVER
        return holds(now - instants[0]), _next(instants[0], steps, now)

    return ask


def age_test(ago: Age) -> tuple[Callable[[Duration], bool], tuple[Duration, ...]]:
    """Whether an age will do, and the ages at which that changes."""
    low, high = ago.value if isinstance(ago.value, tuple) else (ago.value, ago.value)
    match ago.op:
        case "gte":
            return lambda age: age >= low, (low,)
        case "gt":
            return lambda age: age > low, (low + 1,)
        case "lte":
            return lambda age: age <= low, (low + 1,)
        case "lt":
            return lambda age: age < low, (low,)
        case "between":
            return lambda age: low <= age <= high, (low, high + 1)


def age_truth(ago: Age) -> Callable[[Instant, Instant], Truth]:
    """Of something that began at the first argument, at now; false before it began."""
    ask = oldest_question(ago)
    return lambda began, now: ask((began,), now)


def _next(at: Instant, steps: tuple[Duration, ...], now: Instant) -> Instant:
    return next((at + step for step in steps if at + step > now), FOREVER)


def _comparison(op: CountOp, bounds: tuple[int, int]) -> Holds:
    low, high = bounds
    tests: Mapping[CountOp, Holds] = {
        "gte": lambda count: count >= low,
        "gt": lambda count: count > low,
        "lte": lambda count: count <= low,
        "lt": lambda count: count < low,
        "eq": lambda count: count == low,
        "ne": lambda count: count != low,
        "between": lambda count: low <= count <= high,
    }
    return tests[op]
