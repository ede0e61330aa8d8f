"""Queues: everything sent once, in batches that SQS takes, and nothing given up silently."""

from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import orjson
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from shopbell.adapters.backoff import Backoff
from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.adapters.sqs import MAX_BYTES, SqsQueue, batches
from shopbell.domain.errors import Unavailable
from shopbell.ports import Message

KEYS = {"region_name": "eu-central-1", "aws_access_key_id": "1", "aws_secret_access_key": "1"}


@pytest.fixture
def sqs() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("sqs", **KEYS)  # type: ignore[call-overload]


@pytest.fixture
def queue_url(sqs: Any) -> str:
    url: str = sqs.create_queue(QueueName="due")["QueueUrl"]
    return url


def received(sqs: Any, url: str) -> list[Mapping[str, Any]]:
    """Everything that waits there."""
    found: list[Mapping[str, Any]] = []
    while True:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
        if "Messages" not in answer:
            return found
        found.extend(answer["Messages"])


def test_messages_arrive_with_body_and_group(sqs: Any, queue_url: str) -> None:
    SqsQueue(sqs, queue_url).send([Message({"n": number, "ü": [None]}, f"store-{number}") for number in range(23)])

    found = received(sqs, queue_url)

    bodies = sorted(orjson.loads(message["Body"])["n"] for message in found)
    assert bodies == list(range(23))
    assert {message["Attributes"]["MessageGroupId"] for message in found} == {f"store-{n}" for n in range(23)}


def test_a_delayed_message_waits(sqs: Any, queue_url: str) -> None:
    SqsQueue(sqs, queue_url).send([Message({"n": 1}, "s", delay=600), Message({"n": 2}, "s")])

    assert [orjson.loads(message["Body"])["n"] for message in received(sqs, queue_url)] == [2]


def test_nothing_sent_asks_nothing(sqs: Any) -> None:
    SqsQueue(sqs, "https://sqs.example/nowhere").send([])


SIZES = {
    "ten at most": [1] * 21,
    "256 KB at most": [100_000] * 6,
    "a large one alone": [10, MAX_BYTES + 10, 10],
}


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES.keys())
def test_batches_keep_the_limits_and_the_order(sizes: list[int]) -> None:
    entries = [{"Id": str(number), "MessageBody": "x" * size} for number, size in enumerate(sizes)]

    cut = list(batches(entries))

    assert [entry for batch in cut for entry in batch] == entries
    for batch in cut:
        assert len(batch) <= 10
        assert len(batch) == 1 or sum(len(entry["MessageBody"]) for entry in batch) <= MAX_BYTES


def scripted(failures: list[list[tuple[str, bool]]]) -> tuple[SqsQueue, Stubber, list[float]]:
    """A queue over a client that refuses these entries in turn: (id, whether the sender is at fault)."""
    client = boto3.client("sqs", **KEYS)  # type: ignore[call-overload]
    stub = Stubber(client)
    for failed in failures:
        entries = [{"Id": name, "SenderFault": ours, "Code": "Throttled"} for name, ours in failed]
        stub.add_response("send_message_batch", {"Successful": [], "Failed": entries})
    stub.activate()
    waits: list[float] = []
    return SqsQueue(client, "https://sqs.example/q", Backoff(sleep=waits.append)), stub, waits


def test_only_what_was_refused_is_sent_again() -> None:
    client = boto3.client("sqs", **KEYS)  # type: ignore[call-overload]
    sent: list[list[str]] = []
    client.meta.events.register(
        "provide-client-params.sqs.SendMessageBatch",
        lambda params, **_: sent.append([entry["Id"] for entry in params["Entries"]]),
    )
    refused = {"Id": "1", "SenderFault": False, "Code": "InternalError"}
    with Stubber(client) as stub:
        stub.add_client_error("send_message_batch", "ThrottlingException", http_status_code=400)
        stub.add_response("send_message_batch", {"Successful": [], "Failed": [refused]})
        stub.add_response("send_message_batch", {"Successful": [], "Failed": []})
        SqsQueue(client, "https://sqs.example/q", Backoff(sleep=lambda _: None)).send(
            [Message({}, "s"), Message({}, "s"), Message({}, "s")]
        )

    assert sent == [["0", "1", "2"], ["0", "1", "2"], ["1"]]


def test_what_is_refused_eight_times_is_unavailable() -> None:
    queue, stub, waits = scripted([[("0", False)]] * 8)

    with pytest.raises(Unavailable):
        queue.send([Message({}, "s")])
    stub.assert_no_pending_responses()
    assert len(waits) == 7


def test_a_message_that_can_never_pass_is_a_fault_of_ours() -> None:
    queue, _, waits = scripted([[("0", True)]])

    with pytest.raises(ValueError, match="Throttled"):
        queue.send([Message({}, "s")])
    assert waits == []


def test_the_memory_queue_keeps_the_order_and_gives_each_once() -> None:
    queue = MemoryQueue()
    queue.send([Message({"n": 1}, "s"), Message({"n": 2}, "s")])
    queue.send([Message({"n": 3}, "s")])

    assert [message.body["n"] for message in queue.take()] == [1, 2, 3]
    assert queue.take() == []
