"""Membership follows every event of a busy shop by itself, and time alone ends it to the second.

How fast an event shows is a figure of the machine that runs it: `benchmarks/promptness.py` measures it.
"""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from tests.e2e.system.api import Shop
from tests.e2e.system.waiting import eventually

pytestmark = [pytest.mark.engine, pytest.mark.slow]

RATE: Final = 20
SECONDS: Final = 15
TRIES: Final = 20
LATE_LIMIT: Final = 10.0
DAY_30: Final = timedelta(days=30)


def test_every_event_of_a_busy_shop_shows_in_its_segment(shop: Shop) -> None:
    segment = shop.segment("Viewed the boot", {"event": "product_view", "where": [_is_boot()]})
    start = time.monotonic()

    def send(number: int) -> str:
        time.sleep(max(0.0, start + number / RATE - time.monotonic()))
        visitor = f"prompt-{number}"
        shop.storefront.ok("POST", "/v1/events", {"events": [_view(visitor, f"e-{number}")]})
        return visitor

    with ThreadPoolExecutor(8) as pool:
        sent = set(pool.map(send, range(RATE * SECONDS)))
    eventually(lambda: shop.members(segment) == sent, "every visitor to be a member", seconds=120, every=1)


def test_a_window_that_ends_lets_the_visitor_go_at_its_instant_and_not_before(shop: Shop) -> None:
    rule = {"event": "category_view", "window": {"last": "P30D"}}
    segment = shop.segment("Looked around in 30 days", rule)
    ends: dict[str, datetime] = {}
    for number in range(TRIES):
        visitor = f"window-{number}"
        ends[visitor] = datetime.now(UTC) + timedelta(seconds=60, milliseconds=100 * number)
        event = {
            "id": f"w-{number}",
            "type": "category_view",
            "visitor_id": visitor,
            "occurred_at": (ends[visitor] - DAY_30).isoformat(timespec="milliseconds"),
            "properties": {"category": "Outdoor/Boots"},
        }
        shop.server.ok("POST", "/v1/events", {"events": [event]})
    eventually(lambda: shop.members(segment) == ends.keys(), "all to have entered", seconds=50)
    left: dict[str, datetime] = {}

    def all_left() -> bool:
        for visitor in ends.keys() - shop.members(segment) - left.keys():
            # whoever is absent from the list had left before this moment, so an early one is caught
            left[visitor] = datetime.now(UTC)
            assert left[visitor] >= ends[visitor], f"{visitor} left early"
        return len(left) == TRIES

    eventually(all_left, "all to have left", seconds=120, every=0.05)
    late = sorted((left[visitor] - ends[visitor]).total_seconds() for visitor in ends)
    print(f"\nleft after the instant: median {statistics.median(late):.2f} s, latest {late[-1]:.2f} s of {TRIES}")
    assert late[-1] <= LATE_LIMIT
    exits = [line for line in shop.marketer.items(f"/v1/segments/{segment}/log") if line["change"] == "exited"]
    assert {line["cause"] for line in exits} == {"clock"}


def _is_boot() -> dict[str, str]:
    return {"field": "product_id", "op": "eq", "value": "boot"}


def _view(visitor: str, event: str) -> dict[str, object]:
    return {"id": event, "type": "product_view", "visitor_id": visitor, "properties": {"product_id": "boot"}}
