"""How long a message means something: its relevance runs while it could be sent, and stands still in quiet hours."""

from collections.abc import Iterator

from shopbell.domain.clock import Instant
from shopbell.domain.gates.moment import Moment
from shopbell.domain.gates.verdict import OPEN, Defer, Skip, Verdict
from shopbell.domain.localtime import date_of, minute_of, quiet_between
from shopbell.domain.pauses import Pause, between, held
from shopbell.domain.policy import QuietHours


def expired(at: Moment) -> Verdict:
    """Its relevance is over, or the part of the day that it is for."""
    until = at.sending.expires_at
    if until is not None and at.now >= until:
        until = stale_from(at, at.now)
    stale = until is not None and at.now >= until
    return Skip("expired") if stale or too_late(at, at.now) else OPEN


def later(at: Moment, reason: str, until: Instant) -> Verdict:
    """Not before that instant, whichever gate says so; not at all if it is stale by then."""
    expires = stale_from(at, until)
    stale = expires is not None and until >= expires
    return Skip(reason) if stale or too_late(at, until) else Defer(reason, until, expires)


def too_late(at: Moment, when: Instant) -> bool:
    """A message that means its day is not sent late in it, nor on the next."""
    latest = at.sending.latest
    if latest is None or not at.sending.held:
        return False
    zone = at.zone(at.profile)
    return minute_of(when, zone) >= latest or date_of(when, zone) != date_of(at.now, zone)


def stale_from(at: Moment, when: Instant) -> Instant | None:
    """From when on it is stale, once it has waited until `when`: neither pauses nor quiet hours count until then.

    Both at once count once.
    """
    sending, quiet = at.sending, quiet_of(at)
    if sending.expires_at is None:
        return None
    start = at.now if sending.due is None else min(sending.due, at.now)
    stale = sending.expires_at + held(at.stood, start, min(when, at.now))
    if quiet is not None:
        zone = at.zone(at.profile)
        stale += sum(quiet_between(*gap, quiet, zone) for gap in between(_past(at), start, when))
    return stale if sending.closes_at is None else min(stale, sending.closes_at)


def _past(at: Moment) -> Iterator[Pause]:
    """Nobody knows how long one that goes on will be."""
    return ((since, min(until, at.now)) for since, until in at.stood if since < at.now)


def quiet_of(at: Moment) -> QuietHours | None:
    """The store's quiet hours; None for a message that knows none."""
    return at.policy.quiet_hours if at.sending.respect_quiet_hours and at.sending.held else None
