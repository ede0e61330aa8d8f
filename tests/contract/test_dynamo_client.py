"""The client, its lean answers and what becomes of failures, against a server that answers as told."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import TYPE_CHECKING

import boto3
import orjson
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from shopbell.adapters.backoff import Backoff
from shopbell.adapters.dynamo import batches
from shopbell.adapters.dynamo.client import dynamo_client
from shopbell.adapters.dynamo.database import ABSENT, Dynamo
from shopbell.domain.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Answer = tuple[int, object]
ROW = {"pk": {"S": "a"}, "sk": {"S": "1"}, "n": {"N": "12"}, "b": {"B": "AAEC"}}


class Script(ThreadingHTTPServer):
    """Answers with what is next in `answers`, the last one for ever; keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[Answer] = []
        self.asked: list[tuple[str, object]] = []
        self.agents: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        script = self.server
        assert isinstance(script, Script)
        asked = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
        script.agents.append(self.headers["User-Agent"])
        script.asked.append((self.headers["X-Amz-Target"].rpartition(".")[2], asked))
        status, answer = script.answers.pop(0) if len(script.answers) > 1 else script.answers[0]
        body = answer if isinstance(answer, bytes) else orjson.dumps(answer)
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class has it
        """Silent."""


@pytest.fixture
def script() -> Iterator[Script]:
    server = Script()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(script: Script) -> "DynamoDBClient":
    return dynamo_client(
        endpoint_url=f"http://127.0.0.1:{script.server_port}",
        region_name="eu-central-1",
        aws_access_key_id="1",
        aws_secret_access_key="1",
    )


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def dynamo(client: "DynamoDBClient", waits: list[float]) -> Dynamo:
    return Dynamo(client, Backoff(sleep=waits.append, uniform=lambda: 1.0))


def fault(code: str, status: int = 400, **more: object) -> Answer:
    return status, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "no", **more}


def test_answers_are_left_as_they_lie_on_the_wire(client: "DynamoDBClient", script: Script) -> None:
    script.answers = [(200, {"Item": ROW, "ConsumedCapacity": {"TableName": "t", "CapacityUnits": 0.5}})]

    answer = client.get_item(TableName="t", Key={"pk": {"S": "a"}})

    assert answer["Item"] == ROW
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_garbled_answer_is_unavailable_and_not_empty(dynamo: Dynamo, script: Script) -> None:
    script.answers = [(200, b"{")]

    with pytest.raises(Unavailable, match="other than JSON"):
        dynamo.get("t", {"pk": "a"})


def test_bytes_are_written_once_encoded(dynamo: Dynamo, script: Script) -> None:
    script.answers = [(200, {})]
    dynamo.put("t", {"pk": {"S": "a"}, "b": {"B": b"\x00\x01\x02"}})

    assert script.asked[0] == ("PutItem", {"TableName": "t", "Item": {"pk": {"S": "a"}, "b": {"B": "AAEC"}}})


def test_a_failed_condition_is_an_answer(dynamo: Dynamo, script: Script) -> None:
    script.answers = [fault("ConditionalCheckFailedException")]

    assert not dynamo.put("t", {"pk": {"S": "a"}}, ABSENT)


@pytest.mark.parametrize(
    "answer",
    [
        fault("ProvisionedThroughputExceededException"),
        fault("ThrottlingException"),
        fault("TransactionInProgressException"),
        fault("TransactionConflictException"),
        fault("InternalServerError", 500),
        (503, b""),
    ],
    ids=lambda answer: str(answer[1])[:60],
)
def test_what_may_pass_is_unavailable(dynamo: Dynamo, script: Script, answer: Answer) -> None:
    script.answers = [answer]
    dynamo = Dynamo(impatient(dynamo.client, script), dynamo.backoff)

    with pytest.raises(Unavailable):
        dynamo.put("t", {"pk": {"S": "a"}})


def test_a_server_that_is_gone_is_unavailable(script: Script, dynamo: Dynamo) -> None:
    with pytest.raises(Unavailable, match="EndpointConnectionError"):
        Dynamo(impatient(dynamo.client, script, port=1), dynamo.backoff).get("t", {"pk": "a"})


def test_a_fault_of_ours_is_no_passing_failure(dynamo: Dynamo, script: Script) -> None:
    script.answers = [fault("ValidationException")]

    with pytest.raises(ClientError, match="ValidationException"):
        dynamo.put("t", {"pk": {"S": "a"}})


def impatient(client: "DynamoDBClient", script: Script, port: int | None = None) -> "DynamoDBClient":
    """The same client, which asks only once."""
    del client
    config = Config(retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=1)
    return dynamo_client(
        config=config,
        endpoint_url=f"http://127.0.0.1:{port or script.server_port}",
        region_name="eu-central-1",
        aws_access_key_id="1",
        aws_secret_access_key="1",
    )


def cancelled(*codes: str) -> Answer:
    reasons = [{"Code": code} for code in codes]
    return fault("TransactionCanceledException", CancellationReasons=reasons)


DELETE = [{"Delete": {"TableName": "t", "Key": {"pk": {"S": "a"}}}}] * 2


