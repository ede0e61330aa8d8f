"""The live rules of a store as they change: the version that follows when a segment does, and its features' bits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from shopbell.domain.ids import SegmentId
from shopbell.domain.rules.graph import check_cycle, children_first, leaves, references
from shopbell.domain.rules.nodes import Rule
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.segments.definition import LiveRule, Segment, StoredRules
from shopbell.domain.segments.feature import Feature, from_key, presence
from shopbell.domain.segments.needs import needs


def next_rules(old: StoredRules, segments: Sequence[Segment]) -> StoredRules:
    """The live rules once these are all segments of the store; `old` itself where nothing live changed.

    A feature keeps its bit while a live or paused segment needs it. A new one gets a bit that was never used, a
    wider one is a new one, so that a bit means one thing in every profile (ruling 9). Rejected on a cycle.
    """
    kept = {row.id: parse_rule(row.rule) for row in segments if row.live or row.state == "paused"}
    live = [row for row in segments if row.live]
    uses = {row.id: references(kept[row.id]) for row in live}
    check_cycle(uses, {row.id: row.name for row in live})
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
