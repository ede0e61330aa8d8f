"""A report as a table (RFC 4180): a row for the whole, each variant, step, point in time and part of the lift."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from shopbell.app.exporting import cell
from shopbell.runtime.http.answer import Answer
from shopbell.runtime.http.lift_answers import parts_of
from shopbell.runtime.http.report_answers import ReportOut

Row = Mapping[str, float]
Part = tuple[str, str, Mapping[str, object]]
"""What a row is of, its name among those, and its numbers."""
_SPREAD: Final = (
    *("left_out", "skipped", "deferred", "failed_by", "actions", "revenue", "refunded"),
    *("revenue_per_person", "interval", "relative_interval"),
)
"""Numbers by name: each name is a column of its own, such as `revenue:EUR`."""


def table(report: ReportOut, name: str) -> Answer:
    """`name` is what the file is called where it is saved. Money is in minor units; empty: it is not told there."""
    return sheet(_parts(report), name)


def sheet(parts: Iterable[Part], name: str) -> Answer:
    rows = [(part, which, _numbers(told)) for part, which, told in parts]
    columns = list(dict.fromkeys(column for _, _, numbers in rows for column in numbers))
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(["part", "name", *map(cell, columns)])
    for part, which, numbers in rows:
        lines.writerow([part, cell(which), *(numbers.get(column, "") for column in columns)])
    safe = "".join(letter for letter in name if letter.isascii() and (letter.isalnum() or letter in "-_"))
    headers = {"content-disposition": f'attachment; filename="{safe or "report"}.csv"', "cache-control": "no-store"}
    return Answer(200, text.getvalue(), "text/csv; charset=utf-8", headers=headers)


def _parts(report: ReportOut) -> Iterator[Part]:
    told = report.model_dump()
    yield "all", "", told
    for part, field in (("variant", "by_variant"), ("step", "by_step")):
        for which, share in told[field].items():
            yield part, which, share
    for point in told["series"] or ():
        yield "at", point["at"], point
    for which, numbers in parts_of(report.lift).items() if report.lift else ():
        yield "lift", which, numbers


def _numbers(told: Mapping[str, object]) -> Row:
    plain = {name: value for name, value in told.items() if isinstance(value, int | float)}
    spread = {f"{name}:{which}": number for name in _SPREAD for which, number in _named(told.get(name)).items()}
    return plain | spread


def _named(value: object) -> Row:
    return value if isinstance(value, dict) else {}
