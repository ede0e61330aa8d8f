"""The naive oracle: it keeps every event, reads the rule's JSON, and looks at all of it at any instant."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from shopbell.domain.events import Event, Json

from tests.sim.oracle_dates import calendar, turns
from tests.sim.oracle_fields import Home, Node, rows, satisfies
from tests.sim.oracle_leaves import (
    DATES,
    active,
    basket,
    bucket,
    favourite,
    listed,
    ranked,
    scored,
    several,
    subscription,
    trait,
    traits_of,
)
from tests.sim.oracle_sequences import completed
from tests.sim.oracle_times import durations, inside, instant, mentions, ms, old_enough
from tests.sim.oracle_values import compares, divided, number
from tests.sim.oracle_visits import HALF_HOUR, derived

DERIVED = {"session_started", "session_ended", "cart_abandoned"}


@dataclass(frozen=True)
class Oracle:
    """One visitor's whole history, with the rules of all live segments.

    What the nightly pass would have computed, and since when memberships have lasted, it is told.
    """

    events: Sequence[Event]
    segments: Mapping[str, Node] = field(default_factory=dict)
    visitor: str = "visitor"
    home: Home = field(default_factory=Home)
    statistics: Mapping[str, float] = field(default_factory=dict)
    scores: Mapping[str, Json] = field(default_factory=dict)
    entered: Mapping[str, int] = field(default_factory=dict)

    def truth(self, rule: Node, now: int) -> bool:
        key = next(key for key in _NODES if key in rule)
        return _NODES[key](self, rule, now)

    def members_of(self, now: int) -> set[str]:
        return {name for name, rule in self.segments.items() if self.truth(rule, now)}

    def flips_at(self, rule: Node, now: int) -> int | None:
        """The first instant after now at which the truth differs, if nothing more happens."""
        truth = self.truth(rule, now)
        later = (at for at in self.breakpoints(rule, now) if at > now)
        return next((at for at in later if self.truth(rule, at) != truth), None)

    def breakpoints(self, rule: Node, now: int = 0) -> list[int]:
        """Every instant at which anything could change: all events shifted by all durations, ends included."""
        rules: list[Json] = [rule, *self.segments.values()]
        spans = {0, *(span for each in rules for span in durations(each, self.statistics))}
        if mentions(rules, DERIVED):
            spans |= {span + HALF_HOUR for span in spans}
        starts = {event.at for event in self.events} | set(self.entered.values())
        ahead = {at for at in [self.scores.get("next_order_at")] if isinstance(at, int)}
        near = {at + sign * span for at in ahead for span in spans for sign in (1, -1)}
        near |= {start + span for start in starts for span in spans}
        return sorted({at + one for at in near for one in (0, 1)} | set(self._midnights(rules, now, spans)))

    def _midnights(self, rules: Sequence[Json], now: int, spans: set[int]) -> Iterator[int]:
        if not mentions(list(rules), {"age", *DATES}):
            return
        traits = traits_of(self.events)
        there = calendar(traits, active(self), self.home.zone)
        for value in traits.values():
            for each in several(value):
                yield from turns(each, now, there, sorted(spans))
                yield from self._ahead(each, spans)

    def _ahead(self, value: Json, spans: set[int]) -> Iterator[int]:
        """Traits that are instants, with all durations before and behind."""
        if isinstance(value, str) and "T" in value and value[:4].isdigit():
            yield from (instant(value) + sign * span for span in spans for sign in (1, -1))

    @cached_property
    def _happened(self) -> Sequence[Event]:
        """With sessions that ended and carts that were left behind."""
        return [*self.events, *derived(self.events, self.home)]

    def matching(self, leaf: Node, kind: Json) -> list[Event]:
        """Reports that match; of an order only its best report, whatever it matches."""
        mine = [event for event in self._happened if event.type == kind]
        if kind in {"purchase", "refund"}:
            mine = best(mine, key=lambda event: (event.trusted, _backwards(event.id), event.at))
        where = rows(leaf.get("where", []))
        return [event for event in mine if satisfies(event, where, self.home)]

    def counted(self, leaf: Node, now: int) -> list[Event]:
        """What lies in the leaf's window, each happening once."""
        window, matching = leaf.get("window"), self.matching(leaf, leaf["event"])
        if isinstance(window, Mapping) and "between" in window:
            matching = [event for event in matching if inside(window, event.at, now)]
        found = [event for event in newest(matching) if event.at <= now and inside(window, event.at, now)]
        if not isinstance(window, Mapping) or "since_event" not in window:
            return found
        anchor = rows([window["since_event"]])[0]
        anchors = [event.at for event in newest(self.matching(anchor, anchor["last"])) if event.at <= now]
        return [event for event in found if anchors and event.at > max(anchors)]


