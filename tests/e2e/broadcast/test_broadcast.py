"""A broadcast through real functions, streams and queues to push services that check everything and fail at times."""

import base64
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from shopbell.adapters.webpush.keys import generate
from shopbell.app.founding import NO_LIMITS
from shopbell.local.stores import create

from benchmarks.broadcasting import CONTENT, MIX, Stage, mixed
from tests.e2e.system.waiting import eventually

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(900)]

PEOPLE: Final = 200
WRONG: Final = 80
CAN_WAIT: Final = 300.0
FAULTS: Final = (
    {"kind": "gone", "share": 0.06},
    {"kind": "throttled", "retry_after": 1, "times": 12},
    {"kind": "unavailable", "times": 8},
    {"kind": "slow", "delay_seconds": 0.5, "times": 5},
)


def test_a_broadcast_that_meets_faults_reaches_everybody_once_and_the_report_adds_up(stage: Stage) -> None:
    push = stage.push
    push.switch(FAULTS)
    ids = stage.subscribe(PEOPLE)
    assert not stage.session.settle(CAN_WAIT)
    outcome = stage.broadcast(ids, CAN_WAIT, lambda _: None)

    said, met = outcome.report, [rule["met"] for rule in push.call("GET", "/v1/faults")["items"]]
    assert said["targeted"] == outcome.ends == PEOPLE
    assert (said["failed"], said["skipped"], said["open"]) == (0, {}, 0)
    assert met == [said["retired"], 12, 8, 5]
    assert 0 < said["retired"] < PEOPLE // 5
    assert outcome.times == {1: said["accepted"]}
    assert (outcome.strangers, outcome.dead, outcome.posted["wrong"]) == (0, 0, {})
    assert outcome.posted["posts"] == PEOPLE + 12 + 8
    assert {one["service"] for one in push.messages()} == set(MIX) == set(mixed(PEOPLE))


def test_a_wrong_key_that_was_deployed_deletes_nobody_stops_the_run_after_fifty_and_raises_the_alarm(
    stage: Stage,
) -> None:
    shop = replace(stage, access=create(stage.session, "Another key", shards=1, limits=NO_LIMITS))
    assert shop.subscribe(WRONG, only="fcm")
    assert not shop.session.settle(CAN_WAIT)
    deploy_another_key(shop)
    wanted = {"name": "Boots", "audience": {}, "content": CONTENT}
    campaign = shop.call(shop.manager, "POST", "/v1/campaigns", wanted)["id"]
    shop.call(shop.manager, "POST", f"/v1/campaigns/{campaign}/send")

    def stopped() -> Any:
        said = shop.call(shop.manager, "GET", f"/v1/campaigns/{campaign}/progress")
        return said if "refused" in {one["code"] for one in said["warnings"]} else None

    said = eventually(stopped, "the run to stop", seconds=CAN_WAIT)
    assert (said["planned"], said["open"]) == (WRONG, WRONG)
    (key,) = shop.call(shop.manager, "GET", "/v1/vapid-keys")["items"]
    assert (key["subscriptions"], key["parked"], key["refused"]) == (WRONG, 0, 50)
    summary = shop.push.summary()
    assert (summary["posts"], summary["messages"]) == (50, 0)
    counted = eventually(lambda: metrics_of(shop), "what the alarm counts", seconds=CAN_WAIT)
    assert counted["key_mismatch"] == 50
    shop.call(shop.manager, "POST", f"/v1/campaigns/{campaign}/cancel")


def deploy_another_key(shop: Stage) -> None:
    """As an operator does who restores the wrong secret."""
    name = f"{shop.session.outputs['ParameterPrefix']}/{shop.access.keys.store_id}/vapid/k1"
    value = base64.b64encode(generate().private_pem).decode()
    shop.session.client("ssm").put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)


def metrics_of(shop: Stage) -> Mapping[str, int]:
    """What `send` has told CloudWatch under the namespace and the dimension that its alarm watches."""
    found = Counter[str]()
    for line in shop.session.logs("send").splitlines():
        if not line.startswith('{"_aws"'):
            continue
        told = json.loads(line)
        (block,) = told["_aws"]["CloudWatchMetrics"]
        if (block["Namespace"], block["Dimensions"], told["service"]) == ("Shopbell", [["service"]], "send"):
            found.update({one["Name"]: sum(told[one["Name"]]) for one in block["Metrics"]})
    return found if found["key_mismatch"] else {}
