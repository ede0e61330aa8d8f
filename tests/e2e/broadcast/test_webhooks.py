"""A receiver on this machine is told, with roles enforced, of what happens, and can check who says so."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import pytest
from shopbell.app.founding import NO_LIMITS
from shopbell.local.stores import create

from benchmarks.broadcasting import CONTENT, Stage
from tests.e2e.system.waiting import eventually

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("broadcast"),
]

CAN_WAIT: Final = 240.0
"""Whoever told of entries before the webhook was made remembers for a minute that there is none."""
RULE: Final = {"event": "product_view"}


@dataclass
class Heard:
    """What came in, as it came."""

    secret: str = ""
    posts: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)

    def told(self, event: str) -> list[Any]:
        """The data of each message of the kind; every one of them is signed."""
        found = []
        for headers, body in list(self.posts):
            assert self.signed(headers, body)
            said = json.loads(body)
            if said["type"] == event:
                found.append(said["data"])
        return found

    def signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
        return expected in headers["webhook-signature"].split()


@contextmanager
def receiver(heard: Heard) -> Iterator[str]:
    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.posts.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/in"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def heard() -> Heard:
    return Heard()


def segment(shop: Stage) -> str:
    name = str(shop.call(shop.manager, "POST", "/v1/segments", {"name": "Lookers", "rule": RULE})["id"])
    shop.call(shop.manager, "POST", f"/v1/segments/{name}/activate")
    path = f"/v1/segments/{name}"
    eventually(
        lambda: shop.call(shop.manager, "GET", path)["state"] == "active", "the segment to be built", seconds=CAN_WAIT
    )
    return name


def looks(shop: Stage, visitor: str) -> None:
    event = {"id": f"view-{visitor}", "type": "product_view", "visitor_id": visitor}
    event |= {"properties": {"product_id": "boots"}}  # type: ignore[dict-item]
    shop.call(shop.access.keys.server_key, "POST", "/v1/events", {"events": [event]})


def starts(shop: Stage) -> str:
    """A campaign to everybody, who are nobody yet."""
    wanted = {"name": "Boots", "audience": {}, "content": CONTENT}
    name = str(shop.call(shop.manager, "POST", "/v1/campaigns", wanted)["id"])
    shop.call(shop.manager, "POST", f"/v1/campaigns/{name}/send")
    return name


def test_a_receiver_is_told_of_an_entry_and_can_check_who_says_so(stage: Stage, heard: Heard) -> None:
    shop = replace(stage, access=create(stage.session, "Told", shards=1, limits=NO_LIMITS))
    with receiver(heard) as url:
        wanted = {"url": url, "events": ["segment.entered", "campaign.finished"]}
        made = shop.call(shop.manager, "POST", "/v1/webhooks", wanted)
        heard.secret, path = made["secret"], f"/v1/webhooks/{made['id']}"
        test = shop.call(shop.manager, "POST", f"{path}/test")
        eventually(lambda: heard.told("webhook.test"), "the test", seconds=CAN_WAIT)
        assert [headers["webhook-id"] for headers, _ in heard.posts] == [test["message_id"]]

        campaign, name = starts(shop), segment(shop)
        looks(shop, "ann")
        told = eventually(lambda: heard.told("segment.entered"), "ann's entry", seconds=CAN_WAIT)
        (change,) = [one for each in told for one in each["changes"]]
        assert (change["visitor_id"], change["segment_id"]) == ("ann", name)
        assert change["cause"].startswith("event:")

        (ended,) = eventually(lambda: heard.told("campaign.finished"), "the campaign's end", seconds=CAN_WAIT)
        assert (ended["campaign_id"], ended["outcome"], ended["counts"]["targeted"]) == (campaign, "sent", 0)

        def taken() -> Any:
            found = shop.call(shop.manager, "GET", path)
            return found if found["deliveries"]["delivered"] >= 3 else None

        went = eventually(taken, "the deliveries to be counted", seconds=CAN_WAIT)
        assert (went["state"], went["deliveries"]["failed"]) == ("active", 0)
        rotated = shop.call(shop.manager, "POST", f"{path}/rotate")
        shop.call(shop.manager, "DELETE", path)
        assert rotated["secret"] != heard.secret
        assert shop.call(shop.manager, "GET", "/v1/webhooks")["items"] == []


@contextmanager
def led_from_the_bus(shop: Stage, pattern: Mapping[str, Any]) -> Iterator[Callable[[], list[Any]]]:
    """What comes through a rule of the deployment's bus into a queue; the whole events."""
    events, sqs = shop.session.client("events"), shop.session.client("sqs")
    bus, name = shop.session.outputs["EventBusName"], "led-from-the-bus"
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": name, "Arn": arn}])

    def received() -> list[Any]:
        told = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=0)
        return [json.loads(one["Body"]) for one in told.get("Messages", ())]

    try:
        yield received
    finally:
        events.remove_targets(Rule=name, EventBusName=bus, Ids=[name])
        events.delete_rule(Name=name, EventBusName=bus)
        sqs.delete_queue(QueueUrl=queue)


def test_a_rule_of_the_bus_is_told_what_a_receiver_would_be(stage: Stage) -> None:
    shop = replace(stage, access=create(stage.session, "Ruled", shards=1, limits=NO_LIMITS))
    store = shop.call(shop.manager, "GET", "/v1/store")["id"]
    pattern = {"source": ["shopbell"], "detail": {"store_id": [store]}}
    with led_from_the_bus(shop, pattern) as received:
        made = shop.call(shop.manager, "POST", "/v1/webhooks", {"event_bus": True, "events": ["segment.entered"]})
        path = f"/v1/webhooks/{made['id']}"
        test = shop.call(shop.manager, "POST", f"{path}/test")
        (event,) = eventually(received, "the test on the bus", seconds=CAN_WAIT)
        assert (event["source"], event["detail-type"]) == ("shopbell", "webhook.test")
        expected = {"webhook_id": made["id"], "store_id": store, "message_id": test["message_id"]}
        assert event["detail"] == expected

        def counted() -> Any:
            found = shop.call(shop.manager, "GET", path)
            return found if found["deliveries"]["delivered"] else None

        went = eventually(counted, "the delivery to be counted", seconds=CAN_WAIT)
        assert (went["state"], went["deliveries"]["failed"]) == ("active", 0)
        shop.call(shop.manager, "DELETE", path)
