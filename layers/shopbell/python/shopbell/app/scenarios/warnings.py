"""What keeps a scenario that is switched on from being sent, or from being worth it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from shopbell.app.links import dead_link
from shopbell.app.management.named_lists import CheckLists
from shopbell.app.scenarios.pools import CheckPools
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.push.vapid import BadContact, check_subject
from shopbell.domain.scenarios.churn import LONG_GAP, LOST
from shopbell.domain.scenarios.churn import NAME as CHURN
from shopbell.domain.scenarios.plan import Plan
from shopbell.domain.store import Store
from shopbell.ports import Assortment

NO_STEPS: Final = "every message of it is switched off: nothing is sent"
NO_CATALOGUE: Final = "the store has no products: its messages show none, and those that must show one are not sent"
NO_BIRTHDAYS: Final = "hardly any visitor's birthday is known: hardly anybody is greeted"
NO_CONTACT: Final = "the store's contact is none that push services accept (RFC 8292): set it with PATCH /v1/store"
NO_GAPS: Final = (
    "n_days is auto and nobody's second order is known yet: nobody is sent to until a night has found gaps between "
    "orders; a number of days holds at once"
)
NO_SCORES: Final = (
    "use_score is on and no buyer has a score yet: nobody is sent to until a night has found gaps between orders; "
    "from then on, until the churn model fits (50 who bought again, 90 days of orders), who stays away for over "
    "twice the median gap counts as lost; n_days without use_score holds at once"
)
_BIRTHDAY: Final[Mapping[str, Json]] = {"trait": "birthday", "op": "exists"}
Count = Callable[[StoreId, Json], int]
"""For about how many visitors a rule holds now; exactly where there are few."""


@dataclass(frozen=True, slots=True)
class Warn:
    assortment: Assortment
    count: Count
    pools: CheckPools
    statistics: Callable[[StoreId], Mapping[str, float]]
    """What rules may name of the store's numbers, as far as they are known."""
    lists: CheckLists

    def __call__(self, store: Store, plan: Plan, *, enabled: bool) -> tuple[str, ...]:
        """In an order that stays; () for a scenario that is off, but for what keeps it from being switched on."""
        return tuple(self._found(store, plan, enabled=enabled))

    def _found(self, store: Store, plan: Plan, *, enabled: bool) -> Iterator[str]:
        if enabled and store.sending == "paused":
            yield "sending is paused for this store"
        if enabled and not store.vapid_keys:
            yield "the store has no VAPID key"
        if any(step.enabled and dead_link(step.content, step.variants, store) for step in plan.steps):
            yield "the link is relative and the store has no origin"
        if enabled:
            yield from self._of_what_is_on(store, plan)

    def _of_what_is_on(self, store: Store, plan: Plan) -> Iterator[str]:
        if not any(step.enabled for step in plan.steps):
            yield NO_STEPS
        if not _reachable(store.contact):
            yield NO_CONTACT
        if any(step.enabled and step.products.algorithm for step in plan.steps) and not self._products(store.id):
            yield NO_CATALOGUE
        if plan.scenario == "birthday" and not self.count(store.id, _BIRTHDAY):
            yield NO_BIRTHDAYS
        if plan.scenario == CHURN:
            yield from self._of_numbers(store.id, plan)
        yield from self.pools.warnings(store.id, plan)
        yield from self.lists.warnings(store.id, plan)

    def _of_numbers(self, store: StoreId, plan: Plan) -> Iterator[str]:
        """Of rules that rest on what a night computes."""
        rule, known = json.dumps(plan.audience), self.statistics(store)
        if f'"{LONG_GAP}"' in rule and LONG_GAP not in known:
            yield NO_GAPS
        if json.dumps(LOST) in rule and "repeat_gap_median" not in known:
            yield NO_SCORES

    def _products(self, store: StoreId) -> bool:
        return next(iter(self.assortment.newest(store)), None) is not None


def _reachable(contact: str) -> bool:
    try:
        check_subject(contact)
    except BadContact:
        return False
    return True
