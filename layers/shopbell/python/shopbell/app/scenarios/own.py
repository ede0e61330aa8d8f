"""The plans of a marketer's own triggers, for whoever runs plans."""

from shopbell.app.scenarios.plans import ReadPlan
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import StoreId
from shopbell.domain.scenarios.fly import trigger_of
from shopbell.domain.scenarios.plan import Plan
from shopbell.ports import OwnTriggers


def own_plans(triggers: OwnTriggers) -> ReadPlan:
    """By `Plan.scenario`; None for what is off, is gone, or was set as this release would refuse it."""

    def read(store: StoreId, scenario: str) -> Plan | None:
        name = trigger_of(scenario)
        row = None if name is None else triggers.get(store, name)
        if row is None or not row.enabled:
            return None
        try:
            return row.plan()
        except Rejected:
            return None

    return read
