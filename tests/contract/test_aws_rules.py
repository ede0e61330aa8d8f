"""The checker itself: what AWS rejects and the local engine accepts is found."""

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import shopbell.adapters.dynamo as package
from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.pages import Where

from tests.aws_rules import faults

TABLES = {table.name: table for table in keys.TABLES}
PK = {":pk": {"S": "a"}}
PK_SK = {":pk": {"S": "a"}, ":sk": {"S": "b"}}

QUERIES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "two partitions": ("pk = :pk OR pk = :sk", PK_SK),
    "a range of partitions": ("pk > :pk", PK),
    "contains": ("pk = :pk AND contains(sk, :sk)", PK_SK),
    "unequal": ("pk = :pk AND sk <> :sk", PK_SK),
    "another attribute": ("pk = :pk AND other = :sk", PK_SK),
    "two conditions": ("pk = :pk AND sk > :sk AND sk < :sk", PK_SK),
    "a reserved word": ("pk = :pk AND begins_with(state, :sk)", PK_SK),
    "an unused value": ("pk = :pk", PK_SK),
    "a missing value": ("pk = :pk AND sk = :sk", PK),
    "an empty key": ("pk = :pk", {":pk": {"S": ""}}),
}


@pytest.mark.parametrize("case", QUERIES.values(), ids=QUERIES.keys())
def test_key_conditions_that_aws_rejects_are_found(case: tuple[str, Mapping[str, Any]]) -> None:
    expression, values = case
    params = {"TableName": "runs", "KeyConditionExpression": expression, "ExpressionAttributeValues": values}

    assert list(faults("Query", params, TABLES))


OTHERS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "a scan": ("Scan", {"TableName": "runs"}),
    "a filter on a key": (
        "Query",
        {
            "TableName": "runs",
            "KeyConditionExpression": "pk = :pk",
            "FilterExpression": "sk = :sk",
            "ExpressionAttributeValues": PK_SK,
        },
    ),
    "a strongly consistent index": (
        "Query",
        {
            "TableName": "visitors",
            "IndexName": "walk",
            "ConsistentRead": True,
            "KeyConditionExpression": "walk_pk = :pk",
            "ExpressionAttributeValues": PK,
        },
    ),
    "one item twice in a transaction": (
        "TransactWriteItems",
        {"TransactItems": [{"Delete": {"TableName": "runs", "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}}}] * 2},
    ),
    "one key twice in a batch": (
        "BatchGetItem",
        {"RequestItems": {"runs": {"Keys": [{"pk": {"S": "a"}, "sk": {"S": "b"}}] * 2}}},
    ),
    "a reserved word in an update": (
        "UpdateItem",
        {"UpdateExpression": "SET ttl = :ttl", "ExpressionAttributeValues": {":ttl": {"N": "1"}}},
    ),
}


@pytest.mark.parametrize("case", OTHERS.values(), ids=OTHERS.keys())
def test_other_calls_that_aws_rejects_are_found(case: tuple[str, Mapping[str, Any]]) -> None:
    assert list(faults(*case, TABLES))


WHERES = {
    "whole": Where("a"),
    "equal": Where("a", "equal", "b"),
    "prefix": Where("a", "prefix", "b"),
    "below": Where("a", "below", "b"),
    "above": Where.of_index("walk", keys.WALK, "a", "above", "b"),
}


@pytest.mark.parametrize("where", WHERES.values(), ids=WHERES.keys())
def test_every_condition_that_a_repository_can_say_is_allowed(where: Where) -> None:
    assert list(faults("Query", {"TableName": "visitors", **where.parameters()}, TABLES)) == []


def test_key_conditions_are_said_in_one_module_and_nobody_scans() -> None:
    spoken = {
        path.name: {
            node.value
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        for path in Path(package.__path__[0]).glob("*.py")
    }

    assert [name for name, texts in spoken.items() if "KeyConditionExpression" in texts] == ["pages.py"]
    assert not [name for name, texts in spoken.items() if texts & {"scan", "FilterExpression"}]
