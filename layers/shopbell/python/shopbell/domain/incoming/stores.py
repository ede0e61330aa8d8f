"""Settings of a store, as its owner changes them."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, ConfigDict, Field, field_validator

from shopbell.domain.clock import DAY, MINUTE, Duration, parse_duration
from shopbell.domain.errors import Rejected
from shopbell.domain.incoming.campaigns import AttributionIn
from shopbell.domain.incoming.faults import Incoming, checked, never_null
from shopbell.domain.incoming.segments import Title
from shopbell.domain.incoming.texts import CurrencyText, DurationText, LanguageText, Many, ZoneText
from shopbell.domain.origins import check_origin
from shopbell.domain.policy import Cap, QuietHours
from shopbell.domain.push.vapid import check_subject

MAX_ORIGINS: Final = 20
MAX_CAPS: Final = 10
MAX_CAP: Final = 50
"""What was sent is known of the last 64 messages."""
MAX_WITHIN: Final[Duration] = 60 * DAY
MAX_HALF_LIFE: Final[Duration] = 3_650 * DAY


def _check_contact(text: str) -> None:
    try:
        check_subject(text)
    except Rejected as exc:
        raise ValueError(exc.problems[0].message) from None


def _check_half_life(text: str) -> None:
    if not DAY <= parse_duration(text) <= MAX_HALF_LIFE:
        raise ValueError("must be P1D to P3650D")


def _check_within(text: str) -> None:
    if not MINUTE <= parse_duration(text) <= MAX_WITHIN:
        raise ValueError("must be PT1M to P60D")


ClockText = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["22:00"])]
Origin = Annotated[str, AfterValidator(checked(check_origin))]
Domain = Annotated[str, Field(max_length=253, pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")]


class CapIn(Incoming):
    """At most so many messages to one person within any time of that length."""

    count: Annotated[int, Field(ge=1, le=MAX_CAP)]
    within: Annotated[DurationText, AfterValidator(checked(_check_within))]


class QuietHoursIn(Incoming):
    """On the visitor's clock, from `start` on and before `end`; they may pass midnight. Equal: there are none."""

    start: ClockText
    end: ClockText


class StorePatchIn(Incoming):
    """Body of PATCH /v1/store: what is left out stays, and nothing is null: no setting can be taken away."""

    model_config = ConfigDict(json_schema_extra=never_null)

    name: Title | None = None
    contact: Annotated[str, AfterValidator(checked(_check_contact))] | None = None
    time_zone: ZoneText | None = None
    currency: CurrencyText | None = None
    language: LanguageText | None = None
    origins: Annotated[Many[Origin], Field(max_length=MAX_ORIGINS)] | None = None
    click_domains: Annotated[Many[Domain], Field(max_length=MAX_ORIGINS)] | None = None
    revenue_source: Literal["any", "server"] | None = None
    affinity_half_life: Annotated[DurationText, AfterValidator(checked(_check_half_life))] | None = None
    sending: Literal["on", "paused"] | None = None
    caps: Annotated[Many[CapIn], Field(max_length=MAX_CAPS)] | None = None
    quiet_hours: QuietHoursIn | None = None
    global_holdout_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    consent_required: bool | None = None
    approve_over: Annotated[int, Field(ge=0, le=10**9)] | None = None
    approval: Literal["none", "second_person"] | None = None
    learning: Literal["off", "fill", "update"] | None = None
    attribution: AttributionIn | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _said(cls, value: object) -> object:
        if value is None:
            raise ValueError("must not be null: leave out what is to stay")
        return value

    @property
    def limits(self) -> tuple[Cap, ...] | None:
        """The caps as values."""
        return None if self.caps is None else tuple(Cap(one.count, parse_duration(one.within)) for one in self.caps)

    @property
    def quiet(self) -> QuietHours | None:
        """The quiet hours as minutes of the day."""
        hours = self.quiet_hours
        return None if hours is None else QuietHours(_minute(hours.start), _minute(hours.end))


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
