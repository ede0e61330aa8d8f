"""What the gates are asked about: one message to one device of one person, as things stand now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Final

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.pauses import Pause
from shopbell.domain.policy import FREE, Policy
from shopbell.domain.profile import Profile
from shopbell.domain.runs import Audience, Source
from shopbell.domain.scenarios.ownclock import OwnClock
from shopbell.domain.scenarios.pending import PendingStep, Ran
from shopbell.domain.scenarios.plan import MessageClass, Reentry
from shopbell.domain.sends import EMPTY, SendRecord
from shopbell.domain.subscriptions import Subscription

BestHour = Callable[[Profile, tzinfo, Instant], int | None]
"""The hour of the visitor's day, 0 to 23, at which they are likeliest to look; None: too little is known."""
Upcoming = Callable[[Profile, Callable[[], tzinfo], SendRecord], Sequence[PendingStep]]
"""What the schedules' runs take up for a visitor; asked only where contention matters."""
UNKNOWN: Final[Mapping[str, int]] = {}


def nothing_missing() -> str | None:
    """Of a message that may go without a coupon."""
    return None


@dataclass(frozen=True, slots=True)
class Sending:
    """The message itself. As it stands here it keeps to nothing."""

    source: Source = "campaign"
    source_id: str = ""
    key: str | None = None
    """Which instance of a scenario; None: the message of a run, which is one instance for everybody."""
    step: int = 0
    mark: bytes = b""
    """`sends.mark_of` it."""
    message_class: MessageClass = "promo"
    priority: int = 0
    topic: str | None = None
    """What a subscriber can choose to hear of; None: it is about no topic."""
    holdout_percent: int = 0
    respect_caps: bool = False
    respect_quiet_hours: bool = False
    recheck_audience: bool = True
    reentry: Reentry = "always"
    cooldown: Duration = 0
    max_per_user: tuple[int, Duration] | None = None
    started_at: Instant | None = None
    due: Instant | None = None
    """When it was to go; None: now. Quiet hours from then on do not count towards its relevance."""
    expires_at: Instant | None = None
    """From then on it is stale, as far as there are no quiet hours until then. None: only the run ends."""
    closes_at: Instant | None = None
    """From then on it is stale whatever it has waited for; None: nothing but that ends it."""
    latest: int | None = None
    """A minute of the visitor's day from which on it is not sent any more, nor on the next day."""
    best_hour: bool = False
    """Whether it waits for the hour at which the visitor is likeliest to look, if that hour comes in time."""
    own_clock: OwnClock | None = None
    """The time that the visitor's own clock is to show first."""

    @property
    def held(self) -> bool:
        """Whether caps, sunset, contention and quiet hours mean it: never what was asked for by name."""
        return self.message_class != "transactional" and self.source != "test"


@dataclass(frozen=True)
class Moment:
    """One recipient as things stand now. None: there is no such row any more.

    Without slots, so that `about` copies it at once: it happens with every recipient.
    """

    audience: Audience
    subscription: Subscription | None
    profile: Profile | None
    has_content: Callable[[], bool]
    """Asked only if every gate before it is open: it renders."""
    repeated: bool = False
    """The same subscription stood earlier in this chunk."""
    sending: Sending = field(default_factory=Sending)
    policy: Policy = FREE
    record: SendRecord = EMPTY
    """What the person was sent."""
    now: Instant = 0
    zone: Callable[[Profile | None], tzinfo] = lambda _: UTC
    """Whose days these are (`asking.zones`); asked only where an hour matters."""
    priorities: Mapping[str, int] = field(default_factory=lambda: UNKNOWN)
    """Of the store's scenarios, by `source_id`."""
    upcoming: Upcoming = lambda *_: ()
    stood: tuple[Pause, ...] = ()
    """When nothing of the message could go, as `pauses.union` gives it: no time counts for it then."""
    paused: bool = False
    """Whether the store sends nothing for now."""
    no_coupon: Callable[[], str | None] = nothing_missing
    """Why there is no code without which it may not go; None: nothing is missing."""
    best_hour: BestHour = lambda *_: None
    """Asked only for a message that waits for it."""

    @property
    def who(self) -> tuple[StoreId, VisitorId] | None:
        """The person, under whatever id a device was subscribed; None: nobody is left."""
        known = self.profile or self.subscription
        return (known.store, known.visitor) if known else None

    @property
    def instances(self) -> tuple[Ran, ...]:
        """Those of this message's scenario that are remembered, the latest last."""
        return self.profile.ran.get(self.sending.source_id, ()) if self.profile else ()

    @property
    def own_instance(self) -> Ran | None:
        """That of this very message; None: it is of none, or of one that is forgotten."""
        return next((one for one in self.instances if one.key == self.sending.key and not one.refused), None)

    @property
    def steps(self) -> tuple[PendingStep, ...]:
        """What waits for this person, with them or for the next run of a schedule."""
        if self.profile is None:
            return ()
        mine = (step for step in self.profile.steps if step.state != "aside")
        return *mine, *self.upcoming(self.profile, lambda: self.zone(self.profile), self.record)

    @property
    def others(self) -> SendRecord:
        """What was sent besides this very message."""
        return self.record.without(self.sending.mark)


def about(at: Moment, **own: object) -> Moment:
    """`dataclasses.replace`, at a fraction of its cost."""
    fresh = _new(Moment)
    _set(fresh, "__dict__", at.__dict__ | own)
    return fresh


_new: Final = object.__new__
_set: Final = object.__setattr__
