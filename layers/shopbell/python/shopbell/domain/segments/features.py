"""All live rules of a store, compiled once for each version; and the version that follows when a segment changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from shopbell.domain.clock import Duration, Instant
from shopbell.domain.events import Event
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.profile import Profile
from shopbell.domain.rules.amounts import Statistics
from shopbell.domain.rules.graph import check_cycle, children_first, leaves, references
from shopbell.domain.rules.matching import Locale
from shopbell.domain.rules.nodes import Leaf, Rule
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.segments.columns import columns
from shopbell.domain.segments.compiled import LiveSegment, Touch, compile_segment
from shopbell.domain.segments.cuts import Cut
from shopbell.domain.segments.definition import LiveRule, Segment, StoredRules
from shopbell.domain.segments.deriving import asked_of_visits, of_visits
from shopbell.domain.segments.feature import Feature, from_key, presence
from shopbell.domain.segments.needs import needs
from shopbell.domain.segments.recognition import Marks, Recognise, recognisers
from shopbell.domain.segments.truth import Test
from shopbell.domain.segments.watching import Watch, watches
from shopbell.domain.store import RevenueSource
from shopbell.domain.visits.interactions import HALF_LIFE
from shopbell.domain.visits.state import NOTHING, Needs


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
    order = tuple(compiled.values())
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
        needs=asked_of_visits(features),
        derived=of_visits(features),
    )


def next_rules(old: StoredRules, segments: Sequence[Segment]) -> StoredRules:
    """The live rules once these are all segments of the store; `old` itself where nothing live changed.

    A feature keeps its bit while a live or paused segment needs it. A new one gets a bit that was never used, a
    wider one is a new one, so that a bit means one thing in every profile (ruling 9). Rejected on a cycle.
    """
    kept = {row.id: parse_rule(row.rule) for row in segments if row.live or row.state == "paused"}
    live = [row for row in segments if row.live]
    uses = {row.id: references(kept[row.id]) for row in live}
    check_cycle(uses)
    version = old.version + 1
    bits, next_bit = _bits(old, kept.values())
    rules = _rules(old, {row.id: row for row in live}, uses, version)
    paused = tuple(sorted(row.id for row in segments if row.state == "paused"))
    if (rules, bits, paused) == (old.rules, old.bits, old.paused):
        return old
    fresh = bits.keys() - old.bits.keys()
    since = version if fresh else old.features_since
    return replace(
        old, version=version, rules=rules, bits=bits, features_since=since, next_bit=next_bit, paused=paused
    )


def _bits(old: StoredRules, rules: Iterable[Rule]) -> tuple[dict[str, int], int]:
    """A feature that must keep more keeps its number under another key, and is built from the log: a new feature."""
    next_bit = max(old.next_bit, max(old.bits.values(), default=-1) + 1)
    known = {feature.question: (feature, bit) for key, bit in old.bits.items() for feature in (from_key(key),)}
    bits: dict[str, int] = {}
    for question, feature in sorted(_features(rules).items()):
        if question in known:
            before, bit = known[question]
            bits[before.joined(feature).key] = bit
        else:
            bits[feature.key] = next_bit
            next_bit += 1
    return bits, next_bit


def _features(rules: Iterable[Rule]) -> dict[str, Feature]:
    """By question: what all leaves that ask it need together."""
    found: dict[str, Feature] = {}
    for rule in rules:
        for _, leaf in leaves(rule):
            for feature in needs(leaf):
                every = (feature, presence(feature.event)) if feature.part == "L" else (feature,)
                for each in every:
                    known = found.get(each.question)
                    found[each.question] = each if known is None else known.joined(each)
    return found


def _rules(
    old: StoredRules,
    live: Mapping[SegmentId, Segment],
    uses: Mapping[SegmentId, frozenset[SegmentId]],
    version: int,
) -> tuple[LiveRule, ...]:
    before = {row.segment: row for row in old.rules}
    rules: dict[SegmentId, LiveRule] = {}
    for name in children_first(uses):
        row, known = live[name], before.get(name)
        if known is not None and _same(known, row) and not _moved(uses[name], rules, before, version):
            rules[name] = replace(known, scenario=row.scenario)
        else:
            rules[name] = LiveRule(name, row.version, row.rule, version, row.scenario)
    return tuple(rules[name] for name in sorted(rules))


def _same(known: LiveRule, row: Segment) -> bool:
    return known.version == row.version and parse_rule(known.rule) == parse_rule(row.rule)


def _moved(
    children: Iterable[SegmentId],
    rules: Mapping[SegmentId, LiveRule],
    before: Mapping[SegmentId, LiveRule],
    version: int,
) -> bool:
    """Whether a segment that the rule names came, went or changed: then the rule changed with it."""
    return any(rules[child].since == version if child in rules else child in before for child in children)


def _owners(order: Sequence[LiveSegment]) -> Mapping[Touch, int]:
    owners: dict[Touch, int] = {}
    for index, segment in enumerate(order):
        for touch in segment.touches:
            owners[touch] = owners.get(touch, 0) | 1 << index
    return owners
