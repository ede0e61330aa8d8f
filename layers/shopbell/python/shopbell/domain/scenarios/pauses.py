"""What a visitor's own pauses start: sessions that ended and carts left behind, as events of their moment."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.events import LATE_LIMIT, Event
from shopbell.domain.ids import EventId
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.live import LivePlans, Starter
from shopbell.domain.scenarios.pending import Ran
from shopbell.domain.visits.cart import cart_of
from shopbell.domain.visits.derived import CART_ABANDONED, cart_left, session_over
from shopbell.domain.visits.sessions import newest_of, sessions_of
from shopbell.domain.visits.summary import in_session


class Pause(NamedTuple):
    """`event` happens once nothing was done for long enough."""

    began: Instant
    """Of the session that it ends."""
    last: Instant
    event: Event


def stirred(before: Profile, after: Profile, events: Sequence[Event], plans: LivePlans, now: Instant) -> bool:
    """Whether any plan must look at the visitor's pauses: one may be over, or a wake-up or an instance moved."""
    newest = newest_of(after.sessions) if plans.pauses else None
    if newest is None:
        return False
    moved = before.sessions != after.sessions or before.cart != after.cart
    for starter in plans.pauses:
        plan, at = starter.plan, newest[1] + starter.trigger.pause
        if moved and plan.scenario in after.ran:
            return True
        if plan.segment not in after.memberships:
            continue
        woken = before.wake_at is not None and before.wake_at <= now
        if woken or now - LATE_LIMIT < at <= now or not all(event.fires for event in events):
            return True
        if at > now and (after.wake_at is None or after.wake_at > at):
            return True
    return False


def next_pause(after: Profile, plans: LivePlans, now: Instant) -> Instant | None:
    """When the visitor must be looked at again, if nothing happens until then; only for those in an audience."""
    newest = newest_of(after.sessions) if plans.pauses else None
    if newest is None:
        return None
    mine = (one.trigger.pause for one in plans.pauses if one.plan.segment in after.memberships)
    return min((newest[1] + pause for pause in mine if newest[1] + pause > now), default=None)


def over(starter: Starter, before: Profile, after: Profile, currency: str | None, now: Instant) -> Iterator[Pause]:
    """Those that ended while the visitor was in the audience, the newest first: lately, or awaited by a wake-up.

    Whoever wakes up late finds them all the same; a session that is only known of by now, and ended more than an
    hour ago, starts nothing, like the events that it is made of.
    """
    pause, segment = starter.trigger.pause, after.memberships.get(starter.plan.segment)
    if segment is None:
        return
    fresh = now - LATE_LIMIT
    oldest = fresh if before.wake_at is None else min(fresh, before.wake_at - 1)
    for first, last in _ended(after, pause):
        at = last + pause
        if at <= oldest:
            return
        known = at > fresh or (first, last) in sessions_of(before.sessions)
        event = _event(starter, after, first, last, currency) if known and segment <= at <= now else None
        if event is not None:
            yield Pause(first, last, replace(event, received_at=now))


def of_history(starter: Starter, after: Profile, events: Sequence[Event], now: Instant) -> Iterator[Event]:
    """Pauses that began with what was loaded or came too late: they are not to be taken for fresh ones."""
    said = {event.at for event in events if not event.fires}
    for _, last in _ended(after, starter.trigger.pause) if said else ():
        at = last + starter.trigger.pause
        if at <= now - LATE_LIMIT:
            return
        if last in said:
            yield replace(session_over(at), id=EventId(f"{starter.trigger.event}:{at}"))


def stands(starter: Starter, ran: Ran, after: Profile) -> bool:
    """Whether the pause that began an instance still is one: nothing that came late fell into it.

    A cart that was changed since is not left behind any more, until it is left again.
    """
    pause = starter.trigger.pause
    if all(last + pause != ran.started_at for _, last in _ended(after, pause)):
        return False
    changed = cart_of(after.cart).last_change if starter.trigger.event == CART_ABANDONED else None
    return changed is None or changed <= ran.started_at


def _ended(after: Profile, pause: Duration) -> Iterator[tuple[Instant, Instant]]:
    """Sessions with a pause of that length after them, the newest first; that one may not be over yet."""
    following: Instant | None = None
    for first, last in reversed(sessions_of(after.sessions)):
        if following is None or following > last + pause:
            yield first, last
        following = first


def _event(starter: Starter, after: Profile, first: Instant, last: Instant, currency: str | None) -> Event | None:
    at = last + starter.trigger.pause
    if starter.trigger.event != CART_ABANDONED:
        return replace(session_over(at), properties=in_session(after.interactions, after.cart, first, last))
    cart = cart_of(after.cart)
    if not cart.lines or cart.last_change is None or cart.last_change > at:
        return None
    event = cart_left(at, cart, currency)
    state = EventId(f"{cart.cart_id or ''}@{cart.last_change}")
    return replace(event, properties={**event.properties, "cart_state": state})
