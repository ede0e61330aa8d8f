"""Gates that ask whether the person has had enough for now: sunset, contention, caps, quiet hours."""

from typing import Final

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.gates.moment import Moment
from shopbell.domain.gates.relevance import later, quiet_of, stale_from
from shopbell.domain.gates.verdict import OPEN, Defer, Skip, Verdict
from shopbell.domain.localtime import hour_from, inside, minute_of, quiet_until
from shopbell.domain.policy import Cap
from shopbell.domain.scenarios.falling import AFTER, CAMPAIGN
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.scenarios.upcoming import AHEAD
from shopbell.domain.sends import SendRecord

SUNSET: Final = 20
"""So many messages without a click within SUNSET_WINDOW, and only one each SUNSET_PAUSE is left."""
SUNSET_WINDOW: Final[Duration] = 60 * DAY
SUNSET_PAUSE: Final[Duration] = 14 * DAY


def dormant(at: Moment) -> Verdict:
    """Somebody who has not clicked for long is written to seldom."""
    if not at.sending.held or not is_dormant(at.record, at.now):
        return OPEN
    return Skip("dormant") if counted(at.others, at.now - SUNSET_PAUSE) else OPEN


def is_dormant(record: SendRecord, now: Instant) -> bool:
    start = now - SUNSET_WINDOW
    if len(record.sent) < SUNSET or (record.clicked_at is not None and record.clicked_at > start):
        return False
    return len(counted(record, start)) >= SUNSET


def lower_priority(at: Moment) -> Verdict:
    """Just after the more important message that is due soon (ruling 16)."""
    if not at.sending.held:
        return OPEN
    more = [step.due for step in at.steps if _goes_first(at, step)]
    return later(at, "lower_priority", max(*more, at.now) + AFTER) if more else OPEN


def frequency_cap(at: Moment) -> Verdict:
    """A triggered message waits until the cap is free, if it still means something then; any other drops."""
    sending = at.sending
    if not (sending.respect_caps and sending.held and at.policy.caps):
        return OPEN
    free = free_from(at.policy.caps, at.others, at.now)
    if free <= at.now:
        return OPEN
    return later(at, "frequency_cap", free) if sending.message_class == "triggered" else Skip("frequency_cap")


def free_from(caps: tuple[Cap, ...], record: SendRecord, now: Instant) -> Instant:
    """When another message keeps every cap: `now`, or the instant at which enough of the earlier ones are too old."""
    free = now
    for cap in caps:
        within = counted(record, now - cap.within)
        if len(within) >= cap.count:
            free = max(free, within[len(within) - cap.count] + cap.within)
    return free


def quiet_hours(at: Moment) -> Verdict:
    """After them, and its relevance moves along: a message that means a certain day is not sent on the next."""
    quiet = quiet_of(at)
    if quiet is None:
        return OPEN
    until = quiet_until(at.now, quiet, at.zone(at.profile))
    return OPEN if until is None else later(at, "quiet_hours", until)


def best_hour(at: Moment) -> Verdict:
    """Not before the visitor's best hour, if that comes while the message means something and is no quiet one."""
    if not (at.sending.best_hour and at.sending.held) or at.profile is None:
        return OPEN
    zone = at.zone(at.profile)
    hour = at.best_hour(at.profile, zone, at.now)
    if hour is None:
        return OPEN
    until, quiet = hour_from(at.now, hour, zone), quiet_of(at)
    expires = stale_from(at, until)
    if until <= at.now or (expires is not None and until >= expires):
        return OPEN
    hushed = quiet is not None and inside(minute_of(until, zone), quiet)
    return OPEN if hushed else Defer("best_hour", until, expires)


def throttled(at: Moment) -> Verdict:
    """While the store's sending is paused; what is on the queues waits there and is asked anew."""
    return later(at, "throttled", at.now + AFTER) if at.paused else OPEN


def counted(record: SendRecord, start: Instant) -> list[Instant]:
    """When messages were sent that count, later than that instant, oldest first: transactional ones never do."""
    return [one.at for one in record.sent if one.at > start and one.message_class != "transactional"]


def _goes_first(at: Moment, step: PendingStep) -> bool:
    if step.due > at.now + AHEAD or step.expires_at <= at.now:
        return False
    priority = CAMPAIGN if step.source == "campaign" else at.priorities.get(step.source_id)
    return priority is not None and priority > at.sending.priority
