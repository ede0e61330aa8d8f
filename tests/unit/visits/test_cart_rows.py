"""An operation on a cart is one canonical row: printable ASCII, whatever the shop's ids are made of."""

import json

from hypothesis import example, given
from hypothesis import strategies as st
from shopbell.domain.events import Event, Json, ProductFacts
from shopbell.domain.ids import EventId, ProductId, VisitorId, element_hash
from shopbell.domain.visits.operations import read, row_of

AT = 1_790_000_000_000
TEXTS = st.text(min_size=1, max_size=12)


def _event(kind: str, product: str, category: str, cart: str, price: int) -> Event:
    facts = {ProductId(product): ProductFacts((category,), price=1)}
    properties: dict[str, Json] = {"product_id": product, "cart_id": cart, "price": price}
    return Event(EventId("e"), kind, VisitorId("v"), AT, AT, properties, products=facts)


@given(TEXTS, TEXTS, TEXTS, st.integers(0, 10**12))
@example("boot", "Outdoor/Boots", "c", 1)
@example("a\x7f", 'a"\\/b', "\x00\x1f\t\n\r\b\f", 0)
@example("é", "\u2028\u20ac", "\U0001f600", 10**12)
@example("\ud800", "a", "b", 2)
def test_a_row_is_written_the_same_whatever_writes_it(product: str, category: str, cart: str, price: int) -> None:
    digest = element_hash("e")
    row = row_of(_event("cart_add", product, category, cart, price))
    item = [product, None, None, price, None, None, category]
    assert row == json.dumps([AT, 2, digest.hex(), cart, [item]], separators=(",", ":")).encode()
    assert row == row_of(_event("cart_add", product, category, cart, price), digest)
    assert read(row).row == row


@given(TEXTS)
def test_what_empties_a_cart_names_no_product(cart: str) -> None:
    name = element_hash("e").hex()
    assert row_of(_event("purchase", "boot", "a", cart, 1)) == f'[{AT},4,"{name}",null,[]]'.encode()
    assert row_of(_event("cart_clear", "boot", "a", cart, 1)) == f'[{AT},0,"{name}",{json.dumps(cart)},[]]'.encode()
    bare = Event(EventId("e"), "cart_clear", VisitorId("v"), AT, AT)
    assert row_of(bare) == f'[{AT},0,"{name}",null,[]]'.encode()
