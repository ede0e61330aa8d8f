"""Leaves as compiled functions of a profile and an instant."""

import hashlib
from collections.abc import Callable, Mapping

from shopbell.domain.clock import Instant
from shopbell.domain.ids import SegmentId
from shopbell.domain.ledger import Part
from shopbell.domain.profile import Profile
from shopbell.domain.rules.nodes import (
    BucketLeaf,
    EventLeaf,
    FirstLeaf,
    LastLeaf,
    Leaf,
    SegmentLeaf,
    SubscriptionAgeLeaf,
    SubscriptionLeaf,
    TraitLeaf,
)
from shopbell.domain.rules.operators import answer, scalars
from shopbell.domain.rules.windows import Age
from shopbell.domain.segments.feature import BehaviourLeaf, feature_of
from shopbell.domain.segments.spans import Question, age_truth, count_question, newest_question, oldest_question
from shopbell.domain.segments.truth import FOREVER, Test, Truth

_PER_CENT = 100


def leaf_test(  # noqa: PLR0911 - one for each kind
    leaf: Leaf, bits: Mapping[str, int], segments: Mapping[SegmentId, Test]
) -> Test:
    """`bits` gives features their place; `segments` are the compiled children, an absent one has no members."""
    match leaf:
        case EventLeaf() | LastLeaf() | FirstLeaf():
            return _behaviour(leaf, bits)
        case TraitLeaf():
            return _trait(leaf)
        case SubscriptionLeaf():
            return _subscription(leaf)
        case SubscriptionAgeLeaf():
            return _subscription_age(leaf)
        case SegmentLeaf(in_segment=name):
            return segments.get(SegmentId(name), _never)
        case BucketLeaf():
            return _bucket(leaf)
        case _:
            return _never


def _never(_profile: Profile, _now: Instant) -> Truth:
    return False, FOREVER


def _behaviour(leaf: BehaviourLeaf, bits: Mapping[str, int]) -> Test:
    feature = feature_of(leaf)
    flag = 1 << bits[feature.key]
    ask = _question(leaf)
    part: Callable[[Profile], Part]
    match feature.part:
        case "P":
            part = lambda profile: profile.ledger.p  # noqa: E731 - three ways to one part
        case "L":
            part = lambda profile: profile.ledger.l  # noqa: E731
        case "V":
            part = lambda profile: profile.ledger.v  # noqa: E731
    return lambda profile, now: ask(part(profile).instants(flag), now)


def _question(leaf: BehaviourLeaf) -> Question:
    match leaf:
        case EventLeaf():
            return count_question(leaf)
        case LastLeaf(ago=Age() as ago):
            return newest_question(ago)
        case FirstLeaf(ago=Age() as ago):
            return oldest_question(ago)
        case _:
            return lambda _instants, _now: (False, FOREVER)


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
