"""Leaves as compiled functions of a profile and an instant."""

from collections.abc import Mapping
from typing import assert_never

from shopbell.domain.ids import SegmentId
from shopbell.domain.rules.amounts import Statistics
from shopbell.domain.rules.nodes import (
    AffinityLeaf,
    AggregateLeaf,
    BucketLeaf,
    CartAgeLeaf,
    CartContainsLeaf,
    CartLeaf,
    DateLeaf,
    EventLeaf,
    FirstLeaf,
    LastLeaf,
    Leaf,
    ListLeaf,
    MessageLeaf,
    NextOrderLeaf,
    RatioLeaf,
    RfmLeaf,
    ScoreLeaf,
    SegmentLeaf,
    SequenceLeaf,
    SubscriptionAgeLeaf,
    SubscriptionLeaf,
    TraitLeaf,
)
from shopbell.domain.rules.traits import AGE
from shopbell.domain.segments.behaviour import behaviour_test
from shopbell.domain.segments.columns import Columns
from shopbell.domain.segments.dates import age_test, date_test
from shopbell.domain.segments.members import member_test
from shopbell.domain.segments.sequences import sequence_test
from shopbell.domain.segments.standing import (
    bucket_test,
    list_test,
    next_order_test,
    rfm_test,
    score_test,
    subscription_age_test,
    subscription_test,
    trait_test,
)
from shopbell.domain.segments.truth import Test, never
from shopbell.domain.segments.visited import visited_test
from shopbell.domain.segments.zones import ZoneOf

StandingLeaf = (
    TraitLeaf
    | DateLeaf
    | ListLeaf
    | SubscriptionLeaf
    | SubscriptionAgeLeaf
    | RfmLeaf
    | ScoreLeaf
    | NextOrderLeaf
    | BucketLeaf
)


def leaf_test(
    leaf: Leaf, columns: Columns, segments: Mapping[SegmentId, Test], statistics: Statistics, zone_of: ZoneOf
) -> Test:
    """`columns` are the features' places; `segments` the compiled children, an absent one has no members."""
    match leaf:
        case EventLeaf() | AggregateLeaf() | RatioLeaf() | LastLeaf() | FirstLeaf():
            return behaviour_test(leaf, columns, statistics)
        case MessageLeaf():
            return behaviour_test(leaf.counted, columns, statistics)
        case SequenceLeaf():
            return sequence_test(leaf, columns)
        case SegmentLeaf(in_segment=name):
            return member_test(leaf, segments.get(SegmentId(name), never))
        case CartLeaf() | CartAgeLeaf() | CartContainsLeaf() | AffinityLeaf():
            return visited_test(leaf, columns, statistics)
        case _:
            return _standing_test(leaf, zone_of)


def _standing_test(leaf: StandingLeaf, zone_of: ZoneOf) -> Test:  # noqa: C901, PLR0911 - one for each kind
    match leaf:
        case TraitLeaf(trait=name):
            return age_test(leaf, zone_of) if name == AGE else trait_test(leaf)
        case DateLeaf():
            return date_test(leaf, zone_of)
        case ListLeaf():
            return list_test(leaf)
        case SubscriptionLeaf():
            return subscription_test(leaf)
        case SubscriptionAgeLeaf():
            return subscription_age_test(leaf)
        case RfmLeaf():
            return rfm_test(leaf)
        case ScoreLeaf():
            return score_test(leaf)
        case NextOrderLeaf():
            return next_order_test(leaf)
        case BucketLeaf():
            return bucket_test(leaf)
        case _:
            assert_never(leaf)
