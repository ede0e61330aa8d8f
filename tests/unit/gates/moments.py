"""One message to Ann at noon, with nothing against it; each test changes what it is about."""

from dataclasses import replace
from typing import Any

from shopbell.domain.clock import HOUR, parse_instant
from shopbell.domain.gates import Moment, Sending
from shopbell.domain.ids import StoreId, SubscriptionId, VapidKeyId, VisitorId
from shopbell.domain.policy import CAPS, QUIET_HOURS, Policy
from shopbell.domain.profile import Profile
from shopbell.domain.runs import Audience
from shopbell.domain.scenarios.plan import MessageClass
from shopbell.domain.sends import SendRecord, Sent, mark_of
from shopbell.domain.subscriptions import Subscription

STORE, ANN = StoreId("store00001"), VisitorId("ann")
NOON = parse_instant("2026-03-02T12:00:00Z")[0]
MINE = mark_of("we_missed_you", "i1", 0)
ROW = Subscription(
    STORE, ANN, SubscriptionId("s1"), "fcm", "https://fcm.googleapis.com/x", b"", b"", VapidKeyId("k1"), 0, 0
)
TRIGGERED = Sending(
    source="scenario",
    source_id="we_missed_you",
    key="i1",
    mark=MINE,
    message_class="triggered",
    priority=30,
    respect_caps=True,
    respect_quiet_hours=True,
    started_at=NOON - HOUR,
    expires_at=NOON + 23 * HOUR,
)
MOMENT = Moment(
    Audience(),
    ROW,
    Profile(STORE, ANN, version=1),
    lambda: True,
    sending=TRIGGERED,
    policy=Policy(CAPS, QUIET_HOURS),
    now=NOON,
)


def asked(sending: Any = None, **changes: Any) -> Moment:
    """The moment with these changes; `sending`: changes of the message."""
    return replace(MOMENT, sending=replace(TRIGGERED, **(sending or {})), **changes)


def sent(
    *ago: int, source: str = "fly_mode:x", step: int = 0, kind: MessageClass = "triggered", now: int = NOON
) -> SendRecord:
    """Messages of another source, so long ago each."""
    rows = sorted(Sent(now - age, mark_of(source, str(age), step), source, step, kind) for age in ago)
    return SendRecord(tuple(rows), version=1)


def at(text: str) -> int:
    """An instant from RFC 3339."""
    return parse_instant(text)[0]
