"""A store that sends nothing for a while: what recurs goes on from when it does, and nothing is made up for."""

from typing import Final

import pytest
from shopbell.app.delivery.stopping import StopRun
from shopbell.domain.clock import DAY, HOUR, MINUTE, Instant, format_instant, parse_instant
from shopbell.domain.webhooks.alarm import silent

from tests.functions.http.test_own_clock_pause import ZONES, Clocks, Turn, by_campaign, by_store
from tests.unit.app.timed import QUARTER

OFF: Final = {"respect_quiet_hours": False, "respect_caps": False}
DAILY: Final = {"cron": "0 18 * * ? *", "time_zone": "UTC"}
FRIDAY: Final[Instant] = parse_instant("2026-03-06T18:00:00Z")[0]


class Daily(Clocks):
    """At six each evening, from the Friday on."""

    def __init__(self, **more: object) -> None:
        super().__init__(**{"schedule": DAILY, "delivery": OFF, **more})
        self.office.clock.now = self.shop.clock.now = FRIDAY - 2 * HOUR
        self.steer("pause")
        self.steer("resume")

    @property
    def given_up(self) -> list[tuple[str, str]]:
        rows = self.office.manage("GET", f"/v1/campaigns/{self.name}/progress").json["given_up"]
        return sorted((row["at"], row["reason"]) for row in rows)

    @property
    def status(self) -> str:
        return str(self.office.manage("GET", f"/v1/campaigns/{self.name}").json["status"])

    def people_at(self, when: Instant) -> list[str]:
        return sorted(who for who, at in self.went if at == when)


@pytest.mark.parametrize("ttl", ["P1D", "PT2H", "P7D"])
@pytest.mark.parametrize("turn", [by_store, by_campaign])
def test_what_came_in_a_pause_is_not_made_up_for(turn: Turn, ttl: str) -> None:
    daily = Daily(delivery={**OFF, "ttl": ttl})
    daily.until(FRIDAY - HOUR)
    turn(daily, False)
    daily.until(FRIDAY + 3 * DAY + 7 * HOUR)
    turn(daily, True)
    daily.until(FRIDAY + 5 * DAY + HOUR)
    for number in (4, 5):
        assert daily.people_at(FRIDAY + number * DAY) == sorted(ZONES)
    assert len(daily.went) == 2 * len(ZONES)
    came = [format_instant(FRIDAY + number * DAY) for number in range(4)]
    assert daily.given_up == ([(when, "skipped_paused") for when in came] if turn is by_store else [])


def test_what_push_services_stopped_holds_up_no_later_time() -> None:
    """Nobody may be there to resume it."""
    daily = Daily(delivery={**OFF, "ttl": "PT2H"})
    daily.shop.sweep(FRIDAY)
    daily.chunks = daily.shop.page_all()
    (run,) = daily.shop.world.runs.values()
    StopRun(daily.shop.runs, silent, daily.shop.clock)(run)
    daily.until(FRIDAY + 3 * DAY + HOUR)
    assert [daily.people_at(FRIDAY + number * DAY) for number in range(4)] == [[], *[sorted(ZONES)] * 3]
    assert daily.given_up == []


def test_an_instant_whose_firing_was_lost_in_a_pause_is_given_up_for_it_afterwards() -> None:
    daily = Daily()
    by_store(daily, False)
    daily.shop.clock.now = daily.office.clock.now = FRIDAY + HOUR
    by_store(daily, True)
    daily.until(FRIDAY + 2 * HOUR)
    assert (daily.went, daily.given_up) == ([], [(format_instant(FRIDAY), "skipped_paused")])


def test_what_is_for_once_goes_after_the_pause() -> None:
    daily = Daily(schedule={"at": format_instant(FRIDAY)})
    by_store(daily, False)
    daily.until(FRIDAY + 2 * DAY)
    by_store(daily, True)
    daily.until(FRIDAY + 2 * DAY + HOUR)
    assert sorted(who for who, _ in daily.went) == sorted(ZONES)
    assert daily.given_up == []


@pytest.mark.parametrize("ends_at", [None, format_instant(FRIDAY + 33 * HOUR)], ids=["daily", "the last time"])
def test_by_the_visitors_clocks_it_begins_after_the_pause_for_those_whose_time_is_to_come(
    ends_at: str | None,
) -> None:
    """Six in the evening of the Saturday begins at four that morning, UTC, in UTC+14."""
    first = FRIDAY + 10 * HOUR
    more: dict[str, object] = {} if ends_at is None else {"ends_at": ends_at}
    daily = Daily(schedule={"cron": DAILY["cron"], "visitor_local": True}, **more)
    daily.until(first - HOUR)
    before = len(daily.went)
    by_store(daily, False)
    daily.until(first + 5 * HOUR)
    assert daily.given_up == []
    by_store(daily, True)
    daily.until(first + DAY - QUARTER)
    got = dict(daily.went[before:])
    assert got["berta"] == first + 13 * HOUR
    assert got["nora"] == first + 19 * HOUR


def test_a_run_that_the_pause_of_its_store_lengthens_is_still_being_sent() -> None:
    daily = Daily()
    daily.shop.sweep(FRIDAY)
    daily.chunks = daily.shop.page_all()  # nobody works on them yet
    daily.shop.clock.now = daily.office.clock.now = FRIDAY + MINUTE
    by_store(daily, False)
    daily.shop.clock.now = daily.office.clock.now = FRIDAY + 30 * HOUR
    by_store(daily, True)
    daily.shop.sweep(FRIDAY + 47 * HOUR)
    daily.office.clock.now = FRIDAY + 47 * HOUR
    assert daily.status == "sending"
    daily.shop.sweep(FRIDAY + 2 * DAY)
    daily.office.clock.now = FRIDAY + 2 * DAY
    overlapped = (format_instant(FRIDAY + 2 * DAY), "skipped_overlapping")
    assert daily.given_up == [(format_instant(FRIDAY + DAY), "skipped_paused"), overlapped]
    daily.until(FRIDAY + 3 * DAY + HOUR)
    assert daily.people_at(FRIDAY + 2 * DAY) == sorted(ZONES)
    assert len(daily.people_at(FRIDAY + 3 * DAY)) == len(ZONES)
    assert len(daily.went) == 2 * len(ZONES)
