"""A scenario that was here before: re-entry, cooldown and so many times, asked once more before sending."""

from typing import Any

import pytest
from shopbell.domain.clock import DAY, HOUR
from shopbell.domain.gates import OPEN, Skip, Verdict, verdict
from shopbell.domain.policy import Policy
from shopbell.domain.profile import Profile
from shopbell.domain.scenarios.pending import Ran
from shopbell.domain.sends import SendRecord, Sent, recorded

from tests.unit.gates.moments import ANN, MINE, NOON, STORE, asked, sent

NAME = "we_missed_you"
STARTED = NOON - HOUR


def ran(
    key: str = "i0", start: int = NOON - 90 * DAY, end: int | None = None, left: int | None = None, count: int = 1
) -> Any:
    return {NAME: (Ran(NAME, key, start, end, left, sent=count),)}


def having(instances: Any) -> Profile:
    return Profile(STORE, ANN, version=1, ran=instances)


def own(*ago: int, step: int = 0) -> SendRecord:
    return sent(*ago, source=NAME, step=step)


ONCE = {"reentry": "never"}
PAUSE = {"reentry": "after", "cooldown": 60 * DAY}


@pytest.mark.parametrize(
    ("sending", "instances", "record", "found"),
    [
        pytest.param(ONCE, {}, own(), OPEN, id="once: the first time"),
        pytest.param(ONCE, ran("i1", STARTED), own(), OPEN, id="once: this very time"),
        pytest.param(ONCE, ran(end=NOON - 80 * DAY), own(), Skip("reentry"), id="once: it was here"),
        pytest.param(ONCE, {}, own(80 * DAY), Skip("reentry"), id="once: it sent"),
        pytest.param({**ONCE, "step": 1}, {}, own(DAY), OPEN, id="once: the step before is its own"),
        pytest.param(PAUSE, {}, own(), OPEN, id="cooldown: the first time"),
        pytest.param(PAUSE, ran("i1", STARTED), own(), OPEN, id="cooldown: this very time"),
        pytest.param(PAUSE, ran(end=NOON - 60 * DAY), own(), OPEN, id="cooldown: over"),
        pytest.param(PAUSE, ran(end=NOON - 60 * DAY + 1), own(), Skip("cooldown"), id="cooldown: not over"),
        pytest.param(PAUSE, ran(), own(), Skip("cooldown"), id="cooldown: the last one has not ended"),
        pytest.param(PAUSE, ran(start=STARTED + 1), own(), OPEN, id="cooldown: the other came later"),
        pytest.param(PAUSE, {}, own(60 * DAY), OPEN, id="cooldown: sent long ago"),
        pytest.param(PAUSE, {}, own(60 * DAY - 1), Skip("cooldown"), id="cooldown: sent lately"),
        pytest.param({**PAUSE, "step": 1}, {}, own(14 * DAY), OPEN, id="cooldown: the step before is its own"),
        pytest.param(
            {**PAUSE, "step": 1}, {}, own(14 * DAY, step=2), Skip("cooldown"), id="cooldown: a later step is not"
        ),
        pytest.param(PAUSE, ran(count=0), own(), OPEN, id="cooldown: the last one sent nothing"),
        pytest.param({"reentry": "always", "cooldown": DAY}, ran(), own(HOUR), OPEN, id="always"),
        pytest.param({"reentry": "after"}, ran(), own(HOUR), OPEN, id="after no time at all"),
        pytest.param({"max_per_user": (2, 365 * DAY)}, {}, own(90 * DAY), OPEN, id="fewer than may be"),
        pytest.param(
            {"max_per_user": (2, 365 * DAY)}, {}, own(90 * DAY, 180 * DAY), Skip("reentry"), id="as many as may be"
        ),
        pytest.param({"max_per_user": (2, 365 * DAY)}, {}, own(90 * DAY, 365 * DAY), OPEN, id="one a year ago"),
        pytest.param(
            {"max_per_user": (1, 90 * DAY)}, ran(start=NOON - 90 * DAY + 1), own(), Skip("reentry"), id="began"
        ),
    ],
)
def test_whether_a_scenario_may_be_here_again(
    sending: dict[str, Any], instances: Any, record: SendRecord, found: Verdict
) -> None:
    assert verdict(asked(sending, profile=having(instances), record=record, policy=Policy())) == found


def test_the_message_itself_is_no_earlier_one() -> None:
    record = recorded(SendRecord(), Sent(NOON - 1, MINE, NAME, 0, "triggered"))
    for sending in (ONCE, PAUSE, {"max_per_user": (1, DAY)}):
        assert verdict(asked(sending, record=record, policy=Policy())) == OPEN


def test_a_run_for_everybody_knows_by_what_was_sent_that_it_was_here() -> None:
    weekly = {"key": None, "started_at": None, "reentry": "after", "cooldown": 6 * DAY}
    assert verdict(asked(weekly, profile=having(ran()), record=own(6 * DAY), policy=Policy())) == OPEN
    assert verdict(asked(weekly, profile=having(ran()), record=own(6 * DAY - 1), policy=Policy())) == Skip("cooldown")


@pytest.mark.parametrize(
    ("instances", "found"),
    [
        pytest.param(ran("i1", STARTED, NOON, NOON), Skip("exited"), id="bought after it was put on its way"),
        pytest.param(ran("i1", STARTED, NOON), OPEN, id="its last step is this one"),
        pytest.param(
            {NAME: (*ran("i1", STARTED, NOON, NOON)[NAME], *ran("i2", NOON)[NAME])},
            Skip("exited"),
            id="another began",
        ),
        pytest.param(ran("i0", STARTED - DAY, NOON - DAY, NOON - DAY), OPEN, id="an earlier instance was ended"),
    ],
)
def test_an_instance_that_something_ended_sends_no_more(instances: Any, found: Verdict) -> None:
    assert verdict(asked(profile=having(instances))) == found
