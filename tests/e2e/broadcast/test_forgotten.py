"""Somebody is forgotten while events, streams and a broadcast are in flight: the tombstone alone is left of them."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.jobs import DynamoJobs
from shopbell.adapters.sqs import SqsQueue
from shopbell.app.founding import NO_LIMITS
from shopbell.app.work import JobWork, job_message
from shopbell.domain.clock import SECOND
from shopbell.domain.erasure import KNOWN
from shopbell.domain.jobs import JobId
from shopbell.local.host import now
from shopbell.local.stores import create

from benchmarks.broadcasting import CONTENT, CallFailedError, Stage
from tests.e2e.broadcast.somebody import CUSTOMER, GUEST, MARK, Somebody, Trickle
from tests.e2e.broadcast.traces import in_files, in_logs, in_queues, in_tables
from tests.e2e.system.waiting import eventually

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("broadcast")]

OTHERS: Final = 40
PER_MINUTE: Final = 40
CAN_WAIT: Final = 300.0
NEIGHBOUR: Final = "visitor-00003"
ENDS: Final = ("accepted", "failed", "retired")
PRODUCT: Final = {
    "id": "boots",
    "title": "Boots",
    "url": "https://shop.example/boots",
    "image_url": "https://shop.example/boots.jpg",
    "price": 9_900,
    "currency": "EUR",
}


@pytest.fixture
def shop(stage: Stage) -> Stage:
    return replace(stage, access=create(stage.session, "Forgetful", shards=1, limits=NO_LIMITS))


@pytest.fixture
def somebody(shop: Stage) -> Somebody:
    """Whose first device is told at the beginning of a broadcast, and whose second at its end."""
    made = [shop.push.subscribe(service, shop.access.keys.vapid_public_key)[0] for service in ("apple", "wns", "fcm")]
    return Somebody(shop, tuple(made))


def test_nothing_but_the_tombstone_is_left_and_what_is_known_of_others_is_whole(
    shop: Stage, somebody: Somebody
) -> None:
    friends = opened(shop)
    theirs = shop.subscribe(OTHERS)
    token = well_known(shop, somebody)
    campaign = manage(shop, "POST", "/v1/campaigns", worded("Boots", delivery={"per_minute": PER_MINUTE}))["id"]
    shop.push.call("DELETE", "/v1/messages")
    manage(shop, "POST", f"/v1/campaigns/{campaign}/send")
    eventually(somebody.received, "the broadcast to be under way", seconds=CAN_WAIT)

    with Trickle(somebody, token, NEIGHBOUR) as trickle:
        job = manage(shop, "DELETE", f"/v1/visitors/{GUEST}")["job_id"]
        asked = time.monotonic()
        assert told(shop, campaign)["open"] > 0, "the broadcast is in flight"
        eventually(lambda: told(shop, campaign)["state"] == "sent", "the broadcast to be through", seconds=CAN_WAIT)
        known = asked + KNOWN / SECOND + 2
        eventually(lambda: time.monotonic() > known, "everybody to know of the tombstones", seconds=CAN_WAIT)
    assert not shop.session.settle(CAN_WAIT)
    erased(shop, job)

    trickle.round(1_000_000)
    assert not shop.session.settle(CAN_WAIT)
    nothing_left(shop, somebody)
    assert {status for _, status in trickle.answers} <= {200, 201, 202, 204, 404, 409, 422}, trickle.answers
    assert trickle.refused > 0
    others_are_whole(shop, campaign, theirs, trickle)
    assert [row["visitor_id"] for row in manage(shop, "GET", f"/v1/segments/{friends}/members")["items"]] == [
        NEIGHBOUR
    ]
    assert manage(shop, "GET", "/v1/lists/friends")["size"] == 1


def manage(shop: Stage, method: str, path: str, body: object = None) -> Any:
    return shop.call(shop.manager, method, path, body)


def worded(name: str, **more: object) -> Mapping[str, object]:
    return {"name": name, "audience": {}, "content": CONTENT, **more}


def told(shop: Stage, campaign: str) -> Any:
    return manage(shop, "GET", f"/v1/campaigns/{campaign}/progress")


def opened(shop: Stage) -> str:
    """Everything by which something is kept of whoever comes; the segment of who is on a list."""
    manage(shop, "PATCH", "/v1/store", {"origins": ["https://shop.example"]})
    shop.call(shop.access.keys.server_key, "PUT", "/v1/products", {"products": [PRODUCT]})
    manage(shop, "POST", "/v1/lists", {"name": "Friends", "id": "friends"})
    manage(shop, "POST", "/v1/coupon-pools", {"name": "Welcome", "id": "welcome"})
    manage(shop, "POST", "/v1/coupon-pools/welcome/codes", {"codes": [f"CODE-{number}" for number in range(9)]})
    enabled(shop, "price_drop", {})
    coupon = {"steps": ["PT0S", "P2D"], "coupon_pool": "welcome", "coupon_step": 1}
    enabled(shop, "nice_to_meet_you", coupon)
    waits = {"name": "Later", "event": "product_view", "delay": "PT1H", "content": CONTENT, "enabled": True}
    manage(shop, "POST", "/v1/triggers", waits)
    rules = {"event": "product_view"}, {"list": "friends"}
    names = [str(manage(shop, "POST", "/v1/segments", {"rule": rule})["id"]) for rule in rules]
    for name in names:
        manage(shop, "POST", f"/v1/segments/{name}/activate")
    return names[-1]


def enabled(shop: Stage, name: str, parameters: object) -> None:
    manage(shop, "PUT", f"/v1/scenarios/{name}", {"enabled": True, "parameters": parameters})


def well_known(shop: Stage, somebody: Somebody) -> str:
    """Something of them is everywhere. The token of a message that they were sent."""
    assert not shop.session.settle(CAN_WAIT)
    assert [somebody.subscribe(device).status for device in (0, 1)] == [201, 201]
    somebody.tell_all()
    manage(shop, "PUT", "/v1/lists/friends/members", {"mode": "add", "visitor_ids": [GUEST, NEIGHBOUR]})
    assert not shop.session.settle(CAN_WAIT)
    (code,) = eventually(lambda: given(shop), "a coupon", seconds=CAN_WAIT)
    assert somebody.bought("order", coupon=code).body["accepted"] == 1
    tokens = eventually(somebody.received, "its message", seconds=CAN_WAIT)
    for kind in ("shown", "clicked"):
        somebody.page.ok("POST", "/v1/receipts", {"message": next(iter(tokens.values())), "kind": kind})
    kept_quiet(shop)
    exported(shop)
    assert not shop.session.settle(CAN_WAIT)
    marks = somebody.marks()
    tables = {name for name, *_ in in_tables(shop.session, marks)}
    assert tables == {"Events", "Visitors", "Members", "Log", "Config", "Runs", "Watch"}
    assert in_files(shop.session, marks)
    return next(iter(tokens.values()))


def given(shop: Stage) -> list[str]:
    found = manage(shop, "GET", "/v1/coupon-pools/welcome/codes?state=assigned")["items"]
    return [row["code"] for row in found]


def kept_quiet(shop: Stage) -> None:
    """A broadcast that left them out, and says why."""
    manage(shop, "PUT", f"/v1/visitors/{GUEST}/suppression", {"suppressed": True, "reason": "asked"})
    assert not shop.session.settle(CAN_WAIT)
    early = manage(shop, "POST", "/v1/campaigns", worded("Early"))["id"]
    manage(shop, "POST", f"/v1/campaigns/{early}/send")
    eventually(lambda: told(shop, early)["state"] == "sent", "the first broadcast", seconds=CAN_WAIT)
    why = manage(shop, "GET", f"/v1/visitors/{GUEST}/explain?campaign={early}")
    assert why["recorded"], why
    manage(shop, "DELETE", f"/v1/visitors/{GUEST}/suppression")


def exported(shop: Stage) -> None:
    job = manage(shop, "GET", f"/v1/visitors/{GUEST}/export")["job_id"]
    eventually(lambda: manage(shop, "GET", f"/v1/jobs/{job}")["state"] == "done", "the export", seconds=CAN_WAIT)


def erased(shop: Stage, name: str) -> None:
    """As if the minutes had passed for which an erasure waits for those who write already; nobody does any more."""
    session, store = shop.session, shop.access.keys.store_id
    jobs = DynamoJobs(Dynamo(session.client("dynamodb")), session.outputs["RunsTableName"])
    queue = SqsQueue(session.client("sqs"), session.outputs["RebuildQueueUrl"])

    def over() -> bool:
        job = jobs.get(store, JobId(name))
        assert job is not None
        if not job.over and job.not_before > now():
            sooner = replace(job, not_before=now(), revision=job.revision + 1)
            if jobs.save(sooner, expected=job.revision):
                queue.send([job_message(JobWork(store, job.id))])
        return job.over

    eventually(over, "the erasure", seconds=CAN_WAIT)
    said = manage(shop, "GET", f"/v1/jobs/{name}")
    assert (said["state"], said["result"]["left"]) == ("done", 0), said


def nothing_left(shop: Stage, somebody: Somebody) -> None:
    session, marks = shop.session, somebody.marks()
    stones = f"{somebody.store}#Z#"
    found = [place for place in in_tables(session, marks) if not place[1].startswith(stones)]
    hashed = in_tables(session, [name.encode() for name in somebody.subscriptions])
    gone = {f"{somebody.store}#X#{name}" for name in somebody.subscriptions}
    assert (found, [place for place in hashed if place[1] not in gone]) == ([], [])
    assert in_files(session, marks) == []
    assert in_queues(session, marks) == []
    assert in_logs(session, [MARK.encode(), *(one["endpoint"].encode() for one in somebody.devices)]) == []
    for who in (GUEST, f"c:{CUSTOMER}"):
        with pytest.raises(CallFailedError, match="404"):
            manage(shop, "GET", f"/v1/visitors/{who}")


def others_are_whole(shop: Stage, campaign: str, theirs: list[str], trickle: Trickle) -> None:
    said = manage(shop, "GET", f"/v1/campaigns/{campaign}/report")
    ends = sum(said[name] for name in ENDS) + sum(said["skipped"].values())
    assert (said["targeted"], said["open"], said["failed"]) == (ends, 0, 0)
    got = [row["subscription"] for row in shop.push.messages()]
    assert sorted(name for name in got if name in {*theirs}) == sorted(theirs)
    assert OTHERS <= said["accepted"] <= OTHERS + 2
    assert said["targeted"] == OTHERS + 2
    path = f"/v1/visitors/{NEIGHBOUR}/timeline?kind=event&limit=100"
    views = [row for row in manage(shop, "GET", path)["items"] if row["said"]["type"] == "product_view"]
    assert len(views) == min(trickle.views, 100)
