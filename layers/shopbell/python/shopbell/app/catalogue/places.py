"""Who takes a place of a wave: of those whose turn it is, who can be told and does not know it yet."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.goods import Timer
from shopbell.domain.ids import VisitorId
from shopbell.domain.interest import Told
from shopbell.domain.part import PartName
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.sends import SendRecord
from shopbell.domain.visits.interactions import interactions_of
from shopbell.ports import Sends, Visitors

HEAD: Final[tuple[PartName, ...]] = ("P",)
PAGE: Final = 100
"""As many profiles as one call reads."""
MAX_LOOKED_AT: Final = 20
"""Pages of one wave: beyond them the next one looks on."""


@dataclass(frozen=True, slots=True)
class Wave:
    """`told`: those who have a place; `after`: the place of the last one who was looked at."""

    told: Sequence[Told]
    after: str
    over: bool
    """Nobody is left."""
    passed: Counter[str]
    """Why others took no place."""


@dataclass(frozen=True, slots=True)
class Places:
    """Costs what the wave is large, and little more where most can be told."""

    visitors: Visitors
    sends: Sends

    def __call__(self, timer: Timer, plan: Plan, turn: Sequence[Told], size: int, now: Instant) -> Wave:
        """`turn`: all who are left, in their order. Raises Unavailable."""
        told: list[Told] = []
        passed: Counter[str] = Counter()
        persons: set[VisitorId] = set()
        after = timer.after
        for one, person, why in self._looked_at(timer, plan, turn[: PAGE * MAX_LOOKED_AT], now):
            if len(told) == size:
                return Wave(told, after, over=False, passed=passed)
            after = one.place
            if why is None and person not in persons:
                told.append(one)
                persons.add(person)
            else:
                passed[f"news_passed_{why or 'same_person'}"] += 1
        return Wave(told, after, over=len(turn) <= PAGE * MAX_LOOKED_AT, passed=passed)

    def _looked_at(
        self, timer: Timer, plan: Plan, turn: Sequence[Told], now: Instant
    ) -> Iterator[tuple[Told, VisitorId, str | None]]:
        """Each with the person it is, and why not."""
        within = plan.steps[0].products.exclude_told
        for start in range(0, len(turn), PAGE):
            page = turn[start : start + PAGE]
            profiles = self._profiles(timer, [one.visitor for one in page])
            people = sorted({profile.visitor for profile in profiles.values()})
            sent = self.sends.of(timer.store, people) if within is not None and people else {}
            for one in page:
                profile = profiles.get(one.visitor)
                record = None if profile is None else sent.get(profile.visitor)
                knows = within is not None and record is not None and _knows(record, timer, now - within)
                person = one.visitor if profile is None else profile.visitor
                yield one, person, _why_not(timer, one, profile, knows=knows)

    def _profiles(self, timer: Timer, page: Sequence[VisitorId]) -> Mapping[VisitorId, Profile]:
        """Of whoever turned out to be a customer, the customer's."""
        found = dict(self.visitors.load_many(timer.store, page, HEAD))
        owners = {who: profile.alias.customer for who, profile in found.items() if profile.alias is not None}
        theirs = self.visitors.load_many(timer.store, sorted(set(owners.values())), HEAD) if owners else {}
        return found | {who: theirs[owner] for who, owner in owners.items() if owner in theirs}


def _knows(record: SendRecord, timer: Timer, since: Instant) -> bool:
    return timer.product in record.shown(since, timer.scenario)


def _why_not(timer: Timer, told: Told, profile: Profile | None, *, knows: bool) -> str | None:
    if profile is None or not profile.reachable:
        return "unreachable"
    if knows:
        return "told"
    deeds = interactions_of(profile.interactions)
    bought = any(one.kind == "purchase" and one.product == timer.product and one.at > told.seen_at for one in deeds)
    return "bought" if bought else None
