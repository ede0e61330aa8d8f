"""The record of what a stream mapping gave up, as AWS writes it."""

import json

from shopbell.domain.clock import SECOND, parse_instant
from shopbell.local.mappings.doors import GivenUp
from shopbell.local.mappings.failure import FailureRecord

from tests.sim.mappings.world import record

AT = parse_instant("2026-11-21T10:00:00.500Z")[0]
LOST = GivenUp("shard-1", (record(7, AT - 2 * SECOND), record(9, AT - SECOND)), "RetryAttemptsExhausted", 3, AT)
WRITTEN = FailureRecord("arn:stream", "arn:function", "mapping-id")


def test_a_queue_is_told_which_records_and_why_but_not_what_they_hold() -> None:
    told = WRITTEN.metadata(LOST)
    assert told["requestContext"].pop("requestId")
    assert told == {
        "requestContext": {
            "functionArn": "arn:function",
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 3,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": "2026-11-21T10:00:00.500Z",
        "DDBStreamBatchInfo": {
            "shardId": "shard-1",
            "startSequenceNumber": f"{7:020d}",
            "endSequenceNumber": f"{9:020d}",
            "approximateArrivalOfFirstRecord": "2026-11-21T09:59:58.500Z",
            "approximateArrivalOfLastRecord": "2026-11-21T09:59:59.500Z",
            "batchSize": 2,
            "streamArn": "arn:stream",
        },
    }


def test_a_bucket_gets_the_records_whole_under_a_key_by_mapping_shard_and_time() -> None:
    told = WRITTEN.with_payload(LOST)
    assert json.loads(told["payload"]) == {"Records": [one.event for one in LOST.records]}
    assert WRITTEN.key(LOST).startswith("aws/lambda/mapping-id/shard-1/2026/11/21/2026-11-21T10.00.00-")
