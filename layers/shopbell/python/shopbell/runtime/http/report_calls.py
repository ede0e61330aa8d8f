"""Reports over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, get_args

from shopbell.app.management.campaigns.report import ReadReport
from shopbell.app.management.campaigns.weighing import WeighVariants
from shopbell.app.management.segments.history import check_day
from shopbell.app.reporting.reading_lift import ReadLift
from shopbell.app.reporting.series import By, ReadSeries, Span
from shopbell.app.scenarios.report import ReadScenarioReport
from shopbell.domain.events import Json
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.reports import Report
from shopbell.runtime.http import reading
from shopbell.runtime.http.answer import Answer, answer
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.report_answers import Found, ReportOut, report
from shopbell.runtime.http.report_csv import table
from shopbell.runtime.http.request import Request

_DAY: Final[Json] = {"type": "string", "format": "date"}
SERIES: Final[Mapping[str, Json]] = {
    "from": _DAY,
    "to": _DAY,
    "by": {"type": "string", "enum": list(get_args(By))},
    "format": {"type": "string", "enum": ["json", "csv"], "default": "json"},
}
"""What every report takes."""
_OF_SERIES: Final = (
    "With `by`, `from` or `to` there is a `series`: days of the store's zone, the last 30 by itself and at most 400, "
    "or its hours, the last 2 days by themselves and at most 14. The other numbers are over all the time. "
    "`lift` compares those who were held out with those who were not, each person once, from the first moment at "
    "which it was decided. `format=csv`: the same as a table, a row for the whole, each variant, each step, each "
    "point of the series, and each group and effect of the lift."
)

OPERATIONS: Final = (
    Operation(
        "getReport",
        "GET",
        "/v1/campaigns/{campaign_id}/report",
        "What became of a campaign",
        "Campaigns",
        Managed("viewer"),
        answer=ReportOut,
        query=SERIES,
        table=True,
        description=_OF_SERIES,
    ),
    Operation(
        "getScenarioReport",
        "GET",
        "/v1/scenarios/{name}/report",
        "What became of a scenario",
        "Scenarios",
        Managed("viewer"),
        answer=ReportOut,
        query=SERIES,
        table=True,
        errors=(409,),
        description=(
            "`fly_mode`: of all triggers that there are; `fly_mode:<trigger id>`: of one, also after it was deleted. "
            + _OF_SERIES
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ReportCalls:
    campaign: ReadReport
    scenario: ReadScenarioReport
    series: ReadSeries
    lift: ReadLift
    weigh: WeighVariants

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {"getReport": self._campaign, "getScenarioReport": self._scenario}

    def _campaign(self, store: StoreId, request: Request) -> Answer:
        name, form = CampaignId(request.params["campaign_id"]), _form(request)
        row, learned = self.campaign(store, name, timed=_timed(request)), self.weigh.of_campaign(store, name)
        found = Found(self.campaign.trial(store, name), {} if learned is None else {0: learned})
        said = self._told(store, request, (row, found), [name])
        return table(said, name) if form == "csv" else answer(said)

    def _scenario(self, store: StoreId, request: Request) -> Answer:
        name, form = request.params["name"], _form(request)
        found = self.scenario(store, name, timed=_timed(request)), Found()
        said = self._told(store, request, found, self.scenario.sources(store, name))
        return table(said, name) if form == "csv" else answer(said)

    def _told(self, store: StoreId, request: Request, given: tuple[Report, Found], sources: list[str]) -> ReportOut:
        span, (row, found) = span_of(request), given
        series = None if span is None else self.series(store, sources, span, row.accepted_at)
        return report(row, series, self.lift(store, sources, row.holdout_percent), found)


def _form(request: Request) -> str | None:
    return reading.one_of(request, "format", ("json", "csv"))


def _timed(request: Request) -> bool:
    return span_of(request) is not None


def span_of(request: Request) -> Span | None:
    """None: no series is asked for. Rejected for what is no date, or no hour or day."""
    first, last = (check_day(name, request.query.get(name)) for name in ("from", "to"))
    by = reading.one_of(request, "by", get_args(By))
    if first is None and last is None and by is None:
        return None
    return Span("hour" if by == "hour" else "day", first, last)
