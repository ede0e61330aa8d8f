"""Workers who send to one person at the same moment, each having read what the others had not yet written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Barrier, local
from typing import Final

import pytest
from shopbell.app.ends import Done, End, Handed
from shopbell.domain.clock import DAY, HOUR, Instant
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.policy import Cap
from shopbell.domain.runs import Terms
from shopbell.domain.sends import SendRecord
from shopbell.ports import Sends

from tests.unit.app.shop import STORE, Shop
from tests.unit.delivery.steps import deliver, greeting, profile, visitor, work

ANN: Final = VisitorId("ann")
PATIENCE: Final = 30.0


@dataclass
class Together:
    """Lets nobody write before all have read."""

    inner: Sends
    all_read: Barrier
    mine: local

    def of(self, store: StoreId, visitors: Sequence[VisitorId]) -> Mapping[VisitorId, SendRecord]:
        found = self.inner.of(store, visitors)
        if not hasattr(self.mine, "read"):
            self.mine.read = True
            self.all_read.wait(PATIENCE)
        return found

    def save(self, store: StoreId, records: Sequence[tuple[VisitorId, SendRecord]]) -> Sequence[bool]:
        return self.inner.save(store, records)

    def click(self, store: StoreId, visitor: VisitorId, at: Instant) -> None:
        self.inner.click(store, visitor, at)

    def hand_over(self, store: StoreId, visitor: VisitorId, customer: VisitorId) -> None:
        self.inner.hand_over(store, visitor, customer)


def crowded(workers: int, *caps: Cap) -> Shop:
    """Ann may be sent to so often, and so many workers are about to."""
    shop = Shop()
    greeting(shop, reentry="always")
    visitor(shop)
    shop.world.stores[STORE] = replace(shop.world.stores[STORE], caps=caps)
    sort = replace(shop.send.sort, sends=Together(shop.sends, Barrier(workers), local()))
    shop.send, shop.send_now = replace(shop.send, sort=sort), replace(shop.send_now, sort=sort)
    return shop


def counts(ends: Sequence[End]) -> Counter[str]:
    found: Counter[str] = Counter()
    for end in ends:
        assert isinstance(end, Done), end
        found.update(end.counts)
    return found


@pytest.mark.parametrize(
    ("workers", "caps", "sent"),
    [
        pytest.param(2, (Cap(1, 6 * HOUR),), 1, id="two of whom one may"),
        pytest.param(5, (Cap(2, DAY),), 2, id="five of whom two may"),
        pytest.param(4, (Cap(3, 6 * HOUR), Cap(2, DAY)), 2, id="the narrower of two caps"),
        pytest.param(3, (), 3, id="no cap holds any back"),
    ],
)
def test_of_messages_sent_at_the_same_moment_no_more_go_than_the_caps_allow(
    workers: int, caps: tuple[Cap, ...], sent: int
) -> None:
    shop = crowded(workers, *caps)
    steps = [work(shop, key=f"signup-{number}") for number in range(workers)]
    with ThreadPoolExecutor(workers) as pool:
        found = counts(list(pool.map(lambda step: deliver(shop, step), steps)))
    assert len(shop.push.posts) == found["accepted"] == sent
    assert found["deferred:frequency_cap"] == len(profile(shop).steps) == workers - sent
    assert len(shop.sends.of(STORE, [ANN])[ANN].sent) == sent


def test_a_campaign_and_a_step_that_race_for_the_last_place_do_not_both_get_it() -> None:
    shop = crowded(2, Cap(1, 6 * HOUR))
    run = shop.run(terms=Terms())
    (chunk,) = shop.page_all()
    step = work(shop)
    with ThreadPoolExecutor(2) as pool:
        mass, own = pool.submit(shop.send, chunk, Handed(), shop.left), pool.submit(deliver, shop, step)
        found = counts([mass.result(PATIENCE), own.result(PATIENCE)])
    assert len(shop.push.posts) == found["accepted"] == 1
    assert found["skipped:frequency_cap"] + found["deferred:frequency_cap"] == 1
    assert [one.source_id for one in shop.sends.of(STORE, [ANN])[ANN].sent] in (
        [run.source_id],
        [step.step.source_id],
    )
