"""The same routes over DynamoDB: one pass through all that reads or writes a table."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.stores import DynamoStores
from shopbell.adapters.dynamo.subscription_keys import DynamoKeyUses
from shopbell.app.catalogue.stocking import StockUp
from shopbell.app.tracking.products import DeleteProduct, PutProducts
from shopbell.app.tracking.prompting import DecidePrompt
from shopbell.app.tracking.subscribe import Subscribe, Unsubscribe
from shopbell.app.tracking.track import Track
from shopbell.app.tracking.traits import UpdateTraits
from shopbell.domain.push.endpoints import KNOWN_SERVICES
from shopbell.runtime.http.api import HttpApi
from shopbell.runtime.http.keyring import Keyring
from shopbell.runtime.http.management_ports import ListPorts, Ports
from shopbell.runtime.http.management_uses import management

from tests.contract.worlds import dynamo_ports
from tests.functions.http.office import BUYERS, Office
from tests.functions.http.test_keys import PRODUCT
from tests.functions.http.test_subscriptions import FIREFOX
from tests.functions.http.test_subscriptions import body as subscription
from tests.functions.http.world import MGMT, PUB, SRV

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = pytest.mark.engine


@pytest.fixture
def office(dynamodb: "DynamoDBClient", table_names: Mapping[str, str]) -> Office:
    """Stores and keys come from memory's founding; everything after that lives in DynamoDB."""
    made, real = Office(), dynamo_ports(dynamodb, table_names)
    for store in made.world.stores.values():
        real.stores.save(store, expected=None)
    for key in made.world.keys.values():
        real.stores.add_key(key)
    shared = {field.name for field in dataclasses.fields(Ports)} & {field.name for field in dataclasses.fields(real)}
    stored = {name: getattr(real, name) for name in shared - {"listing", "keys"}}
    listing = ListPorts(real.lists, real.listing.members, real.listing.uploads)
    known, own = made.ports(), DynamoStores(Dynamo(dynamodb), table_names["config"])
    uses = DynamoKeyUses(Dynamo(dynamodb), table_names["visitors"], lambda _: 1)
    keys = dataclasses.replace(known.keys, api=own, row=own, uses=uses)
    ports = dataclasses.replace(known, **stored, listing=listing, keys=keys)
    made.keyring = Keyring(real.stores, made.clock)
    made.management = HttpApi(management(ports).routes())
    tracking = dataclasses.replace(
        made.tracked,
        keyring=made.keyring,
        track=Track(real.events, real.shop.catalogue, made.clock),
        update_traits=UpdateTraits(real.events, made.clock),
        subscribe=Subscribe(real.subscriptions, real.events, KNOWN_SERVICES, made.clock),
        unsubscribe=Unsubscribe(real.subscriptions, real.events, made.clock),
        put_products=PutProducts(StockUp(real.shop.stockroom, made.clock)),
        delete_product=DeleteProduct(StockUp(real.shop.stockroom, made.clock)),
        prompt=DecidePrompt(real.visitors),
    )
    made.tracking = HttpApi(tracking.routes())
    return made


def test_a_day_of_a_store(office: Office) -> None:
    purchase: dict[str, Any] = {
        "id": "1",
        "type": "purchase",
        "visitor_id": "ann",
        "properties": {"order_id": "o", "total": 900, "currency": "EUR", "items": [{"product_id": "boots"}]},
    }
    odd = {"id": "2", "type": "quiz", "visitor_id": "ann", "properties": {"score": 1.5, "none": None, "empty": ""}}
    for _ in range(2):
        assert office.call("PUT", "/v1/products", {"products": [PRODUCT]}, key=SRV).status == 200
        answer = office.call("POST", "/v1/events", {"events": [purchase, odd]}, key=SRV)
        assert answer.json == {"accepted": 2, "rejected": []}
        assert office.call("PATCH", "/v1/visitors/ann", {"traits": {"custom": {"x": 1.5}}}, key=PUB).status == 200
        assert office.call("POST", "/v1/subscriptions", subscription(), key=PUB).status == 201
    assert office.call("GET", "/v1/config", key=PUB).status == 200
    assert office.call("DELETE", "/v1/subscriptions", {"endpoint": FIREFOX}, key=PUB).status == 204
    assert office.call("DELETE", "/v1/products/boots", key=SRV).status == 204

    segment = office.active()
    campaign = office.campaign(audience={"include": [segment], "rule": BUYERS})
    for path in ("", "/members", "/log", "/versions", "/usage", "/history"):
        assert office.manage("GET", f"/v1/segments/{segment}{path}").status == 200
    assert [row["used_by"] for row in office.manage("GET", "/v1/segments").json["items"]] == [1]
    assert office.manage("DELETE", f"/v1/segments/{segment}").status == 409
    sent = office.manage("POST", f"/v1/campaigns/{campaign}/send", headers={"idempotency-key": "k"})
    again = office.manage("POST", f"/v1/campaigns/{campaign}/send", headers={"idempotency-key": "k"})
    assert (sent.status, again.status) == (202, 202)
    assert office.manage("GET", f"/v1/campaigns/{campaign}/report").json["targeted"] == 0
    assert [row["status"] for row in office.manage("GET", "/v1/campaigns").json["items"]] == ["sending"]
    assert office.manage("PUT", "/v1/scenarios/we_missed_you", {"enabled": True}).json["enabled"] is True
    assert office.manage("PATCH", "/v1/store", {"name": "Renamed"}, key=MGMT).json["name"] == "Renamed"
    assert office.watch.failures == []


def test_a_key_knows_how_many_subscriptions_are_on_it(office: Office) -> None:
    assert office.call("POST", "/v1/subscriptions", subscription(), key=PUB).status == 201
    answer = office.manage("GET", "/v1/vapid-keys")
    assert [(one["state"], one["subscriptions"]) for one in answer.json["items"]] == [("active", 1)], answer.text


def test_rules_are_asked_of_a_sample_and_lists_are_filled(office: Office) -> None:
    segment = office.active()
    seen = office.manage("POST", "/v1/segments/preview", {"rule": BUYERS}).json
    assert (seen["estimate"], seen["sampled"], seen["visitors"]["exact"]) == (0, 0, True)
    assert office.manage("POST", f"/v1/segments/{segment}/impact", {"rule": {"not": BUYERS}}).status == 200
    assert office.manage("GET", "/v1/segments/suggestions").json["items"] == []
    assert office.manage("POST", "/v1/lists", {"name": "VIP", "id": "vip"}).status == 201
    for added in (2, 0):
        filled = office.manage("PUT", "/v1/lists/vip/members", {"visitor_ids": ["ann", "ben"]}).json
        assert (filled["added"], filled["size"]) == (added, 2)
    assert [row["size"] for row in office.manage("GET", "/v1/lists").json["items"]] == [2]
    assert office.manage("DELETE", "/v1/lists/vip").status == 204
    assert office.manage("GET", "/v1/lists").json["items"] == []
    assert office.watch.failures == []
