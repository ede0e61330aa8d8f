"""From a marketer's own trigger to what its calls answer."""

from typing import Final

from pydantic import JsonValue

from shopbell.app.scenarios.following import TriggerView
from shopbell.domain.clock import format_duration, format_instant
from shopbell.domain.scenarios.fly import PARAMETERS, OwnTrigger
from shopbell.domain.scenarios.parameters import Parameter, Values, effective
from shopbell.runtime.http import scenario_answers as out
from shopbell.runtime.http.scenario_shapes import audience, parameter
from shopbell.runtime.http.shapes import json_of, words

_ELSEWHERE: Final = frozenset({"algorithm", "n", "filters", "reentry"})
"""Shown in fields of their own."""


def trigger(view: TriggerView) -> out.TriggerOut:
    row = view.row
    values = effective(PARAMETERS, row.parameters)
    return out.TriggerOut(
        id=row.id,
        name=row.name,
        enabled=row.enabled,
        event=row.event,
        where=[json_of(one) for one in row.where],
        occurrence=_occurrence(row.nth),
        debounce=format_duration(row.debounce),
        delay=_delay(row),
        key=row.key,
        audience=audience(row.audience),
        exit_on=list(row.exits),
        reentry=values.word("reentry"),
        products=_products(view, values),
        parameters={name: json_of(value) for name, value in values.all.items() if name not in _ELSEWHERE},
        parameter_help=[parameter(one) for one in _asked()],
        **words(row.content, row.variants),
        segment_id=row.segment,
        created_at=format_instant(row.created_at),
        last_changed_at=format_instant(row.changed_at),
        revision=row.revision,
        warnings=list(view.warnings),
    )


def _products(view: TriggerView, values: Values) -> out.TriggerProductsOut:
    picked = view.plan.steps[0].products
    filters = {name: json_of(value) for name, value in values.mapping("filters").items()}
    return out.TriggerProductsOut(algorithm=picked.algorithm, count=picked.count, filters=filters)


def _delay(row: OwnTrigger) -> str | out.UntilOut:
    if row.until is None:
        return format_duration(row.delay)
    sign = "-" if row.until.offset < 0 else ""
    return out.UntilOut(until=f"event.{row.until.field}", offset=f"{sign}{format_duration(abs(row.until.offset))}")


def _occurrence(nth: int | None) -> JsonValue:
    return "every" if nth is None else "first" if nth == 1 else {"nth": nth}


def _asked() -> list[Parameter]:
    return [one for one in PARAMETERS if one.name not in _ELSEWHERE]
