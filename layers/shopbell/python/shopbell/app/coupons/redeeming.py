"""Orders that came with a code of ours: each code counts once, by the first order that names it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shopbell.app.tracking.coupons import coupon_redeemed
from shopbell.app.tracking.items import system_item
from shopbell.domain.clock import Clock
from shopbell.domain.codes import Redemption, given_in
from shopbell.domain.events import Event, EventItem
from shopbell.domain.ids import PoolId, StoreId
from shopbell.domain.store import Store
from shopbell.ports import CouponCodes, CouponPools, Events


@dataclass(frozen=True, slots=True)
class Redeem:
    pools: CouponPools
    codes: CouponCodes
    events: Events
    store: Callable[[StoreId], Store | None]
    now: Clock

    def __call__(self, items: Iterable[EventItem]) -> Mapping[str, int]:
        """Raises Unavailable; the same items may come again. The code is noted before the event that tells of it."""
        said: dict[StoreId, list[Redemption]] = {}
        for item in items:
            for redemption in self._said(item):
                said.setdefault(item.store, []).append(redemption)
        counts: Counter[str] = Counter()
        for store, redemptions in said.items():
            # archived ones too: what visitors have of them is worth what it was
            pools = [row.id for row in self.pools.all(store)]
            for one in redemptions if pools else ():
                counts += self._redeem(store, pools, one)
        return counts

    def _said(self, item: EventItem) -> Iterator[Redemption]:
        for event in item.events:
            if event.type == "purchase" and event.properties.get("coupon") and self._counts(item.store, event):
                order = event.properties.get("order_id")
                for code in given_in(str(event.properties["coupon"])):
                    yield Redemption(code, str(order), event.visitor, event.at)

    def _counts(self, name: StoreId, event: Event) -> bool:
        store = self.store(name)
        if store is None or event.properties.get("test"):
            return False
        return event.trusted or store.revenue_source == "any"

    def _redeem(self, store: StoreId, pools: Sequence[PoolId], redemption: Redemption) -> Counter[str]:
        found = self.codes.redeem(store, pools, redemption)
        events = [system_item(store, coupon_redeemed(pool, redemption, self.now())) for pool in found]
        new = self.events.append(events) if events else []
        return Counter({"coupons_redeemed": sum(new), "coupons_unknown": not found})
