"""A visitor's past played once more through the engine, as if a scenario had been on: what would have been due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.events import Event
from shopbell.domain.profile import Profile, revised
from shopbell.domain.scenarios.engage import engage, queued
from shopbell.domain.scenarios.live import LivePlans
from shopbell.domain.scenarios.pending import PendingStep, Ran
from shopbell.domain.scenarios.plan import OnCalendar, OnEvent, Plan
from shopbell.domain.scenarios.untils import instant_of
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.settle import settle

WINDOW: Final[Duration] = DAY
"""Of what is started by events or the clock, the messages of so long are shown."""
_SAID: Final = frozenset({"subscribed", "subscription_changed", "traits_changed"})
MAX_MOMENTS: Final = 2_000
"""Events and instants of one visitor that are looked at; whoever did more is shown as far as that."""


@dataclass(frozen=True, slots=True)
class Due:
    """A message that would have been due, and the visitor as of that instant. `step` None: it is a run's."""

    at: Instant
    profile: Profile
    step: PendingStep | None = None


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """`profile` as it was at the end; `refused`: why nothing was started, or did not go on, the latest last."""

    profile: Profile
    due: tuple[Due, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """What is rehearsed: one plan, live by itself under rules in which its hidden segment is."""

    plan: Plan
    plans: LivePlans
    rules: Ruleset
    since: Instant
    until: Instant
    every: Duration = 1
    """How often runs come, where it matters which takes a candidate up: the first at or after its moment."""
    rivals: Mapping[str, Plan] = field(default_factory=dict)
    """More important ones that the calendar sends; their hidden segments are among the rules as well."""
    supposed: Product | None = None
    """A product as it would stand from the instant after `since` on, if that were changed."""

    def __call__(self, visitor: Profile, log: Sequence[Event]) -> Rehearsed:
        """What had happened by an instant counts then, whenever it was reported. Pure.

        Of `visitor` no more is taken than what no log holds: scores, and instances that ran before.
        """
        events = sorted((_on_time(event) for event in log if event.at <= self.until), key=_order)
        begin = self._begin(events)
        blank = Profile(visitor.store, visitor.visitor, scores=visitor.scores)
        settled = settle(blank, [event for event in events if event.at <= begin], self.rules, begin)
        state = blank if settled.commit is None else settled.commit.after.with_version(1)
        play = _Play(self, revised(state, ran=_before(visitor.ran, self.plan, begin)))
        if isinstance(self.plan.trigger, OnCalendar):
            return play.by_calendar()
        play.through([event for event in events if event.at > begin])
        return Rehearsed(play.state, tuple(play.due), tuple(play.refused))

    def _begin(self, events: Sequence[Event]) -> Instant:
        """Early enough for what is due within the window to have been started."""
        match self.plan.trigger:
            case OnCalendar():
                return self.until
            case OnEvent() as trigger:
                delay = trigger.debounce + self._longest
                starts = [event.at for event in events if event.type == trigger.event and self._awaited(event)]
                return min((*starts, self.since - delay)) - WINDOW
            case _:
                return self.since - self._longest - WINDOW

    @property
    def _longest(self) -> Duration:
        return max(step.delay for step in self.plan.steps)

    def later(self, profile: Profile, at: Instant) -> Profile:
        """The visitor then, if nothing happens until then."""
        commit = settle(profile, (), self.rules, at).commit
        return profile if commit is None else commit.after

    def run_of(self, moment: Instant) -> Instant:
        """The first run at or after it."""
        return -(-moment // self.every) * self.every

    def _awaited(self, event: Event) -> bool:
        """Whether it names an instant in the window, or so little before it that a message was put off into it."""
        due = instant_of(self.plan, event)
        return isinstance(due, int) and self.since - WINDOW < due <= self.until


@dataclass(slots=True)
class _Play:
    stage: Stage
    state: Profile
    due: list[Due] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    later: list[Instant] = field(default_factory=list)
    """Moments of candidates."""

    def by_calendar(self) -> Rehearsed:
        stage, member = self.stage, self.stage.plan.segment in self.state.memberships
        return Rehearsed(self.state, (Due(stage.until, self.state),) if member else ())

    def through(self, events: Sequence[Event]) -> None:
        waiting = [(event.at, [event]) for event in events]
        for _ in range(MAX_MOMENTS):
            at = min(self._moments(waiting), default=None)
            if at is None or at > self.stage.until:
                return
            self._candidates(at)
            happened = waiting.pop(0)[1] if waiting and waiting[0][0] == at else []
            self._at(at, happened)

    def _moments(self, waiting: Sequence[tuple[Instant, object]]) -> list[Instant]:
        wake = [] if self.state.wake_at is None else [self.state.wake_at]
        return [*self.later, *wake, *(at for at, _ in waiting[:1])]

    def _at(self, at: Instant, happened: Sequence[Event]) -> None:
        settled = settle(self.state, happened, self.stage.rules, at)
        engaged = engage(settled, self.state, happened, self.stage.plans, self.stage.rules, at)
        known, commit = self.state, engaged.settled.commit
        if commit is None:
            self.state = revised(known, wake_at=_beyond(known.wake_at, at))
            return
        self.state = revised(commit.after, version=known.version + 1)
        if at > self.stage.since:
            self.due += [Due(at, self.state, step) for step in queued(self.state)]
            self.refused += [note.reason for note in engaged.notes if note.reason]
        mine = [one.send_at for one in commit.candidates if one.scenario == self.stage.plan.scenario]
        self.later += [self._taken_up(moment) for moment in mine]

    def _taken_up(self, moment: Instant) -> Instant:
        """At its run; where that is still to come, as things stand at the end."""
        return max(moment, min(self.stage.run_of(moment), self.stage.until))

    def _candidates(self, at: Instant) -> None:
        """The schedule takes up those whose moment has come; before what happens then, as the moment came first."""
        if at in self.later:
            self.later = [one for one in self.later if one != at]
            if at > self.stage.since:
                self.due.append(Due(self.stage.run_of(at), self.state))


def _order(event: Event) -> tuple[Instant, bool, str]:
    """As they happened; of one instant, first what says who the visitor is."""
    return event.at, event.type not in _SAID, event.id


def _on_time(event: Event) -> Event:
    """As if it had been reported when it happened; what is too late to start anything stays so."""
    return replace(event, received_at=event.at) if event.fires else event


def _before(ran: Mapping[str, tuple[Ran, ...]], plan: Plan, begin: Instant) -> Mapping[str, tuple[Ran, ...]]:
    mine = tuple(one for one in ran.get(plan.scenario, ()) if one.started_at < begin)
    return {plan.scenario: mine} if mine else {}


def _beyond(wake_at: Instant | None, at: Instant) -> Instant | None:
    """A wake-up that changed nothing does not come again."""
    return wake_at if wake_at is not None and wake_at > at else None
