"""No time of a pause counts for what goes by each visitor's own clock, nor for what waits as a step of theirs."""

from collections.abc import Callable
from typing import Final

import pytest
from shopbell.app.ends import Handed, Later
from shopbell.app.nowwork import NowWork, read_now
from shopbell.app.work import read_chunk, read_due, read_shard
from shopbell.domain.clock import DAY, HOUR, MINUTE, Instant, parse_instant
from shopbell.domain.runs import Chunk, ShardWork

from tests.functions.http.office import Office
from tests.unit.app.timed import QUARTER, Timed

WORDS: Final = {"title": "Sale", "body": "b", "url": "/"}
CALM: Final = {"respect_quiet_hours": False, "respect_caps": False, "ttl": "PT2H"}
ZONES: Final = {"kiri": "Pacific/Kiritimati", "berta": "Europe/Berlin", "nora": "America/New_York"}
WHEN: Final = "2026-03-05T18:00:00+01:00"
BERTA: Final[Instant] = parse_instant(WHEN)[0]
FIRST: Final = BERTA - 13 * HOUR
NORA: Final = BERTA + 6 * HOUR


class Clocks:
    """A campaign for six in the evening of each, and who steers it."""

    def __init__(self, **more: object) -> None:
        self.shop = Timed(shards=1)
        self.office = Office(world=self.shop.world)
        self.office.clock.now = self.shop.clock.now
        self.shop.people(**ZONES)
        schedule = {"at": WHEN, "visitor_local": True, "time_zone": "Europe/Berlin"}
        draft = {"name": "Sale", "content": WORDS, "delivery": CALM, "schedule": schedule, **more}
        self.name = self.office.manage("POST", "/v1/campaigns", draft).json["id"]
        self.steer("schedule")
        self.went: list[tuple[str, Instant]] = []
        self.shards: list[ShardWork] = []
        self.chunks: list[Chunk] = []
        self.steps: list[NowWork] = []

    def steer(self, what: str) -> None:
        answer = self.office.manage("POST", f"/v1/campaigns/{self.name}/{what}")
        assert answer.status == 202, answer.text

    def until(self, end: Instant) -> None:
        """Each quarter of an hour; who got it when is noted."""
        start = max(self.shop.clock.now, FIRST - HOUR)
        for when in range(-(-start // QUARTER) * QUARTER, end + 1, QUARTER):
            self.office.clock.now = when
            before = len(self.shop.push.posts)
            self.shop.sweep(when)
            self.work()
            for request in self.shop.push.posts[before:]:
                self.went.append((next(who for who in ZONES if who in request.url), when))

    def work(self) -> None:
        """What is put off comes back, as a queue would hand it out again."""
        shop = self.shop
        self.shards += [read_shard(message.body) for message in shop.audience_queue.take()]
        self.shards = [one for one in self.shards if isinstance(shop.page(one, Handed(), shop.left), Later)]
        self.chunks += [read_chunk(message.body) for message in shop.chunks.take()]
        self.chunks = [one for one in self.chunks if isinstance(shop.send(one, Handed(), shop.left), Later)]
        shop.wake()
        for message in shop.due.take():
            shop.evaluate.wake(read_due(message.body))
        self.steps += [read_now(message.body) for message in shop.send_now_queue.take()]
        self.steps = [one for one in self.steps if isinstance(shop.send_now(one, Handed(), shop.left), Later)]

    @property
    def report(self) -> dict[str, object]:
        found: dict[str, object] = self.office.manage("GET", f"/v1/campaigns/{self.name}/report").json
        return found


Turn = Callable[[Clocks, bool], None]


def by_campaign(clocks: Clocks, on: bool) -> None:
    clocks.steer("resume" if on else "pause")


def by_store(clocks: Clocks, on: bool) -> None:
    assert clocks.office.manage("PATCH", "/v1/store", {"sending": "on" if on else "paused"}).status == 200


def by_both(clocks: Clocks, on: bool) -> None:
    by_campaign(clocks, on)
    by_store(clocks, on)


WAYS = pytest.mark.parametrize("turn", [by_campaign, by_store, by_both])


@WAYS
@pytest.mark.parametrize("hours", [1, 4, 30])
def test_whose_time_fell_into_a_pause_gets_it_after_that_and_others_at_their_time(turn: Turn, hours: int) -> None:
    clocks = Clocks()
    clocks.until(BERTA - 30 * MINUTE)
    turn(clocks, False)
    over = BERTA - 15 * MINUTE + hours * HOUR
    clocks.until(over - QUARTER)
    assert clocks.went == [("kiri", FIRST)]
    clocks.shop.clock.now = clocks.office.clock.now = over
    turn(clocks, True)
    clocks.until(max(over, NORA) + HOUR)
    assert [who for who, _ in clocks.went] == ["kiri", "berta", "nora"]
    times = dict(clocks.went)
    assert over <= times["berta"] <= over + 30 * MINUTE
    assert max(NORA, over) <= times["nora"] <= max(NORA, over) + 30 * MINUTE
    assert "expired" not in clocks.report["skipped"]  # type: ignore[operator]


@WAYS
def test_it_is_worth_as_long_afterwards_as_it_was_before(turn: Turn) -> None:
    clocks = Clocks()
    clocks.until(BERTA - QUARTER)
    turn(clocks, False)
    clocks.until(BERTA + 10 * HOUR)
    turn(clocks, True)
    clocks.shop.clock.now += 2 * HOUR + MINUTE  # nobody worked for longer than it was worth
    clocks.until(clocks.shop.clock.now + HOUR)
    assert [who for who, _ in clocks.went] == ["kiri"]


def test_what_is_planned_in_a_pause_of_the_store_goes_to_all_of_whom_it_was_for() -> None:
    clocks = Clocks()
    clocks.until(FIRST - QUARTER)
    by_store(clocks, False)
    clocks.until(BERTA + HOUR)
    by_store(clocks, True)
    clocks.until(NORA + HOUR)
    assert sorted(who for who, _ in clocks.went) == ["berta", "kiri", "nora"]
    assert dict(clocks.went)["nora"] == NORA


def test_its_own_end_no_pause_moves() -> None:
    clocks = Clocks(ends_at="2026-03-05T20:00:00Z")
    clocks.until(BERTA - QUARTER)
    by_campaign(clocks, False)
    clocks.until(BERTA + 4 * HOUR)
    by_campaign(clocks, True)
    clocks.until(NORA + 3 * HOUR)
    assert [who for who, _ in clocks.went] == ["kiri"]


AT: Final = "2026-03-05T21:30:00Z"
EVENING: Final[Instant] = parse_instant(AT)[0]
QUIET: Final = {**CALM, "respect_quiet_hours": True}
WAITING: Final[dict[str, dict[str, object]]] = {
    "at once": {"schedule": {"at": AT}, "delivery": QUIET},
    "best hour": {"schedule": {"at": AT, "best_hour": True}, "delivery": QUIET},
    "at a pace": {"schedule": {"at": AT}, "delivery": {**QUIET, "per_minute": 1}},
    "by their clocks": {
        "schedule": {"at": "2026-03-05T22:30:00+01:00", "visitor_local": True, "time_zone": "Europe/Berlin"},
        "delivery": QUIET,
    },
}
KINDS: Final = pytest.mark.parametrize("kind", WAITING)
HOURS: Final = pytest.mark.parametrize("hours", [1, 3, 8], ids=["within the ttl", "after the ttl", "long after it"])


@WAYS
@KINDS
@HOURS
@pytest.mark.parametrize("days", [1, 3])
def test_what_waits_for_quiet_hours_to_end_has_as_long_left_after_a_pause(
    turn: Turn, kind: str, hours: int, days: int
) -> None:
    clocks = Clocks(**WAITING[kind])
    clocks.until(EVENING + hours * HOUR)
    went = [*clocks.went]
    turn(clocks, False)
    clocks.until(EVENING + days * DAY)
    assert clocks.went == went
    turn(clocks, True)
    clocks.until(EVENING + days * DAY + 35 * HOUR)
    assert sorted(who for who, _ in clocks.went) == ["berta", "kiri", "nora"]


@KINDS
@HOURS
def test_nothing_of_what_is_called_off_goes_when_quiet_hours_end(kind: str, hours: int) -> None:
    clocks = Clocks(**WAITING[kind])
    clocks.until(EVENING + hours * HOUR)
    went = [*clocks.went]
    assert len(went) < len(ZONES)
    clocks.steer("cancel")
    clocks.until(EVENING + 2 * DAY)
    assert clocks.went == went
    report = clocks.report
    assert (report["accepted"], report["open"]) == (len(went), 0)
    assert report["skipped"] == {"cancelled": len(ZONES) - len(went)}


def test_what_was_over_when_its_pause_began_stays_so() -> None:
    """Nobody worked on it for longer than it was worth."""
    clocks = Clocks(schedule={"at": AT}, delivery=CALM)
    clocks.shop.sweep(EVENING)
    clocks.chunks = clocks.shop.page_all()
    clocks.shop.clock.now = clocks.office.clock.now = EVENING + 3 * HOUR
    clocks.steer("pause")
    clocks.until(EVENING + DAY)
    assert clocks.report["skipped"] == {"expired": len(ZONES)}
    clocks.steer("resume")
    clocks.until(EVENING + 2 * DAY)
    assert clocks.went == []


def test_what_waited_for_quiet_hours_ends_with_its_campaign_in_a_pause_too() -> None:
    clocks = Clocks(schedule={"at": AT}, delivery=QUIET, ends_at="2026-03-06T12:00:00Z")
    clocks.until(EVENING + 3 * HOUR)
    went = [*clocks.went]
    clocks.steer("pause")
    clocks.until(EVENING + 14 * HOUR)
    assert clocks.report["open"] == len(ZONES) - len(went)
    clocks.until(EVENING + 15 * HOUR)
    assert (clocks.went, clocks.report["open"]) == (went, 0)
    assert clocks.report["skipped"] == {"expired": len(ZONES) - len(went)}
