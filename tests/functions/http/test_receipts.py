"""Receipts: only who holds a message's token can say what became of it, and each thing counts once."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.catalogue import MemoryCatalogue
from shopbell.adapters.memory.coupons import MemoryCouponPools, MemoryCoupons
from shopbell.adapters.memory.sends import MemorySends
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY
from shopbell.domain.codes import Redemption
from shopbell.domain.content import Content
from shopbell.domain.coupons import Claim, CouponPool
from shopbell.domain.ids import PoolId, ProductId, RunId, StoreId, SubscriptionId, VapidKeyId, VisitorId, visitor_hash
from shopbell.domain.profile import Alias, Profile, Trait
from shopbell.domain.push.token import LIFETIME, MessageRef, TokenKey, sign
from shopbell.domain.runs import Audience, Run
from shopbell.domain.sends import SendRecord, Sent
from shopbell.domain.subscriptions import SubscriptionFact

from tests.functions.http.world import NOON, OURS, THEIRS, Town

ANN = VisitorId("ann")
RUN = RunId("run0000001")


def key_of(town: Town, store: StoreId) -> TokenKey:
    stored = json.loads(town.world.secrets[f"{store}/message-token"])
    return TokenKey(1, base64.b64decode(stored["1"]))


def token(town: Town, store: StoreId = OURS, visitor: VisitorId = ANN, key: TokenKey | None = None) -> str:
    ref = MessageRef(store, RUN, 0, 0, 0, visitor_hash(store, visitor), b"s" * 8, NOON + LIFETIME)
    return sign(ref, key or key_of(town, store))


@pytest.fixture
def sent(town: Town) -> Town:
    """Ann was sent a message of a campaign."""
    town.world.profiles[OURS, ANN] = Profile(OURS, ANN, version=1)
    town.world.runs[OURS, RUN] = Run(
        OURS, RUN, "campaign", "c1", NOON, NOON, NOON + DAY, 1, Audience(), Content("t", "b", "/")
    )
    return town


def receipt(town: Town, **body: Any) -> Any:
    return town.call("POST", "/v1/receipts", body)


@pytest.mark.parametrize("kind", ["shown", "clicked", "closed", "landed"])
def test_a_receipt_becomes_an_event_of_its_visitor(sent: Town, kind: str) -> None:
    answer = receipt(sent, message=token(sent), kind=kind, action="buy")
    assert (answer.status, answer.json) == (202, {"accepted": True, "reason": None, "popup": None, "picks": []})
    (told,) = sent.events_of("ann")
    assert (told.type, told.trusted) == (f"push_{kind}", True)
    assert told.properties == {
        "run": RUN,
        "step": 0,
        "action": "buy",
        "source": "campaign",
        "campaign": "c1",
        "window": 3 * DAY,
    }


def test_each_receipt_counts_once_however_often_it_comes(sent: Town) -> None:
    for _ in range(3):
        assert receipt(sent, message=token(sent), kind="clicked", action="buy").status == 202
        sent.clock.now += DAY
    receipt(sent, message=token(sent), kind="clicked", action="wish")
    receipt(sent, message=token(sent), kind="shown")
    assert sorted(one.type for one in sent.events_of("ann")) == ["push_clicked", "push_clicked", "push_shown"]
    assert (sent.watch.counts["receipts_stored"], sent.watch.counts["receipts_repeated"]) == (3, 2)


def test_a_click_is_noted_when_it_first_came_and_nothing_else_is_one(sent: Town) -> None:
    receipt(sent, message=token(sent), kind="shown")
    assert sent.world.sends == {}
    for _ in range(2):
        receipt(sent, message=token(sent), kind="clicked")
        sent.clock.now += DAY
    assert sent.world.sends[OURS, ANN].clicked_at == NOON


def test_a_click_names_the_product_that_the_message_showed_and_what_is_known_of_it(sent: Town) -> None:
    boot = Product(ProductId("boot"), "Boot", "/b", "/b.jpg", 4_900, "EUR", categories=("Outdoor/Boots",))
    MemoryCatalogue(sent.world).put(OURS, [boot])
    shown = [Sent(NOON, b"1" * 8, "c1", products=(ProductId("boot"),)), Sent(NOON, b"2" * 8, "c2")]
    MemorySends(sent.world).save(OURS, [(ANN, SendRecord(tuple(shown)))])
    receipt(sent, message=token(sent), kind="shown")
    receipt(sent, message=token(sent), kind="clicked")

    seen, clicked = sorted(sent.events_of("ann"), key=lambda one: one.type, reverse=True)
    assert ("product_id" in seen.properties, clicked.properties["product_id"]) == (False, "boot")
    assert clicked.products == {"boot": boot.facts}


def test_a_receipt_of_a_visitor_who_is_gone_says_so(town: Town) -> None:
    answer = receipt(town, message=token(town), kind="shown")
    assert (answer.status, answer.json["accepted"], answer.json["reason"]) == (202, False, "unknown_visitor")
    assert town.stored == []
    assert town.watch.counts["receipts_unknown_visitor"] == 1


def test_a_receipt_is_taken_for_30_days(sent: Town) -> None:
    message = token(sent)
    sent.clock.now = NOON + LIFETIME - 1
    assert receipt(sent, message=message, kind="shown").status == 202
    sent.clock.now += 1
    answer = receipt(sent, message=message, kind="clicked")
    assert (answer.status, [path for path, _ in answer.faults]) == (422, ["message"])


def test_a_token_that_nobody_signed_is_refused(sent: Town) -> None:
    good = token(sent)
    forged = [
        token(sent, key=TokenKey(1, b"x" * 32)),
        token(sent, key=TokenKey(2, key_of(sent, OURS).secret)),
        token(sent, store=THEIRS, key=key_of(sent, OURS)),
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        good[:-4],
        good + "AAAA",
        "x",
        "é" * 40,
        "../../etc",
        "A" * 160,
    ]
    for message in forged:
        answer = receipt(sent, message=message, kind="shown")
        assert (answer.status, answer.faults) == (422, [("message", "is not a message token of ours, or no longer")])
    assert sent.stored == []


def test_a_token_of_one_store_says_nothing_of_another(sent: Town) -> None:
    sent.world.profiles[THEIRS, ANN] = Profile(THEIRS, ANN, version=1)
    receipt(sent, message=token(sent, store=THEIRS), kind="shown")
    assert (sent.events_of("ann", OURS), len(sent.events_of("ann", THEIRS))) == ([], 1)


@pytest.mark.parametrize(
    ("body", "path", "message"),
    [
        ({"kind": "shown"}, "message", "is required"),
        ({"message": 1, "kind": "shown"}, "message", "must be a string"),
        ({"message": "", "kind": "shown"}, "message", "must have at least 1 characters"),
        ({"message": "x" * 513, "kind": "shown"}, "message", "must have at most 512 characters"),
        ({"message": "x"}, "kind", "is required"),
        ({"message": "x", "kind": "seen"}, "kind", "must be 'shown', 'clicked', 'closed' or 'landed'"),
        ({"message": "x", "kind": "shown", "action": ""}, "action", "must have at least 1 characters"),
        ({"message": "x", "kind": "shown", "action": 1}, "action", "must be a string"),
        ({"message": "x", "kind": "shown", "foo": 1}, "foo", "is not a known field"),
    ],
)
def test_a_wrong_receipt_is_named(town: Town, body: Any, path: str, message: str) -> None:
    answer = town.call("POST", "/v1/receipts", body)
    assert (answer.status, answer.faults) == (422, [(path, message)])


def coupon(town: Town, visitor: VisitorId = ANN, **changes: Any) -> str:
    """A code that the message brought, of a pool with texts of its own or none."""
    pools, held = MemoryCouponPools(town.world), MemoryCoupons(town.world)
    pools.save(CouponPool(OURS, PoolId("spring"), "Spring", 0, 0, discount="10 %", **changes), expected=None)
    held.add(OURS, PoolId("spring"), "u", ["AAA", "BBB"])
    claim = Claim(OURS, visitor, b"12345678", PoolId("spring"), RUN, "birthday", NOON, NOON + DAY)
    (found,) = held.claim([claim])
    assert found is not None
    return found.code


@pytest.mark.parametrize(
    ("changes", "language", "title", "body"),
    [
        ({}, None, "Your code", "10 %"),
        ({}, "de-AT", "Dein Code", "10 %"),
        ({"title": "<b>Welcome</b>", "body": "For you"}, "de", "<b>Welcome</b>", "For you"),
    ],
    ids=["words of ours", "in the visitor's language", "the pool's own"],
)
def test_who_lands_is_shown_the_code_that_the_message_brought(
    sent: Town, changes: dict[str, Any], language: str | None, title: str, body: str
) -> None:
    code = coupon(sent, **changes)
    if language:
        traits = {"language": Trait(NOON, "r", language)}
        sent.world.profiles[OURS, ANN] = replace(sent.world.profiles[OURS, ANN], traits=traits)
    until = "2026-03-03T12:00:00Z"
    shown = {"title": title, "body": body, "code": code, "expires_at": until}
    for _ in range(2):
        assert receipt(sent, message=token(sent), kind="landed").json["popup"] == shown
    assert receipt(sent, message=token(sent), kind="clicked").json["popup"] is None
    assert code not in str([event.properties for event in sent.events_of("ann")])
    assert code not in str(sent.watch.counts)


def test_no_code_is_shown_after_it_ran_out_nor_to_anybody_else(sent: Town) -> None:
    coupon(sent, VisitorId("ben"))
    assert receipt(sent, message=token(sent), kind="landed").json["popup"] is None
    sent.world.profiles[OURS, VisitorId("ben")] = Profile(OURS, VisitorId("ben"), version=1)
    bens = token(sent, visitor=VisitorId("ben"))
    assert receipt(sent, message=bens, kind="landed").json["popup"] is not None
    sent.clock.now = NOON + DAY
    assert receipt(sent, message=bens, kind="landed").json["popup"] is None


def test_a_code_stays_with_who_joined_the_visitor_that_it_was_given_to(sent: Town) -> None:
    code = coupon(sent, VisitorId("c:77"))
    joined = Alias(VisitorId("c:77"), NOON, joined=True)
    sent.world.profiles[OURS, ANN] = Profile(OURS, ANN, version=1, alias=joined)
    sent.world.profiles[OURS, VisitorId("c:77")] = Profile(OURS, VisitorId("c:77"), version=1)
    assert receipt(sent, message=token(sent), kind="landed").json["popup"]["code"] == code


def test_the_code_is_shown_in_the_language_of_the_device(sent: Town) -> None:
    coupon(sent)
    facts = {
        SubscriptionId(name): SubscriptionFact(
            SubscriptionId(name), active, at, "fcm", VapidKeyId("k"), language=language
        )
        for name, active, at, language in (("a", True, 1, "fr"), ("b", True, 2, "de"), ("c", False, 3, "en"))
    }
    sent.world.profiles[OURS, ANN] = replace(sent.world.profiles[OURS, ANN], subscriptions=facts)
    assert receipt(sent, message=token(sent), kind="landed").json["popup"]["title"] == "Dein Code"


def test_a_code_is_not_shown_any_more_once_an_order_came_with_it(sent: Town) -> None:
    code = coupon(sent)
    MemoryCoupons(sent.world).redeem(OURS, [PoolId("spring")], Redemption(code, "o1", ANN, NOON))
    assert receipt(sent, message=token(sent), kind="landed").json["popup"] is None
