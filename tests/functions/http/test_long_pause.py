"""While a campaign or its store is paused no time counts: nothing of it ends, and all of it goes on afterwards."""

from collections.abc import Callable
from typing import Final

import pytest
from shopbell.app.delivery.stopping import StopRun
from shopbell.app.ends import Handed, Later
from shopbell.app.work import read_plan
from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND, Duration, format_instant
from shopbell.domain.runs import Chunk
from shopbell.domain.webhooks.alarm import silent

from tests.functions.http.office import Office
from tests.unit.app.timed import Timed

PEOPLE: Final = 3
WORDS: Final = {"title": "Sale", "body": "b", "url": "/"}
CALM: Final = {"respect_quiet_hours": False, "respect_caps": False}
Turn = Callable[["Sending", bool], None]


class Sending:
    """A campaign whose chunks are on their queue, and who steers it."""

    def __init__(self, **more: object) -> None:
        self.shop = Timed(shards=1)
        self.office = Office(world=self.shop.world)
        self.wait(0)
        for number in range(PEOPLE):
            self.shop.subscribe(f"v{number}")
        draft = {"name": "Sale", "content": WORDS, "delivery": CALM, **more}
        self.name = self.office.manage("POST", "/v1/campaigns", draft).json["id"]
        self.steer("send")
        self.planning = self.office.plan.take()
        for message in self.planning:
            self.shop.plan(read_plan(message.body))
        self.chunks: list[Chunk] = self.shop.page_all()
        self.wait(MINUTE)

    def wait(self, time: Duration) -> None:
        self.shop.clock.now += time
        self.office.clock.now = self.shop.clock.now

    def stop(self) -> None:
        """As a worker does whose key push services refuse; workers that come at once say so at once."""
        (run,) = self.shop.world.runs.values()
        for _ in range(2):
            StopRun(self.shop.runs, silent, self.shop.clock)(run)
            self.wait(2 * SECOND)

    def steer(self, what: str) -> None:
        assert self.office.manage("POST", f"/v1/campaigns/{self.name}/{what}").status == 202

    def work(self) -> set[str]:
        """What becomes of the chunks; why those wait that do."""
        ends = [self.shop.send(chunk, Handed(), self.shop.left) for chunk in self.chunks]
        return {end.reason for end in ends if isinstance(end, Later)}

    @property
    def report(self) -> dict[str, object]:
        found: dict[str, object] = self.office.manage("GET", f"/v1/campaigns/{self.name}/report").json
        return found

    @property
    def status(self) -> str:
        return str(self.office.manage("GET", f"/v1/campaigns/{self.name}").json["status"])


def by_campaign(sending: Sending, on: bool) -> None:
    sending.steer("resume" if on else "pause")


def by_store(sending: Sending, on: bool) -> None:
    assert sending.office.manage("PATCH", "/v1/store", {"sending": "on" if on else "paused"}).status == 200


WAYS = pytest.mark.parametrize(
    ("turn", "why"), [(by_campaign, "run_paused"), (by_store, "sending_paused")], ids=["campaign", "store"]
)


@WAYS
@pytest.mark.parametrize("hours", [23, 25, 72])
@pytest.mark.parametrize("looks", [False, True], ids=["nobody looks", "a worker looks meanwhile"])
def test_all_of_it_goes_after_a_pause_longer_than_it_lasts(turn: Turn, why: str, hours: int, looks: bool) -> None:
    sending = Sending()
    turn(sending, False)
    sending.wait(hours * HOUR)
    if looks:
        assert (sending.work(), sending.report["open"]) == ({why}, PEOPLE)
    turn(sending, True)
    sending.wait(MINUTE)
    assert sending.status == "sending"
    assert sending.work() == set()
    assert (sending.report["accepted"], sending.report["open"]) == (PEOPLE, 0)
    assert sending.status == "sent"


@WAYS
def test_it_has_as_long_left_afterwards_as_it_had_before(turn: Turn, why: str) -> None:
    sending = Sending()
    turn(sending, False)
    sending.wait(2 * DAY)
    turn(sending, True)
    sending.wait(DAY)
    assert sending.work() == set()
    assert sending.report["skipped"] == {"expired": PEOPLE}, why


