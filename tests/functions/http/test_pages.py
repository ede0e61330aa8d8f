"""Pages of every list: whatever comes or goes between two of them, what stands all the time is told exactly once."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shopbell.domain.clock import MINUTE, SECOND
from shopbell.runtime.http.openapi import OPERATIONS
from shopbell.runtime.http.reading import PAGE

from tests.functions.http.crowds import did
from tests.functions.http.office import Office
from tests.functions.http.test_keys import PRODUCT
from tests.functions.http.world import MGMT, NOON, SRV, THEIRS

MOST_PAGES = 60
HOOK = {"url": "https://hooks.shop.example/in", "events": ["segment.entered"]}
TRIGGER = {"event": "search", "content": {"title": "Found it?", "body": "We can help.", "url": "/help"}}
LISTED = {"product_ids": ["boot-7"]}
UNPAGED = {
    "getChecklist": "the same questions for every store",
    "getHistory": "the days from `from` to `to`, at most 400",
    "listRecentEvents": "the latest hundred, which is all that is asked",
    "recommend": "as many as are asked for",
    "suggestSegments": "at most ten, made anew by each call",
}
"""Whose `items` end by themselves, and where."""
FILTERS: Mapping[str, Mapping[str, str]] = {
    "listSegments": {"sort": "size"},
    "listVisitorLog": {"cause": "merge"},
    "listLog": {"cause": "merge"},
    "listCouponCodes": {"state": "free"},
    "listAudit": {"operation": "createKey"},
    "listTimeline": {"kind": "receipt"},
}
"""Other ones than those under which the cursor was given."""
LAW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Shelf:
    """A list: `add` puts the row of a number on it, which may belong anywhere; `drop` takes one away by its name."""

    path: str
    add: Callable[[Office, int], object]
    drop: Callable[[Office, str], object] | None = None
    name: str = "id"
    query: Mapping[str, str] = field(default_factory=dict)

    def page(self, office: Office, **query: str) -> Any:
        path = self.path.replace("SEGMENT", kept(office))
        answer = office.manage("GET", path, query={**self.query, **query})
        assert answer.status == 200, answer.text
        return answer.json

    def names(self, page: Any) -> list[str]:
        return [str(row[self.name]["id"] if self.name == "said" else row[self.name]) for row in page["items"]]


def kept(office: Office) -> str:
    """The segment that lists of a segment are of."""
    return next(name for _, name in office.world.segments)


def stocked(office: Office, number: int) -> None:
    product = {**PRODUCT, "id": f"p-{number:03}"}
    assert office.call("PUT", "/v1/products", {"products": [product]}, key=SRV).status == 200


def unstocked(office: Office, name: str) -> None:
    assert office.call("DELETE", f"/v1/products/{name}", key=SRV).status == 204


def repriced(office: Office, number: int) -> None:
    office.clock.now += SECOND
    product = {**PRODUCT, "id": "p-000", "price": 1_000 + number}
    assert office.call("PUT", "/v1/products", {"products": [product]}, key=SRV).status == 200


def rewritten(office: Office, number: int) -> None:
    office.clock.now += SECOND
    rule = {"event": "purchase", "op": "gte", "value": number + 2}
    assert office.manage("PATCH", f"/v1/segments/{kept(office)}", {"rule": rule}).status == 200


def coded(office: Office, number: int) -> None:
    path = "/v1/coupon-pools/spring/codes"
    assert office.manage("POST", path, {"codes": [f"CODE-{number:03}"]}).json["added"] == 1


def shelved(office: Office, number: int) -> None:
    """A product of a category of its own."""
    product = {**PRODUCT, "id": f"of-c-{number:03}", "categories": [f"c-{number:03}/below"]}
    assert office.call("PUT", "/v1/products", {"products": [product]}, key=SRV).status == 200


def using(office: Office, number: int) -> None:
    office.clock.now = NOON + number * SECOND
    office.campaign(audience={"include": [kept(office)]})


def switched(office: Office, number: int) -> None:
    """The same sixteen are there all the time."""
    path, body = "/v1/scenarios/we_missed_you", {"enabled": number % 2 == 0}
    assert office.manage("PUT", path, body).status == 200


def named(path: str) -> Callable[[Office, int], object]:
    """Makes what has its id from who makes it."""

    def make(office: Office, number: int) -> None:
        assert office.manage("POST", path, {"id": f"r-{number}", "name": f"Row {number}"}).status == 201

    return make


def numbered(path: str, body: Any = None) -> Callable[[Office, int], object]:
    """The number is in what is drawn for the id, and in the instant; of some a store may have ten."""

    def make(office: Office, number: int) -> None:
        office.drawn, office.clock.now = number * 100, NOON + number * SECOND
        assert office.manage("POST", path, body).status in {201, 409}

    return make


def removed(path: str) -> Callable[[Office, str], object]:
    def remove(office: Office, name: str) -> None:
        assert office.manage("DELETE", f"{path}/{name}").status == 204

    return remove


def entered(office: Office, number: int) -> None:
    office.enter(kept(office), f"v-{number:03}", at=office.clock.now - number * SECOND)


SEGMENTS = Shelf("/v1/segments", lambda o, n: o.segment(name=f"Segment {n:03}"), removed("/v1/segments"))
SHELVES: Mapping[str, Shelf] = {
    "listCampaigns": Shelf("/v1/campaigns", lambda o, n: o.campaign(name=f"{n}"), removed("/v1/campaigns")),
    "listSegments": SEGMENTS,
    "listSegments, newest first": Shelf(
        SEGMENTS.path, SEGMENTS.add, SEGMENTS.drop, query={"sort": "created_at", "state": "draft"}
    ),
    "listProducts": Shelf("/v1/products", stocked, unstocked),
    "listProductVersions": Shelf("/v1/products/p-000/versions", repriced, name="until"),
    "listVersions": Shelf("/v1/segments/SEGMENT/versions", rewritten, name="version"),
    "listMembers": Shelf("/v1/segments/SEGMENT/members", entered, name="visitor_id"),
    "listLog": Shelf("/v1/segments/SEGMENT/log", entered, name="visitor_id"),
    "listVisitorLog": Shelf(
        "/v1/visitors/ann/log", lambda o, n: o.enter(o.segment(), "ann", o.clock.now - n * SECOND), name="segment_id"
    ),
    "listTimeline": Shelf(
        "/v1/visitors/ann/timeline", lambda o, n: did(o, "ann", "login", o.clock.now - n * MINUTE), name="said"
    ),
    "listAudit": Shelf("/v1/audit", lambda o, n: o.manage("PATCH", "/v1/store", {"name": f"{n}"})),
    "listCouponCodes": Shelf("/v1/coupon-pools/spring/codes", coded, name="code"),
    "listCouponPools": Shelf("/v1/coupon-pools", named("/v1/coupon-pools"), removed("/v1/coupon-pools")),
    "listLists": Shelf("/v1/lists", named("/v1/lists"), removed("/v1/lists")),
    "listKeys": Shelf("/v1/keys", numbered("/v1/keys", {"kind": "srv"})),
    "listVapidKeys": Shelf("/v1/vapid-keys", numbered("/v1/vapid-keys/rotate")),
    "listTriggers": Shelf("/v1/triggers", numbered("/v1/triggers", TRIGGER), removed("/v1/triggers")),
    "listWebhooks": Shelf("/v1/webhooks", numbered("/v1/webhooks", HOOK), removed("/v1/webhooks")),
    "listProductLists": Shelf(
        "/v1/product-lists", lambda o, n: o.manage("PUT", f"/v1/product-lists/l-{n}", LISTED), name="name"
    ),
    "listScenarios": Shelf("/v1/scenarios", switched, name="name"),
    "listCategories": Shelf("/v1/categories", shelved, lambda o, name: unstocked(o, f"of-{name}"), name="path"),
    "getUsage": Shelf("/v1/segments/SEGMENT/usage", using, removed("/v1/campaigns")),
}


def furnished() -> Office:
    """With what the lists are of."""
    office = Office()
    office.segment(name="Kept")
    office.visit("ann")
    stocked(office, 0)
    assert office.manage("POST", "/v1/coupon-pools", {"id": "spring", "name": "Spring"}).status == 201
    return office


def test_no_list_escapes_the_table() -> None:
    assert {name.partition(",")[0] for name in SHELVES} == {one.id for one in OPERATIONS if "cursor" in one.query}


def test_whatever_answers_items_is_read_page_by_page() -> None:
    """`items` and `next_cursor`, `limit` and `cursor`: none without the others."""
    lists = {one.id for one in OPERATIONS if one.answer and "items" in one.answer.model_fields}
    assert {one.id for one in OPERATIONS if PAGE.items() <= one.query.items()} == lists - UNPAGED.keys()
    assert UNPAGED.keys() <= lists
    told = {one.id for one in OPERATIONS if one.answer and "next_cursor" in one.answer.model_fields}
    assert told - {"getHistory"} == lists - UNPAGED.keys()


@pytest.mark.parametrize("label", SHELVES)
def test_a_cursor_opens_the_list_that_it_was_given_for(label: str) -> None:
    """Not another list, another store's, other filters; not one that came back in part."""
    shelf, office = SHELVES[label], furnished()
    for number in (1, 2, 3):
        shelf.add(office, number)
    cursor = shelf.page(office, limit="1")["next_cursor"]
    other = next(one for one in SHELVES.values() if one.path != shelf.path)
    theirs = office.give(THEIRS, "mgmt", "admin", "9")
    asked = shelf.path.replace("SEGMENT", kept(office))
    asks: tuple[tuple[str, Mapping[str, str], str], ...] = (
        (other.path.replace("SEGMENT", kept(office)), {"cursor": cursor}, MGMT),
        (asked, {**shelf.query, "cursor": cursor, **FILTERS.get(label, {"cursor": f"{cursor}A"})}, MGMT),
        (asked, {**shelf.query, "cursor": cursor[:-1]}, MGMT),
        (asked, {**shelf.query, "cursor": ""}, MGMT),
    )
    for path, query, key in asks:
        refused = office.manage("GET", path, query=query, key=key)
        assert (refused.status, [at for at, _ in refused.faults]) == (422, ["cursor"]), (path, query)
    assert office.manage("GET", asked, query={**shelf.query, "cursor": cursor}, key=theirs).status in {404, 422}
    assert shelf.names(shelf.page(office, cursor=cursor, limit="2")) != []


