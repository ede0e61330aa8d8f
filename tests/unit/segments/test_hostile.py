"""Ten thousand events of any name and any content: no failure, no more bytes than the limit, no trace of names."""

import json
import random
from collections.abc import Mapping
from typing import Final

from shopbell.domain.clock import DAY, Instant
from shopbell.domain.events import Event, Json
from shopbell.domain.profile import Profile
from shopbell.domain.segments.codec import StoredProfile, dump, load
from shopbell.domain.segments.features import Ruleset
from shopbell.domain.segments.settle import settle

from tests.sim.worlds import STORE, VISITOR, compiled, event

BASE: Final[Instant] = 1_790_000_000_000
LIMIT: Final = 256 * 1_024
COUNT: Final = 10_000
_LINE: Final[Json] = {"product_id": "boot", "price": 10**40}
_LINES: Final[Json] = [{"product_id": None}, 3, {"product_id": ["boot"], "price": "x"}]
_DEEP: Final[Json] = {"a": {}}
_PLAIN: Final[tuple[Json, ...]] = (None, True, 0, -1, 1e308, 10**30, 2**63, -0.0, "", "ü" * 300, "\0", "boot")
VALUES: Final[tuple[Json, ...]] = (*_PLAIN, [], _DEEP, _LINE, _LINES)
FIELDS: Final = ("product_id", "order_id", "total", "items", "price", "currency", "category", "cart_id", "coupon")
KINDS: Final = ("product_view", "page_view", "search", "purchase", "refund", "cart_add", "cart_update", "rated")
AGGREGATES: Final = ("sum", "avg", "min", "max", "distinct")


def _rules() -> Mapping[str, Json]:
    """Every way to keep something of every kind of event, as much of it as a rule can ask for."""
    rules: dict[str, Json] = {}
    for kind in KINDS:
        rules[f"{kind}_many"] = {"event": kind, "value": 1_000, "window": {"last": "P400D"}}
        rules[f"{kind}_ago"] = {"event": kind, "window": {"from": "P400D", "to": "P1D"}}
        rules[f"{kind}_boot"] = {"event": kind, "where": [{"field": "items.product_id", "op": "eq", "value": "boot"}]}
        for aggregate in AGGREGATES:
            for of in ("total", "items.price"):
                rules[f"{kind}_{aggregate}_{of}"] = {"event": kind, "aggregate": aggregate, "of": of, "value": 7}
    return rules


def _settled(body: StoredProfile | None, events: list[Event], ruleset: Ruleset, now: Instant) -> StoredProfile:
    """Through bytes, all parts of it, as the adapter does it."""
    profile = Profile(STORE, VISITOR) if body is None else load(STORE, VISITOR, body, 1, ruleset.version, None)
    settled = settle(profile, events, ruleset, now)
    while settled.commit is not None:
        body = dump(settled.commit.after)
        assert sum(map(len, (body.p, body.l, body.v))) <= LIMIT
        profile = settled.commit.after.with_version(2)
        settled = settle(profile, (), ruleset, now)
        if not settled.more and settled.commit is None:
            break
    assert body is not None
    return body


def test_ten_thousand_events_that_rules_look_at_never_pass_the_limit_nor_fail() -> None:
    chance, ruleset, body = random.Random(3), compiled(_rules()), None  # noqa: S311 - a fixed load, no secret
    now = BASE + DAY
    for start in range(0, COUNT, 500):
        batch = []
        for number in range(start, start + 500):
            said = {field: chance.choice(VALUES) for field in chance.sample(FIELDS, 4)}
            if number % 3:
                said["total"] = number
                said["order_id"] = f"order-{number}"
                said["items"] = [{"product_id": f"p{number}", "price": number}]
            batch.append(event(f"e{number}", chance.choice(KINDS), BASE + number * 7_000, said))
        body = _settled(body, batch, ruleset, now)
    assert body is not None
    assert sum(map(len, (body.p, body.l, body.v))) > 100_000


def test_ten_thousand_events_that_no_rule_names_leave_no_trace() -> None:
    chance = random.Random(4)  # noqa: S311 - a fixed load, no secret
    ruleset = compiled({"searched": {"event": "search"}, "rated": {"event": "rated"}})
    before = _settled(None, [event("a", "search", BASE)], ruleset, BASE)
    events = [
        event(f"x{n}", f"made_up_{chance.randrange(10**9)}", BASE, {f"key{n}": chance.choice(VALUES), "total": n})
        for n in range(COUNT)
    ]
    for start in range(0, COUNT, 500):
        assert _settled(before, events[start : start + 500], ruleset, BASE) == before
    said = json.dumps([part.hex() for part in (before.p, before.l, before.v)])
    assert b"made_up".hex() not in said
