"""The operators: total functions of whatever a field holds, which never coerce and never raise."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from shopbell.domain.events import Json
from shopbell.domain.rules.conditions import NEGATIVE, Op, Value, compiled, is_number

Test = Callable[[Json], bool]
Answer = Callable[[Sequence[Json]], bool]
"""From all values that a field has, none if it is missing, to the truth of a condition."""


def same(left: object, right: object) -> bool:
    """Equal and of one kind: "007" is not 7, true is not 1, and 1.0 is 1 as money and counts go."""
    if is_number(left) and is_number(right):
        return left == right
    return type(left) is type(right) and left == right


def answer(op: Op, value: Value | None) -> Answer:
    """A negative operator holds when no value speaks against it, any other when some value speaks for it."""
    test = _TESTS[op](value)
    if op in NEGATIVE:
        return lambda values: not any(map(test, values))
    return lambda values: any(map(test, values))


def under(path: Json, root: str) -> bool:
    """`Outdoor/Boots` is under `Outdoor` and under itself."""
    return isinstance(path, str) and (path == root or path.startswith(root + "/"))


def scalars(found: Json) -> Iterable[Json]:
    """A list holds several values, null none, everything else one."""
    if found is None:
        return ()
    if isinstance(found, Sequence) and not isinstance(found, str):
        return [value for value in found if value is not None]
    return (found,)


def _equal(value: Value | None) -> Test:
    return lambda found: same(found, value)


def _among(value: Value | None) -> Test:
    wanted = value if isinstance(value, tuple) else ()
    return lambda found: any(same(found, each) for each in wanted)


def _ordered(compare: Callable[[float | str, float | str], bool]) -> Callable[[Value | None], Test]:
    def build(value: Value | None) -> Test:
        if isinstance(value, str):
            return lambda found: isinstance(found, str) and compare(found, value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return lambda found: (
                isinstance(found, int | float) and not isinstance(found, bool) and compare(found, value)
            )
        return lambda _: False

    return build


def _between(value: Value | None) -> Test:
    if not isinstance(value, tuple):
        return lambda _: False
    low, high = _ordered(_gte)(value[0]), _ordered(_lte)(value[1])
    return lambda found: low(found) and high(found)


def _text(test: Callable[[str, str], bool]) -> Callable[[Value | None], Test]:
    def build(value: Value | None) -> Test:
        if not isinstance(value, str):
            return lambda _: False
        return lambda found: isinstance(found, str) and test(found, value)

    return build


def _pattern(value: Value | None) -> Test:
    if not isinstance(value, str):
        return lambda _: False
    found_in = compiled(value)
    return lambda found: isinstance(found, str) and found_in(found)


def _there(_: Value | None) -> Test:
    return lambda _found: True


def _gt(a: float | str, b: float | str) -> bool:
    return a > b  # type: ignore[operator]  # _ordered compares only two of a kind


def _gte(a: float | str, b: float | str) -> bool:
    return a >= b  # type: ignore[operator]


def _lt(a: float | str, b: float | str) -> bool:
    return a < b  # type: ignore[operator]


def _lte(a: float | str, b: float | str) -> bool:
    return a <= b  # type: ignore[operator]


_TESTS: Final[Mapping[Op, Callable[[Value | None], Test]]] = {
    "eq": _equal,
    "ne": _equal,
    "in": _among,
    "not_in": _among,
    "gt": _ordered(_gt),
    "gte": _ordered(_gte),
    "lt": _ordered(_lt),
    "lte": _ordered(_lte),
    "between": _between,
    "contains": _text(lambda found, part: part in found),
    "starts_with": _text(str.startswith),
    "ends_with": _text(str.endswith),
    "exists": _there,
    "not_exists": _there,
    "under": _text(under),
    "matches": _pattern,
}
"""For a negative operator: the test that speaks against it."""
