"""What waits for quiet hours to end was not sent: no winner is decided on it, and nothing comes on top of it."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from shopbell.app.management.campaigns.report import MOST
from shopbell.app.management.campaigns.sent import RunSent
from shopbell.domain.campaigns import Schedule
from shopbell.domain.clock import DAY, HOUR, Instant
from shopbell.domain.dispatch import RESUMED, counted
from shopbell.domain.outcomes import CODES
from shopbell.domain.policy import QuietHours
from shopbell.domain.quarters import QUARTER, Quarters, reached
from shopbell.domain.runs import ChunkLedger, ShardProgress, Terms

from tests.unit.app.shop import STORE
from tests.unit.app.timed import NAME, Timed, at
from tests.unit.delivery.steps import reader
from tests.unit.winners.trying import START, TEST, Trying, trying

MORNING = START + 10 * HOUR
RESPECTING = Terms(respect_quiet_hours=True)


def quiet(shop: Timed) -> None:
    """From 17:00 to 04:00 in Berlin, ten hours after `START`."""
    kept = replace(shop.world.stores[STORE], quiet_hours=QuietHours(17 * 60, 4 * 60))
    shop.world.stores[STORE] = kept


def at_night() -> Trying:
    shop = trying(40, terms=RESPECTING, winner=replace(TEST, after=8 * HOUR, otherwise="stop"))
    quiet(shop)
    shop.begin()
    assert shop.push.posts == []
    return shop


def state(shop: Trying) -> tuple[str, Instant | None]:
    found = reader(shop).trial(STORE, NAME)
    assert found is not None
    return found.state, found.decides_at


def test_no_winner_is_decided_before_the_test_went_and_clicks_get_their_time_after_it() -> None:
    shop = at_night()
    assert state(shop) == ("testing", START + 8 * HOUR)
    assert shop.sweep(START + 8 * HOUR).counts == {"winner_still_tested": 1}
    shop.clock.now = MORNING
    shop.work()
    assert len(shop.push.posts) > 0
    assert shop.sweep(MORNING + 8 * HOUR - QUARTER).counts == {"winner_not_due": 1}
    assert shop.sweep(MORNING + 8 * HOUR).counts == {"winner_not_enough_data": 1}


def test_what_was_put_off_and_never_came_is_waited_for_until_the_run_ends() -> None:
    shop = at_night()
    assert shop.sweep(START + DAY - 1).counts == {"winner_still_tested": 1}
    assert shop.sweep(START + DAY).counts == {"winner_not_enough_data": 1}


def test_nothing_recurs_on_top_of_what_waits_for_the_morning() -> None:
    shop, night = Timed(), at("2026-03-05T22:00:00Z")
    quiet(shop)
    shop.people(berta="Europe/Berlin")
    shop.schedule(Schedule(cron="0 * * * ? *"), terms=replace(RESPECTING, respect_caps=False))
    fired = []
    for hour in range(4):
        fired.append(shop.fire(night + hour * HOUR))
        shop.work()
    assert fired == ["campaigns_started", *["skipped_overlapping"] * 3]
    assert len(shop.push.posts) == 0
    shop.clock.now = MORNING
    shop.work()
    assert len(shop.push.posts) == 1
    assert shop.fire(at("2026-03-06T04:00:00Z")) == "campaigns_started"


@pytest.mark.parametrize(
    ("put_off", "steps", "sent"),
    [
        pytest.param({"quiet_hours": 3}, {}, False, id="waits-for-the-morning"),
        pytest.param({"throttled": 3}, {}, False, id="waits-for-a-service"),
        pytest.param({"frequency_cap": 2, "lower_priority": 1}, {}, True, id="nobody-waits-for-a-cap"),
        pytest.param({"local_time": 2, "best_hour": 1}, {}, True, id="nor-for-the-time-of-each"),
        pytest.param({"quiet_hours": 3}, {RESUMED: 2, "accepted": 2}, False, id="one-is-left"),
        pytest.param({"quiet_hours": 3}, {RESUMED: 3, "accepted": 3}, True, id="all-came"),
        pytest.param({"quiet_hours": 3}, {RESUMED: 3, "deferred:frequency_cap": 3}, True, id="then-a-cap"),
        pytest.param({"best_hour": 3}, {RESUMED: 1, "deferred:quiet_hours": 1}, True, id="own-hours-at-night"),
    ],
)
def test_what_a_run_is_waited_for(put_off: Mapping[str, int], steps: Mapping[str, int], *, sent: bool) -> None:
    shop = trying(4)
    shop.fire(START)
    (run,) = shop.mine()
    codes = b"".join(bytes([CODES[f"deferred:{why}"]]) * number for why, number in put_off.items())
    for shard in range(run.shards):
        planned = 0 if shard else len(codes)
        shop.progress.save_shard(STORE, run.id, ShardProgress(shard, planned=planned, cursor=None, done=True))
    shop.progress.save_ledger(STORE, run.id, ChunkLedger("c", "fcm", codes))
    shop.counters.add(STORE, counted(run.id), "s", "1", steps)
    assert RunSent(shop.progress, shop.counters, shop.counters)(run) is sent


@pytest.mark.parametrize(
    ("found", "when"),
    [
        pytest.param({}, None, id="none"),
        pytest.param({0: 9, QUARTER: 1}, 0, id="most-at-once"),
        pytest.param({0: 8, QUARTER: 1, 2 * QUARTER: 1}, QUARTER, id="as-it-goes"),
    ],
)
def test_when_most_of_it_had_gone(found: Quarters, when: Instant | None) -> None:
    assert reached(found, MOST) == when
