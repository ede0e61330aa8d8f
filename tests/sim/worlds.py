"""What simulations of segments start from: one store, segments by id and rule, events by a line each."""

from collections.abc import Mapping

from shopbell.domain.clock import Instant
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import EventId, SegmentId, StoreId, VisitorId
from shopbell.domain.segments.definition import Segment, SegmentState, StoredRules
from shopbell.domain.segments.features import Ruleset, compile_rules
from shopbell.domain.segments.succession import next_rules

STORE = StoreId("store00001")
VISITOR = VisitorId("visitor")


def event(event_id: str, kind: str, at: Instant, properties: Mapping[str, Json] | None = None) -> Event:
    return Event(EventId(event_id), kind, VISITOR, at, at, properties or {})


def segment(
    name: str,
    rule: Json,
    *,
    state: SegmentState = "active",
    version: int = 1,
    scenario: str | None = None,
) -> Segment:
    return Segment(STORE, SegmentId(name), name, rule, state, version, version, 0, 0, scenario=scenario)


def stored(rules: Mapping[str, Json], before: StoredRules | None = None, version: int = 1) -> StoredRules:
    live = [segment(name, rule, version=version) for name, rule in rules.items()]
    return next_rules(before or StoredRules(STORE), live)


def compiled(rules: Mapping[str, Json], statistics: Mapping[str, float] | None = None) -> Ruleset:
    return compile_rules(stored(rules), statistics=statistics or {})
