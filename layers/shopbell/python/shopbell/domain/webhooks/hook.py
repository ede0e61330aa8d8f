"""A webhook: an address of the store's own, or the deployment's event bus, that is told of some of what happens."""

from dataclasses import dataclass, field
from typing import Final, Literal, NewType, get_args

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.ids import SegmentId, StoreId

WebhookId = NewType("WebhookId", str)
EventType = Literal["segment.entered", "segment.exited", "campaign.finished", "alarm"]
EVENT_TYPES: Final[tuple[EventType, ...]] = get_args(EventType)
SEGMENT_EVENTS: Final = frozenset({"segment.entered", "segment.exited"})
CAMPAIGN_FINISHED: Final = "campaign.finished"
ALARM: Final = "alarm"
TEST_EVENT: Final = "webhook.test"
"""What a test delivers: no webhook asks for it, every one takes it."""
MAX_WEBHOOKS: Final = 10
"""Of one store: each costs a message for each batch that it wants."""
MAX_SECRETS: Final = 5
"""That sign at once: each is one more signature in a header of every message."""
HookState = Literal["active", "failing", "disabled"]


@dataclass(frozen=True, slots=True)
class SecretNumber:
    """Which of a webhook's secrets it is, the newest the highest; the secret lies elsewhere under that number."""

    number: int
    until: Instant | None = None
    """Another one has taken its place, and it signs beside that until then."""


@dataclass(frozen=True, slots=True)
class Webhook:
    store: StoreId
    id: WebhookId
    url: str = field(repr=False)
    """As given and checked. It may hold a token of the receiver's, so nothing prints it. "": it has none."""
    events: tuple[str, ...]
    created_at: Instant
    changed_at: Instant
    segments: tuple[SegmentId, ...] = ()
    """Of entries and exits those of these alone; none: of all that people see. Other events are told of anyway."""
    description: str | None = None
    enabled: bool = True
    stopped: str | None = None
    """Why it was disabled other than by its owner."""
    secrets: tuple[SecretNumber, ...] = (SecretNumber(1),)
    """The newest is the last; none where nothing is signed."""
    revision: int = 1
    event_bus: bool = False
    """Told on the event bus of the deployment, not at an address."""

    def wants(self, event: str, segment: SegmentId | None = None) -> bool:
        """Whether it is to be told; `segment` is that of an event of segments."""
        if not self.enabled or event not in self.events:
            return False
        return segment is None or not self.segments or segment in self.segments

    def signing(self, now: Instant) -> tuple[int, ...]:
        """The numbers of the secrets that sign now, the newest first."""
        good = (one.number for one in self.secrets if one.until is None or now < one.until)
        return tuple(sorted(good, reverse=True))


@dataclass(frozen=True, slots=True)
class Deliveries:
    """How it went so far. `failed` counts attempts, `given_up` messages."""

    delivered: int = 0
    failed: int = 0
    given_up: int = 0
    tried_at: Instant | None = None
    delivered_at: Instant | None = None
    status: int | None = None
    """Of the last answer; None: there was none, or nothing was tried yet."""
    error: str | None = None
    """Why the last attempt failed, in a few fixed words; None: it did not."""
    failing_since: Instant | None = None
    """The first of the failures since the last success."""
    paused_until: Instant = 0
    """Nothing is tried before then: a receiver that is down holds up nobody else."""


NEVER: Final = Deliveries()


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one delivery went. `error` None: it was taken. `given_up`: it is not tried again. `pause`: nor is any."""

    at: Instant
    status: int | None
    error: str | None = None
    pause: Duration = 0
    given_up: bool = False


def after(before: Deliveries, attempt: Attempt) -> Deliveries:
    """What stands when it is noted."""
    taken = attempt.error is None
    return Deliveries(
        delivered=before.delivered + taken,
        failed=before.failed + (not taken),
        given_up=before.given_up + attempt.given_up,
        tried_at=attempt.at,
        delivered_at=attempt.at if taken else before.delivered_at,
        status=attempt.status,
        error=attempt.error,
        failing_since=None if taken else attempt.at if before.failing_since is None else before.failing_since,
        paused_until=attempt.at + attempt.pause if attempt.pause else 0,
    )


def state_of(hook: Webhook, deliveries: Deliveries) -> HookState:
    if not hook.enabled:
        return "disabled"
    return "active" if deliveries.failing_since is None else "failing"
