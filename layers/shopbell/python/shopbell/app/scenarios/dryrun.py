"""Try a scenario out on a sample: who would get what, and who would not and at which gate; nothing is sent."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from shopbell.app.management.segments.survey import Survey
from shopbell.app.scenarios.calendar import run_of
from shopbell.app.scenarios.drawing import AUDIENCE, UNTRIGGERED, Outcome, Refusal, drawn_of, is_sent_to, who_of
from shopbell.app.scenarios.judging import Judge, Message
from shopbell.app.scenarios.newsreel import NewsReel
from shopbell.app.scenarios.staging import Staging
from shopbell.app.scenarios.turning import turns_of
from shopbell.domain.clock import DAY, MINUTE, SECOND, Clock, Duration, Instant
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.sampling import Estimate, scaled
from shopbell.domain.scenarios.rehearsal import Due, Stage
from shopbell.domain.scenarios.tidings import Supposed
from shopbell.domain.store import Store
from shopbell.ports import OwnTriggers, Scenarios

FURTHEST: Final[Duration] = 30 * DAY
"""So far back it can be asked for (ruling 26)."""
AHEAD: Final[Duration] = 5 * MINUTE
"""What a caller's clock may be ahead by; then it is now."""
BUDGET: Final[Duration] = 15 * SECOND
"""After so long no further visitor is begun: those until then are the sample, whose interval is wider."""
SHOWN: Final = 50
"""Visitors whom each part of the answer names."""


@dataclass(frozen=True, slots=True)
class Held:
    """All whom one gate stops."""

    gate: str
    size: Estimate
    visitors: tuple[VisitorId, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """Messages due after `since` up to `as_of`; both the same: the run of that very instant."""

    as_of: Instant
    since: Instant
    visitors: Estimate
    sampled: int
    would_get: Estimate
    messages: tuple[Message, ...]
    would_not: tuple[Held, ...]
    """The gate that stops most first."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """Of the settings as they are saved, on or off; of the shipped ones where nothing was."""

    survey: Survey
    scenarios: Scenarios
    triggers: OwnTriggers
    judge: Judge
    now: Clock
    news: NewsReel

    def __call__(
        self, store_id: StoreId, name: str, as_of: Instant | None = None, supposed: Supposed | None = None
    ) -> Trial:
        """`name`: of the table, or a marketer's own trigger's as reports have it, `fly_mode:<id>`.

        `supposed`: with that change made now, and no other. NotFound: no such scenario. Conflict: it cannot be run
        yet. Rejected: `as_of` is out of reach, or the scenario does not wait for what is supposed.
        """
        began = self.now()
        store, stage = self.prepared(store_id, name, self.moment(as_of), supposed)
        sample, profiles = self.survey.drawn(store_id)
        found = self.survey.in_time(lambda one: self.asked(stage, store, one), profiles, began, BUDGET)
        all_asked = len(found) == len(profiles) and len(sample.visitors) >= sample.size.value
        share = 1.0 if all_asked else len(found) / sample.size.value
        drawn = drawn_of(stage, store, [outcome for outcome, _ in found], share)
        dues = {due.profile.visitor: due for _, due in found if due is not None}
        return _trial(stage, self._in_turn(stage, store, drawn, dues, share), sample.size)

    def moment(self, as_of: Instant | None) -> Instant:
        """The instant that is asked about; Rejected where it is out of reach."""
        now = self.now()
        if as_of is not None and not now - FURTHEST <= as_of <= now + AHEAD:
            raise Rejected.at("as_of", "must be within the last 30 days")
        return now if as_of is None else min(as_of, now)

    def prepared(
        self, store_id: StoreId, name: str, until: Instant, supposed: Supposed | None = None
    ) -> tuple[Store, Stage]:
        """What every visitor is asked on."""
        staging = Staging(self.survey, self.scenarios, self.triggers, self.news.standing)
        return staging(store_id, name, until, supposed)

    def _in_turn(
        self, stage: Stage, store: Store, found: Sequence[Outcome], dues: Mapping[VisitorId, Due], share: float
    ) -> Sequence[Outcome]:
        """Of a run at a pace, what comes of everybody when their turn does."""
        run = run_of(stage.plan, store, stage.until, stage.until)
        if run.delivery.per_minute is None:
            return found
        going = [dues[who_of(one)].profile for one in found if is_sent_to(one) and who_of(one) in dues]
        turns = turns_of(run, going, share)

        def in_turn(one: Outcome) -> Outcome:
            at = turns.get(who_of(one), stage.until)
            if at <= stage.until:
                return one
            profile = stage.later(dues[who_of(one)].profile, at)
            found = self.judge.all_of(stage, store, [Due(at, profile)])
            return Refusal(profile.visitor, found) if isinstance(found, str) else found or one

        return tuple(self.survey.side_by_side(in_turn, found))

    def outcome(self, stage: Stage, store: Store, visitor: Profile) -> Outcome:
        return self.asked(stage, store, visitor)[0]

    def asked(self, stage: Stage, store: Store, visitor: Profile) -> tuple[Outcome, Due | None]:
        """What the visitor would get, or why nothing; and what was due last, before any gate was asked."""
        log = list(self.survey.log(visitor))
        played = stage(visitor, [*log, *self.news(stage, store, visitor.visitor, log)])
        last = played.due[-1] if played.due else None
        match self.judge.all_of(stage, store, played.due):
            case str() as gate:
                return Refusal(visitor.visitor, gate), last
            case None:
                pass
            case messages:
                return messages, last
        if played.refused:
            return Refusal(visitor.visitor, played.refused[-1]), None
        member = stage.plan.segment in played.profile.memberships
        return Refusal(visitor.visitor, UNTRIGGERED if member else AUDIENCE), None


def _trial(stage: Stage, found: Sequence[Outcome], size: Estimate) -> Trial:
    messages = [one for one in found if not isinstance(one, Refusal)]
    held: dict[str, list[VisitorId]] = defaultdict(list)
    for one in found:
        if isinstance(one, Refusal):
            held[one.gate].append(one.visitor)
    return Trial(
        stage.until,
        stage.since,
        size,
        len(found),
        scaled(len(messages), len(found), size),
        tuple(chain.from_iterable(messages[:SHOWN])),
        tuple(_held(held, len(found), size)),
    )


def _held(held: Mapping[str, Sequence[VisitorId]], sampled: int, size: Estimate) -> list[Held]:
    most_first = sorted(held.items(), key=lambda row: (-len(row[1]), row[0]))
    return [Held(gate, scaled(len(who), sampled, size), tuple(who[:SHOWN])) for gate, who in most_first]
