"""The rows of coupons, and the operations that transactions are made of."""

from collections.abc import Mapping
from typing import Any, Final

from shopbell.adapters.dynamo import keys
from shopbell.adapters.dynamo.attributes import (
    Item,
    b,
    binary,
    keyed,
    maybe_number,
    maybe_text,
    n,
    number,
    s,
    seconds,
    text,
)
from shopbell.adapters.dynamo.database import PRESENT, Condition, delete_op, put_op, update_op
from shopbell.adapters.dynamo.keys import coupons as coupon_keys
from shopbell.domain.codes import Code, Redemption, digest
from shopbell.domain.coupons import KEPT, Claim, Held
from shopbell.domain.ids import PoolId, RunId, StoreId, SubscriptionId, VisitorId

Operation = Mapping[str, Any]
_COUNT: Final = "n_"
"""Before the name of a count, as in the rows of all counters."""


def code_of(row: Item) -> Code:
    who = maybe_text(row, "who")
    return Code(
        text(row, "code"),
        None if who is None else VisitorId(who),
        maybe_number(row, "given"),
        maybe_number(row, "until"),
        maybe_text(row, "order"),
    )


def held_of(store: StoreId, visitor: VisitorId, row: Item) -> Held:
    claim = Claim(
        store=store,
        visitor=visitor,
        mark=bytes.fromhex(text(row, keys.SK).removeprefix(coupon_keys.MESSAGES)),
        pool=PoolId(text(row, "pool")),
        run=RunId(text(row, "run")),
        source_id=text(row, "source"),
        at=number(row, "given"),
        expires_at=number(row, "until"),
        devices=frozenset(map(SubscriptionId, row["devices"]["SS"])) if "devices" in row else frozenset(),
    )
    return Held(claim, text(row, "code"))


def taken(table: str, held: Held) -> tuple[Operation, ...]:
    """A code goes from the free ones to its holder."""
    claim, name = held.claim, digest(held.code)
    given = Condition(
        "SET #who = :who, #mark = :mark, #given = :given, #until = :until",
        {"#who": "who", "#mark": "mark", "#given": "given", "#until": "until"},
        {":who": s(claim.visitor), ":mark": b(claim.mark), ":given": n(claim.at), ":until": n(claim.expires_at)},
    )
    absent = Condition("attribute_not_exists(#pk)", {"#pk": keys.PK})
    return (
        delete_op(table, coupon_keys.free(claim.store, claim.pool, name), PRESENT),
        put_op(table, _held_row(held), absent),
        update_op(table, coupon_keys.code(claim.store, claim.pool, name), given, PRESENT),
        *_last(table, claim),
    )


def returned(table: str, held: Held) -> tuple[Operation, ...]:
    """And back, unless a device may have it, or an order came with it."""
    claim, name = held.claim, digest(held.code)
    nobody = Condition(
        "#code = :code AND attribute_not_exists(#devices)",
        {"#code": "code", "#devices": "devices"},
        {":code": s(held.code)},
    )
    forgotten = Condition(
        "REMOVE #who, #mark, #given, #until", {"#who": "who", "#mark": "mark", "#given": "given", "#until": "until"}
    )
    unspent = Condition("attribute_not_exists(#order)", {"#order": "order"})
    free = keyed(coupon_keys.free(claim.store, claim.pool, name))
    return (
        delete_op(table, coupon_keys.message(claim.store, claim.visitor, claim.mark), nobody),
        put_op(table, {**free, "code": s(held.code)}),
        update_op(table, coupon_keys.code(claim.store, claim.pool, name), forgotten, unspent),
    )


def spent(table: str, store: StoreId, pool: PoolId, redemption: Redemption, *, free: bool) -> tuple[Operation, ...]:
    """An order came with the code; `free`: that nobody was given, and that nobody is given from now on."""
    name = digest(redemption.code)
    change = Condition(
        "SET #order = :order, #buyer = :buyer, #redeemed = :at",
        {"#order": "order", "#buyer": "buyer", "#redeemed": "redeemed"},
        {":order": s(redemption.order), ":buyer": s(redemption.buyer), ":at": n(redemption.at)},
    )
    given = "attribute_not_exists" if free else "attribute_exists"
    guard = Condition(f"{given}(#who) AND attribute_not_exists(#order)", {"#who": "who", "#order": "order"})
    done = update_op(table, coupon_keys.code(store, pool, name), change, guard)
    if not free:
        return done, counting(table, store, pool, name, redeemed=1)
    gone = delete_op(table, coupon_keys.free(store, pool, name), PRESENT)
    return done, gone, counting(table, store, pool, name, assigned=1, redeemed=1)


def counting(table: str, store: StoreId, pool: PoolId, name: str, **deltas: int) -> Operation:
    """`name`: the digest whose row of counts is meant."""
    names = {f"#n{place}": _COUNT + said for place, said in enumerate(deltas)}
    values = {f":n{place}": n(delta) for place, delta in enumerate(deltas.values())}
    added = ", ".join(f"{one} {value}" for one, value in zip(names, values, strict=True))
    return update_op(table, coupon_keys.count(store, pool, name), Condition(f"ADD {added}", names, values))


def mark_of(row: Item) -> bytes:
    return binary(row, "mark")


def _held_row(held: Held) -> Item:
    claim = held.claim
    devices = {"devices": {"SS": sorted(claim.devices)}} if claim.devices else {}
    return {
        **keyed(coupon_keys.message(claim.store, claim.visitor, claim.mark)),
        "pool": s(claim.pool),
        "code": s(held.code),
        "run": s(claim.run),
        "source": s(claim.source_id),
        "given": n(claim.at),
        "until": n(claim.expires_at),
        **devices,
        keys.TTL: seconds(claim.expires_at + KEPT),
    }


def _last(table: str, claim: Claim) -> tuple[Operation, ...]:
    if claim.every is None:
        return ()
    row = {
        **keyed(coupon_keys.last(claim.store, claim.visitor, claim.source_id)),
        "given": n(claim.at),
        "mark": b(claim.mark),
        keys.TTL: seconds(claim.at + claim.every),
    }
    long_ago = Condition(
        "attribute_not_exists(#pk) OR #given <= :since",
        {"#pk": keys.PK, "#given": "given"},
        {":since": n(claim.at - claim.every)},
    )
    return (put_op(table, row, long_ago),)
