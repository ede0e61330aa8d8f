"""DynamoDB as the repositories speak it; the one place where its failures become ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from shopbell.adapters.backoff import Backoff
from shopbell.adapters.dynamo.attributes import Attribute, Item, keyed
from shopbell.domain.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PASSING: Final = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_RETRIED_REASONS: Final = frozenset(
    {"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
)
_TRANSACTION_TRIES: Final = 3
_MAX_TRANSACTION: Final = 100
_SERVER_ERRORS: Final = 500


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition expression with its placeholders; every attribute name is a placeholder too."""

    expression: str
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Attribute] = field(default_factory=dict)

    def parameters(self) -> dict[str, Any]:
        found = {"ConditionExpression": self.expression}
        maps = {"ExpressionAttributeNames": self.names, "ExpressionAttributeValues": self.values}
        return found | {name: dict(value) for name, value in maps.items() if value}


ABSENT: Final = Condition("attribute_not_exists(#pk)", {"#pk": "pk"})
PRESENT: Final = Condition("attribute_exists(#pk)", {"#pk": "pk"})


def equals(name: str, value: Attribute) -> Condition:
    return Condition("#is = :is", {"#is": name}, {":is": value})


@dataclass(frozen=True, slots=True)
class Dynamo:
    """Calls that answer values, False for a failed condition, and Unavailable for what may pass."""

    client: "DynamoDBClient"
    backoff: Backoff = field(default_factory=Backoff)

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Any operation by its name in boto3. Unavailable where the same call may succeed later."""
        try:
            answer: dict[str, Any] = getattr(self.client, operation)(**parameters)
        except ClientError as error:
            if _passing(error):
                raise Unavailable(f"DynamoDB {operation}: {_code(error)}") from error
            raise
        except BotoCoreError as error:
            raise Unavailable(f"DynamoDB {operation}: {type(error).__name__}") from error
        return answer

    def get(self, table: str, key: Mapping[str, str], *names: str) -> Item | None:
        """Strongly consistent; with `names`, those attributes alone."""
        only = {f"#{i}": name for i, name in enumerate(names)}
        projection = {"ProjectionExpression": ",".join(only), "ExpressionAttributeNames": only} if only else {}
        answer = self.call("get_item", TableName=table, Key=keyed(key), ConsistentRead=True, **projection)
        return answer.get("Item")

    def put(self, table: str, item: Item, condition: Condition | None = None) -> bool:
        """False: the condition did not hold."""
        extra = condition.parameters() if condition else {}
        return self._conditional("put_item", TableName=table, Item=item, **extra)

    def delete(self, table: str, key: Mapping[str, str], condition: Condition) -> bool:
        """False: the condition did not hold."""
        return self._conditional("delete_item", TableName=table, Key=keyed(key), **condition.parameters())

    def update(
        self, table: str, key: Mapping[str, str], change: Condition, condition: Condition | None = PRESENT
    ) -> bool:
        """`change` is an update expression with its placeholders. False: the condition did not hold."""
        guard = condition or Condition("")
        expressions = {"UpdateExpression": change.expression, "ConditionExpression": guard.expression}
        return self._conditional(
            "update_item",
            TableName=table,
            Key=keyed(key),
            ExpressionAttributeNames={**change.names, **guard.names},
            ExpressionAttributeValues={**change.values, **guard.values},
            **{name: text for name, text in expressions.items() if text},
        )

    def transact(self, operations: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
        """All or nothing. The places of the operations whose condition failed; none: all are done.

        A conflict with another transaction is tried again twice, then Unavailable (ruling 1 wants an answer,
        not a queue).
        """
        if len(operations) > _MAX_TRANSACTION:
            raise ValueError(f"a transaction holds at most {_MAX_TRANSACTION} operations, not {len(operations)}")
        for _ in islice(self.backoff.attempts(), _TRANSACTION_TRIES):
            try:
                self.call("transact_write_items", TransactItems=list(operations))
            except ClientError as error:
                failed = _failed_conditions(error)
                if failed:
                    return failed
            else:
                return ()
        raise Unavailable("DynamoDB transact_write_items: TransactionConflict")

    def _conditional(self, operation: str, **parameters: Any) -> bool:
        try:
            self.call(operation, **parameters)
        except ClientError as error:
            if _code(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True


def put_op(table: str, item: Item, condition: Condition | None = None) -> Mapping[str, Any]:
    return {"Put": {"TableName": table, "Item": item, **(condition.parameters() if condition else {})}}


def update_op(
    table: str, key: Mapping[str, str], change: Condition, condition: Condition | None = None
) -> Mapping[str, Any]:
    """`change` is an update expression with its placeholders."""
    if condition is None:
        said = {name: value for name, value in change.parameters().items() if name != "ConditionExpression"}
        return {"Update": {"TableName": table, "Key": keyed(key), "UpdateExpression": change.expression, **said}}
    both = Condition(condition.expression, {**change.names, **condition.names}, {**change.values, **condition.values})
    named = {"TableName": table, "Key": keyed(key), "UpdateExpression": change.expression}
    return {"Update": {**named, **both.parameters()}}


def delete_op(table: str, key: Mapping[str, str], condition: Condition | None = None) -> Mapping[str, Any]:
    extra = condition.parameters() if condition else {}
    return {"Delete": {"TableName": table, "Key": keyed(key), **extra}}


def _code(error: ClientError) -> str:
    return error.response["Error"].get("Code", "")


def _passing(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return _code(error) in PASSING or status >= _SERVER_ERRORS


def _failed_conditions(error: ClientError) -> tuple[int, ...]:
    """Empty when trying again may help; any other reason is a fault of ours and is raised."""
    reasons = [reason.get("Code", "None") for reason in error.response.get("CancellationReasons", [])]
    failed = tuple(i for i, code in enumerate(reasons) if code == "ConditionalCheckFailed")
    if not failed and not (reasons and set(reasons) <= _RETRIED_REASONS):
        raise error
    return failed
