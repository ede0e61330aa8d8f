"""Workers against services with limits of their own, by a virtual clock: nobody is lost, few posts are in vain."""

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from shopbell.app.delivery.send import Send
from shopbell.app.delivery.throttle import Throttle
from shopbell.app.ends import Handed, Later
from shopbell.domain.clock import HOUR, MINUTE, SECOND
from shopbell.domain.outcomes import NAMES
from shopbell.domain.push.rates import PENALTY_PER_MINUTE, WORKERS
from shopbell.domain.push.values import PushAnswer, PushRequest
from shopbell.domain.runs import Chunk, Run

from tests.unit.app.pushing import paced
from tests.unit.app.shop import NOON, STORE, Shop

GIVE_UP = NOON + 20 * HOUR


@dataclass
class Fleet:
    """Ten workers over one queue that hides what is given back."""

    shop: Shop
    workers: list[Send]
    waiting: list[tuple[int, int, int, Chunk]] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, shop: Shop, chunks: list[Chunk]) -> "Fleet":
        posts = [replace(shop.send.post, pacing=paced(shop.clock, Throttle())) for _ in range(WORKERS)]
        waiting = [(NOON, place, 1, chunk) for place, chunk in enumerate(chunks)]
        return cls(shop, [replace(shop.send, post=post) for post in posts], waiting)

    def drain(self) -> int:
        """Until all are done; how long that took."""
        heapq.heapify(self.waiting)
        number = 0
        while self.waiting:
            at, place, receives, chunk = heapq.heappop(self.waiting)
            assert at < GIVE_UP
            self.shop.clock.now, number = max(self.shop.clock.now, at), number + 1
            end = self.workers[number % WORKERS](chunk, Handed(receives, at - NOON), self.shop.left)
            if isinstance(end, Later):
                self.reasons[end.reason] += 1
                hidden = self.shop.clock.now + end.seconds * SECOND
                heapq.heappush(self.waiting, (hidden, place, receives + 1, chunk))
        return self.shop.clock.now - NOON


def crowd(shop: Shop, chunks: int, each: int) -> tuple[Run, list[Chunk]]:
    run = shop.run()
    found = []
    for number in range(chunks):
        people = [(f"v{number}-{place:03d}", shop.register(f"v{number}-{place:03d}").id) for place in range(each)]
        found.append(replace(shop.chunk(run, *people), id=f"000-{number:06d}-x"))
    return run, found


def accepted(shop: Shop, run: Run) -> int:
    return sum(
        NAMES[code] == "accepted" for row in shop.progress.ledgers(STORE, run.id) for code in row.codes if code
    )


def limited(shop: Shop, per_minute: int) -> Callable[[PushRequest], PushAnswer]:
    """So many in each minute, then 429 without a word of when to come back."""
    used = Counter[int]()

    def answer(_: PushRequest) -> PushAnswer:
        minute = shop.clock.now // MINUTE
        used[minute] += 1
        return PushAnswer(201 if used[minute] <= per_minute else 429)

    return answer


def test_a_store_that_chrome_limits_is_sent_to_the_end_with_few_posts_in_vain() -> None:
    shop = Shop()
    run, chunks = crowd(shop, 6, 500)
    shop.push.answer = limited(shop, PENALTY_PER_MINUTE)
    fleet = Fleet.of(shop, chunks)
    fleet.drain()
    assert accepted(shop, run) == 3_000
    assert len(shop.push.posts) <= 1.2 * 3_000
    found = shop.runs.get(STORE, run.id)
    assert found is not None
    assert "throttled_by_chrome" in found.warnings
    assert fleet.reasons["throttled"]


def test_an_hour_without_the_service_costs_few_posts_and_everybody_gets_theirs_afterwards() -> None:
    shop = Shop()
    run, chunks = crowd(shop, 12, 50)
    shop.push.answer = lambda _: PushAnswer(503 if shop.clock.now < NOON + HOUR else 201)
    took = Fleet.of(shop, chunks).drain()
    assert accepted(shop, run) == 600
    assert max(shop.push.by_url.values()) <= 25
    assert HOUR <= took <= HOUR + 15 * MINUTE
    assert not shop.parked.messages
