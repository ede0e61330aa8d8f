"""The use cases of scenarios over the ports of management."""

from shopbell.app.building import StartBuild
from shopbell.app.management.segments.rules import ReadRule
from shopbell.app.management.segments.survey import Survey
from shopbell.app.scenarios.audiences import CheckAudience
from shopbell.app.scenarios.enable import EnableScenario
from shopbell.app.scenarios.hidden import KeepSegment
from shopbell.app.scenarios.interactions import KeepInteractions
from shopbell.app.scenarios.warnings import Warn
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.runtime.http.management_ports import Ports


def enabling(ports: Ports, build: StartBuild, survey: Survey) -> EnableScenario:
    def anyone(store: StoreId, rule: Json) -> bool:
        return any(row.truths[0] for row in survey(store, [rule]).rows)

    return EnableScenario(
        stores=ports.stores,
        scenarios=ports.scenarios,
        segment=KeepSegment(ports.segments, build, ports.now),
        audience=CheckAudience(ports.segments, ReadRule(ports.listing.lists)),
        interactions=KeepInteractions(ports.stores, ports.segments, ports.folding, build),
        warn=Warn(ports.assortment, anyone),
        now=ports.now,
    )
