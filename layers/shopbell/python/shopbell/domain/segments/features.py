"""All live rules of a store, compiled once for each version."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.profile import Profile
from shopbell.domain.rules.amounts import Statistics
from shopbell.domain.rules.graph import children_first, references
from shopbell.domain.rules.matching import Locale
from shopbell.domain.rules.nodes import Leaf
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.segments.columns import columns
from shopbell.domain.segments.compiled import LiveSegment, Touch, compile_segment
from shopbell.domain.segments.cuts import Cut
from shopbell.domain.segments.definition import StoredRules
from shopbell.domain.segments.deriving import asked_of_visits, of_visits
from shopbell.domain.segments.feature import Feature, from_key
from shopbell.domain.segments.recognition import Marks, Recognise, recognisers
from shopbell.domain.segments.truth import Test
from shopbell.domain.segments.watching import Watch, watches
from shopbell.domain.store import RevenueSource
from shopbell.domain.visits.interactions import HALF_LIFE
from shopbell.domain.visits.state import NOTHING, PICKING, Needs


@dataclass(frozen=True, slots=True)
class Ruleset:
    """What folding and evaluating need of a store's live rules. `order` has children before parents."""

    store: StoreId
    version: int
    features_since: int
    order: tuple[LiveSegment, ...]
    cuts: Mapping[int, Cut]
    """Bit number to cut."""
    kinds: Mapping[str, Recognise]
    owners: Mapping[Touch, int]
    """Touch to the segments that own such a leaf, as a mask over `order`."""
    watched: Mapping[Touch, Watch]
    keep: int
    """The bits of all features that live."""
    scenarios: Mapping[SegmentId, str]
    """Hidden segments whose clock entries make candidates."""
    paused: frozenset[SegmentId] = frozenset()
    """Segments that are not evaluated and keep their members."""
    server_revenue: bool = False
    """Whether purchases count only when the shop's server reports them."""
    needs: Needs = NOTHING
    """What of sessions, past carts and interactions is folded; `replace` it with more for who reads them besides."""
    derived: Mapping[Feature, int] = field(default_factory=dict)
    """The features that are answered from these."""
    currency: str | None = None
    """The store's; None: money of any currency compares."""

    def recognise(self, event: Event) -> Marks:
        """The features that the event matches, by number, each with what its elements carry."""
        kind = self.kinds.get(event.type)
        if kind is None or (self.server_revenue and event.type == "purchase" and not event.trusted):
            return []
        return kind(event)

    @property
    def everyone(self) -> int:
        """All segments, as a mask over `order`."""
        return (1 << len(self.order)) - 1

    def known_to(self, stamp: int) -> int:
        """The segments whose rules a visitor stamped with that version was evaluated by, as a mask."""
        if stamp == self.version:
            return self.everyone
        return sum(1 << place for place, segment in enumerate(self.order) if segment.since <= stamp)

    def moved(self, before: Profile, after: Profile, touched: Iterable[Touch], at: Instant) -> int:
        """The segments that own a touched leaf whose truth is another or may end sooner, as a mask over `order`."""
        moved = 0
        for touch in touched:
            watch = self.watched.get(touch)
            if watch is not None:
                moved |= watch.moved(before, after, at)
        return moved

    def owners_of(self, touched: Iterable[Touch]) -> int:
        """The segments that own a touched leaf, as a mask over `order`."""
        known = 0
        for touch in touched:
            known |= self.owners.get(touch, 0)
        return known


def compile_rules(
    stored: StoredRules,
    *,
    time_zone: str = "UTC",
    currency: str | None = None,
    revenue_source: RevenueSource = "any",
    statistics: Statistics = MappingProxyType({}),
    half_life: Duration = HALF_LIFE,
    keeps_interactions: bool = False,
) -> Ruleset:
    """Rejected if a rule does not parse, which saving prevents. The keywords are settings and numbers of the store.

    A leaf that compares with a statistic which is not there is never true.
    """
    live = {row.segment: (row, parse_rule(row.rule)) for row in stored.rules}
    compiled: dict[SegmentId, LiveSegment] = {}
    tests: dict[Leaf, Test] = {}
    locale = Locale(time_zone, currency)
    places = columns(stored.bits, locale, half_life)
    for name in children_first({name: references(rule) for name, (_, rule) in live.items()}):
        row, rule = live[name]
        children = {child: compiled[child] for child in references(rule) if child in compiled}
        compiled[name] = compile_segment(row, rule, places, children, statistics, time_zone, tests)
    features = {from_key(key): bit for key, bit in stored.bits.items()}
    order, needs = tuple(compiled.values()), asked_of_visits(features) | (PICKING if keeps_interactions else NOTHING)
    return Ruleset(
        stored.store,
        stored.version,
        stored.features_since,
        order,
        {bit: feature.cut for feature, bit in features.items()},
        recognisers(features, locale),
        _owners(order),
        watches(order),
        sum(1 << bit for bit in stored.bits.values()),
        {segment.id: segment.scenario for segment in order if segment.scenario},
        paused=frozenset(stored.paused),
        server_revenue=revenue_source == "server",
        needs=NOTHING if needs == NOTHING else needs,
        derived=of_visits(features),
        currency=currency,
    )


def _owners(order: Sequence[LiveSegment]) -> Mapping[Touch, int]:
    owners: dict[Touch, int] = {}
    for index, segment in enumerate(order):
        for touch in segment.touches:
            owners[touch] = owners.get(touch, 0) | 1 << index
    return owners
