"""Sequences of events: when each was complete, and so whether one was within the window."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.profile import Profile
from shopbell.domain.rules.sequences import Sequence as Steps
from shopbell.domain.rules.sequences import SequenceLeaf
from shopbell.domain.segments.columns import Column, Columns
from shopbell.domain.segments.steps import step_features
from shopbell.domain.segments.truth import FOREVER, Test, Truth

Instants = Sequence[Instant]
Row = Sequence[Instants]
"""The instants of each step, oldest first."""
_NOTHING: Final[Instants] = ()


def sequence_test(leaf: SequenceLeaf, columns: Columns) -> Test:
    """Exact: `valid_until` is the next instant at which the answer is another if nothing more happens."""
    steps = leaf.sequence
    places = [columns.of(feature) for feature in step_features(steps)]

    def test(profile: Profile, now: Instant) -> Truth:
        since = now - steps.window - steps.within
        rows = _keyed(places, profile) if steps.same else [_plain(places, profile)]
        done = sorted({at for row in rows if row[0] for at in completions(steps, row, since)})
        return _covered(done, steps.window, now)

    return test


def completions(steps: Steps, row: Row, since: Instant) -> Iterator[Instant]:
    """When sequences that began later than `since` were complete, or will be; not in order.

    Costs, for each beginning, the events within the length of the sequence.
    """
    begun = row[0]
    for start in begun[bisect_right(begun, since) :]:
        end = start + steps.within
        ends: Instants = (start,)
        for place in range(1, len(row)):
            if not steps.steps[place].negate:
                between = row[place - 1] if steps.steps[place - 1].negate else _NOTHING
                ends = _next(ends, row[place], between, end)
            if not ends:
                break
        else:
            if not steps.steps[-1].negate:
                yield from ends
            elif ends[-1] >= _last(row[-1], end):
                yield end


def _next(ends: Instants, step: Instants, between: Instants, end: Instant) -> Instants:
    """The instants of a step, up to `end`, that follow some of the step before with nothing negated in between.

    From one of them up to the next that is negated: what lies in that stretch as well leads no further.
    """
    found: list[Instant] = []
    place = 0
    while place < len(ends):
        start = ends[place]
        limit = _after(between, start)
        found += step[bisect_right(step, start) : bisect_right(step, min(limit, end))]
        place = bisect_left(ends, limit, place + 1)
    return found


def _after(instants: Instants, at: Instant) -> Instant:
    """The first that is later."""
    place = bisect_right(instants, at)
    return instants[place] if place < len(instants) else FOREVER


def _last(instants: Instants, end: Instant) -> Instant:
    """The last that is not later."""
    place = bisect_right(instants, end)
    return instants[place - 1] if place else -1


def _covered(done: Instants, window: Duration, now: Instant) -> Truth:
    """Each completion holds from its instant on for as long as the window."""
    place = bisect_right(done, now)
    if not place or done[place - 1] + window <= now:
        return False, done[place] if place < len(done) else FOREVER
    until = done[place - 1] + window
    while place < len(done) and done[place] <= until:
        until = done[place] + window
        place += 1
    return True, until


def _plain(places: Sequence[Column], profile: Profile) -> Row:
    return [place.instants(profile) for place in places]


def _keyed(places: Sequence[Column], profile: Profile) -> list[Row]:
    """A row for each product, category or cart."""
    found: dict[bytes, list[list[Instant]]] = {}
    for step, place in enumerate(places):
        part = place.part(profile)
        for at, key in zip(part.instants(place.bit), part.keys(place.bit), strict=True):
            found.setdefault(key, [[] for _ in places])[step].append(at)
    return list(found.values())
