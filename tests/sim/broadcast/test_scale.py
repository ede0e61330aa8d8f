"""The model behind docs/scale.md: it loses nobody, keeps to the paces, and an outage costs time and nothing else."""

from dataclasses import replace

import pytest
from shopbell.domain.push.rates import Rates
from shopbell.domain.subscriptions import PushService

from benchmarks.scale_model import Assumed, play, totals

SMALL = Assumed(people=60_000, planned_per_second=20_000)


@pytest.mark.parametrize("down", [None, "fcm", "wns"])
@pytest.mark.parametrize("kill", [0.0, 0.05])
def test_nobody_is_missing_and_no_kill_costs_more_than_a_round(down: PushService | None, kill: float) -> None:
    found = play(replace(SMALL, down=down, kill=kill))
    sums = totals(found)
    assert (sums["missing"], sums["dead"]) == (0, 0)
    assert sums["posts"] - sums["refused"] - sums["again"] == SMALL.people
    assert sums["again"] <= 50 * sums["killed"]
    assert (sums["killed"] > 0) == (kill > 0)


def test_no_service_is_posted_to_faster_than_its_share() -> None:
    caps: dict[PushService, int] = {"fcm": 1_000, "apple": 200, "wns": 100, "mozilla": 100, "other": 50}
    assumed = replace(SMALL, down=None, kill=0, rates=Rates(caps))
    for service, came in play(assumed).items():
        assert came.posts <= came.ended * assumed.rates.of_runs(service) + 50


def test_an_hour_without_a_service_is_waited_for_and_few_posts_are_lost_on_it() -> None:
    found = play(replace(SMALL, down="fcm", kill=0, down_from=0))
    assert 3_600 < found["fcm"].ended < 3_600 + 1_200
    assert 5 < found["fcm"].most_receives < 100
    tried = found["fcm"].posts - found["fcm"].posts * SMALL.failures
    assert tried < 1.5 * SMALL.people * SMALL.mix["fcm"]
    assert found["apple"].ended < 600
