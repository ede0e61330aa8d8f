"""From a run, or a step that waits, to what the gates are asked about it."""

from collections.abc import Callable
from datetime import tzinfo
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.gates.moment import Sending
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.lasting import latest
from shopbell.domain.pauses import Pause, union
from shopbell.domain.profile import Profile
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.segments.zones import zone_of
from shopbell.domain.sends import mark_of
from shopbell.domain.store import Store

NOBODY: Final = Profile(StoreId(""), VisitorId(""))


def sending_of(run: Run, step: PendingStep | None = None) -> Sending:
    """The message of a run: to everyone of its audience, or as one visitor's step.

    A step that a run's chunk deferred has that run as its key too: it still is the message of the run, under the
    same mark, and no instance of a scenario.
    """
    terms, closes_at = run.terms, closing(run)
    expires_at = step.expires_at if step else stale_at(run)
    key = step.key if step and step.key != step.run else None
    return Sending(
        source=run.source,
        source_id=run.source_id,
        key=key,
        step=terms.step,
        mark=mark_of(run.source_id, step.key if step else run.id, terms.step),
        message_class=terms.message_class,
        priority=terms.priority,
        topic=terms.topic,
        holdout_percent=terms.holdout_percent,
        respect_caps=terms.respect_caps,
        respect_quiet_hours=terms.respect_quiet_hours,
        recheck_audience=terms.recheck_audience,
        reentry=terms.reentry,
        cooldown=terms.cooldown,
        max_per_user=terms.max_per_user,
        started_at=step.started_at if step else None,
        due=step.due if step else None,
        expires_at=expires_at if expires_at is None or closes_at is None else min(expires_at, closes_at),
        closes_at=closes_at,
        latest=terms.latest,
        best_hour=terms.best_hour,
        own_clock=terms.own_clock,
    )


def stale_at(run: Run) -> Instant:
    """From when on the message of a run to everyone means nothing; a scenario's by its own relevance."""
    return run.scheduled_at + run.terms.relevance if run.source == "scenario" else run.ends_at


def closing(run: Run) -> Instant | None:
    """When a campaign's message ends whatever it waits for; a scenario's has its own relevance alone."""
    return latest(run) if run.source == "campaign" else None


def stood(run: Run, store: Store) -> tuple[Pause, ...]:
    """When nothing of a campaign's run could go; of a scenario's message time counts all the same."""
    return union(run.pauses, store.stood) if run.source == "campaign" else ()


def zones(home: str) -> Callable[[Profile | None], tzinfo]:
    """Whose days they are: the visitor's as far as their zone is known, else the store's (ruling 18)."""
    known = zone_of(home)

    def find(profile: Profile | None) -> tzinfo:
        return known(profile or NOBODY)

    return find
