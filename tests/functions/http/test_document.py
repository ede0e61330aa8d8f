"""The OpenAPI document says what the routers do: every route, every answer, and the committed copy."""

import json
import re
from dataclasses import fields
from functools import reduce
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from shopbell.runtime.http import openapi
from shopbell.runtime.http.management_routes import Management
from shopbell.runtime.http.operation import Operation
from shopbell.runtime.http.pages import DOCUMENT
from shopbell.runtime.http.problem import PROBLEM_JSON

from tests.functions.http.office import BUYERS, IMPORT, MARKETER, Office
from tests.functions.http.test_keys import PRODUCT
from tests.functions.http.test_subscriptions import body as subscription
from tests.functions.http.world import MGMT, PUB, SRV, Answered, Town

ROOT = Path(__file__).parents[3]
DOC: dict[str, Any] = openapi.document()
BY_ID = {operation.id: operation for operation in openapi.OPERATIONS}


@pytest.mark.parametrize("path", [DOCUMENT, ROOT / openapi.COPY], ids=["packaged", "docs"])
def test_the_committed_document_is_the_one_that_the_code_makes(path: Path) -> None:
    assert path.read_bytes() == openapi.text(), "run: python -m shopbell.runtime.http.openapi"


def test_the_document_is_valid_openapi_with_unique_names_and_no_loose_ends() -> None:
    references = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(DOC)))
    assert references <= DOC["components"]["schemas"].keys()
    assert len(BY_ID) == len(openapi.OPERATIONS)
    for schema in DOC["components"]["schemas"].values():
        jsonschema_rs.validator_for({**schema, "components": DOC["components"]})


def test_every_route_of_both_routers_is_in_the_document(office: Office) -> None:
    routed = {(route.operation.method, route.operation.path) for route in (*office.routes, *office.managed_routes)}
    described = {(method.upper(), path) for path, methods in DOC["paths"].items() for method in methods}
    assert routed == described


def test_every_operation_describes_its_body_its_answer_and_its_errors() -> None:
    for operation in openapi.OPERATIONS:
        said = DOC["paths"][operation.path][operation.method.lower()]
        assert ("requestBody" in said) is (operation.body is not None)
        assert str(operation.status) in said["responses"]
        assert {"500", "503"} <= said["responses"].keys()
        if operation.body is not None:
            assert {"400", "413", "422"} <= said["responses"].keys()
        if said["security"]:
            assert {"401", "403"} <= said["responses"].keys()


def conforms(operation: Operation, answer: Answered) -> None:
    """The answer's status is described, and its body is of the shape described for it."""
    described = DOC["paths"][operation.path][operation.method.lower()]["responses"]
    assert str(answer.status) in described, f"{operation.id} answered {answer.status}: {answer.text}"
    content = described[str(answer.status)].get("content")
    if content is None:
        assert answer.text == ""
        return
    media = answer.headers["Content-Type"].partition(";")[0]
    schema = content[media]["schema"]
    if media in {"application/json", PROBLEM_JSON}:
        jsonschema_rs.validator_for({**schema, "components": DOC["components"]}).validate(answer.json)


