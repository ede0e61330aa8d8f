"""An import ends with everybody in it once and the fold told of each, whoever dies on the way and however often."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from shopbell.adapters.memory.configuration import MemoryStores
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.jobs import MemoryJobs, MemoryUploads
from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.adapters.memory.subscriptions import MemorySubscriptionRegister, MemorySubscriptions
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.catalogue.feeds import upload_name
from shopbell.app.importing.load import LoadImport
from shopbell.app.importing.start import IMPORT_SUBSCRIPTIONS
from shopbell.app.jobs import RunJobs, StartJob
from shopbell.app.tracking.subscribe import Unsubscribe
from shopbell.app.work import JobWork, read_rebuild
from shopbell.domain.clock import SECOND, Instant
from shopbell.domain.events import Event, EventItem, Json
from shopbell.domain.ids import StoreId, VapidKeyId, VisitorId, subscription_id
from shopbell.domain.jobs import Job
from shopbell.domain.push.endpoints import KNOWN_SERVICES
from shopbell.domain.store import Principal, Store, VapidKey
from shopbell.domain.subscriptions import Subscription

NOON: Instant = 1_772_452_800_000
STORE = StoreId("store00001")
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
K2 = VapidKeyId("k2")


class KilledError(BaseException):
    """The worker is gone."""


@dataclass
class Counting:
    """A clock that moves with each look at it, and a place for whoever wants to die."""

    now: Instant = NOON
    step: int = SECOND

    def __call__(self) -> Instant:
        self.now += self.step
        return self.now


@dataclass
class Port:
    world: MemoryWorld = field(default_factory=MemoryWorld)
    clock: Counting = field(default_factory=Counting)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    drawn: int = 0

    def __post_init__(self) -> None:
        keys = (VapidKey(VapidKeyId("k1"), "one", "active", NOON), VapidKey(K2, "two", "retiring", NOON))
        MemoryStores(self.world).save(
            Store(STORE, "Shop", 1, NOON, "mailto:a@shop.example", vapid_keys=keys), expected=None
        )
        self.jobs = MemoryJobs(self.world)

    def begin(self, data: str, form: str = "ndjson", key: VapidKeyId = K2) -> JobWork:
        self.drawn += 1
        MemoryUploads(self.world).put(upload_name(STORE, "u"), data.encode())
        start = StartJob(self.jobs, self.queue, lambda size: bytes([self.drawn]) * size, self.clock)
        asked: dict[str, Json] = {"upload": "u", "format": form, "vapid_key_id": key, "bytes": len(data)}
        start(STORE, IMPORT_SUBSCRIPTIONS, asked)
        (message,) = self.queue.take()
        work = read_rebuild(message.body)
        assert isinstance(work, JobWork)
        return work

    def worker(self, **changes: Any) -> LoadImport:
        made = LoadImport(
            MemoryUploads(self.world, piece=100),
            MemorySubscriptionRegister(self.world),
            MemoryEvents(self.world),
            KNOWN_SERVICES,
            self.clock,
        )
        return replace(made, **changes)

    def go_on(self, work: JobWork, worker: LoadImport | None = None) -> Job:
        workers = {IMPORT_SUBSCRIPTIONS: worker or self.worker()}
        RunJobs(self.jobs, workers, self.queue, self.clock)(work, lambda: 60 * SECOND)
        job = self.jobs.get(work.store, work.job)
        assert job is not None
        return job

    def bring(self, data: str, form: str = "ndjson", key: VapidKeyId = K2) -> Job:
        return self.go_on(self.begin(data, form, key))

    @property
    def rows(self) -> list[Subscription]:
        return sorted(self.world.subscriptions.values(), key=lambda row: row.endpoint)

    @property
    def told(self) -> list[Event]:
        items: list[EventItem] = [item for theirs in self.world.events.values() for item in theirs.values()]
        return [event for item in items for event in item.events]


def line(number: int, **more: Any) -> str:
    return json.dumps({"endpoint": f"https://fcm.googleapis.com/fcm/send/{number:04}", **KEYS, **more})


def lines(count: int) -> str:
    return "\n".join(line(number) for number in range(count))


def result(job: Job) -> dict[str, Any]:
    assert job.state == "done", job.errors
    return {name: value for name, value in (job.result or {}).items() if value}


def test_who_comes_along_is_the_old_key_s_and_the_fold_hears_of_it_as_history() -> None:
    port = Port()
    job = port.bring(line(1, visitor_id="ann", subscribed_at="2024-05-01T12:30:00Z", topics=["sale"]))

    assert result(job) == {"read": 1, "added": 1, "vapid_key_id": "k2"}
    (row,) = port.rows
    assert (row.vapid_key, row.visitor, row.topics, row.state) == (K2, "ann", ("sale",), "active")
    assert (row.created_at, row.seen_at) == (1_714_566_600_000, job.created_at)
    (event,) = port.told
    assert (event.type, event.visitor, event.at) == ("subscribed", "ann", row.created_at)
    assert (event.backfill, event.fires, event.properties["vapid_key_id"]) == (True, False, "k2")


def test_the_same_file_again_changes_nothing() -> None:
    port = Port()
    port.bring(lines(450))
    before = dict(port.world.subscriptions), list(port.told)
    assert len(port.rows) == len(port.told) == 450

    again = port.bring(lines(450))
    assert result(again) == {"read": 450, "known": 450, "vapid_key_id": "k2"}
    assert (dict(port.world.subscriptions), list(port.told)) == before


def test_of_two_lines_of_one_endpoint_the_first_stands() -> None:
    port = Port()
    data = [line(1, visitor_id="ann"), line(1, visitor_id="ben"), *(line(n) for n in range(2, 300)), line(1)]
    job = port.bring("\n".join(data))
    assert result(job) == {"read": 301, "added": 299, "duplicates": 2, "vapid_key_id": "k2"}
    assert port.rows[0].visitor == "ann"


def test_whom_the_store_has_already_stays_as_they_are() -> None:
    port = Port()
    port.bring(line(1, visitor_id="ann"), key=VapidKeyId("k1"))
    job = port.bring(line(1, visitor_id="ben"))
    assert result(job) == {"read": 1, "known": 1, "vapid_key_id": "k2"}
    assert [(row.visitor, row.vapid_key) for row in port.rows] == [("ann", "k1")]


def test_who_has_left_is_not_brought_back() -> None:
    port = Port()
    port.bring(lines(2))
    leave = Unsubscribe(MemorySubscriptions(port.world), MemoryEvents(port.world), port.clock)
    leave(Principal(STORE, "pub"), port.rows[0].endpoint)

    assert result(port.bring(lines(2))) == {"read": 2, "known": 1, "ended": 1, "vapid_key_id": "k2"}
    assert len(port.rows) == 1


def test_wrong_lines_are_named_and_the_others_are_taken() -> None:
    port = Port()
    data = [line(1), "{", "", line(2, endpoint="https://evil.example/x"), line(3, auth="x"), line(4)]
    job = port.bring("\n".join(data))
    assert result(job) == {"read": 5, "added": 2, "rejected": 3, "vapid_key_id": "k2"}
    assert [(one.line, one.message.partition(":")[0]) for one in job.errors] == [
        (2, "is no JSON"),
        (4, "endpoint"),
        (5, "auth"),
    ]


def test_of_many_wrong_lines_the_first_hundred_are_named() -> None:
    job = Port().bring("\n".join(["{"] * 500))
    assert result(job) == {"read": 500, "rejected": 500, "vapid_key_id": "k2"}
    assert len(job.errors) == 100


def test_a_csv_is_read_by_its_header_over_many_steps() -> None:
    port = Port()
    rows = [f'https://fcm.googleapis.com/fcm/send/{n:04},{KEYS["p256dh"]},{KEYS["auth"]},"v{n}"' for n in range(700)]
    job = port.bring("\n".join(["identifier,web_p256,web_auth,external_user_id", *rows]), "csv")
    assert result(job) == {"read": 700, "added": 700, "vapid_key_id": "k2"}
    assert [row.visitor for row in port.rows] == [VisitorId(f"c:v{n}") for n in range(700)]


@pytest.mark.parametrize(
    ("data", "words"), [("", "is empty"), ("a,b\n1,2", "endpoint among them")], ids=["empty", "columns"]
)
def test_a_file_that_can_hold_nobody_fails(data: str, words: str) -> None:
    job = Port().bring(data, "csv")
    assert job.state == "failed"
    assert words in job.errors[0].message


@dataclass
class Dying:
    """Wherever it is asked for the n-th time."""

    at: int
    asked: int = 0

    def __call__(self) -> None:
        self.asked += 1
        if self.asked == self.at:
            raise KilledError


@dataclass(frozen=True, slots=True)
class DyingRegister:
    inner: MemorySubscriptionRegister
    die: Callable[[], None]

    def standing(self, store: StoreId, wanted: Sequence[Any]) -> Any:
        self.die()
        return self.inner.standing(store, wanted)

    def add(self, rows: Sequence[Subscription]) -> Sequence[bool]:
        """May die with half of them stored."""
        half = len(rows) // 2
        first = self.inner.add(rows[:half])
        self.die()
        return [*first, *self.inner.add(rows[half:])]


@dataclass(frozen=True, slots=True)
class DyingEvents:
    inner: MemoryEvents
    die: Callable[[], None]

    def append(self, items: Sequence[EventItem]) -> Sequence[bool]:
        half = len(items) // 2
        first = self.inner.append(items[:half])
        self.die()
        return [*first, *self.inner.append(items[half:])]

    def of(self, store: StoreId, visitor: VisitorId) -> Any:
        return self.inner.of(store, visitor)


@pytest.mark.parametrize("step", [0, 3 * SECOND], ids=["one step", "many steps"])
def test_workers_die_anywhere_and_nobody_is_lost_counted_twice_or_kept_from_the_fold(step: int) -> None:
    data = "\n".join([lines(60), "{", line(3), line(900)])
    for at in range(1, 14):
        port = Port(clock=Counting(step=step))
        work, die = port.begin(data), Dying(at)
        register = DyingRegister(MemorySubscriptionRegister(port.world), die)
        dying = port.worker(at_once=20, register=register, events=DyingEvents(MemoryEvents(port.world), die))
        killed = 0
        while True:
            try:
                job = port.go_on(work, dying)
            except KilledError:
                killed += 1
            else:
                break
        expected = {"read": 63, "added": 61, "duplicates": 1, "rejected": 1, "vapid_key_id": "k2"}
        assert result(job) == expected, at
        assert len(port.rows) == len(port.told) == 61
        assert killed == (1 if at <= die.asked else 0)


def test_progress_is_told_by_how_much_of_the_file_is_read() -> None:
    port = Port(clock=Counting(step=3 * SECOND))
    work = port.begin(lines(1_000))
    seen: list[int] = []
    job = port.jobs.get(work.store, work.job)
    assert job is not None
    while not job.over:
        job = port.worker().step(job)
        seen.append(job.percent)
    assert seen == sorted(seen)
    assert (len(seen) > 2, seen[-1]) == (True, 100)


def test_a_line_s_visitor_is_the_same_on_every_import() -> None:
    one, other = Port(), Port()
    one.bring(lines(3))
    other.bring(lines(3))
    assert [row.visitor for row in one.rows] == [row.visitor for row in other.rows]
    assert one.rows[0].visitor == f"imported-{subscription_id(one.rows[0].endpoint)}"
