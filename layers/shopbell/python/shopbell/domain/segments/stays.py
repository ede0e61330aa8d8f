"""When somebody was in a segment, as its log says, and what of their doing fell into it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from shopbell.domain.clock import Instant
from shopbell.domain.membership import Flip


class Stay(NamedTuple):
    """From the moment of an entry to that of an exit. What made somebody enter does not fall into it, what made them
    leave does: who comes in by an order came in after it, who goes by one was in when they ordered.
    """

    since: Instant
    until: Instant

    def holds(self, at: Instant) -> bool:
        return self.since < at <= self.until


def stays(flips: Iterable[Flip], start: Instant, now: Instant, *, inside: bool) -> Sequence[Stay]:
    """From `start` on. `flips`: all since then, oldest first; `inside`: whether they are a member now.

    Who turned at all since then was, before it, what the first turn is the end of.
    """
    ordered = list(flips)
    began = start - 1 if (ordered[0].change == "exited" if ordered else inside) else None
    found: list[Stay] = []
    for flip in ordered:
        if flip.change == "entered" and began is None:
            began = flip.at
        elif flip.change == "exited" and began is not None:
            found.append(Stay(began, flip.at))
            began = None
    return [*found, Stay(began, now)] if began is not None else found


def within(told: Iterable[Stay], at: Instant) -> bool:
    return any(stay.holds(at) for stay in told)


def touches(told: Iterable[Stay], start: Instant, end: Instant) -> bool:
    """Whether somebody was in it at some moment from `start` up to `end`."""
    return any(stay.since < end and stay.until >= start for stay in told)
