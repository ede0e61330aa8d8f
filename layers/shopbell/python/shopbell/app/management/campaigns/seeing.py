"""Look at a campaign's audience: how many there are, as exactly as is known, and some of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.management.campaigns.counting import Counted, CountMembers, Reading
from shopbell.app.management.campaigns.sizing import counted_already
from shopbell.app.management.segments.survey import Survey
from shopbell.domain.campaigns import Campaign, CampaignAudience
from shopbell.domain.ids import SegmentId, StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.rules.nodes import And, Or, Rule, SegmentLeaf
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.sampling import COUNTED, SAMPLE, Estimate, everyone, scaled, within
from shopbell.domain.store import Store

_NOBODY: Final = everyone(0)


@dataclass(frozen=True, slots=True)
class Seen:
    """`audience`: visitors in it. `reachable`: those of them who can be reached. `people`: some of these.

    They were met among `taken` of `whole` who were looked at. `kept_out`: about how many could be reached, were they
    not excluded; they have lots. `lots`: all who have one, where they are all known.
    """

    audience: Estimate = _NOBODY
    reachable: Estimate = _NOBODY
    people: Sequence[Profile] = ()
    taken: int = 0
    whole: Estimate = _NOBODY
    kept_out: int = 0
    lots: Sequence[VisitorId] | None = None


@dataclass(frozen=True, slots=True)
class SeeAudience:
    """Of segments, some of their members; of a rule that is not built, or of everybody, a sample of all visitors."""

    survey: Survey
    count: CountMembers

    def __call__(self, campaign: Campaign, limit: int | None = None) -> Seen:
        """Where it is not sure whether it is more than `limit`, more visitors are asked; all where they are few."""
        store, audience = self.survey.stores.get(campaign.store), campaign.audience
        if store is None:
            return Seen()
        if audience.include and audience.rule is None:
            counted = self.count(store, audience.include, audience.exclude)
            if counted.reading is not None:
                return self._members(store, counted, counted.reading)
        seen = self._visitors(store, audience, SAMPLE)
        if limit is None or seen.reachable.exact:
            return seen
        few, open_ = seen.whole.exact and seen.whole.value > limit, seen.reachable.low <= limit < seen.reachable.high
        return self._visitors(store, audience, COUNTED) if few or open_ else seen

    def _members(self, store: Store, counted: Counted, reading: Reading) -> Seen:
        people = self.survey.persons(store.id, reading.drawn(store.id))
        able = [who for who, reachable in reading.inside.items() if reachable]
        known = reading.exact and len(able) == counted.reachable.value
        return Seen(
            counted.audience,
            counted.reachable,
            [one for one in people if one.reachable],
            len(people),
            within(counted.audience, len(people)),
            counted.kept_out,
            (*able, *reading.excluded) if known else None,
        )

    def _visitors(self, store: Store, audience: CampaignAudience, most: int) -> Seen:
        meant, taken, whole = self._asked(store.id, audience, most)
        inside = [one for one in meant if not _of_any(one, audience.exclude)]
        people = [one for one in inside if one.reachable]
        excluded = [one for one in meant if one.reachable and _of_any(one, audience.exclude)]
        reached, found = scaled(len(people), taken, whole), scaled(len(inside), taken, whole)
        reachable = self._bounded(store, audience, reached, "reachable", (len(people), len(excluded)))
        everybody = whole.exact and taken == whole.value
        return Seen(
            self._bounded(store, audience, found, "total", (len(inside), len(meant) - len(inside))),
            reachable,
            people,
            taken,
            whole,
            round(reachable.value * len(excluded) / len(people)) if people else 0,
            [one.visitor for one in (*people, *excluded)] if everybody else None,
        )

    def _asked(
        self, store: StoreId, audience: CampaignAudience, most: int
    ) -> tuple[Sequence[Profile], int, Estimate]:
        """Those whom it means, whether excluded or not, of how many that were asked, of how many that there are."""
        if audience.rule is None:
            sample, profiles = self.survey.drawn(store, most)
            asked = [(one, False) for one in profiles]
        else:
            findings = self.survey(store, [audience.rule], most)
            sample, asked = findings.sample, [(row.profile, row.truths[0]) for row in findings.rows]
        every = not audience.include and audience.rule is None
        meant = [one for one, holds in asked if (one.reachable if every else holds or _of_any(one, audience.include))]
        return meant, len(asked), sample.size

    def _bounded(
        self, store: Store, audience: CampaignAudience, row: Estimate, name: str, seen: tuple[int, int]
    ) -> Estimate:
        """No fewer and no more than the sizes of its segments allow, as far as they are counted.

        `seen`: how many of the sample are in it, and how many are meant and excluded.
        """
        if row.exact or not (audience.include or audience.rule):
            return row
        known = counted_already(self.survey.segments.all(store.id), self.survey.now())
        if not {*audience.include, *audience.exclude} <= known:
            return row
        least, most = self.count.bounds(store.id, audience.include, audience.exclude, name)
        (inside, out), by_rule = seen, audience.rule is not None
        more = None if audience.rule is None else self._most(store.id, parse_rule(audience.rule), known, name)
        least = max(least, inside)
        return within(row, least, None if by_rule and more is None else most + (more or 0) - out)

    def _most(self, store: StoreId, rule: Rule, known: frozenset[SegmentId], name: str) -> int | None:
        """That it can hold for; None: for all that is known of its segments."""
        match rule:
            case SegmentLeaf():
                inside = SegmentId(rule.in_segment)
                return self.count.bounds(store, [inside], (), name)[1] if inside in known else None
            case And():
                sizes = [self._most(store, one, known, name) for one in rule.all]
                return min((size for size in sizes if size is not None), default=None)
            case Or():
                sizes = [self._most(store, one, known, name) for one in rule.any]
                return sum(size or 0 for size in sizes) if None not in sizes else None
            case _:
                return None


def of_run(campaign: Campaign) -> CampaignAudience:
    """Its audience as a run reads it: its rule is one segment more."""
    rule = campaign.audience.rule_segment
    if rule is None:
        return campaign.audience
    return replace(campaign.audience, include=(*campaign.audience.include, rule), rule=None)


def _of_any(profile: Profile, segments: Iterable[str]) -> bool:
    return any(segment in profile.memberships for segment in segments)
