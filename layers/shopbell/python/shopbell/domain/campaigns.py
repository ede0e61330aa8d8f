"""A campaign: content for an audience, sent once the marketer says so, or whenever its schedule does."""

from dataclasses import dataclass, field
from typing import Final, Literal

from shopbell.domain.clock import HOUR, Duration, Instant
from shopbell.domain.content import Content, ContentBy, Variant
from shopbell.domain.events import Json
from shopbell.domain.ids import CampaignId, SegmentId, StoreId
from shopbell.domain.pauses import FOREVER, Pause
from shopbell.domain.runs import DeliveryOptions, Terms
from shopbell.domain.scenarios.calendar import ROUND, following, latest
from shopbell.domain.scenarios.plan import OnCalendar
from shopbell.domain.segments.zones import named
from shopbell.domain.winner import Decision, Weighing, WinnerTest

MAX_LATENESS: Final[Duration] = 6 * HOUR
"""How much later than its instant a run that was missed is still made up for."""

GROWTH: Final = 25
"""Per cent by which an audience may have grown beyond what was agreed to before it is asked for again."""

Action = Literal["send", "schedule"]
CampaignStatus = Literal["draft", "scheduled", "sending", "paused", "sent", "cancelled"]


@dataclass(frozen=True, slots=True)
class CampaignAudience:
    """Include OR-ed, exclude wins; neither segments nor rule: everyone reachable."""

    include: tuple[SegmentId, ...] = ()
    exclude: tuple[SegmentId, ...] = ()
    rule: Json = None
    """An inline rule as given."""
    rule_segment: SegmentId | None = None
    """The hidden segment that the inline rule became (ruling 19)."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When it goes: at one instant, or whenever a recurrence comes."""

    at: Instant | None = None
    cron: str | None = None
    """Six fields, as EventBridge Scheduler reads them; either this or `at`."""
    time_zone: str | None = None
    """Whose clock `cron` is about, and what `at` shows to visitors; None in a draft: the store's."""
    visitor_local: bool = False
    """Whether each visitor is sent to when their own clock shows the time."""
    best_hour: bool = False
    """Whether each is sent to at the hour of the day that follows at which they are likeliest to look."""

    @property
    def trigger(self) -> OnCalendar:
        lateness = MAX_LATENESS
        return OnCalendar(0, max_lateness=lateness, cron=self.cron, once=self.at, by_visitor=self.visitor_local)

    @property
    def span(self) -> Duration:
        """How long after its instant the last visitor's moment may come."""
        return ROUND if self.visitor_local else 0


@dataclass(frozen=True, slots=True)
class Approval:
    """What a second person is to agree to, or has. Keys are named by the first characters of their hashes."""

    action: Action
    asked_by: str | None
    """None: it was scheduled by an earlier release, which did not note by whom."""
    asked_at: Instant
    recipients: int
    """How many people it would reach as it was asked for, as far as was known."""
    approved_by: str | None = None
    approved_at: Instant | None = None
    run_at: Instant | None = None
    """The instant of a run that was held back for it; None: none is."""
    part: str = ""
    """Of the run that was held back: the rest, where a part of the audience has tried the variants."""
    at_most: int | None = None
    """How many it might reach for all that was known; None: `recipients` were counted one by one."""

    @property
    def open(self) -> bool:
        """Whether somebody is still to agree."""
        return self.approved_by is None

    def covers(self, recipients: int) -> bool:
        """Whether somebody agreed, to so many or nearly."""
        agreed = max(self.recipients * (100 + GROWTH), (self.at_most or 0) * 100)
        return not self.open and recipients * 100 <= agreed


@dataclass(frozen=True, slots=True)
class Campaign:
    store: StoreId
    id: CampaignId
    name: str
    status: CampaignStatus
    audience: CampaignAudience
    content: Content
    delivery: DeliveryOptions
    created_at: Instant
    updated_at: Instant
    revision: int = 1
    sent_at: Instant | None = None
    send_key: str | None = None
    """Idempotency-Key of the call that sent or scheduled it: the same one again gets the same answer."""
    send_body: str | None = None
    """A digest of what that call said."""
    terms: Terms = field(default_factory=Terms)
    variants: tuple[Variant, ...] = ()
    """Instead of one content; `content` is that of the first then."""
    content_by: ContentBy | None = None
    """Other words for some; `content` is for everybody else."""
    schedule: Schedule | None = None
    """None: it is sent when somebody says so."""
    ends_at: Instant | None = None
    """From then on nothing of it is sent any more."""
    since: Instant = 0
    """When it was scheduled, or let go on: instants before it were not asked for."""
    paused_at: Instant | None = None
    """Since when it is paused; None: it is not, or by an earlier release."""
    pauses: tuple[Pause, ...] = ()
    """Those of the last two weeks that are over, oldest first."""
    approval: Approval | None = None
    """None: nobody had to ask."""
    started_by: str | None = None
    """The key that had it sent or scheduled, by the first characters of its hash."""
    copy_of: CampaignId | None = None
    winner: WinnerTest | None = None
    """None: everybody gets the variant that the draw gives them."""
    weighing: Weighing | None = None
    """None: each of its runs draws by the weights that the marketer gave."""
    decision: Decision | None = None
    """A copy of what the run to the rest says, which is not kept for ever."""
    unplanned: bool = False
    """Whether the message that makes its run may be lost: it is sending, and nobody has seen the run yet."""

    @property
    def pause_began(self) -> Instant:
        """Of one that is paused."""
        return self.updated_at if self.paused_at is None else self.paused_at

    @property
    def stood(self) -> tuple[Pause, ...]:
        """When nothing of it went; what goes on ends never."""
        return (*self.pauses, (self.pause_began, FOREVER)) if self.status == "paused" else self.pauses

    @property
    def watched(self) -> bool:
        """Whether the schedule of all campaigns looks after it: its time is to come, or its decision, or a second
        person's, or its run.
        """
        undecided = self.winner is not None and self.decision is None
        held = self.approval is not None and self.approval.run_at is not None and not self.approval.part
        return self.status == "scheduled" or (self.status == "sending" and (undecided or held or self.unplanned))

    def following(self, after: Instant) -> Instant | None:
        """The first instant beyond `after` for which its schedule makes a run; None: there is none any more."""
        if self.schedule is None:
            return None
        found = following(self.schedule.trigger, named(self.schedule.time_zone or ""), after)
        return None if found is None or (self.ends_at is not None and found >= self.ends_at) else found

    def due(self, until: Instant) -> Instant | None:
        """The last instant at or before `until`, of the last eight days, for which its schedule makes a run."""
        if self.schedule is None:
            return None
        last = until if self.ends_at is None else min(until, self.ends_at - 1)
        found = latest(self.schedule.trigger, named(self.schedule.time_zone or ""), last)
        return None if found is None or found + self.schedule.span < self.since else found
