"""What a product was before, and the tree of categories, over HTTP."""

from dataclasses import replace
from typing import Any

import pytest
from shopbell.app.catalogue.feeds import LOAD_FEED
from shopbell.app.catalogue.loading import LoadFeed
from shopbell.app.catalogue.stocking import StockUp
from shopbell.app.catalogue.sweeping import Sweep
from shopbell.app.jobs import RunJobs
from shopbell.app.work import JobWork, read_rebuild
from shopbell.domain.clock import DAY

from tests.functions.http.office import MARKETER, VIEWER, Office
from tests.functions.http.test_products import stock
from tests.functions.http.world import NOON, OURS, SRV, THEIRS, key_text
from tests.unit.recommend.shop import product

BOOT: dict[str, Any] = {
    "id": "boot",
    "title": "Boot",
    "url": "https://shop.example/boot",
    "image_url": "https://shop.example/boot.jpg",
    "price": 5_000,
    "currency": "EUR",
}


def put(office: Office, **changes: Any) -> dict[str, Any]:
    answer = office.call("PUT", "/v1/products", {"products": [{**BOOT, **changes}]}, key=SRV)
    assert answer.status == 200, answer.text
    said: dict[str, Any] = answer.json
    return said


def test_each_change_of_a_product_leaves_what_it_was_before(office: Office) -> None:
    put(office)
    office.clock.now = NOON + DAY
    assert put(office, price=4_000)["price_changed"] == 1
    assert put(office, price=4_000)["unchanged"] == 1
    put(office, price=3_000)

    first = office.manage("GET", "/v1/products/boot/versions", query={"limit": "1"}).json
    rest = office.manage("GET", "/v1/products/boot/versions", query={"cursor": first["next_cursor"]}).json
    told = [
        (one["product"]["price"], one["at"], one["until"], one["source"]) for one in first["items"] + rest["items"]
    ]

    assert told == [
        (4_000, "2026-03-03T12:00:00Z", "2026-03-03T12:00:00Z", "api"),
        (5_000, "2026-03-02T12:00:00Z", "2026-03-03T12:00:00Z", "api"),
    ]
    assert office.manage("GET", "/v1/products/boot").json["created_at"] == "2026-03-02T12:00:00Z"


def test_a_product_that_was_deleted_is_still_told_of(office: Office) -> None:
    put(office)
    assert office.call("DELETE", "/v1/products/boot", key=SRV).status == 204

    assert office.manage("GET", "/v1/products/boot").status == 404
    assert len(office.manage("GET", "/v1/products/boot/versions").json["items"]) == 1
    assert office.manage("GET", "/v1/products/other/versions").status == 404


def test_one_that_never_changed_was_nothing_before(office: Office) -> None:
    stock(office, product("tent"))
    stock(office, product("theirs"), store=THEIRS)

    assert office.manage("GET", "/v1/products/tent/versions").json == {"items": [], "next_cursor": None}
    assert office.manage("GET", "/v1/products/theirs/versions").status == 404


def test_the_tree_counts_each_active_product_once_in_all_that_it_lies_in(office: Office) -> None:
    stock(
        office,
        product("a", "Outdoor/Boots", "Outdoor/Sale", created_at=NOON),
        product("b", "Outdoor/Boots/High", created_at=NOON),
        product("c", "Home", created_at=NOON),
        replace(product("d", "Home", created_at=NOON), active=False),
    )
    stock(office, product("theirs", "Theirs", created_at=NOON), store=THEIRS)

    tree = office.manage("GET", "/v1/categories").json

    assert tree["whole"]
    assert [(one["path"], one["products"]) for one in tree["items"]] == [("Home", 1), ("Outdoor", 2)]
    outdoor = tree["items"][1]["children"]
    assert [(one["path"], one["name"], one["products"]) for one in outdoor] == [
        ("Outdoor/Boots", "Boots", 2),
        ("Outdoor/Sale", "Sale", 1),
    ]
    assert [one["name"] for one in outdoor[0]["children"]] == ["High"]


FEED = "id,title,url,image_url,price\nboot,Boot,https://shop.example/boot,https://shop.example/b.jpg,49.00 EUR\nx,y\n"


def work_off(office: Office) -> None:
    ports = office.ports()
    stock_up = StockUp(ports.goods.stockroom, office.clock)
    worker = LoadFeed.of(
        ports.work.uploads, stock_up, Sweep(ports.goods.assortment, stock_up, office.clock), office.clock
    )
    run = RunJobs(ports.work.jobs, {LOAD_FEED: worker}, office.rebuild, office.clock)
    for message in office.rebuild.take():
        work = read_rebuild(message.body)
        if isinstance(work, JobWork):
            run(work, lambda: 60_000)


def test_a_feed_in_the_body_becomes_products_and_says_what_was_wrong(office: Office) -> None:
    begun = office.manage("POST", "/v1/feeds", {"format": "csv", "data": FEED}, key=MARKETER)
    assert begun.status == 202
    work_off(office)

    job = office.manage("GET", f"/v1/jobs/{begun.json['job_id']}").json
    assert (job["state"], job["kind"], job["result"]["created"], job["result"]["rejected"]) == (
        "done",
        "load_feed",
        1,
        1,
    )
    assert job["errors"] == [{"line": 3, "message": "must have 5 columns as the first line, and has 2"}]
    assert office.manage("GET", "/v1/products/boot").json["price"] == 4_900


def test_a_feed_that_was_put_to_an_address_is_taken_from_there(office: Office) -> None:
    made = office.manage("POST", "/v1/uploads", key=MARKETER)
    upload = made.json["upload_id"]
    asked = {"format": "csv", "upload_id": upload}
    assert (made.status, office.manage("POST", "/v1/feeds", asked).status) == (201, 404)
    office.ports().work.uploads.put(f"uploads/{OURS}/{upload}", FEED.encode())

    assert office.manage("POST", "/v1/feeds", asked).status == 202
    work_off(office)

    assert office.manage("GET", "/v1/products/boot").status == 200
    assert office.manage("POST", "/v1/feeds", asked, key=key_text(THEIRS, "mgmt")).status == 404


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({"format": "csv"}, ""),
        ({"format": "csv", "data": "x", "upload_id": "0" * 32}, ""),
        ({"format": "xls", "data": "x"}, "format"),
        ({"format": "csv", "upload_id": "../x"}, "upload_id"),
    ],
)
def test_a_feed_that_is_no_request_is_refused(office: Office, asked: dict[str, Any], path: str) -> None:
    answer = office.manage("POST", "/v1/feeds", asked)
    assert (answer.status, [fault for fault, _ in answer.faults]) == (422, [path])
    assert office.manage("POST", "/v1/uploads", key=VIEWER).status == 403
