"""A worker killed anywhere while it sends a step: it goes to everyone it is for, once but for what a kill repeats."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopbell.app.delivery.now import SendNow
from shopbell.app.ends import Done, End, Handed
from shopbell.app.nowwork import NowWork
from shopbell.domain.clock import MINUTE, Instant, parse_instant
from shopbell.domain.errors import Unavailable
from shopbell.domain.push.values import PushAnswer, PushRequest

from tests.sim.delivery.fuse import Fuse, Killed, fused
from tests.unit.app.pushing import put_off
from tests.unit.app.shop import Shop
from tests.unit.delivery.steps import deliver, greeting, report, visitor, waiting, work

KILLS = st.lists(st.integers(0, 40), max_size=5)
DEVICES = ("a", "b", "c")
NIGHT: Instant = parse_instant("2026-03-02T22:30:00Z")[0]
DELAY = 6 * MINUTE
"""After which a queue hands a message out again whose worker has died."""


def fragile(shop: Shop, fuse: Fuse) -> SendNow:
    shop.push.before = fuse.burn
    post = replace(shop.send_now.post, subscriptions=fused(shop.subscriptions, fuse), events=fused(shop.events, fuse))
    defer = replace(shop.send_now.defer, visitors=fused(shop.visitors, fuse))  # type: ignore[type-var]
    return replace(
        shop.send_now,
        runs=fused(shop.runs, fuse),
        dispatches=fused(shop.dispatches, fuse),
        sort=replace(shop.send_now.sort, sends=fused(shop.sends, fuse)),
        post=post,
        defer=defer,
    )


def send_until_done(shop: Shop, given: NowWork, kills: list[int]) -> int:
    """How often a worker died on the way."""
    fuse, died = Fuse(), 0
    send = fragile(shop, fuse)
    for receives in range(1, 100):
        fuse.calls = kills.pop(0) if kills else None
        end: End | None = None
        try:
            end = send(given, Handed(receives), shop.left)
        except Killed:
            died += 1
        except Unavailable:
            pass
        fuse.calls = None
        if isinstance(end, Done):
            return died
        shop.clock.now += DELAY
    raise AssertionError("never done")


def prepared(at: Instant | None = None) -> Shop:
    shop = Shop()
    shop.clock.now = at or shop.clock.now
    greeting(shop)
    visitor(shop, "ann", *DEVICES)
    return shop


@settings(max_examples=60, deadline=None)
@given(KILLS)
def test_each_device_gets_it_and_only_a_kill_repeats_it(kills: list[int]) -> None:
    shop = prepared()
    given = work(shop)
    died = send_until_done(shop, given, kills)
    posts = shop.push.by_url
    assert len(posts) == len(DEVICES)
    assert sum(posts.values()) <= len(DEVICES) * (1 + died)
    assert len({post.headers["Topic"] for post in shop.push.posts}) == 1
    found = report(shop)
    assert (found.accepted, found.targeted, found.open) == (3, 3, 0)
    assert deliver(shop, given, 9) == Done({"steps_done_before": 1})
    assert sum(shop.push.by_url.values()) == sum(posts.values())


@settings(max_examples=40, deadline=None)
@given(KILLS, st.lists(st.sampled_from([201, 410, 429, 503]), min_size=1, max_size=6))
def test_whatever_the_services_say_every_device_ends_once(kills: list[int], answers: list[int]) -> None:
    shop, tries = prepared(), list[str]()

    def answer(request: PushRequest) -> PushAnswer:
        tries.append(request.url)
        status = answers[len(tries) % len(answers)] if len(tries) < 12 else 201
        return put_off(1) if status == 429 else PushAnswer(status)

    shop.push.answer = answer
    send_until_done(shop, work(shop), kills)
    found = report(shop)
    ended = found.accepted + found.retired + sum(found.skipped.values())
    assert (ended, found.targeted, found.open) == (3, 3, 0)


@settings(max_examples=60, deadline=None)
@given(KILLS, KILLS)
def test_a_step_of_the_night_waits_once_and_goes_in_the_morning(kills: list[int], more: list[int]) -> None:
    shop = prepared(NIGHT)
    given = work(shop)
    send_until_done(shop, given, kills)
    (step,) = waiting(shop)
    assert shop.push.posts == []
    shop.clock.now = step.due
    died = send_until_done(shop, NowWork(given.store, given.visitor, replace(step, state="queued")), more)
    assert len(shop.push.by_url) == len(DEVICES)
    assert sum(shop.push.by_url.values()) <= len(DEVICES) * (1 + died)
    found = report(shop)
    assert (found.accepted, found.targeted, found.open) == (3, 3, 0)


@pytest.mark.parametrize("calls", range(0, 60, 3))
def test_two_workers_at_once_post_it_once(calls: int) -> None:
    """The second is handed the message while the first is in the middle of it."""
    shop = prepared()
    given, second = work(shop), list[End]()

    def meanwhile() -> None:
        fuse.calls = None
        second.append(deliver(shop, given, 2))

    fuse = Interrupting(calls, meanwhile)
    first = fragile(shop, fuse)(given, Handed(), shop.left)
    shop.clock.now += DELAY
    ends = [first, *second, deliver(shop, given, 3)]
    assert sum(isinstance(end, Done) for end in ends) >= 1
    assert dict(shop.push.by_url) == dict.fromkeys(shop.push.by_url, 1)
    assert report(shop).accepted == len(DEVICES)


class Interrupting(Fuse):
    """After so many calls something else happens, and the worker goes on."""

    def __init__(self, calls: int, happens: object) -> None:
        super().__init__(calls)
        self._happens = happens

    def burn(self) -> None:
        if self.calls == 0 and callable(self._happens):
            self.calls = None
            self._happens()
        elif self.calls is not None:
            self.calls -= 1
