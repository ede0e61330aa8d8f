"""Set up the desk at which the letters of a run are written; what is dear to make is kept for the whole run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from shopbell.app.delivery.compose import Desk
from shopbell.app.delivery.ended import Ended, not_known
from shopbell.app.delivery.picking import Picking
from shopbell.app.delivery.promising import Promises
from shopbell.app.delivery.wording import Wording
from shopbell.app.recommend import Selecting
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.ids import StoreId
from shopbell.domain.push.endpoints import AllowedHosts
from shopbell.domain.push.token import TokenKey
from shopbell.domain.runs import Run
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.scenarios.upcoming import Over, Upcoming
from shopbell.domain.segments.zones import named
from shopbell.domain.store import Store

_WORDINGS: Final = 100

TokenKeys = Callable[[StoreId], Sequence[TokenKey]]
PlanBook = Callable[[StoreId], Mapping[str, Plan]]
"""The live plans of a store, by `Plan.scenario`; it may remember them for a minute."""


@dataclass(frozen=True, slots=True)
class Desks:
    token_keys: TokenKeys
    allowed: AllowedHosts
    select: Selecting
    plans: PlanBook
    now: Clock
    promises: Promises
    ended: Ended = not_known
    wordings: dict[tuple[StoreId, str], Wording] = field(default_factory=dict)
    """Templates are parsed once for a run and worker."""

    def __call__(self, run: Run, store: Store) -> Desk:
        """Raises Unavailable, and NotFound without the key that signs tokens."""
        known = self.wordings.get((run.store, run.id))
        if known is None:
            if len(self.wordings) >= _WORDINGS:
                self.wordings.clear()
            known = self.wordings[run.store, run.id] = Wording.of(run, store)
        newest, now = max(self.token_keys(run.store), key=lambda key: key.id), self.now()
        picking = Picking(self.select, store, run.terms.products, now, run.id, run.source_id)
        plans, promise = self.plans(run.store), self.promises(run, store)
        rivals = rivals_of(run, store, plans, now, partial(self.ended, store.id))
        return Desk(run, store, newest, known, self.allowed, picking, now, *rivals, promise)


def rivals_of(
    run: Run, store: Store, plans: Mapping[str, Plan], now: Instant, over: Over
) -> tuple[Mapping[str, int], Upcoming]:
    """Who may go first: the priorities of what waits, and what schedules take up.

    A campaign yields to no calendar: whoever sends it has chosen its moment.
    """
    others = {} if run.source == "test" else plans
    home, own = named(store.time_zone), run.source == "scenario"
    upcoming = Upcoming.of(others, run.terms.priority, home, now, over, calendar=own)
    return {name: plan.priority for name, plan in plans.items()}, upcoming
