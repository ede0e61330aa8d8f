"""A worker killed anywhere while it hands codes out: nobody gets two, and no code is seen by two."""

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.adapters.memory.coupons import MemoryCoupons
from shopbell.adapters.memory.runs import MemoryCounters
from shopbell.app.delivery.now import SendNow
from shopbell.app.delivery.vouchers import Vouchers
from shopbell.app.ends import Done, End, Handed
from shopbell.app.nowwork import NowWork
from shopbell.domain.clock import DAY
from shopbell.domain.content import Content
from shopbell.domain.coupons import CouponTerms, Stock, counted
from shopbell.domain.errors import Unavailable
from shopbell.domain.push.values import PushAnswer
from shopbell.domain.scenarios.plan import Step

from tests.sim.delivery.fuse import Fuse, Killed, fused
from tests.sim.delivery.test_now_kills import DELAY, fragile
from tests.unit.app.giving import SPRING, pool
from tests.unit.app.pushing import put_off
from tests.unit.app.shop import STORE, Shop
from tests.unit.delivery.steps import greeting, visitor, work

KILLS = st.lists(st.integers(0, 60), max_size=5)
ANSWERS = st.lists(st.sampled_from([201, 410, 429, 400]), min_size=1, max_size=6)
PEOPLE = ("ann", "ben", "cay")
WORDS = Content("{{ coupon.code }}", "A gift", "/")


def prepared() -> Shop:
    shop = Shop()
    pool(shop.world, STORE, len(PEOPLE))
    greeting(shop, Step(0, WORDS, coupon=CouponTerms(SPRING, 20 * DAY)))
    for name in PEOPLE:
        visitor(shop, name, "a", "b")
    return shop


def breakable(shop: Shop, fuse: Fuse) -> SendNow:
    send = fragile(shop, fuse)
    claims = fused(MemoryCoupons(shop.world), fuse)
    vouchers = Vouchers(claims, shop.send_now.sort.vouchers.promises, shop.clock, shop.aliases)
    return replace(send, sort=replace(send.sort, vouchers=vouchers))


def deliver(shop: Shop, wanted: NowWork, kills: list[int], patience: int = 25) -> None:
    fuse = Fuse()
    send = breakable(shop, fuse)
    for receives in range(1, patience):
        fuse.calls = kills.pop(0) if kills else None
        end: End | None = None
        try:
            end = send(wanted, Handed(receives), shop.left)
        except (Killed, Unavailable):
            end = None
        fuse.calls = None
        if isinstance(end, Done):
            return
        shop.clock.now += DELAY


def seen(shop: Shop, statuses: dict[int, int]) -> dict[str, set[str]]:
    """The codes that a service took, by who saw them."""
    found: dict[str, set[str]] = {}
    for place, post in enumerate(shop.push.posts):
        if statuses[place] == 201:
            name = post.url.rsplit("/", 1)[1].partition("-")[0]
            found.setdefault(name, set()).add(json.loads(post.body)["notification"]["title"])
    return found


@settings(max_examples=25, deadline=None)
@given(
    st.lists(KILLS, min_size=3, max_size=3), st.lists(st.sampled_from([201, 410, 429, 400]), min_size=1, max_size=6)
)
def test_a_code_is_one_persons_and_a_person_has_one_whatever_dies_and_whatever_the_services_say(
    kills: list[list[int]], answers: list[int]
) -> None:
    shop, statuses = prepared(), dict[int, int]()

    def answer(_: object) -> PushAnswer:
        place = len(shop.push.posts) - 1
        statuses[place] = answers[place % len(answers)] if place < 20 else 201
        return put_off(1) if statuses[place] == 429 else PushAnswer(statuses[place])

    shop.push.answer = answer
    for name, deaths in zip(PEOPLE, kills, strict=True):
        deliver(shop, work(shop, name, expires_at=shop.clock.now + 20 * DAY), list(deaths))
    found = seen(shop, statuses)
    assert all(len(codes) == 1 for codes in found.values()), found
    assert len({code for codes in found.values() for code in codes}) == len(found)
    held = {who: list(rows.values()) for (_, who), rows in shop.world.coupons_held.items() if rows}
    for name, codes in found.items():
        assert {one.code for one in held[name]} == codes  # type: ignore[index]
    stock = Stock.of(MemoryCounters(shop.world).total(STORE, counted(SPRING)))
    free = [row for row in shop.world.coupon_codes[STORE, SPRING].values() if row.seen.visitor is None]
    assert (stock.assigned, stock.free) == (sum(map(len, held.values())), len(free))


@settings(max_examples=15, deadline=None)
@given(KILLS)
def test_a_refused_message_leaves_its_code_in_the_pool_unless_a_kill_left_a_doubt(kills: list[int]) -> None:
    shop = prepared()
    shop.push.answer = lambda _: PushAnswer(410)
    deliver(shop, work(shop, "ann", expires_at=shop.clock.now + 20 * DAY), [])
    deliver(shop, work(shop, "ben", expires_at=shop.clock.now + 20 * DAY), list(kills))
    stock = Stock.of(MemoryCounters(shop.world).total(STORE, counted(SPRING)))
    assert stock.assigned <= (1 if kills else 0)
