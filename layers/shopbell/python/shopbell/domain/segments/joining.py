"""Two profiles of one person become one: sets unite and the latest word stands, in any order and however often."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from heapq import nlargest

from shopbell.domain.clock import Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import Json
from shopbell.domain.ids import SubscriptionId
from shopbell.domain.membership import Flip
from shopbell.domain.profile import Profile, Trait
from shopbell.domain.scenarios.united import ran_of_both, steps_of_both
from shopbell.domain.segments.deriving import visits_of, with_visits
from shopbell.domain.segments.elements import united
from shopbell.domain.segments.facts import MAX_SUBSCRIPTIONS, MAX_TRAITS, newest
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.fold import stripped
from shopbell.domain.segments.parts import next_part
from shopbell.domain.segments.settle import Settled
from shopbell.domain.segments.timeline import MERGE, Timeline
from shopbell.domain.segments.truth import FOREVER
from shopbell.domain.subscriptions import SubscriptionFact
from shopbell.domain.visits.state import join_visits


def join(mine: Profile, other: Profile, ruleset: Ruleset) -> Profile:
    """`mine` with all that was folded into `other`: what folding both their events into one would have given.

    Commutative and idempotent up to the identity, like the fold. Memberships stay as they are; both must be folded
    to the features of these rules.
    """
    mine = with_visits(mine, join_visits(visits_of(mine), visits_of(other), ruleset.needs))
    other = stripped(other, ruleset)
    visits = join_visits(visits_of(mine), visits_of(other), ruleset.needs)
    ran = ran_of_both(mine.ran, other.ran)
    return replace(
        with_visits(mine, visits),
        ledger=united(mine.ledger, other.ledger, ruleset.cuts),
        traits=_traits(mine.traits, other.traits),
        subscriptions=_subscriptions(mine.subscriptions, other.subscriptions),
        first_seen=min(_known(mine.first_seen, other.first_seen), default=None),
        last_seen=max(_known(mine.last_seen, other.last_seen), default=None),
        scores=max(mine.scores, other.scores, key=_scored_at),
        ran=ran,
        steps=steps_of_both(mine.steps, other.steps, ran),
    )


def take_over(profile: Profile, other: Profile, ruleset: Ruleset, now: Instant) -> Settled:
    """The customer with an alias joined, every membership that turns by it with the cause `merge` (ruling 17).

    `profile` must be settled at this instant. Done again it changes nothing. Raises Unavailable as `settle` does.
    """
    if max(profile.rules_version, other.rules_version) > ruleset.version:
        raise Unavailable("newer rules folded this visitor already")
    everyone = (1 << len(ruleset.order)) - 1
    start = stripped(profile, ruleset)
    line = Timeline(ruleset, start, everyone)
    line.take_over(join(start, other, ruleset), now)
    for name in sorted(other.memberships.keys() & ruleset.paused - line.memberships.keys()):
        line.memberships[name] = max(now, line.left.get(name, now))
        line.flips.append(Flip(name, 0, "entered", line.memberships[name], MERGE))
    wake = min(line.until.values(), default=FOREVER)
    decided = replace(
        line.profile,
        rules_version=ruleset.version,
        memberships=line.memberships,
        left=line.left,
        wake_at=None if wake == FOREVER else wake,
    )
    commit = next_part(profile, decided, line.flips, ruleset, now)
    if profile.version and commit.after == profile and not commit.flips and not commit.refreshed:
        return Settled(None, evaluated=line.evaluated)
    more = bool(commit.after.unsettled or commit.after.stale)
    return Settled(commit, tuple(line.flips), line.evaluated, more)


def give_up(profile: Profile, ruleset: Ruleset, now: Instant) -> Settled:
    """The alias once the customer has everything: it keeps nothing, its memberships end with the cause `merge`.

    With `more`, again with what was committed: a transaction may not hold all of them.
    """
    if profile.alias is None:
        raise ValueError("it is nobody's alias")
    flips = tuple(_exits(profile, ruleset, now))
    alias = replace(profile.alias, joined=True)
    empty = Profile(profile.store, profile.visitor, profile.version, ruleset.version, alias=alias)
    commit = next_part(profile, empty, flips, ruleset, now)
    if commit.after == profile and not commit.flips:
        return Settled(None)
    return Settled(commit, flips, more=bool(commit.after.unsettled))


def _exits(profile: Profile, ruleset: Ruleset, now: Instant) -> Iterator[Flip]:
    """Children before parents, as everywhere; those that no live rule speaks of come last."""
    versions = {segment.id: segment.version for segment in ruleset.order}
    for name in [*versions, *sorted(profile.memberships.keys() - versions.keys())]:
        if name in profile.memberships:
            yield Flip(name, versions.get(name, 0), "exited", max(now, profile.memberships[name]), MERGE)


def _traits(mine: Mapping[str, Trait], other: Mapping[str, Trait]) -> Mapping[str, Trait]:
    newer = {name: trait for name, trait in other.items() if name not in mine or trait > mine[name]}
    merged = {**mine, **newer}
    if len(merged) <= MAX_TRAITS:
        return merged if newer else mine
    return newest(merged)


def _subscriptions(
    mine: Mapping[SubscriptionId, SubscriptionFact], other: Mapping[SubscriptionId, SubscriptionFact]
) -> Mapping[SubscriptionId, SubscriptionFact]:
    merged = dict(mine)
    for name, fact in other.items():
        if name not in merged or _order(fact) > _order(merged[name]):
            merged[name] = fact
    if len(merged) <= MAX_SUBSCRIPTIONS:
        return merged
    return dict(nlargest(MAX_SUBSCRIPTIONS, merged.items(), key=lambda row: (_order(row[1]), row[0])))


def _order(fact: SubscriptionFact) -> tuple[Instant, str]:
    return fact.changed_at, fact.event


def _known(*instants: Instant | None) -> list[Instant]:
    return [at for at in instants if at is not None]


def _scored_at(scores: Mapping[str, Json]) -> Instant:
    at = scores.get("at")
    return at if isinstance(at, int) else -1
