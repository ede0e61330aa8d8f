"""How many subscriptions each VAPID key has: counted in the transactions that make, move and end them, so exactly.

The counts of a store lie in 64 items, by the subscription's hash: no two people who subscribe at once meet at one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from shopbell.adapters.dynamo.attributes import Item, n, number
from shopbell.adapters.dynamo.database import Condition, update_op
from shopbell.adapters.dynamo.keys import visitors as keys
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId, VapidKeyId
from shopbell.domain.subscriptions import Subscription
from shopbell.domain.vapidkeys import KeyUse

ACTIVE: Final = "a:"
PARKED: Final = "m:"
REFUSED: Final = "r:"
REFUSED_AT: Final = "t:"
"""Before the id of a key."""


def shift(table: str, before: Iterable[Subscription], after: Iterable[Subscription]) -> Iterator[Mapping[str, Any]]:
    """The operations that count those out and these in."""
    moved: dict[tuple[StoreId, int], Counter[str]] = {}
    for rows, step in ((before, -1), (after, 1)):
        for row in rows:
            moved.setdefault((row.store, keys.key_count_shard(row.id)), Counter())[_name(row)] += step
    for (store, shard), deltas in moved.items():
        changed = {name: delta for name, delta in sorted(deltas.items()) if delta}
        if changed:
            yield update_op(table, keys.key_count(store, shard), _added(changed))


def refusals(key: VapidKeyId, times: int, at: Instant) -> Condition:
    """So many more, the last of them just now."""
    added = _added({REFUSED + key: times})
    return Condition(
        f"{added.expression} SET #at = :at", {**added.names, "#at": REFUSED_AT + key}, {**added.values, ":at": n(at)}
    )


def total(rows: Iterable[Item]) -> Mapping[VapidKeyId, KeyUse]:
    sums: Counter[str] = Counter()
    latest: dict[str, Instant] = {}
    for row in rows:
        for name in row:
            if name.startswith(REFUSED_AT):
                latest[name[2:]] = max(latest.get(name[2:], 0), number(row, name))
            elif name[:2] in {ACTIVE, PARKED, REFUSED}:
                sums[name] += number(row, name)
    known = {VapidKeyId(name[2:]) for name in sums}
    return {
        key: KeyUse(sums[ACTIVE + key], sums[PARKED + key], sums[REFUSED + key], latest.get(key)) for key in known
    }


def _name(row: Subscription) -> str:
    return (PARKED if row.state == "key_mismatch" else ACTIVE) + row.vapid_key


def _added(deltas: Mapping[str, int]) -> Condition:
    names = {f"#n{place}": name for place, name in enumerate(deltas)}
    values = {f":n{place}": n(delta) for place, delta in enumerate(deltas.values())}
    added = ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
    return Condition(f"ADD {added}", names, values)
