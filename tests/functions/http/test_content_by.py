"""Other words for some of a campaign's people, over HTTP."""

from typing import Any

import pytest

from tests.functions.http.office import Office
from tests.functions.http.world import OURS

CONTENT = {"title": "Sale", "body": "Everything must go", "url": "/sale"}
BOOTS = {**CONTENT, "title": "Boots on sale"}


def campaign(office: Office, **more: Any) -> Any:
    return office.manage("POST", "/v1/campaigns", {"name": "Sale", "content": CONTENT, **more})


def test_words_by_category_come_back_and_visitors_carry_their_favourites_from_then_on(office: Office) -> None:
    made = campaign(office, content_by={"category": {"Outdoor/Boots": BOOTS, "Home": CONTENT}})
    assert made.status == 201, made.json
    shown = office.manage("GET", f"/v1/campaigns/{made.json['id']}").json
    assert list(shown["content_by"]["category"]) == ["Outdoor/Boots", "Home"]
    assert shown["content_by"]["category"]["Outdoor/Boots"]["title"] == "Boots on sale"
    assert shown["content"]["title"] == "Sale"
    assert office.world.stores[OURS].keeps_interactions


def test_words_by_segment_make_the_segment_used_and_null_takes_them_away(office: Office) -> None:
    vip = office.segment()
    name = campaign(office, content_by={"segment": {vip: BOOTS}}).json["id"]
    assert office.manage("GET", f"/v1/segments/{vip}").json["used_by"] == 1
    assert not office.world.stores[OURS].keeps_interactions
    kept = office.manage("PATCH", f"/v1/campaigns/{name}", {"name": "Other"}).json
    assert list(kept["content_by"]["segment"]) == [vip]
    assert office.manage("PATCH", f"/v1/campaigns/{name}", {"content_by": None}).json["content_by"] is None
    assert office.manage("GET", f"/v1/segments/{vip}").json["used_by"] == 0


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({}, "content_by"),
        ({"category": {"Home": CONTENT}, "segment": {"vip": CONTENT}}, "content_by"),
        ({"category": {}}, "content_by.category"),
        ({"category": {"a/b/c": CONTENT}}, "content_by.category.a/b/c"),
        ({"category": {"Home": {**CONTENT, "title": "{{ x"}}}, "content_by.category.Home.title"),
        ({"category": {"Home": {"title": "x"}}}, "content_by.category.Home.body"),
        ({"segment": {"nobody": CONTENT}}, "content_by.segment.nobody"),
    ],
)
def test_what_is_wrong_with_it_is_named(office: Office, given: dict[str, Any], path: str) -> None:
    answer = campaign(office, content_by=given)
    assert (answer.status, answer.faults[0][0]) == (422, path)


def test_it_goes_with_one_content_and_not_with_variants(office: Office) -> None:
    several = [{"name": name, "weight": 1, "content": CONTENT} for name in "AB"]
    body = {"name": "Sale", "variants": several, "content_by": {"category": {"Home": CONTENT}}}
    answer = office.manage("POST", "/v1/campaigns", body)
    assert (answer.status, [path for path, _ in answer.faults]) == (422, ["content_by"])
