"""Broadcasts with throttling, failures, an outage and killed workers: nobody is missed, nobody sees it twice."""

from collections import Counter
from random import Random
from typing import Any, Final

import pytest
from shopbell.domain.clock import HOUR, MINUTE

from tests.sim.broadcast.broadcast import Broadcast, Wish, faults_of
from tests.sim.broadcast.services import MIX
from tests.unit.app.shop import NOON

SERVICES = list(MIX)
THOUSAND: Final = range(10_000, 11_000)
PART: Final = 50
"""Broadcasts of one test; what came of them is printed with their seeds."""


def wish(seed: int) -> Wish:
    """Large and small audiences, few and many shards, each service down in turn."""
    random = Random(f"broadcast {seed}")  # noqa: S311 - the same wish for the same seed
    return Wish(
        seed,
        people=random.choice([1, 60, 180, 420]),
        shards=random.choice([1, 2, 4]),
        kills=random.choice([0.0, 0.1, 0.3]),
        down=SERVICES[seed % len(SERVICES)],
    )


@pytest.mark.parametrize("seed", range(24))
def test_everybody_gets_it_once(seed: int) -> None:
    played = Broadcast(wish(seed))
    played.play()
    assert not faults_of(played), (played.wish, played.ends)


def test_an_hour_without_the_largest_service_delays_its_messages_and_costs_none() -> None:
    played = Broadcast(Wish(seed=1, people=600, kills=0, down="fcm"))
    played.play()
    assert not faults_of(played)
    assert HOUR <= played.ended_at - NOON <= HOUR + 16 * MINUTE
    answers = played.services.answers
    assert 0 < answers["fcm down"] < answers["fcm taken"] * 4
    assert 10 < max(queue.most_receives for queue in played.queues.values()) < 100


def test_killed_workers_post_again_and_the_fences_hold() -> None:
    played = Broadcast(Wish(seed=3, people=900, shards=4, kills=0.5, down="wns"))
    played.play()
    assert not faults_of(played)
    assert played.kills > 10
    assert played.taken_again > played.services.lost_answers


def _part(number: int) -> Any:
    """One of the parts among which several processes share the thousand."""
    begin = THOUSAND.start + number * PART
    return pytest.param(range(begin, begin + PART), id=f"{begin}-{begin + PART - 1}")


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seeds", [_part(number) for number in range(len(THOUSAND) // PART)])
def test_a_thousand_broadcasts(seeds: range) -> None:
    totals: Counter[str] = Counter()
    wrong: dict[Wish, list[str]] = {}
    for seed in seeds:
        played = Broadcast(wish(seed))
        played.play()
        if faults := faults_of(played):
            wrong[played.wish] = faults
        totals.update(
            broadcasts=1,
            people=played.wish.people,
            kills=played.kills,
            again=played.taken_again,
            lost_answers=played.services.lost_answers,
            invocations=played.invocations,
        )
    print(f"seeds {seeds.start} to {seeds.stop - 1}: {dict(totals)}")
    assert not wrong
