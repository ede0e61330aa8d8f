"""What all messages of a store brought: the sums of what each did, by day and by hour."""

from typing import Any

from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.domain.attribution.cells import Cell
from shopbell.domain.attribution.overall import overall
from shopbell.domain.clock import HOUR

from tests.functions.http.office import Office
from tests.functions.http.world import NOON, OURS, THEIRS

CELLS = {
    Cell("spring", NOON, 0, "A", "clicked"): 2,
    Cell("spring", NOON, 0, "A", "action:go"): 1,
    Cell("birthday", NOON, 1, "", "clicked"): 3,
    Cell("birthday", NOON - 2 * HOUR, 1, "", "orders"): 1,
    Cell("birthday", NOON - 2 * HOUR, 1, "", "revenue:EUR"): 700,
    Cell("spring", NOON - 2 * HOUR, 0, "", "revenue:EUR"): -700,
    Cell("spring", NOON - 48 * HOUR, 0, "", "unsubscribed"): 4,
    Cell("store:subscribers", NOON, 0, "", "gained"): 9,
}


def messages(office: Office, **query: str) -> Any:
    answer = office.manage("GET", "/v1/reports/overview", query=query)
    assert answer.status == 200
    return answer.json["messages"]


def test_all_sources_are_added_up_by_day_and_by_hour(office: Office) -> None:
    counts = MemoryReportCounts(office.world)
    counts.add(OURS, {}, overall(CELLS))
    counts.add(THEIRS, {}, overall(CELLS))
    found = messages(office)
    assert (found["clicked"], found["orders"], found["revenue"], found["unsubscribed"]) == (5, 1, {}, 4)
    assert [one["clicked"] for one in found["series"][-3:]] == [0, 0, 5]
    assert found["series"][-3]["unsubscribed"] == 4
    hours = {one["at"]: one["orders"] for one in messages(office, by="hour")["series"] if one["orders"]}
    assert [*hours.values()] == [1]


def test_a_store_that_sent_nothing_has_zeros(office: Office) -> None:
    found = messages(office)
    assert {found[name] for name in ("shown", "clicked", "orders", "unsubscribed")} == {0}
    assert len(found["series"]) == 30
