"""How far back the log answers a rule: what never expires reaches everywhere, the rest 400 days."""

from typing import Any

import pytest
from shopbell.app.management.segments.reach import history_from
from shopbell.domain.clock import DAY, Instant, parse_instant
from shopbell.domain.events import EVENT_TTL

NOW: Instant = parse_instant("2026-03-02T12:00:00Z")[0]
LONG_AGO = NOW - 1_000 * DAY

CASES: tuple[tuple[str, Any, bool], ...] = (
    ("a whole life", {"event": "search"}, True),
    ("a purchase", {"event": "purchase"}, False),
    ("a month", {"event": "search", "window": {"last": "P30D"}}, False),
    ("two years", {"event": "search", "window": {"last": "P730D"}}, True),
    ("from two years ago", {"event": "search", "window": {"from": "P730D", "to": "P1D"}}, True),
    ("since last week", {"event": "search", "window": {"since": "2026-02-24T00:00:00Z"}}, False),
    ("since 2024", {"event": "search", "window": {"since": "2024-01-01T00:00:00Z"}}, True),
    ("in 2024", {"event": "search", "window": {"between": ["2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z"]}}, True),
    ("the first ever", {"first": "search", "ago": {"op": "gte", "value": "P1D"}}, True),
    ("the last signup", {"last": "signup", "ago": {"op": "gte", "value": "P1D"}}, False),
    ("a trait", {"trait": "country", "op": "eq", "value": "DE"}, False),
    ("a ratio", {"ratio": {"of": {"event": "search"}, "to": {"event": "purchase"}}, "op": "gt", "value": 2}, True),
    ("steps of a sequence", {"sequence": {"steps": [{"event": "cart_add"}]}}, True),
)


@pytest.mark.parametrize(("leaf", "beyond"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_a_leaf_that_asks_for_more_than_the_log_holds_is_noticed(leaf: Any, beyond: bool) -> None:
    assert history_from([leaf], LONG_AGO, NOW) == (NOW - EVENT_TTL if beyond else None)


def test_of_a_young_store_nothing_has_expired() -> None:
    assert history_from([{"event": "search"}], NOW - 399 * DAY, NOW) is None
