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

from tests.functions.http.document_calls import MANAGING, SEARCHED, TRACKING
from tests.functions.http.office import MARKETER, Office
from tests.functions.http.test_keys import PRODUCT
from tests.functions.http.world import MGMT, SRV, Answered, Town

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


def test_tracking_answers_in_the_shapes_that_the_document_promises(office: Office) -> None:
    for name, path, body, key in TRACKING:
        conforms(BY_ID[name], office.call(BY_ID[name].method, path, body, key=key))


def test_management_answers_in_the_shapes_that_the_document_promises(office: Office) -> None:
    office.visit("ann", subscribed=True, country="DE")
    office.call("PUT", "/v1/products", {"products": [PRODUCT]}, key=SRV)
    named = {"SEGMENT": office.segment(), "CAMPAIGN": office.campaign(), "DRAFT": office.campaign()}
    named["TRIGGER"] = office.trigger(event="search", content=SEARCHED)
    named["WEBHOOK"] = office.webhook()
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
        name for part in fields(parts) for name in getattr(getattr(parts, part.name), "handles", ())
    }


def test_a_key_of_each_kind_is_described() -> None:
    schemes = DOC["components"]["securitySchemes"]
    assert set(schemes) == {"browser", "beacon", "server", "management"}
    for prefix, scheme in (("sb_pub_", "browser"), ("sb_srv_", "server"), ("sb_mgmt_", "management")):
        assert prefix in schemes[scheme]["description"]


@pytest.mark.parametrize(
    ("shape", "field", "words"),
    [
        ("SegmentOut", "state", "draft building active paused archived"),
        ("CampaignOut", "status", "draft scheduled sending paused sent cancelled"),
        ("LogLineOut", "change", "entered exited merged"),
        ("GateOut", "outcome", "passed skipped deferred"),
        ("VapidKeyUseOut", "state", "active retiring"),
        ("VapidKeyOut", "state", "active retiring"),
        ("JobOut", "state", "queued running done failed cancelled"),
    ],
)
def test_a_state_is_one_of_the_words_that_the_document_lists(shape: str, field: str, words: str) -> None:
    assert DOC["components"]["schemas"][shape]["properties"][field]["enum"] == words.split(" ")
