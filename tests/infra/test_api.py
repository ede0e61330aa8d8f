"""Which call reaches which function, who is asked for a key first, and what the edge limits and logs."""

from typing import Final

from shopbell.runtime.http.management_operations import OPERATIONS as MANAGED
from shopbell.runtime.http.tracking_operations import OPERATIONS

from infra.constructs.api import DEFAULT, MANAGEMENT, TRACKING
from tests.infra.templates import Template

SECRETS_AND_PEOPLE: Final = ("sourceIp", "userAgent", "path", "queryString", "identity", "header")


def targets(template: Template) -> dict[str, str]:
    """Route key to folder."""
    names = template.function_names()
    functions = {
        logical: names[integration["IntegrationUri"]["Fn::GetAtt"][0]]
        for logical, integration in template.of("ApiGatewayV2::Integration").items()
    }
    return {
        route["RouteKey"]: functions[route["Target"]["Fn::Join"][1][1]["Ref"]]
        for route in template.of("ApiGatewayV2::Route").values()
    }


def test_tracking_calls_reach_track_and_all_else_below_v1_reaches_campaigns(any_stage: Template) -> None:
    assert targets(any_stage) == {**dict.fromkeys(TRACKING, "track"), **dict.fromkeys(MANAGEMENT, "campaigns")}


def test_only_management_calls_ask_the_authorizer(any_stage: Template) -> None:
    for route in any_stage.of("ApiGatewayV2::Route").values():
        asks = route.get("AuthorizationType", "NONE")
        assert asks == ("CUSTOM" if route["RouteKey"] in MANAGEMENT else "NONE"), route["RouteKey"]


def test_the_authorizer_is_asked_every_time_and_answers_simply(any_stage: Template) -> None:
    (authorizer,) = any_stage.of("ApiGatewayV2::Authorizer").values()

    assert authorizer["AuthorizerResultTtlInSeconds"] == 0
    assert authorizer["IdentitySource"] == []
    assert authorizer["EnableSimpleResponses"]
    assert authorizer["AuthorizerPayloadFormatVersion"] == "2.0"


def test_the_api_leaves_cors_to_the_functions(any_stage: Template) -> None:
    (api,) = any_stage.of("ApiGatewayV2::Api").values()
    assert "CorsConfiguration" not in api


def test_a_preflight_for_any_path_reaches_track_without_a_key(any_stage: Template) -> None:
    assert targets(any_stage)["OPTIONS /{proxy+}"] == "track"
    assert not [route for route in MANAGEMENT if route.startswith(("OPTIONS", "ANY"))]


def test_a_path_that_nobody_serves_reaches_track_without_a_key(any_stage: Template) -> None:
    assert targets(any_stage)[DEFAULT] == "track"


def test_the_stage_is_throttled_and_logged_without_addresses_or_keys(any_stage: Template) -> None:
    (stage,) = any_stage.of("ApiGatewayV2::Stage").values()
    (log,) = (group for name, group in any_stage.of("Logs::LogGroup").items() if "AccessLog" in name)

    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    assert (
        stage["DefaultRouteSettings"]["ThrottlingBurstLimit"] >= stage["DefaultRouteSettings"]["ThrottlingRateLimit"]
    )
    assert not [word for word in SECRETS_AND_PEOPLE if word in stage["AccessLogSettings"]["Format"]]
    assert log["RetentionInDays"] <= 90


def test_the_routes_to_track_are_the_calls_that_track_serves() -> None:
    served = {f"{operation.method} {operation.path}" for operation in OPERATIONS}
    scripts = {call for call in served if call.startswith("GET /sdk/")}

    assert scripts
    assert set(TRACKING) - {DEFAULT, "OPTIONS /{proxy+}"} == served - scripts | {"GET /sdk/{file}"}


def test_management_calls_lie_below_v1_and_beside_the_tracking_calls() -> None:
    served = {f"{operation.method} {operation.path}" for operation in MANAGED}

    assert all(f"{call.split(' ')[0]} /v1/{{proxy+}}" in MANAGEMENT for call in served)
    assert not served & set(TRACKING)
