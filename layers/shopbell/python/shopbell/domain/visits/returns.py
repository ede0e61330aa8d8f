"""Refunds by an order's number: what was given back, where it was the whole order, and whether it was a test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shopbell.domain.events import Event, Json
from shopbell.domain.ids import ProductId, element_hash
from shopbell.domain.visits.interactions import Interaction, interactions_in, interactions_of, order_total
from shopbell.domain.visits.notes import Total, is_test, total_of
from shopbell.domain.visits.products import named, text_of
from shopbell.domain.visits.rows import notes_of


@dataclass(frozen=True, slots=True)
class Ordered:
    """What an order brought, what it cost, if that was told, and whether all reports of it say that it was a test."""

    items: Sequence[Mapping[str, Json]]
    total: Total | None
    test: bool = False


def order_named(event: Event) -> str | None:
    """Of a refund that names its order; None of anything else."""
    return text_of(event.properties, "order_id") if event.type == "refund" else None


def order_of(state: bytes, order: str) -> Ordered | None:
    """As the visitor's interactions tell it; None of one that they do not know (any more)."""
    digest = int.from_bytes(element_hash(f"purchase:{order}"), "big")
    rows = [one for one in interactions_of(state) if one.event == digest and one.kind == "purchase"]
    if not rows:
        return None
    told = {(one.at, one.event) for one in rows}
    return Ordered(_items(rows), order_total(state, digest), told <= notes_of(state).trials)


def order_in(event: Event) -> Ordered | None:
    """As the purchase itself tells it."""
    rows = list(interactions_in(event)) if event.type == "purchase" else []
    return Ordered(_items(rows), total_of(event), is_test(event)) if rows else None


def returned(refund: Event, order: Ordered) -> Event:
    """The refund of that order: of a test it is one itself, and of the whole order it brings back everything."""
    test: dict[str, Json] = {"test": True} if order.test else {}
    whole = None if next(named(refund), None) is not None else _whole(refund.properties, order)
    said = {**(refund.properties if whole is None else whole), **test}
    return refund if said == refund.properties else replace(refund, properties=said)


def _whole(refund: Mapping[str, Json], order: Ordered) -> Mapping[str, Json] | None:
    """The refund with everything that the order brought; None where only a part was given back, or nobody can tell.

    All of it was where no amount is named, or one that is no smaller than what the order cost, in its currency.
    """
    amount, told = refund.get("amount"), order.total
    if amount is not None:
        if told is None or not isinstance(amount, int) or refund.get("currency", told[1]) != told[1]:
            return None
        if amount < told[0]:
            return None
    currency: dict[str, Json] = {} if told is None else {"currency": told[1]}
    return {**currency, **refund, "items": order.items}


def _items(rows: Sequence[Interaction]) -> Sequence[Mapping[str, Json]]:
    """Of several reports of the order the newest."""
    newest: dict[ProductId, Interaction] = {one.product: one for one in rows}
    return [_item(newest[product]) for product in sorted(newest)]


def _item(one: Interaction) -> Mapping[str, Json]:
    price: dict[str, Json] = {} if one.price is None else {"price": one.price}
    return {"product_id": one.product, "quantity": one.quantity, **price}
