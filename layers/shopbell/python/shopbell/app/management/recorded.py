"""Look up what became of the latest message of a scenario or campaign to one visitor, as far as it is known."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from shopbell.domain.clock import Instant
from shopbell.domain.dispatch import Dispatch, dispatch_name
from shopbell.domain.gates import Told
from shopbell.domain.gates.minutes import unpack
from shopbell.domain.outcomes import ACCEPTED, NAMES, OPEN
from shopbell.domain.profile import Profile
from shopbell.domain.runs import Run, Source
from shopbell.domain.scenarios.pending import PendingStep, Ran
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.sends import SendRecord
from shopbell.ports import Dispatches, RunProgress, Runs

NEWEST: Final = 3
"""Runs that are looked through."""
_UNTOLD: Final = "audience"
"""Most triggers start nothing for whom they are not meant: what stands in the way of those is told of now."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """How the latest message of it ended, on each of the visitor's devices.

    `state` as the guard has it; `cancelled`: it never came to be sent; `refused`: the trigger started nothing.
    """

    at: Instant
    """When a step was triggered, a run's message sent or held back, or what waited was cancelled."""
    step: int
    state: str
    outcomes: tuple[str, ...]
    gates: tuple[Told, ...]
    """Those that were not open, with what they rested on."""


@dataclass(frozen=True, slots=True)
class ReadRecorded:
    dispatches: Dispatches
    runs: Runs
    progress: RunProgress

    def __call__(self, profile: Profile, record: SendRecord, name: str, plan: Plan | None) -> Recorded | None:
        """`plan` None: a campaign. None: nothing was sent, or it is too long ago."""
        source: Source = "scenario" if plan else "campaign"
        own = self._of_instances(profile, name, plan) if plan else None
        run = self._of_runs(profile, source, name)
        latest = max((one for one in record.sent if one.source_id == name), default=None)
        sent = None if latest is None else Recorded(latest.at, latest.step, "done", (ACCEPTED,), ())
        found = [one for one in (own, run) if one is not None]
        if sent is not None and (own is None or ACCEPTED not in own.outcomes):
            found.append(sent)
        return max(found, key=lambda one: one.at, default=None)

    def _of_instances(self, profile: Profile, name: str, plan: Plan) -> Recorded | None:
        found = (self._of(profile, ran, plan) for ran in reversed(profile.ran.get(name, ())))
        return next((one for one in found if one is not None), None)

    def _of_runs(self, profile: Profile, source: Source, name: str) -> Recorded | None:
        """Of the newest that were planned over an audience: what its gates said, here or when it was put off."""
        runs = [run for run in self.runs.of_source(profile.store, source, name) if run.shards and not run.given_up]
        for run in sorted(runs, key=lambda one: one.scheduled_at, reverse=True)[:NEWEST]:
            for ledger in self.progress.ledgers(profile.store, run.id):
                if (noted := unpack(ledger.told).get(profile.visitor)) is not None:
                    return self._put_off(profile, run) or _noted(run, *noted)
        return None

    def _put_off(self, profile: Profile, run: Run) -> Recorded | None:
        """What became of a run's message that waited by itself, on the device that was there last."""
        kind: Literal["scenario", "campaign"] = "scenario" if run.source == "scenario" else "campaign"
        for device in sorted(profile.subscriptions.values(), key=lambda one: one.changed_at, reverse=True):
            ran = Ran(run.source_id, f"{run.id}/{device.id}", run.scheduled_at)
            step = PendingStep(kind, ran.source_id, ran.key, run.terms.step, 0, ran.started_at, 0)
            found = self.dispatches.get(profile.store, profile.visitor, dispatch_name(step))
            if found is not None:
                return _told(ran, step, found)
        return None

    def _of(self, profile: Profile, ran: Ran, plan: Plan) -> Recorded | None:
        if ran.reason == _UNTOLD:
            return None
        if ran.reason is not None:
            return _unsent(ran, ran.reason)
        for step in _steps(plan, ran):
            found = self.dispatches.get(profile.store, profile.visitor, dispatch_name(step))
            if found is not None:
                return _told(ran, step, found)
        return None


def _noted(run: Run, at: Instant, told: tuple[Told, ...]) -> Recorded:
    state = "deferred" if any(one.outcome == "deferred" for one in told) else "done"
    return Recorded(at, run.terms.step, state, tuple(f"{one.outcome}:{one.gate}" for one in told), told)


def _steps(plan: Plan, ran: Ran) -> Iterator[PendingStep]:
    """By their names alone, the last first."""
    for place in reversed(range(len(plan.steps))):
        yield PendingStep("scenario", plan.scenario, ran.key, place, 0, ran.started_at, 0)


def _unsent(ran: Ran, reason: str) -> Recorded:
    state = "refused" if ran.refused else "cancelled"
    return Recorded(
        ran.ended_at or ran.started_at, ran.sent, state, (f"skipped:{reason}",), (Told(reason, "skipped", {}),)
    )


def _told(ran: Ran, step: PendingStep, found: Dispatch) -> Recorded:
    outcomes = tuple(NAMES[code] if code != OPEN else "open" for code in found.codes)
    known = {one.gate: one for one in found.told}
    gates = tuple(known.get(one.gate, one) for one in _closed(outcomes))
    return Recorded(ran.started_at, step.step, found.state, outcomes, gates)


def _closed(outcomes: tuple[str, ...]) -> Iterator[Told]:
    for outcome in sorted(set(outcomes)):
        match outcome.partition(":"):
            case ("skipped", _, gate):
                yield Told(gate, "skipped", {})
            case ("deferred", _, gate):
                yield Told(gate, "deferred", {})
            case _:
                pass