TRACKING: tuple[tuple[str, str, Any, str | None], ...] = (
    ("sendEvents", "/v1/events", {"events": [1]}, PUB),
    ("sendEvents", "/v1/events", {"events": 1}, PUB),
    ("changeTraits", "/v1/visitors/ann", {"traits": {"city": "Ulm"}}, PUB),
    ("identify", "/v1/identify", {"visitor_id": "ann", "customer_id": "7"}, SRV),
    ("identify", "/v1/identify", {"visitor_id": "ann", "customer_id": "8"}, SRV),
    ("identify", "/v1/identify", {"visitor_id": "bob", "customer_id": "7"}, PUB),
    ("subscribe", "/v1/subscriptions", subscription(), PUB),
    ("prefer", "/v1/subscriptions", {"endpoint": "x"}, PUB),
    (
        "prefer",
        "/v1/subscriptions",
        {"endpoint": subscription()["subscription"]["endpoint"], "topics": ["news"]},
        PUB,
    ),
    ("unsubscribe", "/v1/subscriptions", {"endpoint": "x"}, PUB),
    ("sendReceipt", "/v1/receipts", {"message": "x", "kind": "shown"}, None),
    ("getConfig", "/v1/config", None, PUB),
    ("getConfig", "/v1/config", None, None),
    ("askPrompt", "/v1/prompt", {"visitor_id": "ann", "page": "https://shop.example/"}, PUB),
    ("putProducts", "/v1/products", {"products": [PRODUCT]}, SRV),
    ("putProducts", "/v1/products", {"products": [PRODUCT]}, PUB),
    ("deleteProduct", "/v1/products/boots", None, SRV),
    ("deleteProduct", "/v1/products/boots", None, SRV),
    ("getHealth", "/v1/health", None, None),
    ("getDocument", "/openapi.json", None, None),
    ("getDocs", "/docs", None, None),
)
"""(operation, path, body, key)."""
SEARCHED: dict[str, Any] = {"title": "Found it?", "body": "We can help.", "url": "https://shop.example/help"}
MANAGING: tuple[tuple[str, str, Any], ...] = (
    ("listSegments", "/v1/segments", None),
    ("createSegment", "/v1/segments", {"rule": BUYERS}),
    ("createSegment", "/v1/segments", {"rule": {}}),
    ("getSegment", "/v1/segments/SEGMENT", None),
    ("editSegment", "/v1/segments/SEGMENT", {"name": "x"}),
    ("listMembers", "/v1/segments/SEGMENT/members", None),
    ("listLog", "/v1/segments/SEGMENT/log", None),
    ("listLog", "/v1/segments/SEGMENT/log?kind=state", None),
    ("listLog", "/v1/segments/SEGMENT/log?cause=x", None),
    ("listMembers", "/v1/segments/SEGMENT/members?why=true", None),
    ("listMembers", "/v1/segments/SEGMENT/members?format=csv", None),
    ("getJob", "/v1/jobs/JOB", None),
    ("getJob", "/v1/jobs/none", None),
    ("cancelJob", "/v1/jobs/JOB", None),
    ("listVersions", "/v1/segments/SEGMENT/versions", None),
    ("restoreVersion", "/v1/segments/SEGMENT/restore", {"version": 1}),
    ("restoreVersion", "/v1/segments/SEGMENT/restore", {"version": 7}),
    ("getUsage", "/v1/segments/SEGMENT/usage", None),
    ("getHistory", "/v1/segments/SEGMENT/history", None),
    ("getHistory", "/v1/segments/SEGMENT/history?from=x", None),
    ("activateSegment", "/v1/segments/SEGMENT/activate", None),
    ("pauseSegment", "/v1/segments/SEGMENT/pause", None),
    ("archiveSegment", "/v1/segments/SEGMENT", None),
    ("getSegment", "/v1/segments/none", None),
    ("previewSegment", "/v1/segments/preview", {"rule": BUYERS}),
    ("previewSegment", "/v1/segments/preview", {"rule": {}}),
    ("weighEdit", "/v1/segments/SEGMENT/impact", {"rule": {"not": BUYERS}}),
    ("suggestSegments", "/v1/segments/suggestions", None),
    (
        "putProductList",
        "/v1/product-lists/gifts",
        {"product_ids": ["boot"], "target": {"kind": "segment", "id": "x"}},
    ),
    ("putProductList", "/v1/product-lists/No", {"product_ids": []}),
    ("getProductList", "/v1/product-lists/gifts", None),
    ("getProductList", "/v1/product-lists/none", None),
    ("listProductLists", "/v1/product-lists", None),
    ("createList", "/v1/lists", {"name": "VIP", "id": "vip"}),
    ("createList", "/v1/lists", {"name": "Others", "id": "vip"}),
    ("listLists", "/v1/lists", None),
    ("getList", "/v1/lists/vip", None),
    ("getList", "/v1/lists/none", None),
    ("putListMembers", "/v1/lists/vip/members", {"visitor_ids": ["ann", ""]}),
    ("putListMembers", "/v1/lists/vip/members", {"visitor_ids": [f"v{each}" for each in range(2_001)]}),
    ("deleteList", "/v1/lists/vip", None),
    ("createCouponPool", "/v1/coupon-pools", {"name": "Spring", "id": "spring", "popup": {"title": "Hi"}}),
    ("createCouponPool", "/v1/coupon-pools", {"name": "Others", "id": "spring"}),
    ("listVapidKeys", "/v1/vapid-keys", None),
    ("rotateVapidKey", "/v1/vapid-keys/rotate", None),
    ("importSubscriptions", "/v1/subscriptions/import", IMPORT),
    ("listCouponPools", "/v1/coupon-pools", None),
    ("getCouponPool", "/v1/coupon-pools/spring", None),
    ("editCouponPool", "/v1/coupon-pools/spring", {"name": "x"}),
    ("addCouponCodes", "/v1/coupon-pools/spring/codes", {"codes": ["AAA", ""]}),
    ("addCouponCodes", "/v1/coupon-pools/spring/codes", {"generate": {"pattern": "A-{8}", "count": 1_001}}),
    ("addCouponCodes", "/v1/coupon-pools/spring/codes", {}),
    ("listCouponCodes", "/v1/coupon-pools/spring/codes", None),
    ("listCouponCodes", "/v1/coupon-pools/spring/codes?format=csv", None),
    ("deleteCouponPool", "/v1/coupon-pools/spring", None),
    ("listCampaigns", "/v1/campaigns", None),
    ("createCampaign", "/v1/campaigns", {}),
    ("getCampaign", "/v1/campaigns/CAMPAIGN", None),
    ("editCampaign", "/v1/campaigns/CAMPAIGN", {"name": "x"}),
    ("testCampaign", "/v1/campaigns/CAMPAIGN/test", {"visitor_ids": ["ann"]}),
    ("sendCampaign", "/v1/campaigns/CAMPAIGN/send", None),
    ("sendCampaign", "/v1/campaigns/CAMPAIGN/send", None),
    ("pauseCampaign", "/v1/campaigns/CAMPAIGN/pause", None),
    ("resumeCampaign", "/v1/campaigns/CAMPAIGN/resume", None),
    ("cancelCampaign", "/v1/campaigns/CAMPAIGN/cancel", None),
    ("discardCampaign", "/v1/campaigns/DRAFT", None),
    ("estimateCampaign", "/v1/campaigns/CAMPAIGN/estimate", None),
    ("getProgress", "/v1/campaigns/CAMPAIGN/progress", None),
    ("getReport", "/v1/campaigns/CAMPAIGN/report", None),
    ("listScenarios", "/v1/scenarios", None),
    ("getScenario", "/v1/scenarios/we_missed_you", None),
    ("putScenario", "/v1/scenarios/we_missed_you", {"enabled": True}),
    ("getScenarioReport", "/v1/scenarios/we_missed_you/report", None),
    ("getScenarioReport", "/v1/scenarios/no_such/report", None),
    ("getScenarioReport", "/v1/scenarios/fly_mode/report", None),
    ("getScenarioReport", "/v1/scenarios/bulk/report", None),
    ("getPromptReport", "/v1/reports/prompt", None),
    ("listTriggers", "/v1/triggers", None),
    ("createTrigger", "/v1/triggers", {"event": "search", "content": SEARCHED, "occurrence": {"nth": 3}}),
    ("createTrigger", "/v1/triggers", {"event": "product_created", "content": SEARCHED}),
    ("getTrigger", "/v1/triggers/TRIGGER", None),
    ("getTrigger", "/v1/triggers/none", None),
    ("editTrigger", "/v1/triggers/TRIGGER", {"enabled": True}),
    ("editTrigger", "/v1/triggers/TRIGGER", {}),
    ("deleteTrigger", "/v1/triggers/TRIGGER", None),
    ("listVisitorLog", "/v1/visitors/ann/log", None),
    ("listVisitorLog", "/v1/visitors/nobody/log", None),
    ("explainVisitor", "/v1/visitors/ann/explain?campaign=CAMPAIGN", None),
    ("explainVisitor", "/v1/visitors/ann/explain?scenario=we_missed_you", None),
    ("explainVisitor", "/v1/visitors/ann/explain?scenario=churn", None),
    ("explainVisitor", "/v1/visitors/ann/explain", None),
    ("explainVisitor", "/v1/visitors/none/explain?scenario=churn", None),
    ("getVisitor", "/v1/visitors/ann", None),
    ("getVisitor", "/v1/visitors/bob", None),
    ("getStore", "/v1/store", None),
    ("editStore", "/v1/store", {"name": "x"}),
    ("makeKey", "/v1/keys", {"kind": "identify"}),
    ("makeKey", "/v1/keys", {"kind": "mgmt", "role": "viewer"}),
    ("listKeys", "/v1/keys", None),
    ("revokeKey", "/v1/keys/none", None),
    ("listProducts", "/v1/products", None),
    ("getProduct", "/v1/products/boots", None),
    ("getProduct", "/v1/products/none", None),
    ("listProductVersions", "/v1/products/boots/versions", None),
    ("listProductVersions", "/v1/products/none/versions", None),
    ("listCategories", "/v1/categories", None),
    ("openUpload", "/v1/uploads", None),
    ("loadFeed", "/v1/feeds", {"format": "csv", "data": "id,title,price"}),
    ("loadFeed", "/v1/feeds", {"format": "csv", "upload_id": "0" * 32}),
    ("loadFeed", "/v1/feeds", {"format": "csv"}),
    ("dryRunScenario", "/v1/scenarios/new_arrivals/dry-run", {}),
    ("dryRunScenario", "/v1/scenarios/churn/dry-run", {"as_of": "2026-02-28T12:00:00Z"}),
    ("dryRunScenario", "/v1/scenarios/bulk/dry-run", {}),
    ("recommend", "/v1/recommendations", {"algorithm": "spotlights"}),
    ("recommend", "/v1/recommendations", {"algorithm": "no_such"}),
    ("recommend", "/v1/recommendations", {"algorithm": "smart_offers", "visitor_id": "none"}),
    ("renderMessage", "/v1/visitors/ann/render", {"content": {"title": "t", "body": "b", "url": "/"}}),
    ("renderMessage", "/v1/visitors/ann/render", {"content": {"title": "t", "body": "b"}}),
    ("renderMessage", "/v1/visitors/none/render", {"content": {"title": "t", "body": "b", "url": "/"}}),
)
"""(operation, path, body), one after the other: what stands in capitals is filled in."""


