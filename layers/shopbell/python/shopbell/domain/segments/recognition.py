"""Which features an event matches: an index over their conditions, so that most are never even asked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event, Json
from shopbell.domain.rules.conditions import Condition
from shopbell.domain.rules.fields import is_line_field, line_values, lines, reader
from shopbell.domain.rules.matching import Locale, Match, matcher
from shopbell.domain.segments.carried import Carry, carrier
from shopbell.domain.segments.feature import Feature

Marks = list[tuple[int, Sequence[bytes]]]
"""Numbers of the features that an event matches, each with what its records carry: one record for each."""
Recognise = Callable[[Event], Marks]
"""From an event of one type."""


@dataclass(frozen=True, slots=True)
class _Row:
    """Features with the same conditions: one question, all their numbers."""

    number: int
    match: Match
    carries: Sequence[tuple[int, Carry]]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Rows that can only match where a field has one of these values."""

    read: Callable[[Event], Iterable[str]]
    rows: Mapping[str, Sequence[_Row]]


def recognisers(features: Mapping[Feature, int], locale: Locale) -> Mapping[str, Recognise]:
    """One for each type of event that has features (feature to number). What they find has the presence first."""
    kinds: dict[str, dict[tuple[object, ...], list[tuple[Feature, int]]]] = {}
    for feature, bit in sorted(features.items(), key=lambda row: (row[0].take != "order", row[1])):
        question = (frozenset(feature.where), feature.between, feature.of)
        kinds.setdefault(feature.event, {}).setdefault(question, []).append((feature, bit))
    return {event: _recogniser(list(questions.values()), locale) for event, questions in kinds.items()}


def _recogniser(questions: Sequence[Sequence[tuple[Feature, int]]], locale: Locale) -> Recognise:
    always: list[_Row] = []
    shelves: dict[tuple[str, bool], dict[str, list[_Row]]] = {}
    numbers = count()
    for asked in questions:
        feature = asked[0][0]
        carries = [(bit, carrier(each, locale)) for each, bit in asked]
        row = _Row(next(numbers), _match(feature, locale), carries)
        handle = next((row for row in feature.where if _indexable(row)), None)
        if handle is None:
            always.append(row)
            continue
        shelf = shelves.setdefault((handle.field, handle.op == "under"), {})
        for value in set(_wanted(handle)):
            shelf.setdefault(value, []).append(row)
    built = [_Shelf(_values(field, tree, locale), rows) for (field, tree), rows in shelves.items()]
    return _scan(always, built)


def _scan(always: Sequence[_Row], shelves: Sequence[_Shelf]) -> Recognise:
    def recognise(event: Event) -> Marks:
        found = [row for row in always if row.match(event)]
        for shelf in shelves:
            rows = [row for value in shelf.read(event) for row in shelf.rows.get(value, ())]
            if len(rows) > 1:
                rows = list({row.number: row for row in rows}.values())
            found += [row for row in rows if row.match(event)]
        return [(bit, carried) for row in found for bit, carry in row.carries if (carried := carry(event))]

    return recognise


def _match(feature: Feature, locale: Locale) -> Match:
    match = matcher(feature.where, locale, feature.of)
    if feature.between is None:
        return match
    start, end = feature.between
    return _within(match, start, end)


def _within(match: Match, start: Instant, end: Instant) -> Match:
    return lambda event: start <= event.at <= end and match(event)


def _indexable(condition: Condition) -> bool:
    return condition.op in {"eq", "in", "under"} and all(isinstance(v, str) for v in _wanted(condition))


def _wanted(condition: Condition) -> Sequence[str]:
    value = condition.value
    return value if isinstance(value, tuple) else (value,)  # type: ignore[return-value]  # _indexable checks


def _values(field: str, tree: bool, locale: Locale) -> Callable[[Event], Iterable[str]]:
    read = _line_reader(field) if is_line_field(field) else reader(field, locale.zone)
    if not tree:
        return lambda event: {value for value in read(event) if isinstance(value, str)}
    return lambda event: {up for value in read(event) if isinstance(value, str) for up in _upwards(value)}


def _line_reader(field: str) -> Callable[[Event], Sequence[Json]]:
    return lambda event: [value for line in lines(event) for value in line_values(field, line)]


def _upwards(path: str) -> Iterable[str]:
    """`Outdoor/Boots`, then `Outdoor`."""
    while path:
        yield path
        path = path.rpartition("/")[0]
