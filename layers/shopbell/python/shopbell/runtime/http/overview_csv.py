"""The overview as rows of a table: the whole, each browser, each point in time, who may leave, and the lift."""

from collections.abc import Iterator, Mapping
from typing import Any

from shopbell.runtime.http.lift_answers import LiftOut, parts_of
from shopbell.runtime.http.report_csv import Part


def parts(told: Mapping[str, Any], lift: LiftOut | None) -> Iterator[Part]:
    """`told`: the fields of an overview. Subscribers and messages have the same points in time."""
    yield "all", "", {**told["subscribers"], **told["messages"]}
    for which, turns in told["subscribers"]["by_browser"].items():
        yield "browser", which, turns
    for turns, brought in zip(told["series"], told["messages"]["series"], strict=True):
        yield "at", turns["at"], {**turns, **brought}
    for day in told["churn_risk"]["series"] or ():
        yield "churn_risk", day["at"], day
    for which, numbers in parts_of(lift).items() if lift else ():
        yield "lift", which, numbers
