"""The oracle's numbers: everything that matched, looked at from the beginning each time, in exact decimals."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from shopbell.domain.events import Event, Json

from tests.sim.oracle_fields import Node, decide, foreign_money, lines_of, of_line, read, read_line, rows

if TYPE_CHECKING:
    from tests.sim.oracle import Oracle


def number(oracle: "Oracle", leaf: Node, now: int) -> Fraction | None:
    """None where there is no such number."""
    events = oracle.counted(leaf, now)
    aggregate = leaf.get("aggregate", "count")
    if aggregate == "count":
        return Fraction(len(events))
    values = [value for event in events for value in _values(oracle, leaf, event)]
    if aggregate == "distinct":
        return Fraction(len({_told_apart(value) for value in values}))
    numbers = [_exact(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if aggregate == "sum":
        return sum(numbers, Fraction(0))
    if not numbers:
        return None
    if aggregate == "avg":
        return sum(numbers, Fraction(0)) / len(numbers)
    return min(numbers) if aggregate == "min" else max(numbers)


def compares(leaf: Node, found: Fraction | int | None, statistics: Mapping[str, float]) -> bool:
    """Nothing compares with no number, or with a statistic that the store does not have."""
    value = leaf.get("value", 1)
    limits = [_limit(each, statistics) for each in (value if isinstance(value, list | tuple) else [value])]
    known = [limit for limit in limits if limit is not None]
    if found is None or len(known) < len(limits):
        return False
    low, high = known[0], known[-1]
    op = str(leaf.get("op", "gte"))
    return {
        "gte": found >= low,
        "gt": found > low,
        "lte": found <= low,
        "lt": found < low,
        "eq": found == low,
        "ne": found != low,
        "between": low <= found <= high,
    }[op]


def divided(oracle: "Oracle", leaf: Node, now: int) -> bool:
    ratio = leaf["ratio"]
    assert isinstance(ratio, Mapping)
    of, to = number(oracle, rows([ratio["of"]])[0], now), number(oracle, rows([ratio["to"]])[0], now)
    return of is not None and bool(to) and compares(leaf, of / (to or 1), oracle.statistics)


def _limit(value: Json, statistics: Mapping[str, float]) -> Fraction | None:
    if isinstance(value, Mapping):
        known, times = statistics.get(str(value["stat"])), value.get("times", 1)
        assert isinstance(times, int | float)
        return None if known is None else _exact(known * times)
    assert isinstance(value, int | float)
    return _exact(value)


def _exact(value: float) -> Fraction:
    return Fraction(str(value))


def _told_apart(value: Json) -> object:
    """1.0 is 1, true is not 1, and "1" is not either."""
    return (isinstance(value, bool), isinstance(value, str), value)


def _values(oracle: "Oracle", leaf: Node, event: Event) -> Sequence[Json]:
    of, where = str(leaf["of"]), rows(leaf.get("where", []))
    row: Node = {"field": of, "op": "exists"}
    if foreign_money(event, [*where, row], oracle.home):
        return []
    if not of_line(row):
        return read(event, of, oracle.home)
    lined = [each for each in where if of_line(each)]
    fitting = [line for line in lines_of(event) if all(decide(each, read_line(event, line, each)) for each in lined)]
    return [value for line in fitting for value in read_line(event, line, row)]
