"""How much a person gets: caps over rolling windows, sunset, and the more important message that is due soon."""

from typing import Any

import pytest
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.gates import OPEN, Defer, Skip, Verdict, verdict
from shopbell.domain.gates.pressure import free_from
from shopbell.domain.policy import CAPS, Cap, Policy
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.sends import SendRecord, Sent, clicked, recorded, united

from tests.unit.gates.moments import ANN, MINE, NOON, STORE, TRIGGERED, asked, sent

PROMO = {"message_class": "promo"}
LONG: dict[str, Any] = {"expires_at": NOON + 30 * DAY}


@pytest.mark.parametrize(
    ("record", "free"),
    [
        pytest.param(sent(), NOON, id="nothing was sent"),
        pytest.param(sent(6 * HOUR - 1), NOON + 1, id="one a millisecond short of six hours ago"),
        pytest.param(sent(6 * HOUR), NOON, id="one six hours ago"),
        pytest.param(sent(7 * HOUR, 23 * HOUR), NOON + HOUR, id="two in a day"),
        pytest.param(sent(HOUR, 23 * HOUR), NOON + 5 * HOUR, id="the longer wait of two caps"),
        pytest.param(sent(HOUR, 20 * HOUR), NOON + 5 * HOUR, id="both caps"),
        pytest.param(sent(*(n * DAY for n in range(1, 7))), NOON + DAY, id="six in a week"),
        pytest.param(sent(*(n * DAY for n in range(1, 8))), NOON + DAY, id="seven days ago is over"),
        pytest.param(sent(HOUR, kind="transactional"), NOON, id="transactional ones count for nothing"),
        pytest.param(sent(HOUR, kind="promo"), NOON + 5 * HOUR, id="promotions count"),
    ],
)
def test_a_cap_is_free_again_when_enough_messages_are_older_than_its_window(record: SendRecord, free: int) -> None:
    assert free_from(CAPS, record, NOON) == free


def test_of_several_more_than_a_cap_allows_all_must_be_older() -> None:
    record = sent(HOUR, 2 * HOUR, 3 * HOUR)
    assert free_from((Cap(1, 6 * HOUR),), record, NOON) == NOON + 5 * HOUR
    assert free_from((Cap(2, 6 * HOUR),), record, NOON) == NOON + 4 * HOUR
    assert free_from((Cap(4, 6 * HOUR),), record, NOON) == NOON


@pytest.mark.parametrize(
    ("sending", "found"),
    [
        pytest.param(LONG, Defer("frequency_cap", NOON + 5 * HOUR, NOON + 30 * DAY), id="triggered waits"),
        pytest.param(
            {"expires_at": NOON + 5 * HOUR + 1},
            Defer("frequency_cap", NOON + 5 * HOUR, NOON + 5 * HOUR + 1),
            id="as long as it means something",
        ),
        pytest.param({"expires_at": NOON + 5 * HOUR}, Skip("frequency_cap"), id="and no longer"),
        pytest.param(PROMO, Skip("frequency_cap"), id="a promotion drops"),
        pytest.param({"message_class": "transactional"}, OPEN, id="transactional is free"),
        pytest.param({"respect_caps": False}, OPEN, id="told not to"),
        pytest.param({"source": "test"}, OPEN, id="a test"),
    ],
)
def test_who_was_sent_enough_gets_it_later_or_never(sending: dict[str, Any], found: Verdict) -> None:
    assert verdict(asked(sending, record=sent(HOUR))) == found


def test_a_message_does_not_count_against_itself() -> None:
    """Its other device, or a try before this one."""
    mine = Sent(NOON - 1, MINE, "we_missed_you", 0, "triggered")
    assert verdict(asked(record=recorded(sent(7 * HOUR), mine))) == OPEN


def test_without_caps_anything_goes() -> None:
    assert verdict(asked(record=sent(*(n * MINUTE for n in range(1, 9))), policy=Policy())) == OPEN


TWENTY = sent(*((15 + n) * DAY for n in range(20)))


@pytest.mark.parametrize(
    ("record", "found"),
    [
        pytest.param(TWENTY, OPEN, id="none in two weeks: one may go"),
        pytest.param(united(TWENTY, sent(14 * DAY)), OPEN, id="the last two weeks ago"),
        pytest.param(united(TWENTY, sent(14 * DAY - 1)), Skip("dormant"), id="the last less than two weeks ago"),
        pytest.param(sent(*((2 + n) * DAY for n in range(19))), OPEN, id="nineteen"),
        pytest.param(sent(*((3 + 3 * n) * DAY for n in range(20))), OPEN, id="the twentieth 60 days ago"),
        pytest.param(sent(*((2 + 2 * n) * DAY for n in range(20))), Skip("dormant"), id="twenty in 60 days"),
        pytest.param(
            clicked(sent(*((2 + 2 * n) * DAY for n in range(20))), NOON - 60 * DAY + 1), OPEN, id="a click in time"
        ),
        pytest.param(
            clicked(sent(*((2 + 2 * n) * DAY for n in range(20))), NOON - 60 * DAY),
            Skip("dormant"),
            id="a click 60 days ago",
        ),
        pytest.param(
            sent(*((2 + 2 * n) * DAY for n in range(20)), kind="transactional"), OPEN, id="transactional ones"
        ),
    ],
)
def test_who_never_clicks_is_written_to_every_two_weeks(record: SendRecord, found: Verdict) -> None:
    assert verdict(asked(record=record)) == found


