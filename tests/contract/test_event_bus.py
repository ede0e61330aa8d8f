"""The event bus: what is put on it reaches those whose rule it matches, and a failure is told as one."""

import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from shopbell.adapters.webhooks.bus import EventBridgeBus
from shopbell.domain.ids import StoreId
from shopbell.domain.webhooks.hook import WebhookId
from shopbell.domain.webhooks.notice import Notice
from shopbell.local.options import Port
from shopbell.local.ports import choose
from shopbell.ports.webhooks import HookAnswer

from tests.contract.worlds import NOW
from tests.engine import Account

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
SAMPLE: Mapping[str, Any] = json.loads(re.findall(r"--event-pattern '(.+?)'", PAGE, re.DOTALL)[0])
OURS = StoreId(SAMPLE["detail"]["store_id"][0])
KEYS = {"region_name": "eu-central-1", "aws_access_key_id": "1", "aws_secret_access_key": "1"}
FAR = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure", "ErrorMessage": "arn:aws:events:ours"}]}


def notice(segment: str = "vip", store: StoreId = OURS, event: str = "segment.entered") -> Notice:
    changes = [{"visitor_id": "ann", "segment_id": name} for name in ("other", segment)]
    return Notice(store, WebhookId("wh_1"), "msg_1", event, NOW, {"changes": changes})


@dataclass(frozen=True, slots=True)
class Routed:
    """A bus of the engine's with the rule that the page shows, and the queue to which it leads."""

    bus: EventBridgeBus
    sqs: Any
    queue: str

    def received(self) -> list[Any]:
        """The engine passes on what matches while it is put."""
        told = self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(one["Body"]) for one in told]


@pytest.fixture
def routed(account: Account) -> Iterator[Routed]:
    events, sqs, name = account.client("events"), account.client("sqs"), f"bus-{secrets.token_hex(4)}"
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.create_event_bus(Name=name)
    events.put_rule(Name=name, EventBusName=name, EventPattern=json.dumps(SAMPLE))
    events.put_targets(Rule=name, EventBusName=name, Targets=[{"Id": "queue", "Arn": arn}])
    yield Routed(EventBridgeBus(lambda: events, name, lambda: NOW), sqs, queue)
    events.remove_targets(Rule=name, EventBusName=name, Ids=["queue"])
    events.delete_rule(Name=name, EventBusName=name)
    events.delete_event_bus(Name=name)
    sqs.delete_queue(QueueUrl=queue)


@pytest.mark.engine
def test_an_event_reaches_whom_the_rule_of_the_page_leads_to(routed: Routed) -> None:
    told = notice()
    assert routed.bus.put(told) == HookAnswer(200)
    (event,) = routed.received()
    assert (event["source"], event["detail-type"]) == ("shopbell", "segment.entered")
    assert event["detail"] == json.loads(told.detail)


@pytest.mark.engine
@pytest.mark.parametrize(
    "other",
    [notice(segment="lapsed"), notice(store=StoreId("theirs0000")), notice(event="segment.exited")],
    ids=["segment", "store", "kind"],
)
def test_what_the_rule_does_not_mean_is_taken_and_led_nowhere(routed: Routed, other: Notice) -> None:
    assert routed.bus.put(other) == HookAnswer(200)
    assert routed.received() == []


@dataclass
class Fake:
    """A client that answers as it is told, and keeps what it was given."""

    answer: Mapping[str, Any] | Exception
    entries: Sequence[Mapping[str, Any]] = ()

    def put_events(self, *, Entries: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:  # noqa: N803 - AWS's name
        self.entries = Entries
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def denied(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "arn:aws:iam::1:role/ours may not"}}, "PutEvents")


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (FAR, "the event bus refused it: InternalFailure"),
        ({"FailedEntryCount": 1, "Entries": [{}]}, "the event bus refused it: Unnamed"),
        (denied("AccessDeniedException"), "the event bus refused it: AccessDeniedException"),
        (denied("ThrottlingException"), "the event bus refused it: ThrottlingException"),
        (denied("<script> of somebody"), "the event bus refused it: Unnamed"),
    ],
    ids=["entry", "entry without a code", "denied", "throttled", "odd"],
)
def test_a_failure_is_told_with_its_code_alone(answer: Mapping[str, Any] | Exception, failure: str) -> None:
    fake = Fake(answer)
    assert EventBridgeBus(lambda: fake, "bus", lambda: NOW).put(notice()) == HookAnswer(0, failure)


def test_no_answer_is_a_failure() -> None:
    nobody = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})
    url = f"http://127.0.0.1:{choose(Port(0))}"
    client: Any = boto3.client("events", endpoint_url=url, config=nobody, **KEYS)  # type: ignore[call-overload]
    bus = EventBridgeBus(lambda: client, "bus", lambda: NOW)
    assert bus.put(notice()) == HookAnswer(0, "the event bus does not answer")


def test_one_entry_goes_to_the_bus_of_the_settings_in_the_form_that_the_api_takes() -> None:
    told = notice()
    client: Any = boto3.client("events", **KEYS)  # type: ignore[call-overload]
    expected = {
        "EventBusName": "bus",
        "Source": "shopbell",
        "DetailType": told.event,
        "Detail": told.detail,
        "Time": NOW // 1000,
    }
    with Stubber(client) as stub:
        stub.add_response(
            "put_events", {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}, {"Entries": [expected]}
        )
        assert EventBridgeBus(lambda: client, "bus", lambda: NOW).put(told) == HookAnswer(200)
        stub.assert_no_pending_responses()
