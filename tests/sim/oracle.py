"""The naive oracle: it keeps every event, reads the rule's JSON, and looks at all of it at any instant."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from shopbell.domain.events import Event, Json

from tests.sim.oracle_fields import Home, Node, decide, rows, satisfies

_UNITS = {"W": 604_800_000, "D": 86_400_000, "H": 3_600_000, "M": 60_000, "S": 1_000}


@dataclass(frozen=True)
class Oracle:
    """One visitor's whole history, with the rules of all live segments."""

    events: Sequence[Event]
    segments: Mapping[str, Node] = field(default_factory=dict)
    visitor: str = "visitor"
    home: Home = field(default_factory=Home)

    def truth(self, rule: Node, now: int) -> bool:
        key = next(key for key in _NODES if key in rule)
        return _NODES[key](self, rule, now)

    def members_of(self, now: int) -> set[str]:
        return {name for name, rule in self.segments.items() if self.truth(rule, now)}

    def flips_at(self, rule: Node, now: int) -> int | None:
        """The first instant after now at which the truth differs, if nothing more happens."""
        truth = self.truth(rule, now)
        later = (at for at in self.breakpoints(rule) if at > now)
        return next((at for at in later if self.truth(rule, at) != truth), None)

    def breakpoints(self, rule: Node) -> list[int]:
        """Every instant at which anything could change: all events shifted by all durations, ends included."""
        spans = {0, *durations(rule), *self._spans}
        return sorted({event.at + span + one for event in self.events for span in spans for one in (0, 1)})

    @cached_property
    def _spans(self) -> set[int]:
        return {span for each in self.segments.values() for span in durations(each)}

    def matching(self, leaf: Node, kind: Json) -> list[Event]:
        """Reports that match; of an order only its best report, whatever it matches."""
        mine = [event for event in self.events if event.type == kind]
        if kind in {"purchase", "refund"}:
            mine = best(mine, key=lambda event: (event.trusted, _backwards(event.id), event.at))
        where = rows(leaf.get("where", []))
        return [event for event in mine if satisfies(event, where, self.home)]


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


def _count(oracle: Oracle, leaf: Node, now: int) -> bool:
    window, matching = leaf.get("window"), oracle.matching(leaf, leaf["event"])
    if isinstance(window, Mapping) and "between" in window:
        matching = [event for event in matching if _inside(window, event.at, now)]
    counted = [event for event in newest(matching) if event.at <= now and _inside(window, event.at, now)]
    return decide({"op": leaf.get("op", "gte"), "value": leaf.get("value", 1)}, [len(counted)])


def _inside(window: Json, at: int, now: int) -> bool:
    if not isinstance(window, Mapping):
        return True
    if "last" in window:
        return now - ms(window["last"]) < at <= now
    if "from" in window:
        return now - ms(window["from"]) < at <= now - ms(window["to"])
    if "since" in window:
        return at >= instant(window["since"])
    between = window["between"]
    assert isinstance(between, list | tuple)
    return instant(between[0]) <= at <= instant(between[1])


def _last(oracle: Oracle, leaf: Node, now: int) -> bool:
    seen = [event.at for event in newest(oracle.matching(leaf, leaf["last"])) if event.at <= now]
    return bool(seen) and _old_enough(leaf["ago"], now - max(seen))


def _first(oracle: Oracle, leaf: Node, now: int) -> bool:
    seen = [event.at for event in oracle.matching(leaf, leaf["first"]) if event.at <= now]
    return bool(seen) and _old_enough(leaf["ago"], now - min(seen))


def _old_enough(ago: Json, age: int) -> bool:
    assert isinstance(ago, Mapping)
    value = ago["value"]
    if isinstance(value, list | tuple):
        return ms(value[0]) <= age <= ms(value[1])
    limit = ms(value)
    return {"gt": age > limit, "gte": age >= limit, "lt": age < limit, "lte": age <= limit}[str(ago["op"])]


def _trait(oracle: Oracle, leaf: Node, _now: int) -> bool:
    latest: tuple[int, str, Json] = (-1, "", None)
    for event in oracle.events:
        if event.type == "traits_changed" and leaf["trait"] in event.properties:
            said = (event.received_at, event.id, event.properties[str(leaf["trait"])])
            latest = max(latest, said, key=lambda row: row[:2])
    value = latest[2]
    values = [each for each in (value if isinstance(value, list | tuple) else [value]) if each is not None]
    return decide(leaf, values)


def active(oracle: Oracle) -> list[Event]:
    """The `subscribed` events of the subscriptions that are active."""
    latest: dict[Json, Event] = {}
    for event in sorted(oracle.events, key=lambda event: (event.at, event.id)):
        if event.type in {"subscribed", "unsubscribed"}:
            latest[event.properties["subscription_id"]] = event
    return [event for event in latest.values() if event.type == "subscribed"]


def _subscription(oracle: Oracle, leaf: Node, now: int) -> bool:
    name, mine = leaf["subscription"], active(oracle)
    if name == "active":
        return bool(mine) is not (leaf.get("value") is False)
    if name == "age":
        return any(_old_enough(leaf, now - event.at) for event in mine if event.at <= now)
    values = [event.properties.get(str(name)) for event in mine]
    return decide({"op": "eq", **leaf}, [value for value in values if value is not None])


def _in_segment(oracle: Oracle, leaf: Node, now: int) -> bool:
    child = oracle.segments.get(str(leaf["in_segment"]))
    return child is not None and oracle.truth(child, now)


def _bucket(oracle: Oracle, leaf: Node, _now: int) -> bool:
    digest = hashlib.sha256(f"{leaf['bucket']}\n{oracle.visitor}".encode()).hexdigest()
    share = int(digest[:16], 16) / 2**64 * 100
    low, high = leaf["from"], leaf["to"]
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    return low <= share < high


_NODES: Mapping[str, Callable[[Oracle, Node, int], bool]] = {
    "and": lambda oracle, rule, now: all(oracle.truth(each, now) for each in rows(rule["and"])),
    "or": lambda oracle, rule, now: any(oracle.truth(each, now) for each in rows(rule["or"])),
    "not": lambda oracle, rule, now: not oracle.truth(rows([rule["not"]])[0], now),
    "event": _count,
    "last": _last,
    "first": _first,
    "trait": _trait,
    "subscription": _subscription,
    "in_segment": _in_segment,
    "bucket": _bucket,
}


def ms(text: Json) -> int:
    assert isinstance(text, str)
    return sum(int(amount) * _UNITS[unit] for amount, unit in re.findall(r"(\d+)([WDHMS])", text))


def instant(text: Json) -> int:
    assert isinstance(text, str)
    return round(datetime.fromisoformat(text).timestamp() * 1_000)


def durations(value: Json) -> set[int]:
    """Every duration that stands anywhere in a rule."""
    if isinstance(value, str):
        return {ms(value)} if re.fullmatch(r"P(\d+[WD])*(T(\d+[HMS])+)?", value) and value != "P" else set()
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, Sequence):
        return {span for each in value for span in durations(each)}
    return set()
