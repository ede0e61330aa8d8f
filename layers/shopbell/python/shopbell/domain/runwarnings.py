"""What the workers noticed of several runs."""

from collections.abc import Mapping, Sequence

from shopbell.domain.clock import Instant
from shopbell.domain.runs import Run, RunWarning


def latest_warnings(runs: Sequence[Run]) -> Mapping[RunWarning, Instant]:
    """Of them all, the latest of each."""
    latest: dict[RunWarning, Instant] = {}
    for run in runs:
        for name, at in run.warnings.items():
            latest[name] = max(at, latest.get(name, at))
    return latest
