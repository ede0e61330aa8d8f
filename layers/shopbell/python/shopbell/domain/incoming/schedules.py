"""When a campaign goes, as a marketer writes it."""

from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from shopbell.domain.campaigns import Schedule
from shopbell.domain.clock import parse_instant
from shopbell.domain.incoming.faults import Incoming, checked
from shopbell.domain.incoming.texts import InstantText, ZoneText
from shopbell.domain.scenarios.occurrences import Moment, Recurrence

_MOMENT: Final = Moment("at", "")
_RECURRENCE: Final = Recurrence("cron", "")

At = Annotated[InstantText, AfterValidator(checked(_MOMENT.read))]
CronText = Annotated[
    str, Field(max_length=256, examples=["0 18 ? * THU *"]), AfterValidator(lambda text: _RECURRENCE.read(text) or "")
]
Recipients = Annotated[int, Field(ge=0, le=10**9)]


class _Times(Incoming):
    at: At | None = None
    cron: CronText | None = None
    time_zone: ZoneText | None = None
    visitor_local: bool = False
    best_hour: bool = False

    @property
    def is_said(self) -> bool:
        return self.at is not None or self.cron is not None

    @property
    def value(self) -> Schedule:
        at = None if self.at is None else parse_instant(self.at)[0]
        return Schedule(at, self.cron, self.time_zone, self.visitor_local, self.best_hour)

    def _check(self) -> None:
        if self.at is not None and self.cron is not None:
            raise ValueError("must have either `at` or `cron`")
        if self.cron is not None and self.visitor_local and self.time_zone is not None:
            raise ValueError("must have either `time_zone` or `visitor_local` beside `cron`")
        if self.visitor_local and self.best_hour:
            raise ValueError("must have either `visitor_local` or `best_hour`")


class ScheduleIn(_Times):
    """Once, `at` an instant at a full minute, or whenever `cron` comes in `time_zone` (the store's if left out).

    `visitor_local`: to each when their own clock shows that time; of `at`, what a clock in `time_zone` shows then.
    `best_hour`: to each at their best hour within the day that follows.
    """

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.is_said:
            raise ValueError("must have either `at` or `cron`")
        self._check()
        return self


class CampaignScheduleIn(_Times):
    """Body of POST /v1/campaigns/{id}/schedule: a schedule, in place of the one that the draft has, if any.

    `expected_audience`: how many people the caller expects it to reach (`store.approve_over`).
    """

    ends_at: InstantText | None = None
    expected_audience: Recipients | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.is_said and (self.visitor_local or self.best_hour or self.time_zone is not None):
            raise ValueError("must have either `at` or `cron`")
        self._check()
        return self


class CampaignSendIn(Incoming):
    """Body of POST /v1/campaigns/{id}/send, which may be left out."""

    expected_audience: Recipients | None = None
