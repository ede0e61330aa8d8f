"""Filter criteria: the rule syntax that AWS documents, row by row."""

from typing import Any

import pytest
from shopbell.local.mappings.filters import message_passes, passes

RECORD: dict[str, Any] = {
    "eventName": "MODIFY",
    "dynamodb": {
        "Keys": {"pk": {"S": "store#V#1"}, "sk": {"S": "PROFILE"}},
        "NewImage": {
            "kind": {"S": "Order"},
            "total": {"N": "12"},
            "gone": {"NULL": True},
            "tags": {"SS": ["a", "b"]},
        },
        "SizeBytes": 26,
    },
}

ROWS: list[tuple[str, dict[str, Any], bool]] = [
    ("equals", {"eventName": ["MODIFY"]}, True),
    ("or within a field", {"eventName": ["INSERT", "MODIFY"]}, True),
    ("equals, other", {"eventName": ["INSERT"]}, False),
    ("and across fields", {"eventName": ["MODIFY"], "dynamodb": {"Keys": {"sk": {"S": ["PROFILE"]}}}}, True),
    ("and, one wrong", {"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": ["PROFILE"]}}}}, False),
    ("prefix", {"dynamodb": {"Keys": {"pk": {"S": [{"prefix": "store#V#"}]}}}}, True),
    ("prefix, other", {"dynamodb": {"Keys": {"pk": {"S": [{"prefix": "other"}]}}}}, False),
    ("suffix", {"dynamodb": {"Keys": {"pk": {"S": [{"suffix": "#1"}]}}}}, True),
    ("suffix, other", {"dynamodb": {"Keys": {"pk": {"S": [{"suffix": "#2"}]}}}}, False),
    ("ignoring case", {"dynamodb": {"NewImage": {"kind": {"S": [{"equals-ignore-case": "ORDER"}]}}}}, True),
    ("exists", {"dynamodb": {"NewImage": {"kind": {"S": [{"exists": True}]}}}}, True),
    ("exists, absent", {"dynamodb": {"OldImage": {"kind": {"S": [{"exists": True}]}}}}, False),
    ("not exists", {"dynamodb": {"OldImage": {"kind": {"S": [{"exists": False}]}}}}, True),
    ("not exists, present", {"dynamodb": {"NewImage": {"kind": {"S": [{"exists": False}]}}}}, False),
    ("exists looks at leaves", {"dynamodb": {"NewImage": [{"exists": True}]}}, False),
    ("anything but", {"eventName": [{"anything-but": ["REMOVE"]}]}, True),
    ("anything but one", {"eventName": [{"anything-but": "MODIFY"}]}, False),
    ("anything but a prefix", {"eventName": [{"anything-but": {"prefix": "MOD"}}]}, False),
    ("anything but, absent", {"nothing": [{"anything-but": ["x"]}]}, False),
    ("numeric", {"dynamodb": {"SizeBytes": [{"numeric": [">", 25, "<=", 26]}]}}, True),
    ("numeric, outside", {"dynamodb": {"SizeBytes": [{"numeric": ["<", 26]}]}}, False),
    ("numeric, equal", {"dynamodb": {"SizeBytes": [{"numeric": ["=", 26]}]}}, True),
    ("numbers of DynamoDB are text", {"dynamodb": {"NewImage": {"total": {"N": [{"numeric": [">", 1]}]}}}}, False),
    ("member of a set", {"dynamodb": {"NewImage": {"tags": {"SS": ["b"]}}}}, True),
    ("no member of a set", {"dynamodb": {"NewImage": {"tags": {"SS": ["c"]}}}}, False),
    ("true is not one", {"dynamodb": {"NewImage": {"gone": {"NULL": [1]}}}}, False),
    ("true", {"dynamodb": {"NewImage": {"gone": {"NULL": [True]}}}}, True),
    ("absent is not null", {"nothing": [None]}, False),
    ("either", {"$or": [{"eventName": ["INSERT"]}, {"dynamodb": {"SizeBytes": [26]}}]}, True),
    ("neither", {"$or": [{"eventName": ["INSERT"]}, {"dynamodb": {"SizeBytes": [27]}}]}, False),
    ("unknown operator", {"eventName": [{"wildcard": "M*"}]}, False),
]


@pytest.mark.parametrize(("pattern", "wanted"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_pattern_takes_what_it_describes(pattern: dict[str, Any], wanted: bool) -> None:
    assert passes((pattern,), RECORD) is wanted


def test_without_patterns_everything_passes_and_one_of_several_is_enough() -> None:
    assert passes((), RECORD)
    assert passes(({"eventName": ["INSERT"]}, {"eventName": ["MODIFY"]}), RECORD)


BODIES: list[tuple[str, dict[str, Any], str, bool]] = [
    ("json, json", {"body": {"a": [1]}}, '{"a": 1}', True),
    ("json, other json", {"body": {"a": [2]}}, '{"a": 1}', False),
    ("json wanted, text came", {"body": {"a": [1]}}, "a", False),
    ("text wanted, json came", {"body": ["a"]}, '{"a": 1}', False),
    ("text, text", {"body": ["a"]}, "a", True),
    ("metadata only", {"messageId": ["m"]}, "a", True),
]


@pytest.mark.parametrize(("pattern", "body", "wanted"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES])
def test_a_body_is_read_as_its_pattern_is_written(pattern: dict[str, Any], body: str, wanted: bool) -> None:
    assert message_passes((pattern,), {"messageId": "m", "body": body}) is wanted
