"""Whether an event satisfies all conditions of a leaf, decided by functions compiled once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.events import Event, Json
from shopbell.domain.rules.conditions import NEGATIVE, Condition
from shopbell.domain.rules.fields import Line, is_line_field, line_values, lines, reader
from shopbell.domain.rules.operators import Answer, answer, same

Match = Callable[[Event], bool]
_MONEY: Final = frozenset({"total", "amount", "price", "list_price"})
_OWN: Final = frozenset({"product.price"})
"""Written in a currency of its own, and folded only where that is the store's."""


@dataclass(frozen=True, slots=True)
class Locale:
    """What of the store a condition is read in."""

    zone: str = "UTC"
    currency: str | None = None
    """None: money of any currency compares."""


def matcher(where: Sequence[Condition], locale: Locale, of: str | None = None) -> Match:
    """All conditions hold on one event, those on items and products on one and the same line of it (ruling 18).

    With `of`, a field whose value is taken, money of another currency does not match either.
    """
    tests = [_whole(condition, locale) for condition in where if not is_line_field(condition.field)]
    on_lines = [condition for condition in where if is_line_field(condition.field)]
    if on_lines:
        tests.append(_one_line(on_lines) if len(on_lines) > 1 else _any_line(on_lines[0]))
    if locale.currency is not None and reads_money(where, of):
        tests.insert(0, _in_currency(locale.currency))
    if not tests:
        return lambda _: True
    if len(tests) == 1:
        return tests[0]
    return lambda event: all(test(event) for test in tests)


def _whole(condition: Condition, locale: Locale) -> Match:
    read = reader(condition.field, locale.zone)
    decide = answer(condition.op, condition.value)
    return lambda event: decide(read(event))


def _any_line(condition: Condition) -> Match:
    """A single condition takes all lines together: any of them, or none for the negative operators."""
    decide = answer(condition.op, condition.value)

    def match(event: Event) -> bool:
        values: list[Json] = []
        for line in lines(event):
            values.extend(line_values(condition.field, line))
        return decide(values)

    return match


def _one_line(conditions: Sequence[Condition]) -> Match:
    tests = [(condition.field, answer(condition.op, condition.value)) for condition in conditions]
    nothing = all(condition.op in NEGATIVE for condition in conditions)

    def match(event: Event) -> bool:
        found = lines(event)
        return any(_holds(tests, line) for line in found) if found else nothing

    return match


def _holds(tests: Sequence[tuple[str, Answer]], line: Line) -> bool:
    return all(decide(line_values(field, line)) for field, decide in tests)


def reads_money(where: Sequence[Condition], of: str | None) -> bool:
    """Whether only what is written in the store's currency matches."""
    fields = {condition.field for condition in where} | ({of} if of else set())
    return "currency" not in fields and any(
        field.rsplit(".", 1)[-1] in _MONEY and field not in _OWN for field in fields
    )


def _in_currency(currency: str) -> Match:
    def match(event: Event) -> bool:
        written = event.properties.get("currency")
        return written is None or same(written, currency)

    return match
