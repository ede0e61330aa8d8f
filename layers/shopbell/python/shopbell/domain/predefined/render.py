"""From a predefined segment and a marketer's choices to a rule and a name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from shopbell.domain.clock import parse_duration
from shopbell.domain.errors import Problem, Rejected
from shopbell.domain.predefined.model import Kind, Parameter, Predefined, gaps

MONTHS: Final = 12
MAX_TEXT: Final = 512
Values = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Rendered:
    name: str
    rule: dict[str, JsonValue]


def render(row: Predefined, given: Values | None = None, at: str = "parameters") -> Rendered:
    """The rule with every gap filled. Rejected names each choice that is unknown, missing or out of its range."""
    chosen = dict(given or {})
    problems = [Problem(f"{at}.{name}", "is no parameter of it") for name in sorted(chosen.keys() - row.parameters)]
    values: dict[str, JsonValue] = {}
    for name, parameter in row.parameters.items():
        values[name] = chosen.get(name, parameter.default)
        fault = "is required" if values[name] is None else _CHECKS[parameter.type](parameter, values[name])
        if fault:
            problems.append(Problem(f"{at}.{name}", fault))
    if not problems:
        problems = [Problem(f"{at}.{low}", f"must be less than `{high}`") for low, high in _reversed(row, values)]
    if problems:
        raise Rejected(problems)
    name = row.name
    for key, value in values.items():
        name = name.replace(f"{{{key}}}", str(value))
    rule = _filled(row.rule, values)
    return Rendered(name[:200], rule if isinstance(rule, dict) else {})


def blamed(row: Predefined, problem: Problem, at: str = "parameters") -> list[Problem]:
    """A fault of the rendered rule as one of each choice that stands where it lies."""
    found: JsonValue = row.rule
    for step in problem.path.split("."):
        match found:
            case {"parameter": str()} | {"months": list()}:
                break
            case dict() if step in found:
                found = found[step]
            case list() if step.isdecimal() and int(step) < len(found):
                found = found[int(step)]
            case _:
                break
    return [Problem(f"{at}.{name}", problem.message) for name in dict.fromkeys(gaps(found))]


def _reversed(row: Predefined, values: Values) -> list[tuple[str, str]]:
    return [(low, high) for low, high in row.ordered if not _size(values[low]) < _size(values[high])]


def _size(value: JsonValue) -> float:
    return value if isinstance(value, int | float) else parse_duration(str(value))


def _filled(found: JsonValue, values: Values) -> JsonValue:
    match found:
        case {"parameter": str(name)}:
            return values[name]
        case {"months": [str(first), str(last)]}:
            return _months(values[first], values[last])
        case dict():
            return {key: _filled(inside, values) for key, inside in found.items()}
        case list():
            return [_filled(inside, values) for inside in found]
        case _:
            return found


def _months(first: JsonValue, last: JsonValue) -> JsonValue:
    if not isinstance(first, int) or not isinstance(last, int):
        return []
    return [(first - 1 + step) % MONTHS + 1 for step in range((last - first) % MONTHS + 1)]


def _count(parameter: Parameter, value: JsonValue) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return "must be a whole number"
    return _between(value, parameter.min, parameter.max)


def _number(parameter: Parameter, value: JsonValue) -> str | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return "must be a number"
    return _between(value, parameter.min, parameter.max)


def _duration(parameter: Parameter, value: JsonValue) -> str | None:
    try:
        length, low, high = (parse_duration(str(each)) for each in (value, parameter.min, parameter.max))
    except ValueError:
        return "must be an ISO 8601 duration such as P30D"
    return None if low <= length <= high else f"must be from {parameter.min} to {parameter.max}"


def _month(_parameter: Parameter, value: JsonValue) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return "must be a whole number"
    return _between(value, 1, MONTHS)


def _text(_parameter: Parameter, value: JsonValue) -> str | None:
    fits = isinstance(value, str) and 0 < len(value) <= MAX_TEXT
    return None if fits else f"must be a text of at most {MAX_TEXT} characters"


def _texts(parameter: Parameter, value: JsonValue) -> str | None:
    if not isinstance(value, list) or not value or any(_text(parameter, one) for one in value):
        return "must be a list of texts, one at least"
    return _between(len(value), 1, parameter.max) and f"must hold at most {parameter.max}"


def _between(value: float, low: float | str | None, high: float | str | None) -> str | None:
    if isinstance(low, int | float) and isinstance(high, int | float) and not low <= value <= high:
        return f"must be from {low} to {high}"
    return None


_CHECKS: Final[Mapping[Kind, Callable[[Parameter, JsonValue], str | None]]] = {
    "count": _count,
    "number": _number,
    "duration": _duration,
    "month": _month,
    "text": _text,
    "category": _text,
    "texts": _texts,
}