def test_what_was_asked_for_by_name_goes_to_the_dormant_too() -> None:
    record = sent(*((2 + 2 * n) * DAY for n in range(20)))
    assert verdict(asked({"message_class": "transactional"}, record=record)) == OPEN
    assert verdict(asked({"source": "test"}, record=record)) == OPEN


def step(due: int, source: str = "birthday", expires: int = NOON + DAY) -> PendingStep:
    kind: Any = "campaign" if source.startswith("camp") else "scenario"
    return PendingStep(kind, source, "k", 0, due, NOON - HOUR, expires)


def waiting(*steps: PendingStep) -> Profile:
    return Profile(STORE, ANN, version=1, steps=steps)


PRIORITIES = {"birthday": 60, "churn": 32, "we_missed_you": 30, "new_arrivals": 25}


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        pytest.param((step(NOON + 30 * MINUTE),), NOON + 31 * MINUTE, id="due in half an hour"),
        pytest.param((step(NOON + 30 * MINUTE + 1),), None, id="due later"),
        pytest.param((step(NOON - HOUR),), NOON + MINUTE, id="overdue: any moment"),
        pytest.param((step(NOON - HOUR, expires=NOON),), None, id="expired"),
        pytest.param((step(NOON, "we_missed_you"),), None, id="of the same priority"),
        pytest.param((step(NOON, "new_arrivals"),), None, id="of a lower priority"),
        pytest.param((step(NOON, "gone"),), None, id="of a scenario that is off"),
        pytest.param((step(NOON, "camp1"),), None, id="a campaign's"),
        pytest.param((step(NOON, "churn"), step(NOON + 20 * MINUTE)), NOON + 21 * MINUTE, id="just after the last"),
    ],
)
def test_a_message_lets_a_more_important_one_go_first(steps: tuple[PendingStep, ...], found: int | None) -> None:
    expected = OPEN if found is None else Defer("lower_priority", found, TRIGGERED.expires_at)
    assert verdict(asked(profile=waiting(*steps), priorities=PRIORITIES)) == expected


def test_a_campaigns_message_yields_to_a_scenarios_and_to_no_other_campaign() -> None:
    campaign = {"source": "campaign", "source_id": "c1", "priority": 10, "key": None}
    assert verdict(asked(campaign, profile=waiting(step(NOON, "camp2")), priorities=PRIORITIES)) == OPEN
    found = verdict(asked(campaign, profile=waiting(step(NOON, "churn")), priorities=PRIORITIES))
    assert isinstance(found, Defer)


def test_what_would_be_stale_by_then_is_skipped_with_the_same_reason() -> None:
    soon = NOON + 20 * MINUTE
    found = verdict(asked({"expires_at": soon}, profile=waiting(step(soon)), priorities=PRIORITIES))
    assert found == Skip("lower_priority")


def test_while_sending_is_paused_a_message_waits() -> None:
    assert verdict(asked(paused=True)) == Defer("throttled", NOON + MINUTE, TRIGGERED.expires_at)
    assert verdict(asked(paused=False)) == OPEN


@pytest.mark.parametrize(
    ("hour", "expires", "found"),
    [
        pytest.param(18, NOON + DAY, Defer("best_hour", NOON + 6 * HOUR, NOON + DAY), id="later today"),
        pytest.param(
            9, NOON + DAY, Defer("best_hour", NOON + 21 * HOUR, NOON + DAY + 10 * HOUR), id="tomorrow morning"
        ),
        pytest.param(12, NOON + DAY, OPEN, id="now"),
        pytest.param(None, NOON + DAY, OPEN, id="nobody knows"),
        pytest.param(18, NOON + 6 * HOUR, OPEN, id="too late for it: rather now"),
        pytest.param(23, NOON + DAY, OPEN, id="a quiet one: rather now"),
    ],
)
def test_a_message_waits_for_the_best_hour_while_that_makes_sense(
    hour: int | None, expires: int, found: Verdict
) -> None:
    sending: dict[str, Any] = {"best_hour": True, "expires_at": expires}
    assert verdict(asked(sending, best_hour=lambda *_: hour)) == found
    assert verdict(asked({**sending, "best_hour": False}, best_hour=lambda *_: hour)) == OPEN
    assert verdict(asked({**sending, "source": "test"}, best_hour=lambda *_: hour)) == OPEN


def test_at_its_best_hour_it_goes_and_without_quiet_hours_at_night_too() -> None:
    sending: dict[str, Any] = {"best_hour": True, "expires_at": NOON + DAY}
    evening = asked(sending, best_hour=lambda *_: 18, now=NOON + 6 * HOUR + MINUTE)
    assert verdict(evening) == OPEN
    night = verdict(asked(sending, best_hour=lambda *_: 23, policy=Policy(CAPS)))
    assert night == Defer("best_hour", NOON + 11 * HOUR, NOON + DAY)
