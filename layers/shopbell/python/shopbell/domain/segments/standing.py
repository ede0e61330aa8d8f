"""Leaves over what is known of a visitor: traits, lists, subscriptions, scores and shares."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.domain.profile import Profile
from shopbell.domain.rules.operators import answer, scalars
from shopbell.domain.rules.standing import (
    BucketLeaf,
    NextOrderLeaf,
    RfmLeaf,
    RfmScores,
    ScoreLeaf,
    SubscriptionAgeLeaf,
    SubscriptionLeaf,
)
from shopbell.domain.rules.traits import ListLeaf, TraitLeaf
from shopbell.domain.segments.spans import age_truth
from shopbell.domain.segments.truth import FOREVER, Test, Truth
from shopbell.domain.subscriptions import SubscriptionFact

_PER_CENT: Final = 100
_SCORES: Final = 3


def trait_test(leaf: TraitLeaf) -> Test:
    decide = answer(leaf.op, leaf.value)

    def test(profile: Profile, _now: Instant) -> Truth:
        trait = profile.traits.get(leaf.trait)
        return decide(tuple(scalars(trait.value)) if trait else ()), FOREVER

    return test


def list_test(leaf: ListLeaf) -> Test:
    name = leaf.trait

    def test(profile: Profile, _now: Instant) -> Truth:
        trait = profile.traits.get(name)
        return trait is not None and trait.value is True, FOREVER

    return test


def subscription_test(leaf: SubscriptionLeaf) -> Test:
    """Over all active subscriptions together."""
    name = leaf.subscription
    if name == "active":
        wanted = leaf.value is not False
        return lambda profile, _now: (profile.subscribed is wanted, FOREVER)
    decide = answer(leaf.op, leaf.value)

    def test(profile: Profile, _now: Instant) -> Truth:
        active = [fact for fact in profile.subscriptions.values() if fact.active]
        return decide([value for fact in active for value in _said(fact, name)]), FOREVER

    return test


def _said(fact: SubscriptionFact, name: str) -> Sequence[Json]:
    if name == "topic":
        return fact.topics
    value: Json = getattr(fact, name)
    return () if value is None else (value,)


def subscription_age_test(leaf: SubscriptionAgeLeaf) -> Test:
    truth_of = age_truth(leaf)

    def test(profile: Profile, now: Instant) -> Truth:
        truths = [truth_of(fact.began_at, now) for fact in profile.subscriptions.values() if fact.active]
        lasting = [until for truth, until in truths if truth]
        if lasting:
            return True, max(lasting)
        return False, min((until for _, until in truths), default=FOREVER)

    return test


def rfm_test(leaf: RfmLeaf) -> Test:
    """A named group as the nightly pass put it, or all three scores within their ranges."""
    if not isinstance(leaf.rfm, RfmScores):
        group = leaf.rfm
        return lambda profile, _now: (profile.scores.get("group") == group, FOREVER)
    ranges = leaf.rfm.ranges

    def test(profile: Profile, _now: Instant) -> Truth:
        scores = _rfm(profile.scores)
        fits = (low <= score <= high for score, (low, high) in zip(scores, ranges, strict=False))
        return len(scores) == _SCORES and all(fits), FOREVER

    return test


def _rfm(scores: Mapping[str, Json]) -> Sequence[int]:
    found = scores.get("rfm")
    if not isinstance(found, Sequence) or isinstance(found, str):
        return ()
    return [score for score in found if isinstance(score, int)]


def score_test(leaf: ScoreLeaf) -> Test:
    decide = answer(leaf.op, leaf.value)

    def test(profile: Profile, _now: Instant) -> Truth:
        score = profile.scores.get(leaf.score)
        return score is not None and decide((score,)), FOREVER

    return test


def next_order_test(leaf: NextOrderLeaf) -> Test:
    """(now, now + value] or (now - value, now]."""
    before, after = (leaf.value, 0) if leaf.op == "within_next" else (0, leaf.value)

    def test(profile: Profile, now: Instant) -> Truth:
        at = profile.scores.get("next_order_at")
        if not isinstance(at, int):
            return False, FOREVER
        start, end = at - before, at + after
        return start <= now < end, next((edge for edge in (start, end) if edge > now), FOREVER)

    return test


def bucket_test(leaf: BucketLeaf) -> Test:
    def test(profile: Profile, _now: Instant) -> Truth:
        digest = hashlib.sha256(f"{leaf.bucket}\n{profile.visitor}".encode()).digest()
        share = int.from_bytes(digest[:8], "big") / 2**64 * _PER_CENT
        return leaf.from_ <= share < leaf.to, FOREVER

    return test
