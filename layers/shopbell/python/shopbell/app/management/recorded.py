"""Look up what became of the latest message of a scenario or campaign to one visitor, as far as it is known."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.dispatch import Dispatch, dispatch_name
from shopbell.domain.gates import Told
from shopbell.domain.outcomes import ACCEPTED, NAMES, OPEN
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.pending import PendingStep, Ran
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.sends import SendRecord, mark_of
from shopbell.ports import Dispatches

_UNTOLD: Final = "audience"
"""Most triggers start nothing for whom they are not meant: what stands in the way of those is told of now."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """How the latest message of it ended, on each of the visitor's devices.

    `state` as the guard has it; `cancelled`: it never came to be sent; `refused`: the trigger started nothing.
    """

    started_at: Instant
    step: int
    state: str
    outcomes: tuple[str, ...]
    gates: tuple[Told, ...]
    """Those that were not open, with what they rested on."""


@dataclass(frozen=True, slots=True)
class ReadRecorded:
    dispatches: Dispatches

    def __call__(self, profile: Profile, record: SendRecord, name: str, plan: Plan | None) -> Recorded | None:
        """`plan` None: a campaign. None: nothing was sent, or it is too long ago."""
        latest = max((one for one in record.sent if one.source_id == name), default=None)
        for ran in reversed(profile.ran.get(name, ())) if plan else ():
            if latest is not None and not _is_of(ran, latest.mark, latest.step) and ran.started_at < latest.at:
                break
            found = self._of(profile, ran, plan) if plan else None
            if found is not None:
                return found
        return None if latest is None else Recorded(latest.at, latest.step, "done", (ACCEPTED,), ())

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


def _is_of(ran: Ran, mark: bytes, step: int) -> bool:
    return mark_of(ran.source_id, ran.key, step) == mark


def _steps(plan: Plan, ran: Ran) -> Iterator[PendingStep]:
    """By their names alone, the last first."""
    for place in reversed(range(len(plan.steps))):
        yield PendingStep("scenario", plan.scenario, ran.key, place, 0, ran.started_at, 0)


def _unsent(ran: Ran, reason: str) -> Recorded:
    state = "refused" if ran.refused else "cancelled"
    return Recorded(ran.started_at, ran.sent, state, (f"skipped:{reason}",), (Told(reason, "skipped", {}),))


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
