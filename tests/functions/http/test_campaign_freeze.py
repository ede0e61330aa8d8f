"""A campaign whose audience is frozen goes to whom it was planned for."""

from shopbell.app.delivery.plan import run_of_campaign
from shopbell.domain.ids import CampaignId

from tests.functions.http.office import Office
from tests.functions.http.world import NOON, OURS


def test_a_frozen_audience_is_not_asked_again_until_it_is_thawed(office: Office) -> None:
    name = office.campaign(freeze_audience=True)
    path = f"/v1/campaigns/{name}"
    for body, frozen in (({}, True), ({"name": "Other"}, True), ({"freeze_audience": False}, False)):
        shown = office.manage("PATCH", path, body).json
        assert (shown["freeze_audience"], shown["recheck_at_send"]) == (frozen, not frozen)
        run = run_of_campaign(office.world.campaigns[OURS, CampaignId(name)], 1, NOON, NOON)
        assert run.terms.recheck_audience is not frozen
    assert office.manage("PATCH", path, {"recheck_at_send": False}).json["freeze_audience"] is True
    assert office.manage("PATCH", path, {"recheck_at_send": False, "freeze_audience": True}).status == 200
