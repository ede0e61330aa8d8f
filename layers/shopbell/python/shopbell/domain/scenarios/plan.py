"""A scenario as one store runs it: a row of data, every value filled in, which the one engine knows how to run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from shopbell.domain.clock import DAY, HOUR, Duration
from shopbell.domain.content import Content, Variant
from shopbell.domain.coupons import CouponTerms
from shopbell.domain.events import Json
from shopbell.domain.ids import SegmentId
from shopbell.domain.rules.conditions import Condition

MessageClass = Literal["triggered", "promo", "transactional"]
Reentry = Literal["always", "never", "after"]
"""`after`: once the cooldown is over."""
RELEVANCE: Final[Duration] = 24 * HOUR
"""A step that could not be sent for so long is not sent at all: `skipped:expired`."""
STATIC: Final = 5
"""The last level of the fallback chain: a message without a product."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which products a message shows; picked for each visitor at dispatch. `algorithm` None: none.

    `algorithm` and `options["seed"]` are names of `recommend.names`. `complementary` and `predefined` start from
    seed `order`, `alternatives` from `last_viewed`, `random_from_cart` from `cart`, where the options name no other;
    whatever the options say, products that the caller names itself (facts `seeds`) come before all.
    Levels of the fallback chain: 0 the algorithm itself, 1 on session data only, 2 top sellers of the entry
    category, 3 top sellers of the store, 4 spotlights, 5 no product at all.
    """

    algorithm: str | None = None
    count: int = 1
    minimum: int = 1
    filters: Mapping[str, Json] = field(default_factory=dict)
    options: Mapping[str, Json] = field(default_factory=dict)
    """What the algorithm itself takes, such as `window`, `scope` or `new_since`.

    `complementary`: `bundle_first` (true: the shop's own bundle of the seeds comes before what was counted);
    `alternatives`: `price_band` (0.3: within 30 % of the seed's price), `exclude_viewed` (true: nothing that the
    visitor looked at); `predefined`: `list` (its name; without it the lists of the seeds).
    """
    fallback_max_level: int = STATIC
    fallback: tuple[str, ...] = ()
    """Algorithms that are tried after its own and before the chain; one that is not there is passed over."""
    exclude_purchased: Duration | None = 90 * DAY
    exclude_shown: Duration | None = 7 * DAY


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


@dataclass(frozen=True, slots=True)
class OnClock:
    """Time alone made the visitor a member of the scenario's hidden segment."""

    fresh: bool = False
    """Whether an event that happened just now counts as well: what became known on the very day."""


@dataclass(frozen=True, slots=True)
class OnEvent:
    """An event that happened just now; `key` names the property whose value tells instances apart.

    The n-th occurrence is a condition of the audience's rule. With `debounce` the first step counts from the
    latest such event.
    """

    event: str
    where: tuple[Condition, ...] = ()
    key: str | None = None
    """None: the event's id."""
    debounce: Duration = 0
    restart: bool = False
    """A newer such event takes the place of an instance that has sent nothing yet; with `debounce` it always does."""


@dataclass(frozen=True, slots=True)
class OnSegment:
    """The visitor entered or left a segment, by an event or by the clock, never by a definition."""

    segment: SegmentId
    change: Literal["entered", "exited"]


@dataclass(frozen=True, slots=True)
class OnCalendar:
    """The store's local time has come: each day, or each week on one day, at a minute of the day."""

    minute: int
    """Of the day, 0 to 1,439, in the store's zone."""
    weekday: int | None = None
    """0 Monday to 6 Sunday; None: every day."""
    max_lateness: Duration = 6 * HOUR
    """How much later than its instant a run that was missed is still made up for."""


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
    message_class: MessageClass = "triggered"
    priority: int = 50
    ttl: Duration = DAY
    urgency: Literal["very-low", "low", "normal", "high"] = "normal"
    reentry: Reentry = "after"
    cooldown: Duration = 0
    max_per_user: tuple[int, Duration] | None = None
    """So many instances within so long."""
    holdout_percent: int = 0
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
