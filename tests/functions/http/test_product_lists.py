"""A merchant's own product lists over HTTP, and what selections make of them."""

from typing import Any

import pytest

from tests.functions.http.office import Office
from tests.functions.http.test_products import BOOTS, TENTS, stock
from tests.unit.recommend.shop import product

GIFTS = {"product_ids": ["tent3", "gone", "boot1", "tent3"]}


def put(office: Office, name: str, **given: Any) -> Any:
    return office.manage("PUT", f"/v1/product-lists/{name}", given)


def shown(office: Office, *seeds: str, **options: Any) -> list[str]:
    asked = {"algorithm": "predefined", "options": options, "fallback_max_level": 0, "product_ids": list(seeds)}
    answer = office.manage("POST", "/v1/recommendations", asked)
    assert answer.status == 200, answer.text
    return [one["product"]["id"] for one in answer.json["items"]]


def test_a_list_is_shown_as_it_was_written_and_grows_a_revision(office: Office) -> None:
    first = put(office, "gifts", **GIFTS).json
    assert (first["revision"], first["product_ids"]) == (1, ["tent3", "gone", "boot1"])
    again = put(
        office, "gifts", **GIFTS, target={"kind": "category", "id": "Outdoor"}, ends_at="2027-01-01T00:00:00Z"
    )

    shown_later = office.manage("GET", "/v1/product-lists/gifts").json
    assert {**shown_later, "unknown": ["tent3", "gone", "boot1"]} == again.json
    assert (again.json["revision"], again.json["ends_at"]) == (2, "2027-01-01T00:00:00Z")
    assert [one["name"] for one in office.manage("GET", "/v1/product-lists").json["items"]] == ["gifts"]
    assert office.manage("GET", "/v1/product-lists/none").status == 404


def test_what_a_list_names_that_is_not_there_is_told_and_stands(office: Office) -> None:
    stock(office, *BOOTS, *TENTS)
    here = office.active(name="Here")
    assert put(office, "gifts", **GIFTS).json["unknown"] == ["gone"]
    targets = {
        ("product", "boot1"): [],
        ("product", "lamp"): ["lamp"],
        ("segment", here): [],
        ("segment", "no"): ["no"],
    }
    for (kind, name), unknown in targets.items():
        target = {"kind": kind, "id": name}
        assert put(office, "gifts", product_ids=["tent3"], target=target).json["unknown"] == unknown
    assert put(office, "new", product_ids=["gone", "gone"]).json["unknown"] == ["gone"]


@pytest.mark.parametrize(
    ("name", "given", "path"),
    [
        ("UPPER", {"product_ids": []}, "name"),
        ("gifts", {"product_ids": ["x"] * 101}, "product_ids"),
        ("gifts", {}, "product_ids"),
        ("gifts", {"product_ids": [], "target": {"kind": "brand", "id": "x"}}, "target.kind"),
        ("gifts", {"product_ids": [], "starts_at": "2026-03-02T00:00:00Z", "ends_at": "2026-03-01T00:00:00Z"}, ""),
    ],
    ids=["name", "too many", "none", "target", "ends before it begins"],
)
def test_what_is_no_list_is_refused_by_name(office: Office, name: str, given: dict[str, Any], path: str) -> None:
    answer = put(office, name, **given)
    assert (answer.status, [one["path"] for one in answer.json["errors"]]) == (422, [path])


def test_a_list_is_picked_from_by_name_in_its_order_while_it_holds(office: Office) -> None:
    stock(office, *BOOTS, *TENTS)
    put(office, "gifts", **GIFTS)
    put(office, "later", product_ids=["boot2"], starts_at="2027-01-01T00:00:00Z")

    assert shown(office, list="gifts") == ["tent3", "boot1"]
    assert shown(office, list="later") == []


def test_without_a_name_lists_are_those_for_the_products_and_their_categories(office: Office) -> None:
    stock(office, *BOOTS, *TENTS, product("lamp", "Home/Lamps", related=("tent5",)))
    put(office, "a", product_ids=["tent1", "boot0"], target={"kind": "product", "id": "boot0"})
    put(office, "b", product_ids=["tent2"], target={"kind": "category", "id": "Outdoor"})
    put(office, "c", product_ids=["tent3"])

    assert shown(office, "boot0") == ["tent1", "tent2"]
    assert shown(office, "lamp") == ["tent5"]


def test_a_list_that_somebody_else_wrote_meanwhile_is_not_written_over(office: Office) -> None:
    first = put(office, "gifts", **GIFTS)
    tag = {"if-match": first.headers["etag"]}
    path = "/v1/product-lists/gifts"

    assert office.manage("PUT", path, GIFTS, headers=tag).headers["etag"] == '"2"'
    assert office.manage("PUT", path, GIFTS, headers=tag).status == 412
    assert office.manage("PUT", path, GIFTS, headers={"if-match": "nonsense"}).status == 412
    assert office.manage("GET", path).headers["etag"] == '"2"'
    assert office.manage("PUT", "/v1/product-lists/new", GIFTS, headers=tag).status == 412
