"""Payloads of words for many: made once, and the same as if each had been made by itself."""

from dataclasses import replace

import pytest
from shopbell.app.delivery.addressing import Envelope
from shopbell.app.delivery.letters import Letter
from shopbell.domain.content import Action, Content
from shopbell.domain.ids import RunId, StoreId, SubscriptionId, VapidKeyId, VisitorId
from shopbell.domain.push.endpoints import allow
from shopbell.domain.push.token import TokenKey
from shopbell.domain.rendering import Written
from shopbell.domain.runs import Audience, Run
from shopbell.domain.sends import Sent
from shopbell.domain.store import Store
from shopbell.domain.subscriptions import Subscription

STORE = StoreId("store00001")
RUN = Run(STORE, RunId("r1"), "campaign", "c1", 0, 0, 9, 1, Audience(), Content("t", "b", "/"))
SHOP = Store(STORE, "Shop", 64, 0, "mailto:a@shop.example.com")
WORDS = Written(
    "Sale \u201cnow\u201d",
    "It\nis",
    "https://shop.example.com/a?b=1#c",
    "en",
    actions=(Action("go", "Go", "https://a.b/"),),
)


def device(number: int) -> Subscription:
    return Subscription(
        STORE,
        VisitorId(f"v{number}"),
        SubscriptionId(f"{number:022x}"),
        "fcm",
        f"https://fcm.googleapis.com/fcm/send/{number}",
        b"",
        b"",
        VapidKeyId("k1"),
        0,
        0,
    )


@pytest.mark.parametrize(
    "words",
    [WORDS, replace(WORDS, body="ä" * 5_000), replace(WORDS, variant=3), replace(WORDS, faults=("title",))],
    ids=["short", "trimmed", "variant", "faulty"],
)
def test_each_is_as_if_it_were_made_by_itself(words: Written) -> None:
    shared, alone = (Envelope(RUN, SHOP, TokenKey(1, bytes(32)), allow(())) for _ in range(2))

    for number in range(5):
        ours = shared(number, device(number), replace(words, for_all=True), Sent(1, b"m", "c1"), None)
        own = alone(number, device(number), words, Sent(1, b"m", "c1"), None)
        assert isinstance(ours, Letter)
        assert ours == own


def test_no_two_hold_the_same_token() -> None:
    envelope = Envelope(RUN, SHOP, TokenKey(1, bytes(32)), allow(()))
    words = replace(WORDS, for_all=True)

    letters = [envelope(number, device(number), words, Sent(1, b"m", "c1"), None) for number in range(9)]

    assert len({one.plaintext for one in letters if isinstance(one, Letter)}) == 9
