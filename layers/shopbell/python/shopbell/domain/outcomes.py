"""How a planned message can end: each outcome has one name, one byte in the ledger, one line in the report."""

from collections.abc import Iterable, Mapping
from typing import Final

OPEN: Final = 0
ACCEPTED: Final = "accepted"

CODES: Final[Mapping[str, int]] = {
    ACCEPTED: 1,
    # the push service said no for good
    "failed:refused": 2,
    "failed:too_large": 3,
    "failed:key_mismatch": 4,
    "failed:redirect": 5,
    "failed:bad_subscription": 6,
    "retired": 7,
    # a gate of the send said no, in the order of the gates
    "skipped:suppressed": 19,
    "skipped:unsubscribed": 20,
    "skipped:topic_off": 21,
    "skipped:consent_missing": 22,
    "skipped:global_holdout": 23,
    "skipped:scenario_holdout": 24,
    "skipped:reentry": 25,
    "skipped:cooldown": 26,
    "skipped:exited": 27,
    "skipped:audience_left": 28,
    "skipped:no_content": 29,
    "skipped:dormant": 30,
    "skipped:lower_priority": 31,
    "skipped:frequency_cap": 32,
    "skipped:quiet_hours": 33,
    "skipped:throttled": 34,
    "skipped:duplicate": 35,
    "skipped:expired": 36,
    "skipped:cancelled": 37,
    "skipped:endpoint_refused": 38,
    "skipped:erased": 39,
    "skipped:no_coupon": 40,
    "skipped:missed": 41,
    "skipped:snoozed": 42,
    # not now: it waits for its moment as a step of the visitor, and its end there is told by that step
    "deferred:lower_priority": 50,
    "deferred:frequency_cap": 51,
    "deferred:quiet_hours": 52,
    "deferred:throttled": 53,
    "deferred:best_hour": 54,
    "deferred:local_time": 55,
    "deferred:held": 56,
}
"""Codes are stored: a code is never reused, a name never renamed."""
NAMES: Final[Mapping[int, str]] = {code: name for name, code in CODES.items()}


def count(ledgers: Iterable[bytes]) -> dict[str, int]:
    """How often each outcome occurs over the ledgers; `open` for what has not ended."""
    totals: dict[str, int] = {}
    for codes in ledgers:
        for code in set(codes):
            name = NAMES[code] if code else "open"
            totals[name] = totals.get(name, 0) + codes.count(code)
    return totals