def best(events: Iterable[Event], key: Callable[[Event], tuple[object, ...]]) -> list[Event]:
    """One report of each happening, the one with the largest key."""
    chosen: dict[str, Event] = {}
    for event in events:
        known = chosen.get(event.element_id)
        if known is None or key(event) > key(known):
            chosen[event.element_id] = event
    return list(chosen.values())


def newest(events: Iterable[Event]) -> list[Event]:
    return best(events, key=lambda event: (event.at,))


def _backwards(text: str) -> tuple[int, ...]:
    """Larger for the smaller text."""
    return tuple(-byte for byte in text.encode()[:15].ljust(15, b"\0"))


def _event(oracle: Oracle, leaf: Node, now: int) -> bool:
    return compares(leaf, number(oracle, leaf, now), oracle.statistics)


def _message(oracle: Oracle, leaf: Node, now: int) -> bool:
    where = [{"field": name, "op": "eq", "value": leaf[name]} for name in ("campaign", "scenario") if name in leaf]
    return _event(oracle, {**leaf, "event": f"push_{leaf['message']}", "where": where}, now)


def _last(oracle: Oracle, leaf: Node, now: int) -> bool:
    seen = [event.at for event in newest(oracle.matching(leaf, leaf["last"])) if event.at <= now]
    return bool(seen) and old_enough(leaf["ago"], now - max(seen), oracle.statistics)


def _first(oracle: Oracle, leaf: Node, now: int) -> bool:
    seen = [event.at for event in oracle.matching(leaf, leaf["first"]) if event.at <= now]
    return bool(seen) and old_enough(leaf["ago"], now - min(seen), oracle.statistics)


def _sequence(oracle: Oracle, leaf: Node, now: int) -> bool:
    sequence = rows([leaf["sequence"]])[0]
    matching = [oracle.matching(step, step["event"]) for step in rows(sequence["steps"])]
    done = completed(sequence, matching, ms(sequence["within"]))
    return any(now - ms(sequence.get("window", "P30D")) < at <= now for at in done)


def _in_segment(oracle: Oracle, leaf: Node, now: int) -> bool:
    name = str(leaf["in_segment"])
    child = oracle.segments.get(name)
    if child is None or not oracle.truth(child, now):
        return False
    if "for_at_least" not in leaf and "entered_within" not in leaf:
        return True
    if name not in oracle.entered:
        return False
    lasted = now - oracle.entered[name]
    wait, limit = leaf.get("for_at_least", "PT0S"), leaf.get("entered_within")
    return lasted >= ms(wait) and (limit is None or lasted < ms(limit))


_NODES: Mapping[str, Callable[[Oracle, Node, int], bool]] = {
    "and": lambda oracle, rule, now: all(oracle.truth(each, now) for each in rows(rule["and"])),
    "or": lambda oracle, rule, now: any(oracle.truth(each, now) for each in rows(rule["or"])),
    "not": lambda oracle, rule, now: not oracle.truth(rows([rule["not"]])[0], now),
    "event": _event,
    "last": _last,
    "first": _first,
    "ratio": divided,
    "sequence": _sequence,
    "message": _message,
    "trait": trait,
    "list": listed,
    "subscription": subscription,
    "cart": basket,
    "affinity": favourite,
    "rfm": ranked,
    "score": scored,
    "in_segment": _in_segment,
    "bucket": bucket,
}