def test_a_cancelled_transaction_names_the_conditions_that_failed(dynamo: Dynamo, script: Script) -> None:
    script.answers = [cancelled("TransactionConflict", "ConditionalCheckFailed")]

    assert dynamo.transact(DELETE) == (1,)


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_transaction_in_the_way_of_another_is_tried_three_times(
    dynamo: Dynamo, script: Script, waits: list[float], code: str
) -> None:
    script.answers = [cancelled("None", code)]
    with pytest.raises(Unavailable):
        dynamo.transact(DELETE)
    assert len(script.asked) == 3
    assert waits == [0.05, 0.1]

    script.answers = [cancelled(code, "None"), (200, {})]
    assert dynamo.transact(DELETE) == ()


def test_a_transaction_that_is_wrong_is_not_tried_again(dynamo: Dynamo, script: Script) -> None:
    script.answers = [cancelled("ValidationError", "None")]

    with pytest.raises(ClientError):
        dynamo.transact(DELETE)
    assert len(script.asked) == 1


def test_a_transaction_of_more_than_a_hundred_is_not_sent(dynamo: Dynamo, script: Script) -> None:
    with pytest.raises(ValueError, match="at most 100"):
        dynamo.transact(DELETE * 51)
    assert script.asked == []


def test_keys_left_over_are_asked_for_again(dynamo: Dynamo, script: Script) -> None:
    left = {"t": {"Keys": [{"pk": {"S": "b"}}], "ConsistentRead": True}}
    script.answers = [
        (200, {"Responses": {"t": [ROW]}, "UnprocessedKeys": left}),
        (200, {"Responses": {}, "UnprocessedKeys": left}),
        (200, {"Responses": {"t": [ROW]}, "UnprocessedKeys": {}}),
    ]

    found = list(batches.get_many(dynamo, "t", [{"pk": "a"}, {"pk": "b"}]))

    assert len(found) == 2
    assert [asked["RequestItems"] for _, asked in script.asked[1:]] == [left, left]  # type: ignore[index]


def test_keys_that_stay_left_over_are_unavailable_after_eight_tries(
    dynamo: Dynamo, script: Script, waits: list[float]
) -> None:
    left = {"t": {"Keys": [{"pk": {"S": "b"}}]}}
    script.answers = [(200, {"Responses": {}, "UnprocessedKeys": left})]

    with pytest.raises(Unavailable):
        list(batches.get_many(dynamo, "t", [{"pk": "b"}]))
    assert len(script.asked) == 8
    assert waits == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0]


def test_deletes_left_over_are_sent_again(dynamo: Dynamo, script: Script) -> None:
    left = {"t": [{"DeleteRequest": {"Key": {"pk": {"S": "b"}}}}]}
    script.answers = [(200, {"UnprocessedItems": left}), (200, {"UnprocessedItems": {}}), (200, {})]

    batches.delete_many(dynamo, "t", [{"pk": str(number)} for number in range(26)])

    assert [len(asked["RequestItems"]["t"]) for _, asked in script.asked] == [25, 1, 1]  # type: ignore[index]


def test_a_request_says_the_same_as_with_botocore_s_own_serializer(client: "DynamoDBClient") -> None:
    own = client._serializer  # type: ignore[attr-defined]
    model = client.meta.service_model.operation_model("PutItem")
    item = {"pk": {"S": "ä\u2028"}, "b": {"B": b"\x00\xff"}, "s": {"BS": [b"1", b"2"]}, "l": {"L": [{"N": "1"}]}}
    given = {"TableName": "t", "Item": MappingProxyType(item), "ExpressionAttributeValues": {":a": {"BOOL": True}}}

    ours, theirs = (one.serialize_to_request(given, model) for one in (own, own.whole))

    assert orjson.loads(ours.pop("body")) == orjson.loads(theirs.pop("body"))
    assert ours == theirs
    with pytest.raises(TypeError):
        own.serialize_to_request({"TableName": object()}, model)


def test_what_is_the_same_for_all_calls_is_worked_out_once(client: "DynamoDBClient", script: Script) -> None:
    script.answers = [(200, {"Item": ROW})]
    plain = boto3.Session().client(
        "dynamodb",
        endpoint_url=client.meta.endpoint_url,
        region_name="eu-central-1",
        aws_access_key_id="1",
        aws_secret_access_key="1",
    )

    for one in (plain, client, client):
        one.get_item(TableName="t", Key={"pk": {"S": "a"}})

    theirs, first, second = script.agents
    assert first == second
    assert _kinds(first) == _kinds(theirs)


def test_no_parameter_but_an_arn_leads_elsewhere() -> None:
    """What botocore's rules read of a call, as long as they are asked once only."""
    client = boto3.Session().client("dynamodb", region_name="eu-central-1")
    resolver = client._ruleset_resolver  # type: ignore[attr-defined]
    models = client.meta.service_model

    read = {
        name
        for operation in models.operation_names
        for name in models.operation_model(operation).operation_context_parameters
    }

    assert read <= {"ResourceArn", "ResourceArnList"}
    assert not any(models.operation_model(one).context_parameters for one in ("BatchGetItem", "TransactWriteItems"))
    assert resolver is not None


def _kinds(agent: str) -> set[str]:
    """What a `User-Agent` tells of, without its settings (`m/`, `cfg/`)."""
    return {part.partition("#")[0] for part in agent.split() if not part.startswith(("m/", "cfg/"))}
