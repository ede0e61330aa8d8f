"""How often each key has called: one row for each window, which DynamoDB adds to and forgets after it."""

from dataclasses import dataclass

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import keyed, n, number, seconds
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.keys import limits
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId


@dataclass(frozen=True, slots=True)
class DynamoCallCounts:
    dynamo: Dynamo
    table: str

    def count(self, store: StoreId, key: str, window: Instant, until: Instant) -> int:
        answer = self.dynamo.call(
            "update_item",
            TableName=self.table,
            Key=keyed(limits.calls(store, key, window)),
            UpdateExpression="SET #ttl = :ttl ADD #used :one",
            ExpressionAttributeNames={"#ttl": keys.TTL, "#used": "used"},
            ExpressionAttributeValues={":ttl": seconds(until), ":one": n(1)},
            ReturnValues="UPDATED_NEW",
        )
        return number(answer["Attributes"], "used")
