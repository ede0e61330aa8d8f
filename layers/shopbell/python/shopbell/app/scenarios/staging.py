"""Set the stage of a dry run: the plan as it is saved, the rules that it needs, and the time that is played."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.management.segments.survey import Survey, alone
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY, Duration, Instant
from shopbell.domain.errors import Conflict, NotFound, Rejected
from shopbell.domain.events import Json
from shopbell.domain.goods import PRICE_CHANGED
from shopbell.domain.ids import ProductId, StoreId
from shopbell.domain.rules.matching import Locale
from shopbell.domain.scenarios.calendar import by_calendar
from shopbell.domain.scenarios.fly import trigger_of
from shopbell.domain.scenarios.live import live_plans
from shopbell.domain.scenarios.plan import OnCalendar, OnSegment, Plan
from shopbell.domain.scenarios.rehearsal import WINDOW, Stage
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.scenarios.table import FLY_MODE, SCENARIOS
from shopbell.domain.scenarios.tidings import Supposed
from shopbell.domain.segments.definition import Segment
from shopbell.domain.store import Store
from shopbell.domain.visits.state import PICKING
from shopbell.ports import OwnTriggers, Scenarios

AHEAD: Final[Duration] = DAY
"""So far a supposed change is followed."""


def supposed_in(given: Mapping[str, Json]) -> Supposed | None:
    """Of a job; None where it supposes nothing."""
    product, price, in_stock = given.get("product_id"), given.get("price"), given.get("in_stock")
    if not isinstance(product, str):
        return None
    money = price if isinstance(price, int) and not isinstance(price, bool) else None
    return Supposed(ProductId(product), money, in_stock if isinstance(in_stock, bool) else None)


@dataclass(frozen=True, slots=True)
class Staging:
    """Of the settings as they are saved, on or off; of the shipped ones where nothing was."""

    survey: Survey
    scenarios: Scenarios
    triggers: OwnTriggers
    standing: Callable[[StoreId, ProductId], Product | None]

    def __call__(
        self, store_id: StoreId, name: str, until: Instant, supposed: Supposed | None = None
    ) -> tuple[Store, Stage]:
        """What every visitor is asked on. NotFound, Conflict and Rejected as of `DryRun`."""
        store = self.survey.stores.get(store_id)
        if store is None:
            raise NotFound(store_id)
        plan = self._plan(store_id, name)
        stage = self._stage(store, plan, until)
        if supposed is None:
            return store, stage
        product = self._product(store_id, plan, supposed)
        return store, replace(stage, since=until - 1, until=until + AHEAD, supposed=product)

    def _product(self, store: StoreId, plan: Plan, supposed: Supposed) -> Product:
        """As it would stand."""
        if plan.awaits is None:
            raise Rejected.at("product_id", "is for price_drop and back_in_stock, which wait for products to change")
        price = plan.awaits.news == PRICE_CHANGED
        if (supposed.price is None) is price or (supposed.in_stock is None) is not price:
            raise Rejected.at("price" if price else "in_stock", f"alone says what {plan.scenario} waits for")
        found = self.standing(store, supposed.product)
        if found is None:
            raise Rejected.at("product_id", "is no product of the catalogue")
        return supposed.of(found)

    def _plan(self, store: StoreId, name: str) -> Plan:
        own, row = trigger_of(name), SCENARIOS.get(name)
        if own is not None and (trigger := self.triggers.get(store, own)) is not None:
            return trigger.plan()
        if row is None:
            raise NotFound(name)
        if name == FLY_MODE:
            raise Conflict(f"{name} has a dry run for each of its rules: {name}:<id>")
        if row.row is None:
            raise Conflict(f"{name} is not available yet")
        settings = self.scenarios.get(store, name) or ScenarioSettings(store, name, enabled=False)
        stored = {other: self.scenarios.get(store, other) for other in row.row.beside}
        return row.plan(settings, {other: known for other, known in stored.items() if known is not None})

    def _stage(self, store: Store, plan: Plan, until: Instant) -> Stage:
        survey = self.survey
        known = survey.segments.all(store.id)
        rivals = self._rivals(store.id, plan)
        asked = [_hidden(store.id, plan), *(_hidden(store.id, one) for one in rivals.values())]
        if isinstance(plan.trigger, OnSegment):
            wanted = plan.trigger.segment
            asked += [replace(row, state="active") for row in known if row.id == wanted]
        rules = survey.rulebook.compiled(alone(survey.segments.rules(store.id), known, asked))
        rules = replace(rules, needs=rules.needs | PICKING)
        plans = live_plans([plan], Locale(store.time_zone, store.currency))
        since = until if isinstance(plan.trigger, OnCalendar) else until - WINDOW
        return Stage(plan, plans, rules, since, until, _every(plan), rivals)

    def _rivals(self, store: StoreId, plan: Plan) -> Mapping[str, Plan]:
        """Scenarios of the calendar that are on and more important."""
        found: dict[str, Plan] = {}
        for name, row in SCENARIOS.items():
            settings = self.scenarios.get(store, name) if row.row is not None and by_calendar(row.row) else None
            if settings is not None and settings.enabled:
                with suppress(Rejected):  # by this release: it is not run any more either
                    found[name] = row.plan(settings)
        return {name: one for name, one in found.items() if one.priority > plan.priority}


def _hidden(store: StoreId, plan: Plan) -> Segment:
    return Segment(store, plan.segment, plan.scenario, plan.audience, "active", 1, 1, 0, 0, scenario=plan.scenario)


def _every(plan: Plan) -> Duration:
    """How often its schedule comes, for what a late run would not send any more; else each moment is its own run."""
    row = SCENARIOS.get(plan.scenario)
    return 1 if row is None or row.every is None or plan.send_time.latest is None else row.every
