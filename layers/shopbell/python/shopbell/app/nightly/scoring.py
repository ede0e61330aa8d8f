"""Second step: the scores of every buyer, and the memberships that they and the store's statistics turn."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shopbell.app.engaging import Engaging
from shopbell.app.nightly.work import NightWork, Note, Paged
from shopbell.app.rulebook import Rulebook
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.scores.buyers import buyer
from shopbell.domain.scores.ledgers import BUYERS, OrdersOf, orders_of
from shopbell.domain.scores.score import changed, score
from shopbell.domain.scores.statistics import StoreStatistics
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.rescoring import rescored
from shopbell.domain.segments.settle import needs_log, settle
from shopbell.domain.store import Store
from shopbell.ports import Memberships, Segments, Visitors
from shopbell.ports.nightly import Statistics

PAGE: Final = 50
TRIES: Final = 8
Touch = Callable[[StoreId, Sequence[VisitorId]], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Score:
    segments: Segments
    memberships: Memberships
    visitors: Visitors
    statistics: Statistics
    rulebook: Rulebook
    touch: Touch
    """`Evaluate.touch`: for who must first be brought up to what the log or the clock say."""
    engaging: Engaging
    now: Clock

    def page(self, store: Store, work: NightWork, cursor: str | None, note: Note) -> Paged:
        rules, known = self.segments.rules(store.id), self.statistics.get(store.id)
        if known is None or not any(rule.segment == BUYERS for rule in rules.rules):
            note("no statistics to score by", store=store.id)
            return Paged(None, 0, {"scores_put_off": 1})
        page = self.memberships.page(store.id, BUYERS, work.shard, cursor, PAGE)
        counts: Counter[str] = Counter()
        waiting = [row.visitor for row in page.items]
        for attempt in range(TRIES):
            if attempt:
                counts["conflicts"] += len(waiting)
                counts.update(self.touch(store.id, waiting))
            waiting = self._scored(known, waiting, work.night, counts)
            if not waiting:
                return Paged(page.cursor, len(page.items), counts)
        raise Unavailable(f"another write came first {TRIES} times")

    def _scored(
        self, known: StoreStatistics, visitors: Sequence[VisitorId], night: Instant, counts: Counter[str]
    ) -> list[VisitorId]:
        """Who is left to be tried again."""
        rules = self.rulebook.check(known.store)
        scorer = _Scorer(self, known, rules, orders_of(self.segments.rules(known.store)), night, counts)
        profiles = self.visitors.load_many(known.store, visitors)
        return [who for who, profile in profiles.items() if not scorer(profile)]

    def finish(self, store: Store, night: Instant, note: Note) -> Mapping[str, int]:  # noqa: ARG002 - as every step
        return {}


@dataclass(frozen=True, slots=True)
class _Scorer:
    over: Score
    known: StoreStatistics
    rules: Ruleset
    orders: OrdersOf
    night: Instant
    counts: Counter[str]

    def __call__(self, profile: Profile) -> bool:
        """False: it must be brought up to date first, or someone else wrote meanwhile."""
        now = self.over.now()
        due = profile.wake_at is not None and profile.wake_at <= now
        if due or profile.rules_version > self.rules.version or needs_log(profile, self.rules):
            return False
        settled = rescored(profile, self._scores(profile), self.rules, now)
        self.counts["buyers_looked_at"] += 1
        while settled.commit is not None:
            settled, notes, _ = self.over.engaging.decide(settled, profile, (), self.rules, now)
            if settled.commit is None:
                break
            if not self.over.visitors.commit(settled.commit):
                return False
            flips = settled.commit.flips
            self.counts.update(Counter(f"{flip.change}_by_{flip.cause.partition(':')[0]}" for flip in flips))
            self.over.engaging.note(profile, notes, self.counts)
            self.counts["buyers_written"] += not settled.more
            if not settled.more:
                break  # what is due by it wakes at once
            profile = settled.commit.after.with_version(settled.commit.before.version + 1)
            settled = settle(profile, (), self.rules, now)
        return True

    def _scores(self, profile: Profile) -> Mapping[str, Json]:
        """The stored ones where nothing moved by more than 1 %."""
        one = buyer(self.orders(profile), self.night)
        fresh = {} if one is None else score(one, self.known, self.night)
        return fresh if changed(profile.scores, fresh) else profile.scores
