"""A broadcast through real functions, streams and queues to push services that check everything and fail at times."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from shopbell.local.pushd.remote import Remote, started

from benchmarks.broadcasting import MIX, Stage, mixed, staged

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(900)]

PEOPLE: Final = 200
CAN_WAIT: Final = 300.0
FAULTS: Final = (
    {"kind": "gone", "share": 0.06},
    {"kind": "throttled", "retry_after": 1, "times": 12},
    {"kind": "unavailable", "times": 8},
    {"kind": "slow", "delay_seconds": 0.5, "times": 5},
)


@pytest.fixture
def push(tmp_path: Path) -> Iterator[Remote]:
    with started(tmp_path / "pushd", "--seed", "7") as running:
        yield running


@pytest.fixture
def stage(push: Remote, tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path / "machine", push) as running:
        yield running


def test_a_broadcast_that_meets_faults_reaches_everybody_once_and_the_report_adds_up(
    stage: Stage, push: Remote
) -> None:
    push.switch(FAULTS)
    ids = stage.subscribe(PEOPLE)
    assert not stage.session.settle(CAN_WAIT)
    outcome = stage.broadcast(ids, CAN_WAIT, lambda _: None)

    said, met = outcome.report, [rule["met"] for rule in push.call("GET", "/v1/faults")["items"]]
    assert said["targeted"] == outcome.ends == PEOPLE
    assert (said["failed"], said["skipped"], said["open"]) == (0, {}, 0)
    assert met == [said["retired"], 12, 8, 5]
    assert 0 < said["retired"] < PEOPLE // 5
    assert outcome.times == {1: said["accepted"]}
    assert (outcome.strangers, outcome.dead, outcome.posted["wrong"]) == (0, 0, {})
    assert outcome.posted["posts"] == PEOPLE + 12 + 8
    assert {one["service"] for one in push.messages()} == set(MIX) == set(mixed(PEOPLE))
