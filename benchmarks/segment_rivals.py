"""Other ways to decide the same memberships: a tree of models that is interpreted, PyPI rule-engine, and asking anew.

The first two are handed the counts of every leaf, which costs them nothing here; only the third reads the events.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import rule_engine  # type: ignore[import-untyped]
from shopbell.domain.clock import Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import SegmentId
from shopbell.domain.rules.behaviour import EventLeaf
from shopbell.domain.rules.conditions import Condition
from shopbell.domain.rules.graph import leaves
from shopbell.domain.rules.nodes import And, Not, Or, Rule
from shopbell.domain.rules.windows import LastWindow

Rules = Mapping[SegmentId, Rule]
Counts = Mapping[int, int]
"""By the identity of a leaf, so that finding one costs nothing."""
Members = set[SegmentId]


def counts(rules: Rules, events: Sequence[Event], now: Instant) -> Counts:
    """Of every leaf of the rules: how many of the events it counts."""
    every = [leaf for rule in rules.values() for _, leaf in leaves(rule) if isinstance(leaf, EventLeaf)]
    known = {leaf: count(leaf, events, now) for leaf in set(every)}
    return {id(leaf): known[leaf] for leaf in every}


def count(leaf: EventLeaf, events: Sequence[Event], now: Instant) -> int:
    """All events, one by one."""
    start = now - leaf.window.last if isinstance(leaf.window, LastWindow) else -1
    return sum(
        event.type == leaf.event and start < event.at <= now and all(_holds(row, event) for row in leaf.where)
        for event in events
    )


def _holds(row: Condition, event: Event) -> bool:
    """The two conditions that the benchmark's rules have."""
    if row.field == "product.category":
        return any(row.value in facts.categories for facts in event.products.values())
    items = event.properties.get("items", ())
    return any(item["product_id"] == row.value for item in items)  # type: ignore[union-attr, index, call-overload]


def interpreted(rules: Rules, known: Counts) -> Members:
    """Walks the models of each rule, as a plain implementation would."""
    return {name for name, rule in rules.items() if _true(rule, known)}


def _true(rule: Rule, known: Counts) -> bool:
    match rule:
        case And(all=children):
            return all(_true(child, known) for child in children)
        case Or(any=children):
            return any(_true(child, known) for child in children)
        case Not(child=child):
            return not _true(child, known)
        case EventLeaf():
            return known[id(rule)] >= rule.bounds[0]
        case _:
            raise TypeError(f"the benchmark has no {type(rule).__name__}")


def asked_anew(rules: Rules, events: Sequence[Event], now: Instant) -> Members:
    """Every leaf of every rule looks through all events."""
    return {name for name, rule in rules.items() if _asked(rule, events, now)}


def _asked(rule: Rule, events: Sequence[Event], now: Instant) -> bool:
    match rule:
        case And(all=children):
            return all(_asked(child, events, now) for child in children)
        case Or(any=children):
            return any(_asked(child, events, now) for child in children)
        case Not(child=child):
            return not _asked(child, events, now)
        case EventLeaf():
            return count(rule, events, now) >= rule.bounds[0]
        case _:
            raise TypeError(f"the benchmark has no {type(rule).__name__}")


@dataclass(frozen=True, slots=True)
class RuleEngine:
    """The rules as texts of rule-engine, compiled once, over one number for each leaf."""

    compiled: Mapping[SegmentId, rule_engine.Rule]
    names: Mapping[EventLeaf, str]

    def members(self, numbers: Mapping[str, int]) -> Members:
        return {name for name, rule in self.compiled.items() if rule.matches(numbers)}

    def numbers(self, known: Counts) -> Mapping[str, int]:
        """What it is handed."""
        return {name: known[id(leaf)] for leaf, name in self.names.items()}


def in_rule_engine(rules: Rules) -> RuleEngine:
    every = {leaf for rule in rules.values() for _, leaf in leaves(rule) if isinstance(leaf, EventLeaf)}
    names = {leaf: f"leaf_{place}" for place, leaf in enumerate(sorted(every, key=repr))}
    resolver = rule_engine.type_resolver_from_dict(dict.fromkeys(names.values(), rule_engine.DataType.FLOAT))
    context = rule_engine.Context(type_resolver=resolver)
    compiled = {name: rule_engine.Rule(_text(rule, names), context=context) for name, rule in rules.items()}
    return RuleEngine(compiled, names)


def _text(rule: Rule, names: Mapping[EventLeaf, str]) -> str:
    match rule:
        case And(all=children):
            return f"({' and '.join(_text(child, names) for child in children)})"
        case Or(any=children):
            return f"({' or '.join(_text(child, names) for child in children)})"
        case Not(child=child):
            return f"(not {_text(child, names)})"
        case EventLeaf():
            return f"({names[rule]} >= {rule.bounds[0]})"
        case _:
            raise TypeError(f"the benchmark has no {type(rule).__name__}")
