"""What of a visitor's doings counts: as presence in the shop, and as revenue."""

from dataclasses import replace
from typing import Final

import pytest
from shopbell.domain.clock import DAY, HOUR, MINUTE, Instant
from shopbell.domain.events import Json, ProductFacts
from shopbell.domain.ids import ProductId
from shopbell.domain.profile import Profile
from shopbell.domain.segments.definition import StoredRules
from shopbell.domain.segments.features import compile_rules
from shopbell.domain.segments.fold import fold
from shopbell.domain.segments.settle import settle
from shopbell.domain.visits.sessions import sessions_of

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


@pytest.mark.parametrize("kind", ["refund", "order_status"])
def test_what_the_back_office_does_is_no_visit(kind: str) -> None:
    visits: Json = {"event": "session_ended", "op": "gte", "value": 1, "window": {"last": "P30D"}}
    ruleset = compile_rules(stored({"visited": visits}))
    came = event("v", "product_view", NOW - 9 * DAY)
    done = [event("o", kind, NOW - at, {"order_id": "o"}) for at in (20 * DAY, 9 * DAY - 20 * MINUTE, DAY)]
    assert fold(NOBODY, done, ruleset).sessions == b""
    profile = fold(NOBODY, [came, *done], ruleset)
    assert sessions_of(profile.sessions) == ((came.at, came.at),)
    assert (profile.first_seen, profile.last_seen) == (came.at, came.at)


@pytest.mark.parametrize(("currency", "counts"), [("EUR", True), (None, True), ("USD", False)])
def test_a_price_of_the_catalogue_compares_in_the_currency_of_the_store(currency: str | None, counts: bool) -> None:
    dear: Json = {"event": "product_view", "where": [{"field": "product.price", "op": "gte", "value": 5_000}]}
    full: Json = {"cart": "value", "op": "gte", "value": 5_000}
    ruleset = compile_rules(stored({"dear": dear, "full": full}), currency="EUR")
    known = {ProductId("boot"): ProductFacts(price=9_000, currency=currency)}
    did = [
        replace(event(kind, kind, NOW - HOUR, {"product_id": "boot"}), products=known)
        for kind in ("product_view", "cart_add")
    ]
    entered = {flip.segment for flip in settle(NOBODY, did, ruleset, NOW).flips}
    assert entered == ({"dear", "full"} if counts else set())


def test_a_store_that_trusts_its_server_alone_counts_no_purchase_of_a_browser() -> None:
    ruleset = compile_rules(stored({"bought": {"event": "purchase"}}), revenue_source="server")
    bought = event("b", "purchase", NOW, {"order_id": "o"})
    assert settle(NOBODY, [bought], ruleset, NOW).flips == ()
    assert len(settle(NOBODY, [replace(bought, trusted=True)], ruleset, NOW).flips) == 1
