"""What became of the permission prompt, over HTTP."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final, Literal

from pydantic import BaseModel

from shopbell.app.exporting import cell
from shopbell.app.management.prompts import PromptReport, ReadPromptReport
from shopbell.app.reporting.series import Span
from shopbell.domain.ids import StoreId
from shopbell.domain.prompts.counting import PromptPoint
from shopbell.runtime.http import reading
from shopbell.runtime.http.answer import Answer, answer
from shopbell.runtime.http.operation import Managed, Operation
from shopbell.runtime.http.report_calls import SERIES, span_of
from shopbell.runtime.http.request import Request

NOT_SHOWN: Final = "The prompt was shown to nobody in these days."


class StepsOut(BaseModel):
    """How often each step was taken: our question, the browser's, the subscription.

    `home_screen_shown`: how often it was, in place of a question, explained how to get to the Home Screen (these are
    among `shown`); `home_screen_installed`: how many browsers installed the shop there.
    """

    shown: int
    accepted: int
    dismissed: int
    granted: int
    denied: int
    ignored: int
    subscribed: int
    home_screen_shown: int
    home_screen_installed: int


class PromptDayOut(StepsOut):
    """A day of the store's calendar, or the instant at which an hour of it began."""

    at: str


class PromptReportOut(StepsOut):
    """Rates are of those shown. `notes`: why a number is null."""

    prompt: str
    by: Literal["hour", "day"]
    since: str
    until: str
    accept_rate: float | None
    subscribe_rate: float | None
    notes: dict[str, str]
    by_variant: dict[str, StepsOut]
    series: list[PromptDayOut]


OPERATIONS: Final = (
    Operation(
        "getPromptReport",
        "GET",
        "/v1/reports/prompt",
        "What became of the permission prompt",
        "Reports",
        Managed("viewer"),
        answer=PromptReportOut,
        query={
            **SERIES,
            "by": {"type": "string", "enum": ["hour", "day"], "default": "day"},
            "prompt": {"type": "string", "maxLength": 64},
        },
        table=True,
        description=(
            "Days of the store's zone, the last 30 by themselves and at most 92, or its hours, the last 2 days by "
            "themselves and at most 14; what was counted before there were hours is in the whole alone. `prompt`: "
            "else the store's own. `format=csv`: the same as a table, a row for the whole, each variant and each day "
            "or hour."
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class PromptCalls:
    report: ReadPromptReport

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {"getPromptReport": self._report}

    def _report(self, store: StoreId, request: Request) -> Answer:
        form = reading.one_of(request, "format", ("json", "csv"))
        said = _told(self.report(store, request.query.get("prompt"), span_of(request) or Span()))
        return _table(said) if form == "csv" else answer(said)


def _told(found: PromptReport) -> PromptReportOut:
    shown = found.total.steps["shown"]
    return PromptReportOut(
        **found.total.steps,
        prompt=found.prompt,
        by=found.by,
        since=found.first,
        until=found.last,
        accept_rate=_rate(found.total.steps["accepted"], shown),
        subscribe_rate=_rate(found.total.steps["subscribed"], shown),
        notes={} if shown else dict.fromkeys(("accept_rate", "subscribe_rate"), NOT_SHOWN),
        by_variant={name: StepsOut(**steps) for name, steps in found.total.variants.items()},
        series=[_point(one) for one in found.series],
    )


def _table(said: PromptReportOut) -> Answer:
    text = io.StringIO()
    lines = csv.writer(text)
    columns = [*StepsOut.model_fields]
    lines.writerow(["part", "name", *columns])
    variants = (("variant", name, steps) for name, steps in said.by_variant.items())
    parts: Iterable[tuple[str, str, StepsOut]] = chain(
        [("all", said.prompt, said)], variants, (("at", one.at, one) for one in said.series)
    )
    for part, name, steps in parts:
        told = steps.model_dump()
        lines.writerow([part, cell(name), *(told[column] for column in columns)])
    headers = {"content-disposition": 'attachment; filename="prompt.csv"', "cache-control": "no-store"}
    return Answer(200, text.getvalue(), "text/csv; charset=utf-8", headers=headers)


def _point(one: PromptPoint) -> PromptDayOut:
    return PromptDayOut(at=one.at, **one.steps)


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
