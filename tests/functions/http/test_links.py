"""A link of the shop's own needs an origin to begin with: without one it is refused where it is written."""

from typing import Any

import pytest
from shopbell.app.links import NOWHERE
from shopbell.app.scenarios.warnings import NO_CATALOGUE

from tests.functions.http.office import Office

WORDS = {"title": "Sale", "body": "Today only"}
FAULT = [("content.url", NOWHERE)]
PATTERNS: list[list[str]] = [[], ["http://127.0.0.1:*"]]


def wanted(url: str) -> dict[str, Any]:
    return {"name": "Sale", "content": {**WORDS, "url": url}}


def keep(office: Office, origins: list[str]) -> None:
    assert office.manage("PATCH", "/v1/store", {"origins": origins}).status == 200


@pytest.mark.parametrize("origins", PATTERNS, ids=["no origin", "only a pattern"])
@pytest.mark.parametrize("url", ["/sale", "sale", "//shop.example/sale", "/p/{{ visitor.city }}"])
def test_a_campaign_whose_link_leads_nowhere_is_not_written(office: Office, origins: list[str], url: str) -> None:
    keep(office, origins)
    made = office.manage("POST", "/v1/campaigns", wanted(url))
    assert (made.status, made.faults) == (422, FAULT)

    path = f"/v1/campaigns/{office.campaign(**wanted('https://shop.example/sale'))}"
    edited = office.manage("PATCH", path, {"content": wanted(url)["content"]})
    assert (edited.status, edited.faults) == (422, FAULT)
    assert office.manage("PATCH", path, {"name": "Other"}).status == 200


@pytest.mark.parametrize("url", ["https://shop.example/sale", "{{ product.url }}", "https://a.example/{{ x }}"])
def test_a_link_that_may_lead_somewhere_needs_no_origin(office: Office, url: str) -> None:
    keep(office, [])
    assert office.manage("POST", "/v1/campaigns", wanted(url)).status == 201


def test_a_campaign_whose_origin_has_gone_is_neither_sent_nor_tried(office: Office) -> None:
    path = f"/v1/campaigns/{office.campaign()}"
    office.visit("ann", subscribed=True)
    keep(office, ["http://127.0.0.1:*"])

    for answer in (
        office.manage("POST", f"{path}/send"),
        office.manage("POST", f"{path}/test", {"visitor_ids": ["ann"]}),
    ):
        assert (answer.status, answer.json["detail"]) == (409, f"content.url {NOWHERE}.")
    assert office.manage("GET", path).json["status"] == "draft"
    keep(office, ["https://shop.example"])
    assert office.manage("POST", f"{path}/test", {"visitor_ids": ["ann"]}).status == 202


def test_a_scenario_with_the_shipped_link_is_only_switched_on_with_an_origin(office: Office) -> None:
    keep(office, ["http://127.0.0.1:*"])
    path = "/v1/scenarios/we_missed_you"

    refused = office.manage("PUT", path, {"enabled": True})
    assert (refused.status, refused.faults) == (422, FAULT)
    off = office.manage("PUT", path, {"enabled": False})
    assert (off.status, off.json["warnings"]) == (200, ["the link is relative and the store has no origin"])
    own = {"enabled": True, "content": wanted("https://shop.example/new")["content"]}
    second = office.manage("PUT", path, own)
    assert (second.status, [path for path, _ in second.faults]) == (422, ["steps.1.content.url"])
    alone = {**own, "parameters": {"steps": ["PT0S"]}}
    assert office.manage("PUT", path, alone).status == 200

    keep(office, ["https://shop.example"])
    assert office.manage("PUT", path, {"enabled": True}).json["warnings"] == [NO_CATALOGUE]