def test_tracking_answers_in_the_shapes_that_the_document_promises(office: Office) -> None:
    for name, path, body, key in TRACKING:
        conforms(BY_ID[name], office.call(BY_ID[name].method, path, body, key=key))


def test_management_answers_in_the_shapes_that_the_document_promises(office: Office) -> None:
    office.visit("ann", subscribed=True, country="DE")
    office.call("PUT", "/v1/products", {"products": [PRODUCT]}, key=SRV)
    named = {"SEGMENT": office.segment(), "CAMPAIGN": office.campaign(), "DRAFT": office.campaign()}
    named["TRIGGER"] = office.trigger(event="search", content=SEARCHED)
    exported = office.manage("GET", f"/v1/segments/{named['SEGMENT']}/members", query={"format": "csv"})
    named["JOB"] = exported.json["job_id"]
    office.enter(named["SEGMENT"], "bob")
    for name, template, body in MANAGING:
        filled = reduce(lambda text, word: text.replace(word, named[word]), named, template)
        path, _, asked = filled.partition("?")
        query = dict(pair.split("=") for pair in asked.split("&")) if asked else None
        conforms(BY_ID[name], office.manage(BY_ID[name].method, path, body, key=MGMT, query=query))
        conforms(BY_ID[name], office.manage(BY_ID[name].method, path, body, key=None, query=query))
    conforms(BY_ID["editStore"], office.manage("PATCH", "/v1/store", {"name": "x"}, key=MARKETER))


