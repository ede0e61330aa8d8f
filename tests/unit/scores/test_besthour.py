"""The best hour: read from visits on the visitor's clock, newer ones first, the store's day where little is known."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.clock import DAY, HOUR, MINUTE, Instant, parse_instant
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.scores.besthour import best_hour, best_hour_of, histogram, summed
from shopbell.domain.visits.sessions import fold_sessions

NOW = parse_instant("2026-06-10T00:00:00Z")[0]
UTC = ZoneInfo("UTC")
INSTANTS = st.lists(st.integers(NOW - 400 * DAY, NOW), min_size=5, max_size=30)


def at(hour: int, days: int = 1, times: int = 1) -> list[Instant]:
    """Visits at this hour, the newest so many days ago, one a day before that."""
    return [NOW - (days + number) * DAY + hour * HOUR for number in range(times)]


@pytest.mark.parametrize(
    ("visits", "hour"),
    [
        ([], None),
        (at(20, times=4), None),
        ([*at(20, times=4), NOW + HOUR], None),
        (at(20, times=5), 20),
        ([*at(20, times=3), *at(8, times=4)], 8),
        ([*at(20, times=3), *at(8, days=40, times=5)], 20),
        ([*at(8, times=3), *at(20, times=3)], 20),
    ],
    ids=[
        "never here",
        "too few",
        "one ahead",
        "always then",
        "mostly then",
        "lately then",
        "as often then, and later",
    ],
)
def test_the_hour_is_that_of_most_and_of_newer_visits(visits: list[Instant], hour: int | None) -> None:
    assert best_hour(visits, UTC, NOW) == hour


def test_the_hour_is_on_the_visitors_clock_in_summer_and_in_winter() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    summer = at(18, times=5)
    winter = [one - 182 * DAY for one in summer]
    assert (best_hour(summer, berlin, NOW), best_hour(winter, berlin, NOW - 182 * DAY)) == (20, 19)
    assert best_hour(summer, ZoneInfo("Asia/Kolkata"), NOW) == 23


def test_a_visit_counts_half_after_thirty_days() -> None:
    assert histogram([NOW - 30 * DAY], UTC, NOW)[0] == 0.5
    assert histogram([NOW - 60 * DAY, NOW], UTC, NOW)[0] == 1.25
    assert sum(histogram([NOW + MINUTE], UTC, NOW)) == 0


def test_the_stores_day_decides_between_scattered_visits_and_for_who_stays_away() -> None:
    evening = histogram([visit for hour in (20, 21) for visit in at(hour, times=50)], UTC, NOW)
    scattered = [visit for hour in (3, 9, 14, 20, 23) for visit in at(hour)]
    assert best_hour(scattered, UTC, NOW, evening) == 20
    mornings = at(8, times=6)
    assert best_hour(mornings, UTC, NOW, evening) == 8
    assert best_hour(mornings, UTC, NOW + 200 * DAY, evening) in {20, 21}
    assert best_hour(mornings, UTC, NOW + 200 * DAY, (0.0,) * 24) == 8


@given(INSTANTS)
def test_the_order_of_visits_means_nothing_and_the_hour_is_one_of_theirs(visits: list[Instant]) -> None:
    found = best_hour(visits, UTC, NOW)
    assert found == best_hour(visits[::-1], UTC, NOW)
    assert found in {(visit // HOUR) % 24 for visit in visits}


@given(INSTANTS, st.integers(0, 500))
def test_time_alone_changes_nothing_without_a_store_to_be_smoothed_to(visits: list[Instant], days: int) -> None:
    apart = [visit // DAY * DAY + (number % 24) * HOUR for number, visit in enumerate(visits)]
    past = [visit for visit in apart if visit <= NOW]
    assert best_hour(past, UTC, NOW) == best_hour(past, UTC, NOW + days * DAY)


def test_it_is_read_from_the_sessions_of_a_profile() -> None:
    sessions = fold_sessions(b"", at(20, times=5), 90 * DAY)
    profile = Profile(StoreId("s"), VisitorId("v"), sessions=sessions)
    assert best_hour_of(profile, UTC, NOW) == 20
    assert best_hour_of(Profile(StoreId("s"), VisitorId("v")), UTC, NOW) is None
    scattered = replace(profile, sessions=fold_sessions(b"", [one for h in (3, 9, 14, 20, 23) for one in at(h)], DAY))
    assert best_hour_of(scattered, UTC, NOW) == 23
    assert best_hour_of(scattered, UTC, NOW, summed([histogram(at(9, times=3), UTC, NOW)] * 2)) == 9
