"""First messages that a schedule's run takes up: no steps of a profile, but known from it and from the calendar."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import Final

from shopbell.domain.clock import MINUTE, Duration, Instant
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.calendar import latest, wall_of
from shopbell.domain.scenarios.falling import AFTER
from shopbell.domain.scenarios.instances import moment
from shopbell.domain.scenarios.live import is_scheduled
from shopbell.domain.scenarios.ownclock import OwnClock
from shopbell.domain.scenarios.pending import PendingStep, Ran
from shopbell.domain.scenarios.plan import OnCalendar, Plan
from shopbell.domain.scenarios.table import SCENARIOS
from shopbell.domain.sends import SendRecord

AHEAD: Final[Duration] = 30 * MINUTE
"""How far a message looks for a more important one (ruling 16), and how long it waits for one that is on its way."""
Over = Callable[[str, Instant], bool]
"""Whether the run of a scenario and instant sends nothing any more."""


@dataclass(frozen=True, slots=True)
class Nominal:
    """An instant of a plan's calendar that has just come, or soon will."""

    plan: Plan
    at: Instant
    due: Instant
    """When its run is planned: a day of the week is looked at each quarter of an hour."""
    own: OwnClock | None
    """Where each visitor is sent to when their own clock shows the time."""


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What the schedules' runs take up for one visitor. Made once for all messages of a run."""

    now: Instant
    home: tzinfo = UTC
    clock: Sequence[Plan] = ()
    nominal: Sequence[Nominal] = ()
    by_visitor: Sequence[tuple[Plan, OnCalendar]] = ()
    over: Over = field(default=lambda *_: False)

    @classmethod
    def of(
        cls, plans: Mapping[str, Plan], above: int, home: tzinfo, now: Instant, over: Over, *, calendar: bool = True
    ) -> "Upcoming":
        """Of those more important than `above`. `home`: the store's zone; `calendar`: whether that counts."""
        more = [plan for plan in plans.values() if plan.priority > above and plan.steps[0].enabled]
        timed = [(plan, plan.trigger) for plan in more if calendar and isinstance(plan.trigger, OnCalendar)]
        return cls(
            now,
            home,
            [*filter(is_scheduled, more)],
            [one for plan, trigger in timed for one in nominal(plan, trigger, home, now)],
            [(plan, trigger) for plan, trigger in timed if trigger.by_visitor],
            over,
        )

    def __call__(self, profile: Profile, zone: Callable[[], tzinfo], record: SendRecord) -> Sequence[PendingStep]:
        """As if each waited with the visitor. `zone`: the visitor's; `record`: what they were sent."""
        clock = (one for plan in self.clock for one in _of_clock(plan, profile, zone) if one.due + AFTER > self.now)
        return *clock, *self._by_calendar(profile, zone, record), *self._by_own_clock(profile, zone, record)

    def _by_calendar(self, profile: Profile, zone: Callable[[], tzinfo], record: SendRecord) -> Iterator[PendingStep]:
        """What was put off is a step of the profile by then, and what was sent is in the record."""
        for one in self.nominal:
            if not _is_for(one.plan, one.at, profile, record):
                continue
            if one.at > self.now or not self.over(one.plan.scenario, one.at):
                due = _asked_again(one.due, self.now) if one.own is None else one.own.moment(zone())
                yield _step(one.plan, one.at, due)

    def _by_own_clock(
        self, profile: Profile, zone: Callable[[], tzinfo], record: SendRecord
    ) -> Iterator[PendingStep]:
        """What waited until the visitor's clock showed the time has left the profile by then, and is on its way."""
        for plan, trigger in self.by_visitor:
            at = self._shown(trigger, zone())
            if at is not None and max(plan.since, self.now - AFTER) < at and _is_for(plan, at, profile, record):
                yield _step(plan, at, at)

    def _shown(self, trigger: OnCalendar, zone: tzinfo) -> Instant | None:
        """When the visitor's clock showed the time last."""
        if trigger.once is None:
            return latest(replace(trigger, by_visitor=False), zone, self.now)
        first = latest(trigger, self.home, self.now)
        at = None if first is None else _own(trigger, self.home, first).moment(zone)
        return at if at is not None and at <= self.now else None


def nominal(plan: Plan, trigger: OnCalendar, home: tzinfo, now: Instant) -> Iterator[Nominal]:
    """Planned less than AHEAD ago, as far as it would be made up for, or at most AHEAD from now."""
    back = max(plan.since, now - min(AHEAD, trigger.max_lateness) + 1)
    for at in {latest(trigger, home, now), latest(trigger, home, now + AHEAD)}:
        if at is not None and plan.since <= at:
            due = _planned(plan, trigger, at)
            if back <= due <= now + AHEAD:
                yield Nominal(plan, at, due, _own(trigger, home, at) if trigger.by_visitor else None)


def _planned(plan: Plan, trigger: OnCalendar, at: Instant) -> Instant:
    every = SCENARIOS[plan.scenario].every or 1
    return at if trigger.cron is not None or trigger.once is not None else -(-at // every) * every


def _own(trigger: OnCalendar, home: tzinfo, at: Instant) -> OwnClock:
    day, minute = wall_of(trigger, home, at)
    return OwnClock(day.toordinal(), minute, 0, 0)


def _step(plan: Plan, at: Instant, due: Instant) -> PendingStep:
    return PendingStep("scenario", plan.scenario, "", 0, due, at, due + plan.steps[0].relevance)


def _is_for(plan: Plan, at: Instant, profile: Profile, record: SendRecord) -> bool:
    """Whether it is still to come to them: a step speaks for itself, and the record says what was sent."""
    name = plan.scenario
    if plan.segment not in profile.memberships or any(step.source_id == name for step in profile.steps):
        return False
    return all(sent.source_id != name or sent.at < at for sent in record.sent)


def _asked_again(due: Instant, now: Instant) -> Instant:
    """Of one on its way: later by as much as it is late already, so that who waits for it asks seldom."""
    return due if due > now else max(due, min(2 * now - due, due + AHEAD) - AFTER)


def _of_clock(plan: Plan, profile: Profile, zone: Callable[[], tzinfo]) -> Iterator[PendingStep]:
    """What the clock decided and no run has sent yet (ruling 14).

    `due` is when the run takes it up. Up to a minute after that it still counts as waiting: it may be on its way.
    Where existing members are spread over time, each counts from the moment of its entry and no later one.
    """
    every = SCENARIOS[plan.scenario].every
    if every is None or plan.segment not in profile.memberships:
        return
    for ran in profile.ran.get(plan.scenario, ())[-1:]:
        at = moment(plan.send_time, ran.started_at + plan.steps[0].delay, zone)
        if at is not None and _stands(ran):
            due, expires = -(-at // every) * every, at + plan.steps[0].relevance
            yield PendingStep("scenario", plan.scenario, ran.key, 0, due, ran.started_at, expires)


def _stands(ran: Ran) -> bool:
    return ran.sent > 0 and not ran.refused and ran.exited_at is None and ran.reason is None


NOTHING: Final = Upcoming(0)
