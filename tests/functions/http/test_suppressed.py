"""A visitor who is left alone, as a marketer sees it: explained, estimated, and not to be undone by a page."""

from typing import Any

import pytest

from tests.functions.http.office import Office
from tests.functions.http.test_campaign_estimate import crowd, estimate
from tests.functions.http.test_explain import ann, gates, refused
from tests.functions.http.world import PUB, SRV

ASKED: dict[str, Any] = {"reason": "asked by phone"}


def test_explain_shows_the_gate_and_what_it_rests_on(office: Office) -> None:
    ann(office, suppressed=ASKED)
    found = gates(office, campaign=office.campaign())
    assert refused(found) == {"suppressed": "skipped"}
    assert found["suppressed"]["values"]["reason"] == "asked by phone"


def test_an_estimate_counts_them_among_nobody_s_devices(office: Office) -> None:
    crowd(office, 5)
    office.visit("ann", subscribed=True, country="SE", suppressed=ASKED)
    office.visit("ben", subscribed=True, country="SE")
    found = estimate(office, office.campaign())
    assert (found["audience"], found["reachable"], found["by_service"]) == (6, 6, {"mozilla": 6})
    rule = {"trait": "country", "op": "eq", "value": "SE"}
    found = estimate(office, office.campaign(audience={"rule": rule}))
    assert (found["audience"], found["reachable"], found["by_service"]) == (2, 1, {"mozilla": 1})


def test_a_preview_of_a_segment_counts_them_and_not_as_reachable(office: Office) -> None:
    office.visit("ann", subscribed=True, country="SE", suppressed=ASKED)
    rule = {"trait": "country", "op": "eq", "value": "SE"}
    found = office.manage("POST", "/v1/segments/preview", {"rule": rule}).json
    (row,) = found["sample"]
    assert (row["visitor_id"], row["reachable"]) == ("ann", False)


@pytest.mark.parametrize("key", [PUB, SRV], ids=["page", "server"])
def test_no_event_of_the_shop_lifts_it(office: Office, key: str) -> None:
    event = {"id": "1", "type": "traits_changed", "visitor_id": "ann"}
    for properties in ({"traits": {"suppressed": None}}, {"suppressed": None}):
        answer = office.call("POST", "/v1/events", {"events": [{**event, "properties": properties}]}, key=key)
        assert answer.json["accepted"] == 0, answer.text
    row = {"visitor_id": "ann", "traits": {"suppressed": None}}
    assert office.call("POST", "/v1/visitors", {"visitors": [row]}, key=SRV).json["accepted"] == 0
