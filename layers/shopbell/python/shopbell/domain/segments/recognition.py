"""Which features an event matches: an index over their conditions, so that most are never even asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event
from shopbell.domain.rules.matching import Locale, Match, matcher, reads_money
from shopbell.domain.segments.carried import PLAIN, Carry, carrier
from shopbell.domain.segments.feature import Feature
from shopbell.domain.segments.shelves import Texts, Values, indexable, upwards, values_of, wanted

Mark = tuple[int, Sequence[bytes]]
Marks = Sequence[Mark]
"""Numbers of the features that an event matches, each with what its records carry: one record for each."""
Recognise = Callable[[Event], Marks]
"""From an event of one type."""


@dataclass(frozen=True, slots=True)
class _Row:
    """Features with the same conditions: one question, all their numbers."""

    number: int
    match: Match | None
    """None: what is found is a match."""
    plain: Sequence[Mark]
    """Of those that carry nothing."""
    carries: Sequence[tuple[int, Carry]]


_Shelf = tuple[Values, bool, Mapping[str, Sequence[_Row]]]
"""Rows that can only match where a field has one of these values: how to read it, and whether as paths in a tree."""
_Found = tuple[Sequence[_Row], Marks]
"""The rows that must look at the event itself, and the marks of all others."""
_KNOWN: Final = 1_024
_LONG: Final = 512
"""Of so many different texts, none of them together longer than this, it is remembered what they find."""


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
        handle = next((row for row in feature.where if indexable(row)), None)
        row = _row(next(numbers), asked, locale)
        if handle is None:
            always.append(row)
            continue
        shelf = shelves.setdefault((handle.field, handle.op == "under"), {})
        for value in wanted(handle):
            shelf.setdefault(value, []).append(row)
    read = [(values_of(field, locale.zone), tree, rows) for (field, tree), rows in shelves.items()]
    return _scan(always, read)


def _row(number: int, asked: Sequence[tuple[Feature, int]], locale: Locale) -> _Row:
    plain = [(bit, PLAIN) for feature, bit in asked if feature.of is None and feature.take != "order"]
    bits = {bit for bit, _ in plain}
    carries = [(bit, carrier(feature, locale)) for feature, bit in asked if bit not in bits]
    return _Row(number, _match(asked[0][0], locale), plain, carries)


def _scan(always: Sequence[_Row], shelves: Sequence[_Shelf]) -> Recognise:
    known: dict[tuple[Texts, ...], _Found] = {}

    def recognise(event: Event) -> Marks:
        texts = tuple([read(event) for read, _, _ in shelves])
        found = known.get(texts)
        if found is None:
            found = _found(always, shelves, texts)
            if len(known) >= _KNOWN:
                known.clear()
            if sum(len(text) for values in texts for text in values) <= _LONG:
                known[texts] = found
        asking, marks = found
        return [*_marks(asking, event), *marks] if asking else marks

    return recognise


def _found(always: Sequence[_Row], shelves: Sequence[_Shelf], texts: Sequence[Texts]) -> _Found:
    """Each row once, however many of the texts lead to it."""
    rows = {row.number: row for row in always}
    for (_, tree, shelf), values in zip(shelves, texts, strict=True):
        for value in upwards(values) if tree else values:
            rows.update((row.number, row) for row in shelf.get(value, ()))
    asking = [row for row in rows.values() if row.match is not None or row.carries]
    return asking, [mark for row in rows.values() if row.match is None and not row.carries for mark in row.plain]


def _marks(found: Sequence[_Row], event: Event) -> Marks:
    marks: list[Mark] = []
    for row in found:
        if row.match is None or row.match(event):
            for bit, carry in row.carries:
                if carried := carry(event):
                    marks.append((bit, carried))
            marks += row.plain
    return marks


def _match(feature: Feature, locale: Locale) -> Match | None:
    found = len(feature.where) == 1 and indexable(feature.where[0])
    money = locale.currency is not None and reads_money(feature.where, feature.of)
    if (found or not feature.where) and feature.between is None and not money:
        return None
    match = matcher(feature.where, locale, feature.of)
    if feature.between is None:
        return match
    start, end = feature.between
    return _within(match, start, end)


def _within(match: Match, start: Instant, end: Instant) -> Match:
    return lambda event: start <= event.at <= end and match(event)
