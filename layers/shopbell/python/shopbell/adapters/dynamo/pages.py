"""Queries: key conditions that DynamoDB allows and no others, read page by page."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Literal, TypeVar

from shopbell.adapters import cursors
from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import Item, keyed
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.ports import Page

T = TypeVar("T")
Comparison = Literal["any", "equal", "prefix", "below", "above", "from"]
_SORT: Final[Mapping[Comparison, str]] = {
    "any": "",
    "equal": " AND #sk = :sk",
    "prefix": " AND begins_with(#sk, :sk)",
    "below": " AND #sk < :sk",
    "above": " AND #sk > :sk",
    "from": " AND #sk >= :sk",
}


@dataclass(frozen=True, slots=True)
class Where:
    """One partition of a table or of an index, whole or a range of its sort key."""

    pk: str
    sort: Comparison = "any"
    value: str = ""
    index: str | None = None
    """Name of the index; its own attributes hold its keys."""
    names: tuple[str, str] = (keys.PK, keys.SK)

    @classmethod
    def of_index(cls, name: str, index: keys.Index, pk: str, sort: Comparison = "any", value: str = "") -> "Where":
        return cls(pk, sort, value, name, (index.partition, index.sort))

    def parameters(self) -> dict[str, Any]:
        sorted_by = self.sort != "any"
        names = {"#pk": self.names[0]} | ({"#sk": self.names[1]} if sorted_by else {})
        values = {":pk": {"S": self.pk}} | ({":sk": {"S": self.value}} if sorted_by else {})
        # an index is never strongly consistent; a table always is, unless a caller has a reason
        read = {"IndexName": self.index} if self.index else {"ConsistentRead": True}
        return {
            "KeyConditionExpression": "#pk = :pk" + _SORT[self.sort],
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            **read,
        }


def query(
    dynamo: Dynamo,
    table: str,
    where: Where,
    *,
    start: Mapping[str, str] | None = None,
    limit: int | None = None,
    newest_first: bool = False,
) -> Iterator[Item]:
    """Every item, over all pages; `limit` is how many are read at a time, `start` the key to go on after."""
    request = where.parameters() | {"TableName": table, "ScanIndexForward": not newest_first}
    if limit is not None:
        request["Limit"] = limit
    if start is not None:
        request["ExclusiveStartKey"] = keyed(start)
    while True:
        answer = dynamo.call("query", **request)
        yield from answer["Items"]
        if not answer.get("LastEvaluatedKey"):
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def count(dynamo: Dynamo, table: str, where: Where) -> int:
    """How many items there are, over all pages; none of them is sent."""
    request = where.parameters() | {"TableName": table, "Select": "COUNT"}
    found = 0
    while True:
        answer = dynamo.call("query", **request)
        found += int(answer["Count"])
        if not answer.get("LastEvaluatedKey"):
            return found
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def page(rows: Iterator[Item], limit: int, decode: Callable[[Item], T], place: Callable[[Item], str]) -> Page[T]:
    """The first `limit` rows; the cursor is the place of the last one, None when no row follows."""
    found = list(islice(rows, limit + 1))
    taken = found[:limit]
    more = len(found) > limit and taken
    return Page(tuple(decode(row) for row in taken), cursors.encode(place(taken[-1])) if more else None)
