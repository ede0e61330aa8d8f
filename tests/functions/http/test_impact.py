"""What an edit would change, and what the data itself suggests, over HTTP."""

from typing import Any

import pytest

from tests.functions.http.crowds import VIEWED, crowded, fold, ids, preview
from tests.functions.http.office import BUYERS, VIEWER, Office


@pytest.fixture
def crowd(office: Office) -> Office:
    return crowded(office)


def test_an_edit_shows_who_would_come_and_who_would_go(crowd: Office) -> None:
    segment = crowd.active(rule=BUYERS)
    fold(crowd)

    answer = crowd.manage("POST", f"/v1/segments/{segment}/impact", {"rule": VIEWED}, key=VIEWER)

    found = answer.json
    assert answer.status == 200
    assert (ids(found["entering"]["sample"]), ids(found["leaving"]["sample"])) == ({"ben"}, {"cem"})
    assert (found["entering"]["estimate"], found["leaving"]["estimate"]) == (1, 1)
    assert (found["before"]["estimate"], found["after"]["estimate"]) == (2, 2)
    assert found["sentence"] == "Visitors who viewed a product."
    assert crowd.manage("GET", f"/v1/segments/{segment}").json["rule"] == BUYERS


def test_an_edit_that_says_the_same_changes_nobody(crowd: Office) -> None:
    segment = crowd.segment(rule=BUYERS)

    found = crowd.manage("POST", f"/v1/segments/{segment}/impact", {"rule": BUYERS}).json

    assert (found["entering"]["estimate"], found["leaving"]["estimate"], found["after"]["estimate"]) == (0, 0, 2)


def test_an_edit_that_could_not_be_saved_is_not_weighed(crowd: Office) -> None:
    inner = crowd.segment(rule=BUYERS)
    outer = crowd.segment(rule={"in_segment": inner})
    gone = crowd.segment()
    crowd.manage("DELETE", f"/v1/segments/{gone}")

    circle = crowd.manage("POST", f"/v1/segments/{inner}/impact", {"rule": {"in_segment": outer}})

    assert circle.status == 422
    assert "→" in circle.text
    assert crowd.manage("POST", "/v1/segments/none/impact", {"rule": BUYERS}).status == 404
    assert crowd.manage("POST", f"/v1/segments/{gone}/impact", {"rule": BUYERS}).status == 409


def suggested(office: Office) -> Any:
    answer = office.manage("GET", "/v1/segments/suggestions", key=VIEWER)
    assert answer.status == 200, answer.text
    return answer.json


def test_an_empty_store_is_told_why_nothing_is_suggested(office: Office) -> None:
    found = suggested(office)

    assert found["items"] == []
    assert "Nobody has visited" in found["why"]


def test_suggestions_come_from_what_the_visitors_of_this_store_did(crowd: Office) -> None:
    found = suggested(crowd)

    sizes = {row["sentence"]: row["size"]["estimate"] for row in found["items"]}
    assert 0 < len(sizes) == len(found["items"]) <= 10
    assert found["why"] is None
    assert all(0 < size < 4 for size in sizes.values())
    first = found["items"][0]
    assert first["rule"]["and"][0]["where"] == [
        {"field": "product.category", "op": "under", "value": "Outdoor/Boots"}
    ]
    assert ids(first["size"]["sample"]) == {"ben"}


def test_what_a_segment_says_already_is_not_suggested(crowd: Office) -> None:
    first = suggested(crowd)["items"][0]["rule"]
    segment = crowd.active(rule=first)

    assert first not in [row["rule"] for row in suggested(crowd)["items"]]
    crowd.manage("POST", f"/v1/segments/{segment}/pause")
    assert crowd.manage("DELETE", f"/v1/segments/{segment}").status == 204
    assert first in [row["rule"] for row in suggested(crowd)["items"]]


def test_every_suggestion_is_a_rule_that_can_be_saved_as_it_is(crowd: Office) -> None:
    for row in suggested(crowd)["items"]:
        made = crowd.manage("POST", "/v1/segments", {"rule": row["rule"]})
        assert (made.status, made.json["sentence"]) == (201, row["sentence"])
        assert preview(crowd, row["rule"])["estimate"] == row["size"]["estimate"]
