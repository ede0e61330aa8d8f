"""The three handlers as Lambda calls them, with their real reports."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pytest
from shopbell.domain.events import Json
from shopbell.runtime.http.api import HttpApi
from shopbell.runtime.http.operation import Open, Operation, Route
from shopbell.runtime.http.request import Request
from shopbell.runtime.settings import MissingSettingError

from functions.authorize.handler import handler as authorize
from functions.campaigns.handler import handler as campaigns
from functions.track.handler import handler as track
from tests.functions.http.office import VIEWER, Office
from tests.functions.http.world import MGMT, OURS, PUB, SRV, Recorded, Town, context, gateway_event


def metrics(text: str) -> dict[str, Any]:
    """The counters that were written."""
    found: dict[str, Any] = {}
    for line in text.splitlines():
        written = json.loads(line)
        if "_aws" in written:
            names = [one["Name"] for one in written["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
            found |= {name: written[name] for name in names}
    return found


def test_track_answers_and_counts(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    body = json.dumps({"events": [{"id": "1", "type": "login", "visitor_id": "ann"}, 7]})
    event = gateway_event("POST", "/v1/events", body, {"authorization": f"Bearer {PUB}"})

    answer = track(event, context(), api=town.tracking)

    assert answer["statusCode"] == 202
    assert json.loads(answer["body"])["accepted"] == 1
    counted = metrics(capsys.readouterr().out)
    assert (counted["events_accepted"], counted["events_rejected"], counted["answered_2xx"]) == ([1.0], [1.0], [1.0])


def test_a_preflight_touches_nothing(town: Town) -> None:
    event = gateway_event("OPTIONS", "/v1/anything", headers={"origin": "https://a.example"})
    assert track(event, context(), api=town.tracking)["statusCode"] == 204


def mark(key: str) -> str:
    """What stands for a key where people read it."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        (
            {"authorization": f"Bearer {MGMT}"},
            {},
            {"store": OURS, "kind": "mgmt", "role": "admin", "key": mark(MGMT)},
        ),
        (
            {"authorization": f"Bearer {VIEWER}"},
            {},
            {"store": OURS, "kind": "mgmt", "role": "viewer", "key": mark(VIEWER)},
        ),
        ({"authorization": f"Bearer {SRV}"}, {}, {"store": OURS, "kind": "srv", "key": mark(SRV)}),
        ({"Authorization": f"bearer {SRV}"}, {}, {"store": OURS, "kind": "srv", "key": mark(SRV)}),
        ({"authorization": f"Bearer {MGMT[:-1]}x"}, {}, {}),
        ({"authorization": "Bearer"}, {}, {}),
        ({}, {}, {}),
        ({}, {"key": MGMT}, {}),
    ],
    ids=["admin", "viewer", "server", "other case", "unknown", "empty", "none", "in the URL"],
)
def test_the_authorizer_never_denies_and_says_who_calls(
    office: Office, headers: Mapping[str, str], query: Mapping[str, str], expected: Mapping[str, str]
) -> None:
    event = gateway_event("GET", "/v1/segments", headers=headers, query=query)
    assert authorize(event, context(), keyring=office.keyring) == {"isAuthorized": True, "context": expected}


def test_management_trusts_the_authorizer_alone(office: Office) -> None:
    headers = {"authorization": f"Bearer {MGMT}"}
    without = gateway_event("GET", "/v1/segments", headers=headers)
    assert campaigns(without, context(), api=office.management)["statusCode"] == 401
    found = authorize(without, context(), keyring=office.keyring)["context"]
    good = gateway_event("GET", "/v1/segments", headers=headers, authorizer=found)
    assert campaigns(good, context(), api=office.management)["statusCode"] == 200


@pytest.mark.parametrize("handler", [track, campaigns, authorize], ids=["track", "campaigns", "authorize"])
def test_a_function_without_its_variables_names_them(handler: Any) -> None:
    with pytest.raises(MissingSettingError, match="CONFIG_TABLE"):
        handler(gateway_event("GET", "/v1/segments"), context())


def test_a_fault_of_ours_is_a_problem_document_without_its_reason() -> None:
    def broken(_: Request) -> Any:
        raise ZeroDivisionError("secret detail")

    watch = Recorded()
    api = HttpApi([Route(Operation("broken", "GET", "/broken", "", "", Open()), broken)])
    answer = api(gateway_event("GET", "/broken", headers={"origin": "https://a.example"}), context(), watch)
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (500, "application/problem+json")
    assert "secret" not in answer["body"]
    assert answer["headers"]["access-control-allow-origin"] == "https://a.example"
    said: list[Mapping[str, Json]] = [fields for fields, _ in watch.failures]
    assert said == [{"words": "failed", "reason": "broken"}]
    assert watch.counts["answered_5xx"] == 1
