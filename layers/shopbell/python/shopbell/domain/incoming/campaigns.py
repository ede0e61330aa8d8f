"""Campaigns as a marketer writes them."""

from dataclasses import replace
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, JsonValue

from shopbell.domain.attribution.windows import check_window
from shopbell.domain.campaigns import Schedule
from shopbell.domain.clock import DAY, MINUTE, Duration, Instant, parse_duration, parse_instant
from shopbell.domain.errors import Rejected
from shopbell.domain.incoming.addressing import ContentByIn
from shopbell.domain.incoming.faults import Incoming, checked
from shopbell.domain.incoming.picked import CampaignProductsIn
from shopbell.domain.incoming.schedules import ScheduleIn
from shopbell.domain.incoming.segments import SegmentName, Title
from shopbell.domain.incoming.texts import DurationText, InstantText, Many, Short, TopicText, VisitorText
from shopbell.domain.incoming.variants import SpokenIn, VariantName, WordsIn
from shopbell.domain.incoming.winner import WinnerIn
from shopbell.domain.runs import DeliveryOptions, Terms
from shopbell.domain.scenarios.moments import MAX_QUOTA, MAX_WITHIN
from shopbell.domain.scenarios.plan import Landing, Selection

MAX_SEGMENTS: Final = 20
MAX_TEST_VISITORS: Final = 10


def check_ttl(text: str) -> None:
    """RFC 8030 has no limit, the push services do: 28 days; below a minute nothing is delivered."""
    if not MINUTE <= parse_duration(text) <= 28 * DAY:
        raise ValueError("must be PT1M to P28D")


def check_within(text: str) -> None:
    if not MINUTE <= parse_duration(text) <= MAX_WITHIN:
        raise ValueError("must be PT1M to P366D")


Percent = Annotated[int, Field(ge=0, le=100)]
Names = Annotated[Many[SegmentName], Field(max_length=MAX_SEGMENTS)]


class AudienceIn(Incoming):
    """Members of any included segment or of the rule; exclude wins; none of them: everyone reachable."""

    include: Names = ()
    rule: dict[str, JsonValue] | None = None
    exclude: Names = ()


class QuotaIn(Incoming):
    """At most so many messages of the campaign to one person within any time of that length."""

    times: Annotated[int, Field(ge=1, le=MAX_QUOTA)]
    within: Annotated[DurationText, AfterValidator(checked(check_within))]

    @property
    def value(self) -> tuple[int, Duration]:
        return self.times, parse_duration(self.within)


class DeliveryIn(Incoming):
    ttl: Annotated[DurationText, AfterValidator(checked(check_ttl))] = "P1D"
    urgency: Literal["very-low", "low", "normal", "high"] = "normal"
    topic: Short | None = None
    per_minute: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    respect_quiet_hours: bool = True
    respect_caps: bool = True
    max_per_user: QuotaIn | None = None

    @property
    def options(self) -> DeliveryOptions:
        return DeliveryOptions(parse_duration(self.ttl), self.urgency, self.topic, self.per_minute)


class AttributionIn(Incoming):
    """How long after a click an order is due to the message."""

    click: Annotated[DurationText, AfterValidator(checked(check_window))]

    @property
    def window(self) -> Duration:
        return parse_duration(self.click)


class CampaignIn(SpokenIn):
    """Body of POST /v1/campaigns."""

    name: Title
    audience: AudienceIn = Field(default_factory=AudienceIn)
    delivery: DeliveryIn = Field(default_factory=DeliveryIn)
    topic: TopicText | None = None
    """What subscribers can choose to hear of; `delivery.topic` is the push service's."""
    holdout_percent: Percent | None = None
    max_recipients: Annotated[int, Field(ge=1, le=10**9)] | None = None
    attribution: AttributionIn | None = None
    recheck_at_send: bool | None = None
    """Whether who left the audience since it was planned is left out; by default they are."""
    products: CampaignProductsIn | None = None
    content_by: ContentByIn | None = None
    ends_at: InstantText | None = None
    schedule: ScheduleIn | None = None
    winner: WinnerIn | None = None
    freeze_audience: bool | None = None
    """The opposite of `recheck_at_send`: whom a run was planned for gets it, wherever they are by then."""


class CampaignPatchIn(WordsIn):
    """Body of PATCH /v1/campaigns/{id}: what is left out stays; what is said, is set whole."""

    name: Title | None = None
    audience: AudienceIn | None = None
    delivery: DeliveryIn | None = None
    topic: TopicText | None = None
    holdout_percent: Percent | None = None
    max_recipients: Annotated[int, Field(ge=1, le=10**9)] | None = None
    attribution: AttributionIn | None = None
    recheck_at_send: bool | None = None
    products: CampaignProductsIn | None = None
    content_by: ContentByIn | None = None
    ends_at: InstantText | None = None
    schedule: ScheduleIn | None = None
    winner: WinnerIn | None = None
    freeze_audience: bool | None = None


def terms_of(given: CampaignIn | CampaignPatchIn, before: Terms) -> Terms:
    """What the gates are told; what was not said is as before; null takes topic, products, limit and window away.

    Rejected names the filter of products that is wrong.
    """
    said, delivery = given.model_fields_set, given.delivery
    if delivery is not None:
        quota = None if delivery.max_per_user is None else delivery.max_per_user.value
        caps, hours = delivery.respect_caps, delivery.respect_quiet_hours
        before = replace(before, respect_caps=caps, respect_quiet_hours=hours, max_per_user=quota)
    if "topic" in said:
        before = replace(before, topic=given.topic)
    if "max_recipients" in said:
        before = replace(before, max_recipients=given.max_recipients)
    if "products" in said:
        picked = Selection() if given.products is None else given.products.selection
        before = replace(before, products=picked, landing=Landing() if picked.count > 1 else None)
    if "attribution" in said:
        before = replace(before, attribution=given.attribution.window if given.attribution else None)
    if (recheck := _recheck(given)) is not None:
        before = replace(before, recheck_audience=recheck)
    return before if given.holdout_percent is None else replace(before, holdout_percent=given.holdout_percent)


def _recheck(given: CampaignIn | CampaignPatchIn) -> bool | None:
    """Rejected where both names of it are said and contradict each other."""
    if given.freeze_audience is None:
        return given.recheck_at_send
    if given.recheck_at_send is given.freeze_audience:
        raise Rejected.at("freeze_audience", "must be the opposite of `recheck_at_send`, or only one of them be said")
    return not given.freeze_audience


def times_of(
    given: CampaignIn | CampaignPatchIn, schedule: Schedule | None, ends_at: Instant | None
) -> tuple[Schedule | None, Instant | None]:
    """When it goes and when it ends; what was not said is as before, and null takes it away."""
    if "schedule" in given.model_fields_set:
        schedule = None if given.schedule is None else given.schedule.value
    if "ends_at" in given.model_fields_set:
        ends_at = None if given.ends_at is None else parse_instant(given.ends_at)[0]
    return schedule, ends_at


class CampaignTestIn(Incoming):
    """Body of POST /v1/campaigns/{id}/test. Without `variant` each visitor gets the one that would be theirs."""

    visitor_ids: Annotated[Many[VisitorText], Field(min_length=1, max_length=MAX_TEST_VISITORS)]
    variant: VariantName | None = None