@pytest.mark.parametrize("label", SHELVES)
@LAW
@given(
    numbers=st.lists(st.integers(1, 900), min_size=8, max_size=16, unique=True),
    first=st.integers(1, 8),
    limit=st.integers(1, 4),
    changes=st.lists(st.lists(st.integers(-2, 1), max_size=3), max_size=6),
)
def test_what_stands_all_the_time_is_told_exactly_once(
    label: str, numbers: Sequence[int], first: int, limit: int, changes: list[list[int]]
) -> None:
    """A change from 0 up adds a row; one below takes the first or the last away that stood at the beginning."""
    shelf, office, coming = SHELVES[label], furnished(), list(numbers)
    for _ in range(first):
        shelf.add(office, coming.pop())
    standing = shelf.names(shelf.page(office, limit="100"))
    told: list[str] = []
    cursor: str | None = None
    for turn in range(MOST_PAGES):
        page = shelf.page(office, limit=str(limit), **({"cursor": cursor} if cursor else {}))
        assert len(page["items"]) <= limit
        told += shelf.names(page)
        cursor = page["next_cursor"]
        if cursor is None:
            break
        for change in changes[turn] if turn < len(changes) else ():
            if change >= 0 and coming:
                shelf.add(office, coming.pop())
            elif change < 0 and shelf.drop is not None and standing:
                shelf.drop(office, standing.pop(change + 1))
    assert cursor is None
    assert [name for name, times in Counter(told).items() if times > 1] == []
    assert set(standing) <= set(told)
