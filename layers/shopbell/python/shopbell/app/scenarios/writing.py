"""From what a marketer writes of a trigger to the row that is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from shopbell.domain.clock import Instant, parse_duration
from shopbell.domain.errors import Problem, Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.faults import validated
from shopbell.domain.incoming.scenarios import own_audience
from shopbell.domain.incoming.triggers import NthIn, Occurrence, TriggerIn, TriggerPatchIn, UntilIn, Where
from shopbell.domain.rules.deeds import deed_of
from shopbell.domain.scenarios.fly import OwnTrigger, TriggerId

_OWN_FIELDS: Final[Mapping[str, str]] = {
    "algorithm": "products.algorithm",
    "n": "products.count",
    "filters": "products.filters",
    "reentry": "reentry",
}
"""Parameters that a trigger takes elsewhere."""


def written(store: StoreId, name: TriggerId, given: TriggerIn, now: Instant) -> OwnTrigger:
    """Rejected with the path of each wrong condition or parameter name."""
    content, variants = given.spoken
    return OwnTrigger(
        store=store,
        id=name,
        name=given.name or _called(given.event),
        event=given.event,
        content=content,
        variants=variants,
        created_at=now,
        changed_at=now,
        enabled=given.enabled,
        where=_conditions(given.where),
        nth=_nth(given.occurrence),
        debounce=parse_duration(given.debounce),
        **_wait(given.delay),
        key=given.key,
        audience=own_audience(given.audience),
        exit_on=given.exit_on,
        parameters=_parameters({}, given),
    )


def changed(stored: OwnTrigger, given: TriggerPatchIn) -> OwnTrigger:
    """What is left out stays."""
    said = given.model_fields_set
    moved: dict[str, Any] = {}
    plain = {"name": given.name, "event": given.event, "enabled": given.enabled}
    moved.update({field: value for field, value in plain.items() if value is not None})
    if given.where is not None:
        moved["where"] = _conditions(given.where)
    if given.occurrence is not None:
        moved["nth"] = _nth(given.occurrence)
    if given.debounce is not None:
        moved["debounce"] = parse_duration(given.debounce)
    if given.delay is not None:
        moved.update(_wait(given.delay))
    removable = {"key": given.key, "audience": own_audience(given.audience), "exit_on": given.exit_on}
    moved.update({field: value for field, value in removable.items() if field in said})
    content, variants = given.said
    if content is not None:
        moved.update(content=content, variants=variants)
    return replace(stored, **moved, parameters=_parameters(stored.parameters, given))


def _wait(delay: str | UntilIn) -> Mapping[str, Any]:
    """For so long, or until the instant that the event names: one takes the place of the other."""
    if isinstance(delay, UntilIn):
        return {"delay": 0, "until": delay.value}
    return {"delay": parse_duration(delay), "until": None}


def _parameters(stored: Mapping[str, Json], given: TriggerIn | TriggerPatchIn) -> Mapping[str, Json]:
    """What is given as parameters replaces those of before; products and re-entry have fields of their own."""
    misplaced = [name for name in given.parameters or {} if name in _OWN_FIELDS]
    if misplaced:
        raise Rejected.at(f"parameters.{misplaced[0]}", f"is given as {_OWN_FIELDS[misplaced[0]]}")
    kept = {name: value for name, value in stored.items() if name in _OWN_FIELDS or given.parameters is None}
    reentry = {} if given.reentry is None else {"reentry": given.reentry}
    products: Mapping[str, Json] = {} if given.products is None else given.products.parameters
    return {**kept, **(given.parameters or {}), **reentry, **products}


def said_where(problem: Problem) -> Problem:
    """Named by the field of the trigger in which the parameter was given."""
    name, dot, inside = problem.path.removeprefix("parameters.").partition(".")
    own = _OWN_FIELDS.get(name) if problem.path.startswith("parameters.") else None
    message = problem.message.replace("`n`", f"`{_OWN_FIELDS['n']}`")
    return Problem(f"{own}{dot}{inside}" if own else problem.path, message)


def _conditions(given: Sequence[Mapping[str, Json]]) -> tuple[Json, ...]:
    """As given, once the rule language has read them."""
    validated(Where, {"where": [_tupled(one) for one in given]})
    return tuple(given)


def _tupled(condition: Mapping[str, Json]) -> Mapping[str, Json]:
    value = condition.get("value")
    return {**condition, "value": tuple(value)} if isinstance(value, list) else condition


def _nth(occurrence: Occurrence) -> int | None:
    match occurrence:
        case NthIn(nth=nth):
            return nth
        case "first":
            return 1
        case _:
            return None


def _called(event: str) -> str:
    return f"When they {deed_of(event).past}"
