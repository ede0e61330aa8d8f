"""A send worker killed anywhere, any number of times: nobody is missed, at most 50 posts a kill come twice."""

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.app.delivery.send import Send
from shopbell.app.ends import Done, End, Handed
from shopbell.domain.clock import HOUR
from shopbell.domain.outcomes import NAMES, count
from shopbell.domain.push.values import PushAnswer, PushRequest
from shopbell.domain.runs import FLUSH_EVERY, Chunk, Run

from tests.sim.delivery.fuse import Fuse, Killed, fused
from tests.unit.app.pushing import put_off
from tests.unit.app.shop import STORE, Shop

PEOPLE = 130
KILLS = st.lists(st.integers(0, 320), max_size=5)
ANSWERS = st.lists(st.sampled_from([201, 201, 201, 410, 429, 503]), min_size=1, max_size=12)


def fragile(shop: Shop, fuse: Fuse) -> Send:
    """The sender, each call of which may be its last."""
    shop.push.before = fuse.burn
    post = replace(shop.send.post, subscriptions=fused(shop.subscriptions, fuse), events=fused(shop.events, fuse))
    return replace(shop.send, runs=fused(shop.runs, fuse), progress=fused(shop.progress, fuse), post=post)


def prepared() -> tuple[Shop, Run, Chunk]:
    shop = Shop()
    run = shop.run()
    people = [f"v{number:03d}" for number in range(PEOPLE)]
    return shop, run, shop.chunk(run, *((name, shop.register(name).id) for name in people))


def deliver(shop: Shop, chunk: Chunk, kills: list[int]) -> int:
    """Hands the message out until it is done; how often a worker died on the way."""
    fuse, died = Fuse(), 0
    send = fragile(shop, fuse)
    for receives in range(1, 200):
        fuse.calls = kills.pop(0) if kills else None
        end: End | None = None
        try:
            end = send(chunk, Handed(receives), shop.left)
        except Killed:
            died += 1
        if isinstance(end, Done):
            return died
        shop.clock.now += HOUR // 60
    raise AssertionError("never done")


@settings(max_examples=30, deadline=None)
@given(KILLS)
def test_nobody_is_missed_and_few_are_posted_to_twice(kills: list[int]) -> None:
    shop, run, chunk = prepared()
    died = deliver(shop, chunk, kills)
    ledger = shop.progress.ledger(STORE, run.id, chunk.id)
    assert ledger is not None
    assert Counter(NAMES[code] for code in ledger.codes) == {"accepted": PEOPLE}
    posts = shop.push.by_url
    assert len(posts) == PEOPLE
    assert sum(number - 1 for number in posts.values()) <= FLUSH_EVERY * died
    assert len({request.headers["Topic"] for request in shop.push.posts}) == 1


@settings(max_examples=30, deadline=None)
@given(KILLS, ANSWERS)
def test_whatever_the_services_say_every_recipient_ends_once_and_the_numbers_add_up(
    kills: list[int], answers: list[int]
) -> None:
    shop, run, chunk = prepared()
    tries, dead = Counter[str](), set[str]()

    def answer(request: PushRequest) -> PushAnswer:
        """Another answer at each try, but gone stays gone; nobody is put off for ever."""
        tries[request.url] += 1
        place = int(request.url[-5:-2]) + tries[request.url]
        status = answers[place % len(answers)] if tries[request.url] < 4 else 201
        if status == 410 or request.url in dead:
            dead.add(request.url)
            return PushAnswer(410)
        return put_off(1) if status == 429 else PushAnswer(status)

    shop.push.answer = answer
    deliver(shop, chunk, kills)
    ends = count(ledger.codes for ledger in shop.progress.ledgers(STORE, run.id))
    assert sum(ends.values()) == PEOPLE
    assert ends.keys() <= {"accepted", "retired", "skipped:unsubscribed"}
    # killed between retiring and recording it, the next worker finds nobody there any more
    gone = ends.get("retired", 0) + ends.get("skipped:unsubscribed", 0)
    assert gone == len(shop.world.tombstones) == PEOPLE - len(shop.world.subscriptions)
    told = [item for log in shop.world.events.values() for item in log.values()]
    assert len(told) == gone
