"""Leaves over what a visitor did, as compiled functions of a profile and an instant."""

from collections.abc import Callable
from fractions import Fraction

from shopbell.domain.clock import Instant
from shopbell.domain.profile import Profile
from shopbell.domain.rules.amounts import Amounts, CountOp, Statistics, exact, resolved
from shopbell.domain.rules.behaviour import AggregateLeaf, EventLeaf, FirstLeaf, LastLeaf, RatioLeaf
from shopbell.domain.rules.windows import Age, SinceEventWindow, StatAge
from shopbell.domain.segments.amounts import Curve, Curves, Number, curves
from shopbell.domain.segments.columns import Columns
from shopbell.domain.segments.needs import needs
from shopbell.domain.segments.recent import recent_test
from shopbell.domain.segments.spans import Question, count_question, newest_question, oldest_question
from shopbell.domain.segments.truth import FOREVER, Test, Truth, never

BehaviourLeaf = EventLeaf | AggregateLeaf | RatioLeaf | FirstLeaf | LastLeaf
Holds = Callable[[Number | None], bool]


def behaviour_test(leaf: BehaviourLeaf, columns: Columns, statistics: Statistics) -> Test:
    """A leaf bound to a statistic that the store does not have is never true."""
    match leaf:
        case EventLeaf(window=SinceEventWindow()):
            return _stepped(curves(leaf, columns), comparison(leaf.op, leaf.value, statistics))
        case EventLeaf():
            general = _asked(leaf, columns, count_question(leaf))
            return recent_test(leaf, columns.of(needs(leaf)[0]).bit, general)
        case AggregateLeaf():
            return _stepped(curves(leaf, columns), comparison(leaf.op, leaf.value, statistics))
        case RatioLeaf(ratio=ratio):
            of, to = curves(ratio.of, columns), curves(ratio.to, columns)
            return _stepped(_divided(of, to), comparison(leaf.op, leaf.value, statistics))
        case LastLeaf(ago=ago):
            age = _age(ago, statistics)
            return never if age is None else _asked(leaf, columns, newest_question(age))
        case FirstLeaf(ago=ago):
            age = _age(ago, statistics)
            return never if age is None else _asked(leaf, columns, oldest_question(age))


def _age(ago: Age | StatAge, statistics: Statistics) -> Age | None:
    return ago.age(statistics) if isinstance(ago, StatAge) else ago


def _asked(leaf: EventLeaf | FirstLeaf | LastLeaf, columns: Columns, ask: Question) -> Test:
    read = columns.of(needs(leaf)[0]).reader
    return lambda profile, now: ask(read(profile), now)


def _stepped(curves: Curves, holds: Holds | None) -> Test:
    """From one instant at which the number may change to the next, until the answer does."""
    if holds is None:
        return never

    def test(profile: Profile, now: Instant) -> Truth:
        curve = curves(profile)
        truth, at = holds(curve.value(now)), curve.after(now)
        while at < FOREVER and holds(curve.value(at)) is truth:
            at = curve.after(at)
        return truth, min(at, FOREVER)

    return test


def _divided(of: Curves, to: Curves) -> Curves:
    """None while the divisor is zero, or one of the two is no number."""

    def curve(profile: Profile) -> Curve:
        upper, lower = of(profile), to(profile)

        def value(now: Instant) -> Number | None:
            number, divisor = upper.value(now), lower.value(now)
            return None if number is None or not divisor else Fraction(exact(number)) / Fraction(exact(divisor))

        return Curve(value, lambda now: min(upper.after(now), lower.after(now)))

    return curve


def comparison(op: CountOp, value: Amounts, statistics: Statistics) -> Holds | None:
    """None if it compares with a statistic that the store does not have. Where there is no number nothing holds."""
    bounds = [resolved(each, statistics) for each in (value if isinstance(value, tuple) else (value,))]
    known = [bound for bound in bounds if bound is not None]
    if len(known) < len(bounds):
        return None
    low, high = known[0], known[-1]
    tests: dict[CountOp, Callable[[Number], bool]] = {
        "gte": lambda number: number >= low,
        "gt": lambda number: number > low,
        "lte": lambda number: number <= low,
        "lt": lambda number: number < low,
        "eq": lambda number: number == low,
        "ne": lambda number: number != low,
        "between": lambda number: low <= number <= high,
    }
    compare = tests[op]
    return lambda number: number is not None and compare(exact(number))
