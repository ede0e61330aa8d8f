"""Filter criteria of event source mappings: which records reach the function at all.

Source: AWS Lambda developer guide, "Control which events Lambda sends to your function", rule syntax.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

Pattern = Mapping[str, Any]
_ABSENT: Final = object()


def passes(patterns: Sequence[Pattern], event: Mapping[str, Any]) -> bool:
    """True when any of the patterns matches, or when there are none."""
    return not patterns or any(_matches(pattern, event) for pattern in patterns)


def message_passes(patterns: Sequence[Pattern], event: Mapping[str, Any]) -> bool:
    """As `passes`, with the body read as JSON for a pattern that looks inside it and as text for one that does not.

    A body of the other kind than its pattern never passes, as AWS documents for queues.
    """
    return not patterns or any(_message_matches(pattern, event) for pattern in patterns)


def _message_matches(pattern: Pattern, event: Mapping[str, Any]) -> bool:
    wanted = pattern.get("body")
    if wanted is None:
        return _matches(pattern, event)
    parsed = _parsed(str(event["body"]))
    if isinstance(wanted, Mapping) != isinstance(parsed, Mapping):
        return False
    body = parsed if isinstance(parsed, Mapping) else event["body"]
    return _matches(pattern, {**event, "body": body})


def _parsed(body: str) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _matches(pattern: Pattern, value: object) -> bool:
    return all(
        any(_matches(branch, value) for branch in wanted)
        if name == "$or"
        else _field(wanted, value.get(name, _ABSENT) if isinstance(value, Mapping) else _ABSENT)
        for name, wanted in pattern.items()
    )


def _field(wanted: object, value: object) -> bool:
    if isinstance(wanted, Mapping):
        return _matches(wanted, value)
    if not isinstance(wanted, list):
        return False
    if isinstance(value, list):
        return any(_any_of(wanted, one) for one in value)
    return _any_of(wanted, value)


def _any_of(alternatives: list[Any], value: object) -> bool:
    return any(_accepts(alternative, value) for alternative in alternatives)


def _accepts(alternative: object, value: object) -> bool:
    if not isinstance(alternative, Mapping):
        return value is not _ABSENT and _same(alternative, value)
    return all(name in _OPERATORS and _OPERATORS[name](given, value) for name, given in alternative.items())


def _same(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _exists(given: object, value: object) -> bool:
    # AWS looks at leaves only: an object in the field's place does not count as existing.
    return (value is not _ABSENT and not isinstance(value, Mapping)) == given


def _anything_but(given: object, value: object) -> bool:
    if value is _ABSENT:
        return False
    if isinstance(given, Mapping):
        return isinstance(value, str) and not _accepts(given, value)
    refused = given if isinstance(given, list) else [given]
    return not any(_same(one, value) for one in refused)


def _numeric(given: object, value: object) -> bool:
    if not isinstance(given, list) or isinstance(value, bool) or not isinstance(value, int | float):
        return False
    pairs = zip(given[::2], given[1::2], strict=True)
    return all(sign in _COMPARE and _COMPARE[sign](value, bound) for sign, bound in pairs)


_COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "=": lambda value, bound: value == bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
}

_OPERATORS: Final[Mapping[str, Callable[[Any, object], bool]]] = {
    "prefix": lambda given, value: isinstance(value, str) and value.startswith(given),
    "suffix": lambda given, value: isinstance(value, str) and value.endswith(given),
    "equals-ignore-case": lambda given, value: isinstance(value, str) and value.lower() == given.lower(),
    "exists": _exists,
    "anything-but": _anything_but,
    "numeric": _numeric,
}
