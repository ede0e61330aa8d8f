"""Leaves as compiled functions of a profile and an instant."""

import hashlib
from collections.abc import Mapping

from shopbell.domain.clock import Instant
from shopbell.domain.ids import SegmentId
from shopbell.domain.profile import Profile
from shopbell.domain.rules.amounts import Statistics
from shopbell.domain.rules.nodes import (
    AggregateLeaf,
    BucketLeaf,
    EventLeaf,
    FirstLeaf,
    LastLeaf,
    Leaf,
    MessageLeaf,
    RatioLeaf,
    SegmentLeaf,
    SubscriptionAgeLeaf,
    SubscriptionLeaf,
    TraitLeaf,
)
from shopbell.domain.rules.operators import answer, scalars
from shopbell.domain.segments.behaviour import behaviour_test
from shopbell.domain.segments.columns import Columns
from shopbell.domain.segments.spans import age_truth
from shopbell.domain.segments.truth import FOREVER, Test, Truth, never

_PER_CENT = 100


def leaf_test(  # noqa: PLR0911 - one for each kind
    leaf: Leaf, columns: Columns, segments: Mapping[SegmentId, Test], statistics: Statistics
) -> Test:
    """`columns` are the features' places; `segments` the compiled children, an absent one has no members."""
    match leaf:
        case EventLeaf() | AggregateLeaf() | RatioLeaf() | LastLeaf() | FirstLeaf():
            return behaviour_test(leaf, columns, statistics)
        case MessageLeaf():
            return behaviour_test(leaf.counted, columns, statistics)
        case TraitLeaf():
            return _trait(leaf)
        case SubscriptionLeaf():
            return _subscription(leaf)
        case SubscriptionAgeLeaf():
            return _subscription_age(leaf)
        case SegmentLeaf(in_segment=name):
            return segments.get(SegmentId(name), never)
        case BucketLeaf():
            return _bucket(leaf)
        case _:
            return never


def _trait(leaf: TraitLeaf) -> Test:
    decide = answer(leaf.op, leaf.value)

    def test(profile: Profile, _now: Instant) -> Truth:
        trait = profile.traits.get(leaf.trait)
        return decide(tuple(scalars(trait.value)) if trait else ()), FOREVER

    return test


def _subscription(leaf: SubscriptionLeaf) -> Test:
    name = leaf.subscription
    if name == "active":
        wanted = leaf.value is not False
        return lambda profile, _now: (profile.reachable is wanted, FOREVER)
    decide = answer(leaf.op, leaf.value)

    def test(profile: Profile, _now: Instant) -> Truth:
        values = [getattr(fact, name) for fact in profile.subscriptions.values() if fact.active]
        return decide([value for value in values if value is not None]), FOREVER

    return test


def _subscription_age(leaf: SubscriptionAgeLeaf) -> Test:
    truth_of = age_truth(leaf)

    def test(profile: Profile, now: Instant) -> Truth:
        truths = [truth_of(fact.changed_at, now) for fact in profile.subscriptions.values() if fact.active]
        lasting = [until for truth, until in truths if truth]
        if lasting:
            return True, max(lasting)
        return False, min((until for _, until in truths), default=FOREVER)

    return test


def _bucket(leaf: BucketLeaf) -> Test:
    def test(profile: Profile, _now: Instant) -> Truth:
        digest = hashlib.sha256(f"{leaf.bucket}\n{profile.visitor}".encode()).digest()
        share = int.from_bytes(digest[:8], "big") / 2**64 * _PER_CENT
        return leaf.from_ <= share < leaf.to, FOREVER

    return test
