"""What is told of coupons: that a visitor has one, and that an order came with one. Never the code itself."""

import hashlib

from shopbell.domain.clock import Instant, format_instant
from shopbell.domain.codes import Redemption, digest
from shopbell.domain.coupons import Held
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import EventId, PoolId
from shopbell.domain.runs import Run

ASSIGNED = "coupon_assigned"
REDEEMED = "coupon_redeemed"


def coupon_assigned(held: Held, run: Run, now: Instant) -> Event:
    """One for each message, on however many devices it came."""
    claim = held.claim
    properties: dict[str, Json] = {
        "pool": claim.pool,
        "source": run.source,
        "scenario" if run.source == "scenario" else "campaign": run.source_id,
        "step": run.terms.step,
        "expires_at": format_instant(claim.expires_at),
    }
    name = _named(ASSIGNED, claim.pool, claim.mark.hex(), digest(held.code))
    return Event(name, ASSIGNED, claim.visitor, claim.at, now, properties, trusted=True)


def coupon_redeemed(pool: PoolId, redemption: Redemption, now: Instant) -> Event:
    """One for each code; of the one who ordered, whoever was given the code."""
    properties: dict[str, Json] = {"pool": pool, "order_id": redemption.order}
    name = _named(REDEEMED, pool, digest(redemption.code))
    return Event(name, REDEEMED, redemption.buyer, redemption.at, now, properties, trusted=True)


def _named(kind: str, *parts: str) -> EventId:
    return EventId(f"{kind}:{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:32]}")
