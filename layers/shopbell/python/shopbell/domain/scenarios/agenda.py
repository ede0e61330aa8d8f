"""What waits for one visitor and what ran for them, while one commit is being decided."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from shopbell.domain.clock import Instant
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.pending import DEVICES, PendingStep, Ran
from shopbell.domain.scenarios.stored import in_order
from shopbell.domain.scenarios.united import remembered

MAX_STEPS: Final = 50
"""Messages that may wait for one visitor; of more the latest are dropped."""
TOO_MANY: Final = "too_many"
RESTARTED: Final = "restarted"
What = Literal[
    "instances_started",
    "instances_restarted",
    "instances_refused",
    "steps_queued",
    "steps_postponed",
    "steps_cancelled",
    "steps_skipped",
    "steps_dropped",
    "facts_left_out",
]
_NOT_SENT: Final = frozenset({"steps_cancelled", "steps_skipped", "steps_dropped"})


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that happened to an instance or a step, and why."""

    what: What
    scenario: str
    reason: str = ""
    step: PendingStep | None = None
    """The message that it was, if it was one."""

    @property
    def counter(self) -> str:
        return f"{self.what}_{self.reason}" if self.reason else self.what

    @property
    def skipped(self) -> str | None:
        """As whatever is not sent is counted, if it is one message that was to be sent."""
        return f"skipped:{self.reason}" if self.what in _NOT_SENT else None