def test_no_operation_escapes_the_two_tables() -> None:
    seen = {row[0] for row in TRACKING} | {row[0] for row in MANAGING}
    assert seen | {"getSdk", "getWorker"} == BY_ID.keys()


def test_the_scripts_of_the_storefront_are_served_where_the_layer_puts_them(tmp_path: Path) -> None:
    (tmp_path / "shopbell.js").write_text("page()", encoding="utf-8")
    (tmp_path / "shopbell-sw.js").write_text("worker()", encoding="utf-8")
    town = Town(sdk=tmp_path)
    page, worker = town.call("GET", "/sdk/shopbell.js"), town.call("GET", "/sdk/shopbell-sw.js")
    assert (page.text, worker.text) == ("page()", "worker()")
    assert page.headers["Content-Type"] == worker.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert Town().call("GET", "/sdk/shopbell.js").status == 404
    assert town.call("GET", "/sdk/../handler.py").status == 404


def test_the_readable_page_loads_nothing_from_elsewhere(town: Town) -> None:
    answer = town.call("GET", "/docs")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert re.findall(r"https?://", answer.text) == []
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert town.call("GET", "/openapi.json").text.encode() == DOCUMENT.read_bytes()


def test_a_route_without_anyone_to_carry_it_out_is_noticed(office: Office) -> None:
    parts = office.managing
    assert isinstance(parts, Management)
    assert {route.operation.id for route in parts.routes()} == {
        name for part in fields(parts) for name in getattr(parts, part.name).handles
    }


def test_a_key_of_each_kind_is_described() -> None:
    schemes = DOC["components"]["securitySchemes"]
    assert set(schemes) == {"browser", "beacon", "server", "management"}
    for prefix, scheme in (("sb_pub_", "browser"), ("sb_srv_", "server"), ("sb_mgmt_", "management")):
        assert prefix in schemes[scheme]["description"]
