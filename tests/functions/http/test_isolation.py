"""Two stores never see each other: with a key of the other store, every id is unknown and nothing changes."""

import copy
from typing import Any

import pytest
from shopbell.domain.ids import ProductId
from shopbell.domain.packing import EMPTY

from tests.functions.http.office import BUYERS, THEIR_ADMIN, Office
from tests.functions.http.test_keys import PRODUCT
from tests.functions.http.test_subscriptions import FIREFOX
from tests.functions.http.test_subscriptions import body as subscription
from tests.functions.http.world import OURS, PUB, SRV, THEIR_PUB, THEIR_SRV, THEIRS

SEGMENT: tuple[tuple[str, str, Any], ...] = (
    ("GET", "", None),
    ("PATCH", "", {"name": "mine"}),
    ("DELETE", "", None),
    ("POST", "/activate", None),
    ("POST", "/pause", None),
    ("GET", "/members", None),
    ("GET", "/log", None),
)
CAMPAIGN: tuple[tuple[str, str, Any], ...] = (
    ("GET", "", None),
    ("PATCH", "", {"name": "mine"}),
    ("DELETE", "", None),
    ("POST", "/send", None),
    ("POST", "/pause", None),
    ("POST", "/resume", None),
    ("POST", "/cancel", None),
    ("POST", "/test", {"visitor_ids": ["ann"]}),
    ("GET", "/report", None),
)


@pytest.fixture
def lived(office: Office) -> Office:
    """Our store with something of everything."""
    name = office.active()
    office.enter(name, "ann")
    office.campaign(audience={"include": [name], "rule": BUYERS})
    office.call("PUT", "/v1/products", {"products": [PRODUCT]}, key=SRV)
    office.call("POST", "/v1/subscriptions", subscription(), key=PUB)
    office.call("POST", "/v1/events", {"events": [{"id": "1", "type": "login", "visitor_id": "ann"}]}, key=PUB)
    return office


def ours(office: Office) -> Any:
    """All that our store has, to be compared."""
    world = office.world
    tables = (world.events, world.profiles, world.subscriptions, world.segments, world.products, world.campaigns)
    found = [{key: row for key, row in table.items() if key[0] == OURS} for table in tables]
    return copy.deepcopy(found, {id(EMPTY.places): EMPTY.places})  # a view that nobody can change, nor copy


@pytest.mark.parametrize(("method", "path", "body"), SEGMENT, ids=[f"{m} {p}" for m, p, _ in SEGMENT])
def test_a_segment_of_another_store_is_not_there(lived: Office, method: str, path: str, body: Any) -> None:
    before = ours(lived)
    (name,) = [row["id"] for row in lived.manage("GET", "/v1/segments").json["items"]]
    answer = lived.manage(method, f"/v1/segments/{name}{path}", body, key=THEIR_ADMIN)
    assert (answer.status, name in answer.text) == (404, False)
    assert ours(lived) == before


@pytest.mark.parametrize(("method", "path", "body"), CAMPAIGN, ids=[f"{m} {p}" for m, p, _ in CAMPAIGN])
def test_a_campaign_of_another_store_is_not_there(lived: Office, method: str, path: str, body: Any) -> None:
    before = ours(lived)
    (name,) = [row["id"] for row in lived.manage("GET", "/v1/campaigns").json["items"]]
    answer = lived.manage(method, f"/v1/campaigns/{name}{path}", body, key=THEIR_ADMIN)
    assert (answer.status, name in answer.text) == (404, False)
    assert ours(lived) == before
    assert lived.plan.messages == []


def test_an_answer_about_a_foreign_id_is_the_answer_about_no_id(lived: Office) -> None:
    (name,) = [row["id"] for row in lived.manage("GET", "/v1/segments").json["items"]]
    foreign = lived.manage("GET", f"/v1/segments/{name}", key=THEIR_ADMIN)
    nobodys = lived.manage("GET", "/v1/segments/seg-nobodys", key=THEIR_ADMIN)
    apart = {name for name in foreign.headers if foreign.headers[name] != nobodys.headers.get(name)}
    assert (foreign.text, foreign.headers.keys()) == (nobodys.text, nobodys.headers.keys())
    assert apart == {"ratelimit"}, "a call less is left"


def test_lists_show_ones_own_alone(lived: Office) -> None:
    assert lived.manage("GET", "/v1/segments", key=THEIR_ADMIN).json["items"] == []
    assert lived.manage("GET", "/v1/campaigns", key=THEIR_ADMIN).json["items"] == []
    assert lived.manage("GET", "/v1/store", key=THEIR_ADMIN).json["id"] == THEIRS
    assert lived.manage("GET", "/v1/visitors/ann").status == 200
    assert lived.manage("GET", "/v1/visitors/ann", key=THEIR_ADMIN).status == 404
    assert lived.manage("GET", "/v1/visitors/ann/log", key=THEIR_ADMIN).status == 404


def test_foreign_ids_in_a_body_are_unknown(lived: Office) -> None:
    (name,) = [row["id"] for row in lived.manage("GET", "/v1/segments").json["items"]]
    rule = lived.manage("POST", "/v1/segments", {"rule": {"in_segment": name}}, key=THEIR_ADMIN)
    audience = {"name": "x", "audience": {"include": [name]}, "content": {"title": "a", "body": "b", "url": "/"}}
    campaign = lived.manage("POST", "/v1/campaigns", audience, key=THEIR_ADMIN)
    assert [path for path, _ in rule.faults] == ["rule.in_segment"]
    assert [path for path, _ in campaign.faults] == ["audience.include.0"]


def test_the_same_idempotency_key_names_something_else_in_another_store(lived: Office) -> None:
    key = {"idempotency-key": "k"}
    mine = lived.manage("POST", "/v1/segments", {"name": "A", "rule": BUYERS}, headers=key)
    theirs = lived.manage("POST", "/v1/segments", {"name": "B", "rule": BUYERS}, headers=key, key=THEIR_ADMIN)
    assert (mine.status, theirs.status) == (201, 201)
    assert mine.json["id"] != theirs.json["id"]


def test_tracking_with_a_foreign_key_touches_the_foreign_store_alone(lived: Office) -> None:
    before = ours(lived)
    event = {"id": "1", "type": "product_view", "visitor_id": "ann", "properties": {"product_id": "boots"}}
    lived.call("POST", "/v1/events", {"events": [event]}, key=THEIR_PUB)
    lived.call("PATCH", "/v1/visitors/ann", {"traits": {"city": "Ulm"}}, key=THEIR_PUB)
    lived.call("POST", "/v1/subscriptions", subscription(), key=THEIR_PUB)
    lived.call("DELETE", "/v1/subscriptions", {"endpoint": FIREFOX}, key=THEIR_PUB)
    assert lived.call("DELETE", "/v1/products/boots", key=THEIR_SRV).status == 404
    assert lived.call("PUT", "/v1/products", {"products": [PRODUCT]}, key=THEIR_SRV).json["created"] == 1
    assert lived.call("GET", "/v1/config", key=THEIR_PUB).json["store_id"] == THEIRS
    assert ours(lived) == before
    viewed = [one for one in lived.events_of("ann", THEIRS) if one.type == "product_view"]
    assert [one.products for one in viewed] == [{}]
    assert (THEIRS, ProductId("boots")) in lived.world.products