@dataclass(slots=True)
class Agenda:
    """A working copy; `notes` say what was done."""

    steps: dict[tuple[str, str, str, int], PendingStep]
    ran: Mapping[str, tuple[Ran, ...]]
    notes: list[Noted] = field(default_factory=list)

    @classmethod
    def of(cls, profile: Profile) -> "Agenda":
        return cls({step.id: step for step in profile.steps}, profile.ran)

    def looked_at(self, scenario: str) -> Sequence[Ran]:
        """Instances, and events that started none."""
        return self.ran.get(scenario, ())

    def instances(self, scenario: str) -> list[Ran]:
        return [one for one in self.looked_at(scenario) if not one.refused]

    def running(self, scenario: str) -> list[Ran]:
        return [one for one in self.instances(scenario) if one.ended_at is None]

    def deferred(self, scenario: str) -> list[Ran]:
        """Messages of runs that wait by themselves, as if each were an instance."""
        known = {one.key for one in self.instances(scenario)}
        alone = [one for one in self.steps.values() if one.source_id == scenario and one.key not in known]
        return [Ran(scenario, one.key, one.started_at) for one in alone]

    def waiting(self, scenario: str, key: str) -> list[PendingStep]:
        return [one for one in self.steps.values() if (one.source_id, one.key) == (scenario, key)]

    def start(self, ran: Ran, steps: Sequence[PendingStep]) -> None:
        self.steps.update((step.id, step) for step in steps)
        self._put(ran if steps or ran.ended_at is not None else replace(ran, ended_at=ran.started_at))
        self._note("instances_started", ran.source_id)

    def restart(self, ran: Ran) -> None:
        """As if it had never been: it begins anew. What was put off is in the report of a run, and ends there."""
        gone = self.waiting(ran.source_id, ran.key)
        self._drop(gone)
        for step in gone:
            if step.run is not None:
                self._note("steps_cancelled", ran.source_id, RESTARTED, step)
        left = tuple(one for one in self.looked_at(ran.source_id) if one != ran)
        self.ran = {**self.ran, ran.source_id: left}
        self._note("instances_restarted", ran.source_id)

    def refuse(self, scenario: str, reason: str, event: tuple[str, Instant] | None = None) -> None:
        """Remembers the event that it was: its id and instant."""
        self._note("instances_refused", scenario, reason)
        if event is not None:
            self._put(Ran(scenario, event[0], event[1], ended_at=event[1], refused=True, reason=reason))

    def cancel(self, ran: Ran, at: Instant, reason: str, *, exited: bool = False) -> None:
        """The instance ends, and with it everything of it that still waits."""
        gone = self.waiting(ran.source_id, ran.key)
        self._drop(gone)
        if ran in self.instances(ran.source_id):
            exited_at, why = at if exited else ran.exited_at, reason if gone else ran.reason
            self._put(replace(ran, ended_at=ran.ended_at or at, exited_at=exited_at, reason=why))
        for step in gone:
            self._note("steps_cancelled", ran.source_id, reason, step)
            self._stays(step)

    def leave(self, step: PendingStep, now: Instant, what: What, reason: str) -> None:
        """One step is not sent."""
        self._note(what, step.source_id, reason, step)
        self._gone(step, now, sent=0, reason=reason)
        self._stays(step)

    def postpone(self, step: PendingStep, due: Instant, reason: str = "") -> None:
        self.steps[step.id] = replace(step, due=due)
        self._note("steps_postponed", step.source_id, reason)

    def hold(self, ran: Ran, busy_until: Instant, held_until: Instant) -> None:
        """What of it is on its way waits, as far as it would go before the visitor is free."""
        if busy_until > (ran.busy_until or 0):
            self._put(replace(ran, busy_until=busy_until, held_until=max(held_until, ran.held_until or 0)))

    def queue(self, step: PendingStep) -> None:
        self.steps[step.id] = replace(step, state="queued")
        self._note("steps_queued", step.source_id)

    def release(self, now: Instant) -> None:
        """What was queued is on its way."""
        for step in [one for one in self.steps.values() if one.state == "queued"]:
            self._gone(step, now, sent=int(step.run is None))

    def put_off(self, step: PendingStep) -> None:
        """It was on its way and waits again; not for who left its scenario meanwhile. It counts once."""
        ran = next((one for one in self.instances(step.source_id) if one.key == step.key), None)
        known = self.steps.get(step.id)
        if ran is None or ran.exited_at is None:
            self.steps[step.id] = step
        if ran is not None and ran.exited_at is None:
            early = known is not None and known.state == "queued" and known.run is None
            self._put(replace(ran, ended_at=None, sent=ran.sent + int(early)))

    def unsent(self, step: PendingStep, *, still: bool = True) -> None:
        """It was on its way and reached nobody: it counts as sent no more, however often that is said; or again."""
        ran = self._instance_of(step)
        if ran is not None:
            bit = 1 << step.step
            self._put(replace(ran, unsent=ran.unsent | bit if still else ran.unsent & ~bit))

    def _instance_of(self, step: PendingStep) -> Ran | None:
        """Of the message of a run of candidates that which was the latest by then."""
        known = self.instances(step.source_id)
        if step.run is None or not step.key.startswith(f"{step.run}/"):
            return next((one for one in known if one.key == step.key), None)
        before = [one for one in known if one.started_at <= step.started_at]
        return before[-1] if before else None

    def _stays(self, step: PendingStep) -> None:
        """What was on its way and put off will reach nobody, unless it went to other devices meanwhile."""
        alone = step.run is not None and (DEVICES not in step.facts or step.key.startswith(f"{step.run}/"))
        if alone and step.source == "scenario":
            self.unsent(step)

    def bound(self, now: Instant) -> None:
        for step in in_order(self.steps.values())[MAX_STEPS:]:
            self.leave(step, now, "steps_dropped", TOO_MANY)

    def onto(self, profile: Profile) -> Mapping[str, object]:
        """What of the profile is another now."""
        steps, ran = in_order(self.steps.values()), self.ran
        if ran is not profile.ran:
            ran = remembered(ran)
        return {"steps": steps, "ran": profile.ran if ran == profile.ran else ran}

    def _gone(self, step: PendingStep, now: Instant, sent: int, reason: str | None = None) -> None:
        self._drop([step])
        ran = next((one for one in self.instances(step.source_id) if one.key == step.key), None)
        if ran is not None:
            last = not self.waiting(step.source_id, step.key)
            ended = min(step.due, now) if last else None
            self._put(replace(ran, sent=ran.sent + sent, ended_at=ended, reason=reason))

    def _drop(self, steps: Collection[PendingStep]) -> None:
        for step in steps:
            self.steps.pop(step.id, None)

    def _put(self, ran: Ran) -> None:
        known = self.looked_at(ran.source_id)
        others = [one for one in known if (one.key, one.refused) != (ran.key, ran.refused)]
        ordered = sorted([*others, ran], key=lambda one: (one.started_at, one.key, one.refused))
        self.ran = {**self.ran, ran.source_id: tuple(ordered)}

    def _note(self, what: What, scenario: str, reason: str = "", step: PendingStep | None = None) -> None:
        self.notes.append(Noted(what, scenario, reason, step))
