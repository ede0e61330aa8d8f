"""The page that a message led to is told what was picked for its visitor, and of a product what all may see."""

from dataclasses import replace

import pytest
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import DAY
from shopbell.domain.content import Content, Variant
from shopbell.domain.ids import ProductId
from shopbell.domain.profile import Profile
from shopbell.domain.runs import Audience, Run

from tests.functions.http.test_receipts import ANN, RUN, receipt, token
from tests.functions.http.world import NOON, OURS, Town

BOOT = Product(
    ProductId("boot"), "Boot", "https://shop.example.com/boot", "https://shop.example.com/boot.jpg", 4_900, "EUR"
)
CONTENT = Content("t", "b", "/")


@pytest.fixture
def sent(town: Town) -> Town:
    town.world.profiles[OURS, ANN] = Profile(OURS, ANN, version=1)
    town.world.runs[OURS, RUN] = Run(OURS, RUN, "campaign", "c1", NOON, NOON, NOON + DAY, 1, Audience(), CONTENT)
    return town


def test_who_landed_is_answered_with_the_list_at_every_try(sent: Town) -> None:
    sent.lists[ANN] = (replace(BOOT, margin=40, stock=3),)
    for _ in range(2):
        answer = receipt(sent, message=token(sent), kind="landed").json
        assert answer["picks"] == [
            {
                "id": "boot",
                "title": "Boot",
                "url": "https://shop.example.com/boot",
                "image_url": "https://shop.example.com/boot.jpg",
                "price": 4_900,
                "list_price": None,
                "currency": "EUR",
                "brand": None,
                "categories": [],
            }
        ]


@pytest.mark.parametrize("kind", ["shown", "clicked", "closed"])
def test_nothing_is_picked_for_who_did_not_land(sent: Town, kind: str) -> None:
    sent.lists[ANN] = (BOOT,)
    assert receipt(sent, message=token(sent), kind=kind).json["picks"] == []


def test_a_receipt_names_the_variant_that_its_message_was(sent: Town) -> None:
    several = (Variant("A", 1, CONTENT), Variant("B", 1, CONTENT))
    sent.world.runs[OURS, RUN] = replace(sent.world.runs[OURS, RUN], variants=several)
    receipt(sent, message=token(sent), kind="clicked")
    (told,) = sent.events_of("ann")
    assert told.properties["variant"] == "A"
