"""Keys of report counts: rows of people, and of sources by the hour.

table  pk                             sk                        what
-----  -----------------------------  ------------------------  --------------------------------------------------
runs   <store>#O#<visitor>            receipts | orders | lift  what is counted of them already; whose orders are
       <store>#O#/                    lift                      the store has held people out, and when it last did
       <store>#O#/<order>             claim                     whom an order is counted for; `order`: hash of its id
       <store>#N#report:<source id>   T#<00..15>                counts over all hours
       <store>#N#report:<source id>   H#<hour, 15>#<00..15>     counts of one hour; `hour`: when it began, ms
"""

from typing import Final

from shopbell.adapters.dynamo.keys.runs import counter, counters
from shopbell.adapters.dynamo.keys.schema import PK, SK, Key, millis
from shopbell.domain.clock import Instant
from shopbell.domain.ids import StoreId, VisitorId

SLOTS: Final = 16
"""So that two transactions seldom meet in one row."""
TOTALS: Final = "T#"
HOURS: Final = "H#"


def person(store: StoreId, who: VisitorId, kind: str) -> Key:
    return {PK: f"{store}#O#{who}", SK: kind}


def person_of(pk: str, sk: str) -> tuple[str, str]:
    """Visitor and kind: the inverse of `person`."""
    return pk.split("#", 2)[2], sk


def counts(store: StoreId, source_id: str) -> str:
    return counters(store, f"report:{source_id}")


def total(store: StoreId, source_id: str, slot: int) -> Key:
    return counter(store, f"report:{source_id}", f"{TOTALS}{slot:02d}")


def hour(store: StoreId, source_id: str, at: Instant, slot: int) -> Key:
    return counter(store, f"report:{source_id}", f"{hours_from(at)}#{slot:02d}")


def hours_from(at: Instant) -> str:
    return f"{HOURS}{millis(max(at, 0))}"


def hour_of(sort: str) -> Instant:
    return int(sort.split("#")[1])
