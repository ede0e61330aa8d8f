"""What is due: the schedules as they stand, when each last fired, and which instants a stopped machine has missed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.clock import SECOND, Duration, Instant
from shopbell.local.mappings.doors import Journal
from shopbell.local.schedules.expression import next_fire, one_off

GRACE: Final[Duration] = 90 * SECOND
"""A recurring instant older than this is missed: it was due while the machine was off."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a schedule calls: `input` may hold `<aws.scheduler…>` attributes still to be filled in."""

    arn: str
    input: str
    retries: int
    dead_letters: str | None = None
    message_group: str | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule of the engine; `name` is group/name."""

    name: str
    arn: str
    expression: str
    zone: str
    target: Target
    created: Instant
    start: Instant | None = None
    end: Instant | None = None
    enabled: bool = True
    delete_when_done: bool = False

    def after(self, instant: Instant) -> Instant | None:
        """The next firing later than `instant`, within the schedule's dates."""
        floor = max(instant, self.created, (self.start or 0) - 1)
        fires = next_fire(self.expression, self.zone, floor, anchor=self.start or self.created)
        return None if fires is None or (self.end is not None and fires > self.end) else fires


@dataclass(frozen=True, slots=True)
class Firing:
    """A schedule and the instant at which it was to fire, which may be a moment ago."""

    schedule: Schedule
    nominal: Instant


@dataclass(slots=True)
class Book:
    """Fires each nominal instant at most once; a one-off that fell due while the machine was off fires late."""

    note: Journal
    fired: dict[str, Instant] = field(default_factory=dict)
    _known: dict[str, Schedule] = field(default_factory=dict)
    _next: dict[str, Instant | None] = field(default_factory=dict)

    @property
    def schedules(self) -> list[Schedule]:
        return list(self._known.values())

    def learn(self, schedules: Iterable[Schedule], now: Instant) -> None:
        """Take the schedules as they are now.

        A one-off that vanished when it was due stays until it has fired: the engine removes those by its own clock.
        """
        told = {one.name: one for one in schedules}
        for name, gone in [(n, s) for n, s in self._known.items() if n not in told]:
            due = self._next.get(name)
            if one_off(gone.expression) and due is not None and due <= now:
                continue
            del self._known[name]
            self._next.pop(name, None)
            self.fired.pop(name, None)
        for name, schedule in told.items():
            if self._known.get(name) != schedule:
                # A change counts from now; a schedule met for the first time, from what it last did.
                floor = now if name in self._known else self.fired.get(name, 0)
                self._known[name] = schedule
                self._next[name] = self._first(schedule, floor)

    def due(self, now: Instant) -> list[Firing]:
        """What fires now, oldest first; each is taken to have fired."""
        firings = [Firing(self._known[name], nominal) for name in self._next for nominal in self._taken(name, now)]
        return sorted(firings, key=lambda firing: firing.nominal)

    def _taken(self, name: str, now: Instant) -> list[Instant]:
        schedule, taken = self._known[name], []
        self._skip(name, now)
        while (nominal := self._next[name]) is not None and nominal <= now:
            if schedule.enabled:
                taken.append(nominal)
            self.fired[name] = nominal
            self._next[name] = schedule.after(nominal)
        return taken

    def _skip(self, name: str, now: Instant) -> None:
        """Pass over instants of a recurring schedule that are too old: the machine was off, or asleep."""
        schedule, nominal = self._known[name], self._next[name]
        if nominal is None or nominal >= now - GRACE or one_off(schedule.expression):
            return
        if schedule.enabled:
            self.note("missed", 1, schedule=name, first=nominal)
        self._next[name] = schedule.after(now - GRACE)

    def _first(self, schedule: Schedule, floor: Instant) -> Instant | None:
        try:
            return schedule.after(floor)
        except (ValueError, KeyError) as exc:
            self.note("unreadable", 1, schedule=schedule.name, why=str(exc))
            return None
