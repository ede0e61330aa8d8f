"""What is due and when: first sight, missed instants, one-offs, dates, changes."""

from dataclasses import replace

import pytest
from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND, Instant, parse_instant
from shopbell.local.schedules.attributes import fill, same_input
from shopbell.local.schedules.book import GRACE, Book, Schedule, Target

from tests.sim.mappings.world import Diary


def instant(text: str) -> Instant:
    return parse_instant(f"2026-06-01T{text}Z")[0]


NOW = instant("12:00:00")
TARGET = Target("arn:aws:lambda:us-east-1:000000000000:function:f", "{}", 2)


def schedule(expression: str, **changes: object) -> Schedule:
    made = Schedule("group/name", "arn", expression, "UTC", TARGET, created=NOW - DAY)
    return replace(made, **changes)  # type: ignore[arg-type]


def book(one: Schedule, *, at: Instant = NOW, fired: dict[str, Instant] | None = None) -> tuple[Book, Diary]:
    diary = Diary()
    made = Book(diary, fired or {})
    made.learn([one], at)
    return made, diary


def nominal(made: Book, at: Instant) -> list[Instant]:
    return [firing.nominal for firing in made.due(at)]


def test_each_instant_fires_once_with_its_nominal_time() -> None:
    made, _ = book(schedule("cron(* * * * ? *)"), fired={"group/name": NOW})
    assert nominal(made, NOW + 59 * SECOND) == []
    assert nominal(made, NOW + 61 * SECOND) == [NOW + MINUTE]
    assert nominal(made, NOW + 62 * SECOND) == []


def test_an_instant_of_a_moment_ago_is_caught_up() -> None:
    made, diary = book(schedule("cron(0 12 * * ? *)"), at=NOW + GRACE - 1, fired={"group/name": NOW - DAY})
    assert nominal(made, NOW + GRACE - 1) == [NOW]
    assert not diary.counts


def test_what_fell_due_while_the_machine_was_off_is_missed_and_said_so() -> None:
    made, diary = book(schedule("cron(0 9 * * ? *)"), fired={"group/name": NOW - DAY})
    assert nominal(made, NOW) == []
    assert nominal(made, instant("09:00:00") + DAY) == [instant("09:00:00") + DAY]
    assert diary.counts == {"missed": 1}


def test_a_one_off_that_fell_due_while_the_machine_was_off_fires_late() -> None:
    made, _ = book(schedule("at(2026-06-01T03:00:00)"))
    assert nominal(made, NOW) == [instant("03:00:00")]
    assert nominal(made, NOW + DAY) == []


def test_a_one_off_that_has_fired_does_not_fire_again_after_a_restart() -> None:
    made, _ = book(schedule("at(2026-06-01T03:00:00)"), fired={"group/name": instant("03:00:00")})
    assert nominal(made, NOW) == []


def test_a_one_off_of_before_its_creation_never_fires() -> None:
    made, _ = book(schedule("at(2026-05-01T03:00:00)"))
    assert nominal(made, NOW) == []


def test_a_one_off_that_the_engine_removed_when_it_was_due_still_fires() -> None:
    made, _ = book(schedule("at(2026-06-01T12:00:05)"))
    made.learn([], NOW + 6 * SECOND)
    assert nominal(made, NOW + 6 * SECOND) == [NOW + 5 * SECOND]
    made.learn([], NOW + 8 * SECOND)
    assert made.schedules == []


def test_a_one_off_removed_before_it_was_due_does_not_fire() -> None:
    made, _ = book(schedule("at(2026-06-01T12:00:05)"))
    made.learn([], NOW + 2 * SECOND)
    assert nominal(made, NOW + 6 * SECOND) == []


def test_a_schedule_that_changed_fires_by_its_new_expression() -> None:
    made, _ = book(schedule("cron(0 13 * * ? *)"))
    made.learn([schedule("cron(30 12 * * ? *)")], NOW)
    assert nominal(made, NOW + 31 * MINUTE) == [NOW + 30 * MINUTE]


def test_a_schedule_that_is_off_does_not_fire_and_is_not_caught_up() -> None:
    off = schedule("cron(0/5 * * * ? *)", enabled=False)
    made, _ = book(off)
    assert nominal(made, NOW + 5 * MINUTE) == []
    made.learn([replace(off, enabled=True)], NOW + 7 * MINUTE)
    assert nominal(made, NOW + 11 * MINUTE) == [NOW + 10 * MINUTE]


def test_start_and_end_bound_what_fires() -> None:
    bounded = schedule("cron(0 * * * ? *)", start=NOW + 2 * HOUR, end=NOW + 3 * HOUR)
    made, _ = book(bounded)
    fired = [due for hour in range(1, 6) for due in nominal(made, NOW + hour * HOUR)]
    assert fired == [NOW + 2 * HOUR, NOW + 3 * HOUR]


def test_a_rate_counts_from_its_creation() -> None:
    made, _ = book(schedule("rate(7 minutes)", created=NOW))
    assert nominal(made, NOW + 8 * MINUTE) == [NOW + 7 * MINUTE]
    assert nominal(made, NOW + 15 * MINUTE) == [NOW + 14 * MINUTE]


def test_a_laptop_that_slept_catches_up_with_the_last_moments_only() -> None:
    made, diary = book(schedule("cron(* * * * ? *)"), fired={"group/name": NOW})
    assert nominal(made, NOW + HOUR) == [NOW + 59 * MINUTE, NOW + HOUR]
    assert diary.counts == {"missed": 1}


@pytest.mark.parametrize("broken", [{"expression": "cron(x)"}, {"zone": "Mars/Olympus"}], ids=str)
def test_what_cannot_be_read_is_said_and_stops_nothing(broken: dict[str, str]) -> None:
    made, diary = book(schedule(**{"expression": "cron(* * * * ? *)", **broken}))
    assert nominal(made, NOW + HOUR) == []
    assert diary.counts == {"unreadable": 1}


def test_attributes_are_filled_in() -> None:
    written = '{"at": "<aws.scheduler.scheduled-time>", "n": <aws.scheduler.attempt-number>, '
    written += '"by": "<aws.scheduler.schedule-arn>"}'
    filled = fill(written, arn="arn:s", nominal=NOW + 345, attempt=2)
    assert filled == '{"at": "2026-06-01T12:00:00Z", "n": 2, "by": "arn:s"}'


def test_the_same_input_is_known_however_it_is_spaced() -> None:
    assert same_input('{"a":1,"b":"<x>"}', b'{"b": "<x>", "a": 1}')
    assert not same_input('{"a": 1}', b'{"a": 2}')
    assert same_input("plain", b"plain")
