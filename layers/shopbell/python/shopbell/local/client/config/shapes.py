"""What the API's own document says of a value: its plain form without defaults, and what is wrong with it."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from shopbell.domain.clock import parse_duration, parse_instant
from shopbell.local.client.contract import resolved

Fault = tuple[tuple[str | int, ...], str]
"""Where, below the value, and what is wrong there."""
_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_WORDS: Final[Mapping[str, str]] = {
    "string": "a text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "array": "a list",
    "object": "fields with values",
    "null": "null",
}


def plain(value: Any, schema: Any) -> Any:
    """What is said beyond defaults, in fields that the document knows: whatever else an answer has is left out.

    A field with nothing in it is as good as left out, but for a list whose absence means something else.
    """
    told = _branch(schema, value)
    match value:
        case dict() if "properties" in told:
            return dict(_fields(value, told))
        case dict():
            return {name: plain(below, _named(told)) for name, below in value.items()}
        case list():
            return [plain(one, told.get("items", {})) for one in value]
        case _:
            return value


def faults(value: Any, schema: Any, at: tuple[str | int, ...] = ()) -> Iterator[Fault]:
    """What can be seen without the store: unknown fields with the nearest known one, what is missing, wrong kinds."""
    told = _branch(schema, value)
    kinds = tuple(_kinds_of(schema))
    if kinds and not any(_is(value, kind) for kind in kinds):
        yield at, f"must be {' or '.join(dict.fromkeys(_WORDS[kind] for kind in kinds))}"
    elif "enum" in told and value not in told["enum"]:
        yield at, f"must be one of {', '.join(map(str, told['enum']))}{nearest(value, told['enum'])}"
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from faults(one, told.get("items", {}), (*at, place))
    elif isinstance(value, dict):
        yield from _faults_inside(value, told, at)


def same(one: Any, other: Any) -> bool:
    """Whether two values say the same: PT60M is PT1H, 18:00+01:00 is 17:00Z, and 1.0 is 1 but not true."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
        case list(), list():
            return len(one) == len(other) and all(map(same, one, other))
        case str(), str():
            return one == other or (_time(one) is not None and _time(one) == _time(other))
        case bool(), _:
            return one is other
        case _, bool():
            return False
        case _:
            return bool(one == other)


def nearest(name: Any, known: Sequence[Any]) -> str:
    """`; did you mean X?` where something known is near."""
    found = difflib.get_close_matches(str(name), [str(one) for one in known], n=1)
    return f"; did you mean {found[0]}?" if found else ""


def _fields(value: Mapping[str, Any], told: Any) -> Iterator[tuple[str, Any]]:
    required = told.get("required", ())
    for name, below in told["properties"].items():
        if name not in value:
            continue
        made = plain(value[name], below)
        empty: list[Any] = [None, {}] if "default" in below else [None, {}, []]
        known = [*empty, below["default"]] if "default" in below else empty
        if name in required or not any(same(made, one) for one in known):
            yield name, made


def _faults_inside(value: Mapping[str, Any], told: Any, at: tuple[str | int, ...]) -> Iterator[Fault]:
    known = told.get("properties")
    for name, one in value.items():
        if known is not None and name not in known:
            yield (*at, name), f"is not known here{nearest(name, tuple(known))}"
        else:
            yield from faults(one, known[name] if known else _named(told), (*at, name))
    for name in told.get("required", ()):
        if name not in value:
            yield (*at, name), "is required"


def _named(told: Any) -> Any:
    """Of what a mapping's names lead to."""
    given = told.get("additionalProperties")
    patterns = tuple(told.get("patternProperties", {}).values())
    return given if isinstance(given, dict) else patterns[0] if patterns else {}


def _branches(schema: Any) -> Sequence[Any]:
    told = resolved(schema)
    choices = told.get("anyOf") or told.get("oneOf")
    return [one for some in choices for one in _branches(some)] if choices else [told]


def _branch(schema: Any, value: Any) -> Any:
    """Of several forms the one that such a value takes; {} for none."""
    fitting = [one for one in _branches(schema) if "type" in one and _is(value, one["type"])]
    return next((one for one in fitting if "enum" not in one or value in one["enum"]), (fitting or [{}])[0])


def _kinds_of(schema: Any) -> Iterator[str]:
    branches = _branches(schema)
    if all("type" in one for one in branches):
        yield from (one["type"] for one in branches)


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, _KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _time(text: str) -> tuple[str, int] | None:
    """A length of time, or an instant; None for any other text."""
    try:
        shorter = text.removeprefix("-")
        return "length" if shorter == text else "back", parse_duration(shorter)
    except ValueError:
        pass
    try:
        return "instant", parse_instant(text)[0]
    except ValueError:
        return None
