"""A run: one sending of a campaign or scenario, planned in shards, sent in chunks, counted to the last recipient."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.content import Content, ContentBy, Variant
from shopbell.domain.coupons import CouponTerms
from shopbell.domain.ids import RunId, SegmentId, StoreId, SubscriptionId, VisitorId
from shopbell.domain.pauses import Pause
from shopbell.domain.scenarios.ownclock import OwnClock
from shopbell.domain.scenarios.plan import RELEVANCE, Landing, MessageClass, Reentry, Selection
from shopbell.domain.subscriptions import PushService
from shopbell.domain.variants import choice
from shopbell.domain.winner import Decision, Phase, Weighed

CHUNK_SIZE: Final = 500
FLUSH_EVERY: Final = 50
"""Posts that may be unrecorded in a chunk: what a killed worker may post again (ruling 34)."""
MAX_SHARDS: Final = 256
Source = Literal["campaign", "scenario", "test"]
RunState = Literal["sending", "paused", "cancelled"]
RunWarning = Literal["throttled_by_chrome", "service_unavailable", "refused"]
"""What a marketer is told: Chrome limits the store, a push service is down, a key or contact is refused."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a run is for: everyone reachable, members of segments, or a scenario's candidates."""

    include: tuple[SegmentId, ...] = ()
    exclude: tuple[SegmentId, ...] = ()
    candidates: str | None = None
    """Scenario whose candidates due by `Run.scheduled_at` are meant; include and exclude are then re-checked."""
    visitors: tuple[VisitorId, ...] = ()
    """Named visitors: a test send."""


@dataclass(frozen=True, slots=True)
class DeliveryOptions:
    """How the push service is to treat the message (RFC 8030 sections 5.2 to 5.4)."""

    ttl: Duration = DAY
    urgency: Literal["very-low", "low", "normal", "high"] = "normal"
    topic: str | None = None
    per_minute: int | None = None
    """Of a run to many, so many messages a minute and no more; None: as fast as the push services take them."""
    urgent_for: str | None = None
    """A fact of the trigger: `urgency` is for those of whom it is true, the others' is normal."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the gates and the selection of products ask of a run; as it stands here, a campaign's."""

    step: int = 0
    """Place of the message in its scenario's series."""
    message_class: MessageClass = "promo"
    priority: int = 10
    topic: str | None = None
    """What a subscriber may have chosen against; None: it is about no topic."""
    holdout_percent: int = 0
    max_recipients: int | None = None
    """So many people of a run and no more, drawn by lot; None: all."""
    respect_caps: bool = True
    respect_quiet_hours: bool = True
    recheck_audience: bool = True
    relevance: Duration = RELEVANCE
    reentry: Reentry = "always"
    cooldown: Duration = 0
    max_per_user: tuple[int, Duration] | None = None
    latest: int | None = None
    """A minute of the visitor's day from which on it is not sent any more, nor on the next day."""
    best_hour: bool = False
    """Whether it waits for the hour at which the visitor is likeliest to look."""
    own_clock: OwnClock | None = None
    """The time that each visitor's own clock is to show first; None: it goes to all at once."""
    products: Selection = field(default_factory=Selection)
    newest_device_only: bool = False
    coupon: CouponTerms | None = None
    landing: Landing | None = None
    attribution: Duration | None = None
    """How long after a click an order is the message's doing; None: as long as by default."""
    phase: Phase | None = None
    """Of a campaign that tries its variants on a part of its audience first: which part the run is for."""


@dataclass(frozen=True, slots=True)
class Run:
    """Written once, conditional on (store, source, source_id, scheduled_at, part): a second firing changes nothing.
    A triggered step has one a UTC day, without shards: `scheduled_at` is where that begins, `part` step and revision.
    """

    store: StoreId
    id: RunId
    source: Source
    source_id: str
    scheduled_at: Instant
    created_at: Instant
    ends_at: Instant
    shards: int
    audience: Audience
    content: Content
    delivery: DeliveryOptions = field(default_factory=DeliveryOptions)
    state: RunState = "sending"
    terms: Terms = field(default_factory=Terms)
    part: str = ""
    """Tells apart runs of one source and instant; holds no separator of keys."""
    variants: tuple[Variant, ...] = ()
    """What is sent instead of one content to all, each to its share; `content` is that of the first then."""
    content_by: ContentBy | None = None
    """Other words for some; `content` is for everybody else."""
    given_up: str | None = None
    """Why it was never begun: it only keeps its firing taken, and is cancelled from the start."""
    warnings: Mapping[RunWarning, Instant] = field(default_factory=dict)
    """What its workers have noticed, and when last."""
    closes_at: Instant | None = None
    shift: Duration = 0
    pauses: tuple[Pause, ...] = ()
    """How long it was paused, and when: turns and end come later by as much, the end not after `closes_at`."""
    decision: Decision | None = None
    weighed: Weighed | None = None
    """Why it sends what it sends, where others have tried the variants before."""

    def takes(self, visitor: VisitorId) -> bool:
        """Whether the visitor is of the part of the audience that it is for."""
        return self.terms.phase is None or self.terms.phase.takes(self.store, self.source_id, visitor)

    def variant_for(self, visitor: VisitorId) -> int:
        """The place of the visitor's variant; 0 where there are none."""
        return choice(self.variants, (self.store, self.source_id, self.terms.step), visitor)

    def variant_at(self, place: int) -> str | None:
        """Its name; None where there are none, or none there."""
        return self.variants[place].name if 0 <= place < len(self.variants) else None


@dataclass(frozen=True, slots=True)
class ShardWork:
    """Queue `audience`: page through one shard of a run's audience from the cursor on."""

    store: StoreId
    run: RunId
    shard: int
    cursor: str | None = None
    hops: int = 0


@dataclass(frozen=True, slots=True)
class Recipient:
    visitor: VisitorId
    subscription: SubscriptionId


@dataclass(frozen=True, slots=True)
class Chunk:
    """Queue `send-*`: at most 500 recipients of one push service, as pointers and never as payloads."""

    store: StoreId
    run: RunId
    id: str
    service: PushService
    recipients: tuple[Recipient, ...]
    not_before: Instant = 0
    """When its turn comes in a run that sends so many a minute; later by as long as the run was paused."""


@dataclass(frozen=True, slots=True)
class ShardProgress:
    """The checkpoint of one shard: where to go on, and how many recipients were planned so far."""

    shard: int
    planned: int
    cursor: str | None
    done: bool
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Visitors left out while planning, by reason: they have no chunk, and still have to add up."""


@dataclass(frozen=True, slots=True)
class ChunkLedger:
    """One byte for each recipient of a chunk, in order: 0 while open, else a code of `domain.outcomes`."""

    chunk: str
    service: PushService
    codes: bytes
    errors: int = 0
    """Failures of ours while working on it; at 5 it is parked with the reason (ruling 33)."""
    variants: bytes = b""
    """For each recipient with an end the place of their variant from 1 on; nothing where there are none."""
    told: bytes = b""
    """What the gates rested on that were closed to some of them (`domain.gates.minutes`)."""
    served: tuple[int, Instant] | None = None
    """The last time a service took something of it and others stayed open: which handing out it was, and when."""
    accepted_at: Mapping[Instant, int] = field(default_factory=dict)

    @property
    def open(self) -> int:
        return self.codes.count(0)
