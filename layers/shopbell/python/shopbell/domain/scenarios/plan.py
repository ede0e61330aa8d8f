"""A scenario as one store runs it: a row of data, every value filled in, which the one engine knows how to run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from shopbell.domain.clock import DAY, HOUR, Duration, Instant
from shopbell.domain.content import Content, Variant
from shopbell.domain.coupons import CouponTerms
from shopbell.domain.events import Json
from shopbell.domain.goods import Awaits
from shopbell.domain.ids import SegmentId
from shopbell.domain.rules.conditions import Condition
from shopbell.domain.scenarios.kinds import Urgency
from shopbell.domain.scenarios.turns import Exit, Hold, Until
from shopbell.domain.visits.sessions import PAUSE

MessageClass = Literal["triggered", "promo", "transactional"]
Reentry = Literal["always", "never", "after"]  # after: once the cooldown is over
RELEVANCE: Final[Duration] = 24 * HOUR
"""A step that could not be sent for so long is not sent at all: `skipped:expired`."""
STATIC: Final = 5
"""The last level of the fallback chain: a message without a product."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which products a message shows; picked for each visitor at dispatch. `algorithm` None: none.

    `algorithm` and `options["seed"]` are names of `recommend.names`. Levels of the fallback chain: 0 the algorithm
    itself, 1 on session data only, 2 top sellers of the entry category, 3 of the store, 4 spotlights, 5 no product.
    """

    algorithm: str | None = None
    count: int = 1
    minimum: int = 1
    filters: Mapping[str, Json] = field(default_factory=dict)
    options: Mapping[str, Json] = field(default_factory=dict)
    """What the algorithm itself takes, such as `window` or `scope`: `recommend.options` lists all."""
    fallback_max_level: int = STATIC
    fallback: tuple[str, ...] = ()
    """Algorithms that are tried after its own and before the chain; one that is not there is passed over."""
    exclude_purchased: Duration | None = 90 * DAY
    exclude_shown: Duration | None = 7 * DAY
    exclude_told: Duration | None = None
    """The same of products that messages of this very source showed, not those of others."""
    instead: tuple[str, ...] | None = None
    """Algorithms that are tried in place of both, each on a level of its own from 1 on; None: the chain."""


@dataclass(frozen=True, slots=True)
class Landing:
    """The list that is picked for a visitor who comes from a message."""

    url: str | None = None
    """Its page, where the message leads; None: it leads where its words say, and any page may show the list."""
    most: int = 12


@dataclass(frozen=True, slots=True)
class Step:
    """One message of a scenario, `delay` after its trigger."""

    delay: Duration
    content: Content
    products: Selection = field(default_factory=Selection)
    relevance: Duration = RELEVANCE
    coupon: CouponTerms | None = None
    enabled: bool = True
    variants: tuple[Variant, ...] = ()
    """Instead of one content; `content` is that of the first then."""
    landing: Landing | None = None
    """None: who comes from it is shown no list."""
    until: Until | None = None
    """In place of `delay`."""
    message_class: MessageClass | None = None
    """This and what follows: None, as the plan says."""
    ttl: Duration | None = None
    urgency: Urgency | None = None
    urgent_for: str | None = None


@dataclass(frozen=True, slots=True)
class OnClock:
    """Time alone made the visitor a member of the scenario's hidden segment."""

    fresh: bool = False
    """Whether an event that happened just now counts as well: what became known on the very day."""


@dataclass(frozen=True, slots=True)
class OnEvent:
    """An event that happened just now; `key` names the property whose value tells instances apart, None: its id.

    With `debounce` the first step counts from the latest such event; the n-th is a condition of the audience's rule.
    """

    event: str
    where: tuple[Condition, ...] = ()
    key: str | None = None
    apart: bool = False
    """Whether instances of several keys run side by side; else a running one stands in the way of all others."""
    debounce: Duration = 0
    restart: bool = False
    """A newer such event takes the place of an instance that has sent nothing yet; with `debounce` it always does."""
    aside: bool = False
    """The same, but the older instance stands aside, and goes on if the newer one is ended before it goes."""
    pause: Duration = PAUSE
    """Of `session_ended` and `cart_abandoned`: after so long without anything, at least 30 minutes."""
    unless_bought: Duration | None = None
    """A product of the event that was bought within so long before it starts nothing."""
    fewest: int = 0
    """An event of fewer pieces starts nothing."""


@dataclass(frozen=True, slots=True)
class OnSegment:
    """The visitor entered or left a segment, by an event or by the clock, never by a definition."""

    segment: SegmentId
    change: Literal["entered", "exited"]


@dataclass(frozen=True, slots=True)
class OnCalendar:
    """A time has come, by the store's clock or by each visitor's: of each day or week, of a cron's, or of one day."""

    minute: int
    """Of the day, 0 to 1,439."""
    weekday: int | None = None  # 0 Monday to 6 Sunday; None: every day
    max_lateness: Duration = 6 * HOUR
    """How much later than its instant a run that was missed is still made up for."""
    cron: str | None = None
    """The six fields of a recurrence of the marketer's own, in place of minute and weekday."""
    once: Instant | None = None
    """That instant and no other; by the visitors' clocks, what the store's clock shows then."""
    by_visitor: bool = False  # each visitor is sent to when their own clock shows the time
    per_minute: int | None = None  # of a run's messages
    max_recipients: int | None = None  # of a run


Trigger = OnClock | OnEvent | OnSegment | OnCalendar


@dataclass(frozen=True, slots=True)
class SendTime:
    """When of the visitor's day a message goes: at once, at a minute of the day, or at the best hour."""

    kind: Literal["immediate", "at", "best_hour"] = "immediate"
    minute: int = 0
    """Of the visitor's day, for `at`."""
    latest: int | None = None
    """A minute of the visitor's day from which on it is not sent any more that day."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the engine needs of one enabled scenario of one store.

    `scenario` is the name of a row, or `fly_mode:<trigger id>` for a marketer's own. `segment` is hidden: who may
    be sent to, evaluated in the fold, so that the audience is asked on the state that the event itself made.
    """

    scenario: str
    segment: SegmentId
    audience: Json
    trigger: Trigger
    steps: tuple[Step, ...]
    exit_on: frozenset[str] = frozenset()
    """Event types that end what is pending."""
    exit_if: tuple[Exit, ...] = ()  # the same of events that must say something besides
    holds: tuple[Hold, ...] = ()
    awaits: Awaits | None = None  # which changes of products it waits for
    message_class: MessageClass = "triggered"
    topic: str | None = None  # what a subscriber may have chosen against
    priority: int = 50
    ttl: Duration = DAY
    urgency: Urgency = "normal"
    reentry: Reentry = "after"
    cooldown: Duration = 0
    ahead: Duration = 0  # so much of the cooldown may be left when it starts: it will be over when the message goes
    unlike: int | None = None
    """No cooldown after an instance of which at least so many percent of the products differ."""
    max_per_user: tuple[int, Duration] | None = None  # so many instances within so long
    after_return: bool = False
    """Whether something of `exit_on` must have happened since the instance before, even if that was over by then."""
    holdout_percent: int = 0
    attribution: Duration | None = None
    respect_quiet_hours: bool = True
    send_time: SendTime = field(default_factory=SendTime)
    recheck_audience: bool = True
    newest_device_only: bool = False
    include_existing: bool = False
    """Whether those who are in the audience already when it is built are sent to as well."""
    spread: Duration = 0
    """Over how long they are spread, each at a moment of their own."""
    revision: int = 0
    """Of the store's settings that it was made from."""
    since: Instant = 0
    """When it was switched on, or its calendar last changed; 0: it never was."""
