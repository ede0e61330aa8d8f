"""What an estimate says of a campaign to so many and no more is what its runs do, over the lots there are."""

from dataclasses import replace
from math import sqrt
from typing import Any

import pytest
from shopbell.adapters.memory.clockwork import MemoryCandidates
from shopbell.adapters.memory.memberships import MemoryMemberships
from shopbell.adapters.memory.subscriptions import MemorySubscriptions
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.app.delivery.plan import run_of_campaign
from shopbell.app.delivery.slices import Slicer
from shopbell.app.management.campaigns.lottery import drawn_about, drawn_of, part_of
from shopbell.domain.clock import MINUTE
from shopbell.domain.gates.holdout import held_out
from shopbell.domain.ids import CampaignId, VisitorId
from shopbell.domain.runs import Run
from shopbell.domain.sampling import Estimate

from tests.contract.worlds import NOW
from tests.functions.http.office import Office
from tests.functions.http.test_campaign_estimate import estimate, subscribed
from tests.functions.http.world import OURS

RUNS = 20
LATER = NOW + MINUTE


def planned(office: Office, run: Run) -> set[VisitorId]:
    """The people whose devices a run is planned for."""
    world = office.world
    slicer = Slicer(
        MemoryVisitors(world), MemoryMemberships(world), MemorySubscriptions(world), MemoryCandidates(world)
    )
    found = set[VisitorId]()
    for shard in range(run.shards):
        place = slicer.first(run, shard)
        while not place.ended:
            cut = slicer(run, shard, place, run.created_at)
            found |= {recipient.visitor for _, recipient in cut.recipients}
            place = cut.next
    return found


def told_and_done(office: Office, shards: int, **changes: Any) -> tuple[dict[str, Any], list[int], list[int]]:
    """The estimate; of many runs how many people each is planned for, and how many of them are not held out."""
    office.world.stores[OURS] = replace(office.world.stores[OURS], shards=shards)
    name = office.campaign(**changes)
    campaign = office.world.campaigns[OURS, CampaignId(name)]
    runs = [planned(office, run_of_campaign(campaign, shards, at, at)) for at in range(LATER, LATER + RUNS)]
    percent = campaign.terms.holdout_percent
    gets = [sum(not held_out(OURS, who, name, percent) for who in people) for people in runs]
    return estimate(office, name), [len(people) for people in runs], gets


def near(said: int, done: list[int]) -> bool:
    mean = sum(done) / len(done)
    spread = sqrt(sum((one - mean) ** 2 for one in done) / len(done))
    return abs(said - mean) <= 0.5 + 4 * spread / sqrt(len(done)) + 1e-9


@pytest.mark.parametrize(
    ("people", "gone", "most", "holdout", "shards", "by_segment"),
    [
        pytest.param(30, 0, 10, 0, 1, False, id="drawn of everybody"),
        pytest.param(30, 12, 10, 0, 1, False, id="some of them excluded"),
        pytest.param(30, 12, 10, 30, 1, True, id="and of a segment some held out"),
        pytest.param(30, 12, 13, 30, 4, True, id="over several shards"),
        pytest.param(20, 20, 10, 0, 1, True, id="nobody left"),
        pytest.param(20, 5, 90, 100, 4, False, id="more than there are, all held out"),
    ],
)
def test_so_many_get_it_as_were_foretold(
    people: int, gone: int, most: int, holdout: int, shards: int, by_segment: bool
) -> None:
    office = Office()
    here, away = office.active(name="Here"), office.active(name="Away")
    for number in range(people):
        subscribed(office, f"v{number}")
        office.enter(here, f"v{number}")
        if number < gone:
            office.enter(away, f"v{number}")
    audience = {"exclude": [away], **({"include": [here]} if by_segment else {})}
    said, reached, gets = told_and_done(
        office, shards, audience=audience, max_recipients=most, holdout_percent=holdout
    )
    assert near(said["reachable"], reached), (said, reached)
    assert near(said["recipients"]["estimate"], gets) or _within(said["recipients"], gets), (said, gets)
    assert sum(said["by_service"].values()) == said["reachable"]
    assert said["recipients"]["estimate"] + sum(one["estimate"] for one in said["skipped"].values()) <= people


def _within(told: dict[str, int], gets: list[int]) -> bool:
    """Held out people are always the same, so a few more or less of them have a lot."""
    return told["low"] <= sum(gets) / len(gets) <= told["high"]


def test_of_a_whole_shard_every_lot_is_drawn() -> None:
    people = [VisitorId(f"v{number}") for number in range(100)]
    assert drawn_of(OURS, people, 30, 1) == 30
    assert drawn_of(OURS, people, 100, 1) == drawn_of(OURS, people, 900, 1) == 100
    assert drawn_of(OURS, people, 2_000, 16) == 100
    assert 10 < drawn_of(OURS, people, 16, 16) <= 16


def test_of_people_who_are_not_known_a_few_less_are_drawn_where_shards_are_small() -> None:
    assert drawn_about(1_000_000, 1_000, 64) == 1_000
    assert round(drawn_about(1_000, 1_000_000, 64)) == 1_000
    assert 600 < drawn_about(64 * 16, 64 * 16, 64) < 1_000
    assert 960 < drawn_about(1_000, 1_000, 1) < 1_000


def test_a_part_that_a_lot_takes_is_its_share_with_the_interval_of_the_lot() -> None:
    half = part_of(Estimate(50, 50, 50), 100, 10)
    assert (half.value, half.low < 5 < half.high) == (5, True)
    assert part_of(Estimate(50, 40, 60), 100, 100) == Estimate(50, 40, 60)
    assert part_of(Estimate(0, 0, 0), 100, 10) == Estimate(0, 0, 0)
