"""Segments asked for by the name of a predefined one, over HTTP."""

from typing import Any

import pytest

from tests.functions.http.office import BUYERS, Office

UNDER = {"field": "product.category", "op": "under", "value": "Outdoor/Boots"}


def test_a_predefined_segment_is_made_for_a_marketers_choice(office: Office) -> None:
    wanted = {"predefined": "viewed_category", "parameters": {"category": "Outdoor/Boots", "within": "P7D"}}

    made = office.manage("POST", "/v1/segments", wanted)
    assert made.status == 201
    assert (made.json["name"], made.json["state"]) == ("Viewed Outdoor/Boots", "draft")
    assert made.json["rule"]["or"][0] == {"event": "product_view", "where": [UNDER], "window": {"last": "P7D"}}


def test_a_marketers_own_words_stay(office: Office) -> None:
    wanted = {"predefined": "vip", "name": "Our best", "description": "Ours", "tags": ["best"]}

    made = office.manage("POST", "/v1/segments", wanted)
    assert (made.json["name"], made.json["description"], made.json["tags"]) == ("Our best", "Ours", ["best"])


@pytest.mark.parametrize(
    ("body", "path"),
    [
        pytest.param({"predefined": "viewed_category"}, "parameters.category", id="a choice is missing"),
        pytest.param({"predefined": "nobody"}, "predefined", id="no such row"),
        pytest.param({"predefined": "vip", "rule": BUYERS}, "rule", id="both"),
        pytest.param({"rule": BUYERS, "parameters": {"x": 1}}, "parameters", id="choices for nothing"),
        pytest.param({"predefined": "vip", "parameters": {"min_orders": 0}}, "parameters.min_orders", id="range"),
        pytest.param(
            {"predefined": "churn_risk", "parameters": {"quiet": "P180D", "until": "P90D"}},
            "parameters.quiet",
            id="a span backwards",
        ),
    ],
)
def test_what_cannot_be_made_is_named(office: Office, body: dict[str, Any], path: str) -> None:
    answer = office.manage("POST", "/v1/segments", body)

    assert answer.status == 422
    assert [fault[0] for fault in answer.faults] == [path]
