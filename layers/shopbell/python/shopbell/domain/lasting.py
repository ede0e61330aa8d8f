"""How long a run lasts: its end comes later by every pause, as far as its queued messages live."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.pauses import FOREVER, Pause, held, union
from shopbell.domain.runs import Run
from shopbell.domain.store import Store

LONGEST_RUN: Final[Duration] = 13 * DAY
"""A day less than a queue keeps a message (ruling 33)."""
RUN_TTL: Final[Duration] = 30 * DAY


def shifted(run: Run, by: Duration) -> Run:
    """Everything of it comes later by as long; its end never after 13 days, nor after its campaign's own end."""
    return replace(run, shift=run.shift + by, ends_at=_end(run, run.ends_at + by))


def with_store(run: Run, store: Store, now: Instant) -> Run:
    """Shifted by the pauses of its store, too."""
    moved = shifted(run, store.held(run.created_at, now))
    return replace(moved, ends_at=standing(run, store, now).ends_at)


def made_late(run: Run, pauses: Iterable[Pause]) -> Run:
    """Of one whose audience was built while nothing was sent: it has as long as if it had been made in time."""
    known = union(pauses)
    by = held(known, run.scheduled_at, run.created_at)
    noted = tuple(one for one in known if one[1] > run.scheduled_at and one[1] <= run.created_at)
    return replace(run, ends_at=_end(run, run.ends_at + by), pauses=noted)


def standing(run: Run, store: Store, now: Instant) -> Run:
    """With the end that holds for its workers now: while a campaign is paused no time counts, up to the most.

    What was over when the pause began stays so: of such a run only what waits for quiet hours to end is left.
    """
    if run.source == "campaign" and run.state == "paused":
        began = min((since for since, until in run.pauses if until == FOREVER), default=None)
        if began is None or began < _with(run, store, began):
            return replace(run, ends_at=latest(run))
    return replace(run, ends_at=_with(run, store, now))


def _with(run: Run, store: Store, now: Instant) -> Instant:
    return _end(run, run.ends_at + store.held(run.created_at, now))


def unheld(run: Run) -> Run:
    """For who cannot ask the store."""
    return run


def _end(run: Run, wanted: Instant) -> Instant:
    return max(run.ends_at, min(wanted, latest(run)))


def latest(run: Run) -> Instant:
    """Whatever it waits for, nothing of it is sent from then on."""
    most = run.created_at + LONGEST_RUN
    return max(run.ends_at, most if run.closes_at is None else min(most, run.closes_at))
