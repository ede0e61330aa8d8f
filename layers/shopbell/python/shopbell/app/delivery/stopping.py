"""Stop a run whose key push services refuse, and see to it that this is told: now, or by whoever comes next."""

from dataclasses import dataclass

from shopbell.domain.clock import Clock, Instant
from shopbell.domain.runs import Run
from shopbell.domain.webhooks.alarm import Sound
from shopbell.domain.webhooks.alarms import of_stop
from shopbell.ports.sending import StoppedRuns


@dataclass(frozen=True, slots=True)
class StopRun:
    """That it is to be told is written with the stop: where nobody can be told, the run's next message tells it.

    The mark goes after the telling. Whoever dies between tells it again under the same id.
    """

    runs: StoppedRuns
    sound: Sound
    now: Clock

    def __call__(self, run: Run) -> None:
        """Raises Unavailable where it could not be told; it is stopped all the same."""
        now = self.now()
        self.runs.stop(run.store, run.id, run.shift, now)
        self._tell(run, run.shift, now)

    def catch_up(self, run: Run) -> int:
        """How many were told of that could not be then. A run that never was refused costs nothing."""
        refused = run.warnings.get("refused")
        if refused is None or (shift := self.runs.untold_stop(run.store, run.id)) is None:
            return 0
        self._tell(run, shift, refused)
        return 1

    def _tell(self, run: Run, shift: int, at: Instant) -> None:
        if (alarm := of_stop(run, shift, at)) is not None:
            self.sound(run.store, alarm)
        self.runs.stop_told(run.store, run.id, shift)
