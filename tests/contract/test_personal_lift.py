"""Whether somebody is held out of messages is shown to them, and goes with them."""

from dataclasses import replace

from shopbell.adapters.dynamo.attribution import DynamoReportCounts
from shopbell.adapters.dynamo.events import DynamoEvents
from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.app.reporting.courses import Courses
from shopbell.app.reporting.lift import PARTS, NoteSides
from shopbell.domain.attribution.parting import Side, source_of
from shopbell.domain.clock import DAY
from shopbell.domain.erasure import Person
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.ports.attribution import ReportCounts

from tests.contract.personal import personal
from tests.contract.worlds import NOW, Ports
from tests.unit.app.shop import Shop

WHO, OTHER = VisitorId("zoe#quill-77"), VisitorId("zoe")


def counts_of(ports: Ports) -> ReportCounts:
    events = ports.events
    if isinstance(events, MemoryEvents):
        return MemoryReportCounts(events.world)
    assert isinstance(events, DynamoEvents)
    return DynamoReportCounts(events.dynamo, "test-runs", lambda: NOW)


def test_it_is_held_shown_and_let_go_and_the_counts_and_everybody_else_stay(ports: Ports, store: StoreId) -> None:
    counts, holdings, person = counts_of(ports), personal(ports).holdings, Person(store, (WHO,))
    side = Side("spring", 10, held=True, window=3 * DAY)
    row = replace(next(iter(Shop().world.stores.values())), id=store)
    NoteSides(Courses(counts), lambda: NOW)(row, {WHO: (side,), OTHER: (side,)})
    before = counts.totals(store, source_of("spring"))
    assert before == {"0|people|10:held_out": 2}
    shown = list(holdings.held(person, "reports"))
    assert len(shown) == 1
    assert "spring" in str(shown)

    assert holdings.let_go(person, "reports") == 1

    assert list(holdings.held(person, "reports")) == []
    left = counts.rows(store, [(WHO, "lift"), (OTHER, "lift"), (PARTS, "lift")])
    assert {who for who, _ in left} == {OTHER, PARTS}
    assert counts.totals(store, source_of("spring")) == before
