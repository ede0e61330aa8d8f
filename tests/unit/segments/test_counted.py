"""What of a visitor's doings counts: as presence in the shop, and as revenue."""

from dataclasses import replace
from typing import Final

from shopbell.domain.clock import DAY, HOUR, Instant
from shopbell.domain.profile import Profile
from shopbell.domain.segments.definition import StoredRules
from shopbell.domain.segments.features import compile_rules
from shopbell.domain.segments.fold import fold
from shopbell.domain.segments.settle import settle

from tests.sim.worlds import STORE, VISITOR, event, stored

NOW: Final[Instant] = 1_790_000_000_000
NOBODY: Final = Profile(STORE, VISITOR)


def test_seen_is_what_the_visitor_did_and_not_what_the_system_did() -> None:
    did = [
        event("b", "product_view", NOW - HOUR),
        event("a", "product_view", NOW - DAY),
        event("p", "push_shown", NOW),
    ]
    profile = fold(NOBODY, did, compile_rules(StoredRules(STORE)))
    assert (profile.first_seen, profile.last_seen) == (NOW - DAY, NOW - HOUR)


def test_a_store_that_trusts_its_server_alone_counts_no_purchase_of_a_browser() -> None:
    ruleset = compile_rules(stored({"bought": {"event": "purchase"}}), revenue_source="server")
    bought = event("b", "purchase", NOW, {"order_id": "o"})
    assert settle(NOBODY, [bought], ruleset, NOW).flips == ()
    assert len(settle(NOBODY, [replace(bought, trusted=True)], ruleset, NOW).flips) == 1
