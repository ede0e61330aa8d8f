"""What a store still lacks before its first message, and what to do about each."""

from shopbell.domain.ids import VisitorId
from shopbell.domain.sends import SendRecord, Sent

from tests.functions.http.crowds import fold
from tests.functions.http.office import THEIR_ADMIN, Office
from tests.functions.http.test_keys import PRODUCT
from tests.functions.http.test_subscriptions import body as subscription
from tests.functions.http.world import NOON, OURS, PUB, SRV

ALL = {"first_event", "first_subscription", "first_push", "catalogue", "server_purchases"}


def lacking(office: Office) -> dict[str, str]:
    """What to do next, by what is lacking."""
    answer = office.manage("GET", "/v1/store/checklist")
    assert answer.status == 200, answer.text
    assert answer.json["done"] is all(one["done"] for one in answer.json["items"])
    return {one["name"]: one["next"] for one in answer.json["items"] if not one["done"]}


def test_an_empty_store_is_told_what_to_do_next(office: Office) -> None:
    found = lacking(office)
    assert found.keys() == ALL
    assert all(found.values())


def test_a_store_without_pages_is_told_to_name_them(office: Office) -> None:
    office.manage("PATCH", "/v1/store", {"origins": []})
    assert "origins" in lacking(office)


def test_each_thing_that_is_done_goes_from_the_list(office: Office) -> None:
    office.call("PUT", "/v1/products", {"products": [PRODUCT]}, key=SRV)
    assert lacking(office).keys() == ALL - {"catalogue"}
    office.call("POST", "/v1/subscriptions", subscription(), key=PUB)
    assert lacking(office).keys() == ALL - {"catalogue", "first_subscription"}
    office.visit("ann", subscribed=True)
    assert lacking(office).keys() == {"first_push", "server_purchases"}
    office.world.sends[OURS, VisitorId("ann")] = SendRecord((Sent(NOON, bytes(8), "cam-1"),))
    assert lacking(office).keys() == {"server_purchases"}


def order(office: Office, number: str, key: str) -> None:
    properties = {"order_id": number, "total": 900, "currency": "EUR", "items": [{"product_id": "boots"}]}
    event = {"id": number, "type": "purchase", "visitor_id": "ann", "properties": properties}
    answer = office.call("POST", "/v1/events", {"events": [event]}, key=key)
    assert answer.json["accepted"] == 1, answer.text
    fold(office)


def test_an_order_counts_once_the_shop_s_server_told_of_it(office: Office) -> None:
    order(office, "1", PUB)
    assert "server_purchases" in lacking(office)
    order(office, "2", SRV)
    assert "server_purchases" not in lacking(office)


def test_another_store_s_list_is_its_own(office: Office) -> None:
    office.call("PUT", "/v1/products", {"products": [PRODUCT]}, key=SRV)
    items = office.manage("GET", "/v1/store/checklist", key=THEIR_ADMIN).json["items"]
    assert [one["done"] for one in items if one["name"] == "catalogue"] == [False]