@WAYS
@pytest.mark.parametrize(("pause", "ends"), [(12 * DAY, None), (14 * DAY, 13 * DAY)], ids=["within", "beyond"])
def test_no_pause_is_longer_than_a_queue_keeps_what_waits(
    turn: Turn, why: str, pause: Duration, ends: Duration | None
) -> None:
    sending = Sending()
    turn(sending, False)
    sending.wait(pause)
    waits = sending.work()
    assert (waits, sending.report["open"]) == (({why}, PEOPLE) if ends is None else (set(), 0))


@WAYS
def test_its_own_end_no_pause_moves(turn: Turn, why: str) -> None:
    now = Timed(shards=1).clock.now
    sending = Sending(ends_at=format_instant(now + 2 * DAY))
    turn(sending, False)
    sending.wait(now + DAY + 12 * HOUR - sending.shop.clock.now)
    assert sending.work() == {why}
    sending.wait(12 * HOUR)
    assert sending.work() == set()
    assert sending.report["skipped"] == {"expired": PEOPLE}


TWO: Final = [{"name": name, "weight": 1, "content": WORDS} for name in ("calm", "loud")]


@WAYS
@pytest.mark.parametrize("hours", [20, 30, 72])
def test_a_winner_is_looked_for_later_by_the_whole_pause(turn: Turn, why: str, hours: int) -> None:
    test = {"method": "test", "metric": "clicks", "test_percent": 50, "after": "PT2H"}
    sending = Sending(content=None, variants=TWO, winner=test)
    begun = sending.shop.clock.now - MINUTE
    turn(sending, False)
    sending.wait(hours * HOUR)
    turn(sending, True)
    due = format_instant(begun + (hours + 2) * HOUR)
    for page in ("report", "progress"):
        found = sending.office.manage("GET", f"/v1/campaigns/{sending.name}/{page}").json["winner"]
        assert found["decides_at"] == due, (page, why)
    assert sending.shop.clock.now < begun + (hours + 2) * HOUR


@WAYS
def test_a_winner_is_looked_for_later_by_a_pause_after_all_was_sent(turn: Turn, why: str) -> None:
    test = {"method": "test", "metric": "clicks", "test_percent": 50, "after": "PT24H"}
    sending = Sending(content=None, variants=TWO, winner=test, delivery={**CALM, "ttl": "PT1H"})
    begun = sending.shop.clock.now - MINUTE
    sending.work()
    sending.wait(5 * HOUR)
    turn(sending, False)
    sending.wait(10 * HOUR)
    turn(sending, True)
    found = sending.office.manage("GET", f"/v1/campaigns/{sending.name}/report").json["winner"]
    assert found["decides_at"] == format_instant(begun + 34 * HOUR), why


STEERED: Final = pytest.mark.parametrize("steps", [["resume"], ["pause", "resume"]], ids=" and ".join)


@STEERED
@pytest.mark.parametrize("hours", [2, 23, 30, 72])
@pytest.mark.parametrize("left", [True, False], ids=["within what is left", "after it"])
def test_what_a_refused_key_stopped_waits_until_somebody_resumes_it(steps: list[str], hours: int, left: bool) -> None:
    sending = Sending()
    sending.stop()
    sending.wait(hours * HOUR)
    assert sending.work() == {"run_paused"}
    for step in steps:
        sending.wait(HOUR)
        sending.steer(step)
    assert sending.status == "sending"
    sending.wait(23 * HOUR if left else DAY)
    assert sending.work() == set()
    assert sending.report["skipped"] == ({} if left else {"expired": PEOPLE})


def test_what_is_stopped_again_waits_again() -> None:
    sending = Sending()
    for _ in range(2):
        sending.stop()
        sending.wait(30 * HOUR)
        sending.steer("resume")
        sending.wait(10 * HOUR)
    assert sending.work() == set()
    assert sending.report["accepted"] == PEOPLE


def test_a_stop_does_not_bring_back_what_was_called_off() -> None:
    sending = Sending()
    sending.steer("cancel")
    sending.stop()
    assert sending.work() == set()
    assert sending.report["skipped"] == {"cancelled": PEOPLE}
