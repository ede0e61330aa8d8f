"""Somebody of whom there is something in every table, written by the ports that write it in truth."""

from dataclasses import replace

from shopbell.adapters import cursors
from shopbell.app.delivery import place as places
from shopbell.domain.clock import DAY
from shopbell.domain.codes import Redemption
from shopbell.domain.coupons import Claim, CouponPool
from shopbell.domain.dispatch import Dispatch
from shopbell.domain.events import EventItem, Json
from shopbell.domain.gates import Told
from shopbell.domain.gates.minutes import pack, unpack
from shopbell.domain.ids import ListId, PoolId, ProductId, RunId, SegmentId, StoreId, SubscriptionId, VisitorId
from shopbell.domain.lately import Lately
from shopbell.domain.lists import VisitorList
from shopbell.domain.profile import Alias, Candidate, Commit, Profile
from shopbell.domain.recommend.portions import Addition, Place, Portion
from shopbell.domain.recommend.together import Basket
from shopbell.domain.runs import Audience, ChunkLedger, ShardProgress
from shopbell.domain.sends import EMPTY, Sent, recorded
from shopbell.domain.watchers import sightings

from tests.contract.samples import CONTENT, campaign, event, flip, run, segment, subscription
from tests.contract.worlds import NOW, Ports

VIP, POOL, LIST, RUN = SegmentId("seg-vip"), PoolId("spring"), ListId("friends"), RunId("r1")
BOOT = ProductId("boot#1")


def open_shop(ports: Ports, store: StoreId) -> None:
    """What there is before anybody comes."""
    ports.segments.save(segment(store, VIP), expected=None)
    ports.campaigns.save(campaign(store), expected=None)
    ports.coupons.pools.save(CouponPool(store, POOL, "Spring", NOW, NOW), expected=None)
    ports.coupons.codes.add(store, POOL, "u1", [f"CODE-{number}" for number in range(9)])
    ports.lists.save(VisitorList(store, LIST, "Friends", NOW, NOW, 1), expected=None)
    made = run(store, RUN, source="campaign", source_id="c1", audience=Audience(include=(VIP,)))
    ports.runs.create(made)


def events_of(store: StoreId, who: VisitorId) -> EventItem:
    def one(name: str, kind: str, **properties: Json) -> object:
        return event(f"{who}-{name}", type=kind, visitor=who, properties=properties, trusted=True)

    told = (
        one("v", "product_view", product_id=BOOT, price=900, currency="EUR"),
        one("p", "purchase", order_id=f"o-{len(who)}", items=[{"product_id": BOOT}], coupon="CODE-1"),
        one("q", "prompt_shown", prompt="main"),
        one("c", "push_clicked", run=RUN),
    )
    return EventItem(store, who, "-", 0, told)  # type: ignore[arg-type]


def move_in(ports: Ports, store: StoreId, who: VisitorId, customer: VisitorId | None = None) -> None:
    item, source = events_of(store, who), f"{store}#{who}"
    ports.events.append([item])
    ports.shop.watch.note(store, list(sightings(item.events, who, "EUR")))
    fresh = Profile(store, who)
    after = replace(fresh, memberships={VIP: NOW}, wake_at=NOW + DAY, last_seen=NOW)
    ports.visitors.commit(
        Commit(fresh, after, flips=(flip(VIP),), candidates=(Candidate("we_missed_you", NOW, NOW),))
    )
    ports.subscriptions.put(subscription(store, hash(who) % 10_000, who), None)
    ports.sends.save(store, [(who, recorded(EMPTY, Sent(NOW, b"12345678", "c1")))])
    ports.dispatches.save(Dispatch(store, who, "a" * 20, RUN, "done", NOW))
    claimed = Claim(
        store, who, b"12345678", POOL, RUN, "birthday", NOW, NOW + DAY, frozenset({SubscriptionId("phone")})
    )
    (held,) = ports.coupons.claims.claim([claimed])
    assert held is not None
    ports.coupons.codes.redeem(store, [POOL], Redemption(held.code, f"o-{who}", who, NOW))
    ports.listing.members.add(store, LIST, [who])
    for subject, place in ((f"run:{RUN}", source), ("prompt", f"2026-09-21#{source}")):
        ports.counters.add(store, subject, place, "1".zfill(40), {"clicked": 1})
    ports.callers.lately.add(store, who[-6:].strip("#"), [Lately(NOW, f'{{"visitor_id":"{who}"}}')])
    _count(ports, store, source)
    _send(ports, store, who)
    if customer is not None:
        ports.aliases.link(store, who, Alias(customer, NOW))


def _count(ports: Ports, store: StoreId, source: str) -> None:
    portion = Portion(source, f"{'7'.zfill(40)}#0000", {}, (), (Basket(NOW, (BOOT,)),))
    assert ports.demand.add(store, Addition([portion], {source: (None, Place("7", "trail"))}, NOW // DAY))


def _send(ports: Ports, store: StoreId, who: VisitorId) -> None:
    """A gate that was closed to them, a shard that ended at them, and a test on their devices."""
    told = {**_told(ports, store), who: (NOW, (Told("unsubscribed", "skipped", {}),))}
    ports.progress.save_ledger(store, RUN, ChunkLedger("c", "fcm", b"\x14", told=pack(told)))
    here = places.Place(1, who, (places.Stream(cursors.encode(f"fcm#{who}#sub"), ended=True),))
    ports.progress.save_shard(store, RUN, ShardProgress(len(who) % 4, 1, places.write(here), done=True))
    test = run(store, f"t-{len(who)}", NOW + len(who), source="test", source_id="c1", content=CONTENT)
    ports.runs.create(replace(test, audience=Audience(visitors=(who,))))


def _told(ports: Ports, store: StoreId) -> dict[VisitorId, tuple[int, tuple[Told, ...]]]:
    known = ports.progress.ledger(store, RUN, "c")
    return dict(unpack(known.told)) if known else {}
