"""Rules of DynamoDB that the local engine does not enforce, checked on every call that a test makes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords
from shopbell.adapters.dynamo import keys

_PARTITION: Final = re.compile(r"(?P<name>[#\w]+) = (?P<value>:\w+)")
_SORT: Final = re.compile(
    r"(?P<name>[#\w]+) (?:=|<|<=|>|>=) :\w+"
    r"|(?P<between>[#\w]+) BETWEEN :\w+ AND :\w+"
    r"|begins_with\((?P<prefixed>[#\w]+), :\w+\)"
)
_PLACEHOLDER: Final = re.compile(r"[#:]\w+")
_WORD: Final = re.compile(r"(?<![#:\w])[A-Za-z_]\w*")
_SYNTAX: Final = frozenset(
    (
        *("AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE", "size", "contains"),
        *("attribute_exists", "attribute_not_exists", "begins_with", "if_not_exists", "list_append"),
    )
)
_EXPRESSIONS: Final = (
    "KeyConditionExpression",
    "FilterExpression",
    "ConditionExpression",
    "UpdateExpression",
    "ProjectionExpression",
)


class AwsWouldRejectError(AssertionError):
    """AWS answers this call with a ValidationException."""


def watch(client: Any, tables: Mapping[str, keys.Table]) -> None:
    """From now on each call of the client is checked before it is sent."""

    def check(params: Mapping[str, Any], model: Any, **_: object) -> None:
        for fault in faults(model.name, params, tables):
            raise AwsWouldRejectError(f"{model.name}: {fault}")

    client.meta.events.register("provide-client-params.dynamodb.*", check)


def faults(operation: str, params: Mapping[str, Any], tables: Mapping[str, keys.Table]) -> Iterator[str]:
    """What AWS would find wrong."""
    if operation == "Scan":
        yield "Scan is forbidden everywhere (ruling 23)"
    if operation == "Query":
        yield from _query_faults(params, tables[params["TableName"]])
    if operation == "TransactWriteItems":
        yield from _transaction_faults(params["TransactItems"])
    if operation == "BatchGetItem":
        for table, asked in params["RequestItems"].items():
            yield from _repeated(f"BatchGetItem {table}", [_key(key) for key in asked["Keys"]])
    for part in _parts(params):
        yield from _expression_faults(part)


def _query_faults(params: Mapping[str, Any], table: keys.Table) -> Iterator[str]:
    partition, sort = _key_names(params, table)
    names = params.get("ExpressionAttributeNames", {})
    first, _, second = params["KeyConditionExpression"].partition(" AND ")
    match = _PARTITION.fullmatch(first)
    if match is None or names.get(match["name"], match["name"]) != partition:
        yield f"the partition key {partition} must be compared by = in {first!r}"
    if second:
        match = _SORT.fullmatch(second)
        found = next((name for name in match.groups() if name), "") if match else ""
        if names.get(found, found) != sort:
            yield f"{second!r} is no condition on the sort key {sort}"
    filtered = {names.get(word, word) for word in re.findall(r"[#\w]+", params.get("FilterExpression", ""))}
    if filtered & {partition, sort}:
        yield "a filter may not name a key attribute"
    if "IndexName" in params and params.get("ConsistentRead"):
        yield "an index is never strongly consistent"


def _key_names(params: Mapping[str, Any], table: keys.Table) -> tuple[str, str]:
    if "IndexName" not in params:
        return keys.PK, keys.SK
    index = (table.indexes or {})[params["IndexName"]]
    return index.partition, index.sort


def _transaction_faults(operations: list[Mapping[str, Any]]) -> Iterator[str]:
    if not 0 < len(operations) <= 100:
        yield f"{len(operations)} operations in a transaction"
    touched = [
        (part["TableName"], *_key(part.get("Key") or part["Item"]))
        for operation in operations
        for part in operation.values()
    ]
    yield from _repeated("a transaction", touched)


def _repeated(where: str, found: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if len(set(found)) < len(found):
        yield f"{where} names one item twice"


def _key(item: Mapping[str, Any]) -> tuple[str, str]:
    return item[keys.PK]["S"], item[keys.SK]["S"]


def _parts(params: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield params
    for operation in params.get("TransactItems", ()):
        yield from operation.values()


def _expression_faults(part: Mapping[str, Any]) -> Iterator[str]:
    expressions = [part[name] for name in _EXPRESSIONS if name in part]
    used = {found for text in expressions for found in _PLACEHOLDER.findall(text)}
    given = {*part.get("ExpressionAttributeNames", {}), *part.get("ExpressionAttributeValues", {})}
    if used != given:
        yield f"placeholders used and given differ: {sorted(used ^ given)}"
    for text in expressions:
        for word in set(_WORD.findall(text)) - _SYNTAX:
            if word.upper() in ReservedKeywords.get_reserved_keywords():
                yield f"{word} is a reserved word"
    if any(not value for value in _strings(part.get("ExpressionAttributeValues", {}))):
        yield "an empty string cannot be compared with a key"


def _strings(values: Mapping[str, Any]) -> Iterator[str]:
    for value in values.values():
        if "S" in value:
            yield value["S"]
