"""A campaign that is paused while its own rule is built goes out afterwards as if no time had passed."""

from dataclasses import replace

import pytest
from shopbell.adapters.memory.segments import MemorySegments
from shopbell.app.ends import Done, End, Later
from shopbell.app.work import read_plan
from shopbell.domain.clock import DAY, HOUR, MINUTE
from shopbell.domain.ids import CampaignId

from tests.functions.http.office import BUYERS
from tests.functions.http.test_long_pause import PEOPLE, WAYS, Sending, Turn
from tests.functions.http.world import OURS


class Building(Sending):
    """A campaign that was sent, of which the segment is still being built."""

    def __init__(self, **more: object) -> None:
        super().__init__(audience={"rule": BUYERS}, **more)
        assert self.chunks == []

    def built(self) -> None:
        name = self.office.world.campaigns[OURS, CampaignId(self.name)].audience.rule_segment
        assert name is not None
        for number in range(PEOPLE):
            self.office.enter(name, f"v{number}", self.shop.clock.now)
        segments = MemorySegments(self.office.world)
        row = segments.get(OURS, name)
        assert row is not None
        active = replace(row, state="active", build_percent=None, revision=row.revision + 1)
        assert segments.save(active, expected=row.revision)

    def plan(self) -> list[End]:
        return [self.shop.plan(read_plan(message.body)) for message in self.planning]


@WAYS
@pytest.mark.parametrize("hours", [2, 30, 80])
@pytest.mark.parametrize("planned", ["in the pause", "after it"])
def test_it_goes_out_after_the_pause(turn: Turn, why: str, hours: int, planned: str) -> None:
    sending = Building()
    assert [end.reason for end in sending.plan() if isinstance(end, Later)] == ["audience_building"]
    turn(sending, False)
    sending.wait(hours * HOUR)
    sending.built()
    if planned == "in the pause":
        assert sending.plan() == [Done({"runs_planned": 1})]
    sending.wait(HOUR)
    turn(sending, True)
    if planned == "after it":
        assert sending.plan() == [Done({"runs_planned": 1})]
    sending.chunks = sending.shop.page_all()
    assert sending.work() == set()
    assert (sending.report["targeted"], sending.report["accepted"]) == (PEOPLE, PEOPLE), why


@WAYS
def test_it_has_as_long_left_as_it_had(turn: Turn, why: str) -> None:
    sending = Building()
    begun = sending.shop.clock.now
    turn(sending, False)
    sending.wait(2 * DAY)
    turn(sending, True)
    sending.built()
    sending.wait(DAY - 2 * MINUTE)
    assert sending.plan() == [Done({"runs_planned": 1})]
    (run,) = sending.office.world.runs.values()
    assert run.ends_at == begun - MINUTE + 3 * DAY, why
    assert sending.shop.clock.now < run.ends_at


def test_its_own_end_holds_nevertheless() -> None:
    sending = Building(ends_at="2026-03-04T12:00:00Z")
    sending.steer("pause")
    sending.wait(3 * DAY)
    sending.steer("resume")
    sending.built()
    sending.plan()
    sending.shop.page_all()
    (run,) = sending.office.world.runs.values()
    assert run.closes_at is not None
    assert run.ends_at == run.closes_at < sending.shop.clock.now
    assert sending.report["accepted"] == 0
