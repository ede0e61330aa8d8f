"""Batch reads and writes: what DynamoDB leaves undone is tried again, eight times at most."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, Final, TypeVar

from shopbell.adapters.dynamo.attributes import Item, keyed
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.domain.errors import Unavailable

READ: Final = 100
WRITE: Final = 25
SIDE_BY_SIDE: Final = 8
A = TypeVar("A")
B = TypeVar("B")


def get_many(dynamo: Dynamo, table: str, wanted: Iterable[Mapping[str, str]]) -> Iterator[Item]:
    """Those that exist, strongly consistent, in no order. A key may be asked for twice and comes once."""
    distinct = {tuple(key.values()): key for key in wanted}
    for part in _parts(list(distinct.values()), READ):
        yield from _read(dynamo, table, part)


def put_many(dynamo: Dynamo, table: str, items: Iterable[Item]) -> None:
    """Written when it returns, whatever stood there; no key twice."""
    for part in _parts(list(items), WRITE):
        _write(dynamo, table, [{"PutRequest": {"Item": item}} for item in part])


def delete_many(dynamo: Dynamo, table: str, unwanted: Iterable[Mapping[str, str]]) -> None:
    """Deleted when it returns; those that were not there are no error."""
    distinct = {tuple(key.items()): key for key in unwanted}
    for part in _parts(list(distinct.values()), WRITE):
        _write(dynamo, table, [{"DeleteRequest": {"Key": keyed(key)}} for key in part])


def side_by_side(do: Callable[[A], B], items: Sequence[A], workers: int = SIDE_BY_SIDE) -> list[B]:
    """The answers in the order of the items; the first error is raised when all have ended."""
    if len(items) <= 1:
        return [do(item) for item in items]
    with ThreadPoolExecutor(min(workers, len(items))) as pool:
        return list(pool.map(do, items))


def _read(dynamo: Dynamo, table: str, part: Sequence[Mapping[str, str]]) -> Iterator[Item]:
    asked: Mapping[str, Any] = {table: {"Keys": [keyed(key) for key in part], "ConsistentRead": True}}
    for _ in dynamo.backoff.attempts():
        answer = dynamo.call("batch_get_item", RequestItems=asked)
        yield from answer["Responses"].get(table, ())
        asked = answer.get("UnprocessedKeys") or {}
        if not asked:
            return
    raise Unavailable("DynamoDB batch_get_item: keys left over")


def _write(dynamo: Dynamo, table: str, requests: Sequence[Mapping[str, Any]]) -> None:
    asked: Mapping[str, Any] = {table: list(requests)}
    for _ in dynamo.backoff.attempts():
        asked = dynamo.call("batch_write_item", RequestItems=asked).get("UnprocessedItems") or {}
        if not asked:
            return
    raise Unavailable("DynamoDB batch_write_item: items left over")


def _parts(items: Sequence[A], size: int) -> Iterator[list[A]]:
    remaining = iter(items)
    while part := list(islice(remaining, size)):
        yield part
