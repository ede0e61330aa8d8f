"""What is noticed of a store is told as an alarm: once for each time that it happens, under an id that stays."""

import json
from dataclasses import dataclass, field, replace

import pytest
from shopbell.adapters.memory.jobs import MemoryJobs
from shopbell.app.ends import Handed
from shopbell.app.jobs import HOPS, RunJobs
from shopbell.app.webhooks.tell import Tell
from shopbell.app.webhooks.work import read_notice
from shopbell.app.work import JobWork
from shopbell.domain.clock import DAY, MINUTE
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import StoreId
from shopbell.domain.jobs import Job, JobId
from shopbell.domain.push.values import PushAnswer
from shopbell.domain.webhooks.alarm import Alarm

from tests.unit.app.chunks import one_chunk
from tests.unit.app.hooking import Hooked, webhook
from tests.unit.app.shop import NOON, STORE, Shop

JOB = JobId("job-1")


@dataclass
class Heard:
    """Instead of `Tell.alarm`."""

    alarms: list[tuple[StoreId, Alarm]] = field(default_factory=list)

    def __call__(self, store: StoreId, alarm: Alarm) -> None:
        self.alarms.append((store, alarm))

    @property
    def ids(self) -> list[str]:
        return [alarm.id(store) for store, alarm in self.alarms]


def refusing(shop: Shop) -> None:
    shop.push.answer = lambda _: PushAnswer(403, '{"reason": "BadJwtToken"}')


def test_an_alarm_is_a_notice_for_each_webhook_that_wants_alarms() -> None:
    hooked = Hooked()
    for name, event in (("wh_1", "alarm"), ("wh_2", "alarm"), ("wh_3", "segment.entered")):
        hooked.add(webhook(name, event))
    tell = Tell(hooked.hooks.all, hooked.queue, hooked.shop.clock)
    alarm = Alarm("segment_dip", "segment", "vip", "It fell.", NOON, ("2026-03-01",), {"fell": 9})
    for _ in range(2):
        tell.alarm(STORE, alarm)
        hooked.shop.clock.now += MINUTE
    told = [read_notice(one.body) for one in hooked.queue.take()]
    assert [one.webhook for one in told] == ["wh_1", "wh_2"] * 2
    assert [one.id for one in told[:2]] == [one.id for one in told[2:]]
    assert json.loads(told[0].body) == {
        "type": "alarm",
        "timestamp": "2026-03-02T12:00:00Z",
        "data": {
            "id": alarm.id(STORE),
            "name": "segment_dip",
            "subject": {"kind": "segment", "id": "vip"},
            "message": "It fell.",
            "details": {"fell": 9},
            "at": "2026-03-02T12:00:00Z",
        },
    }


def test_another_time_is_another_alarm_and_so_is_that_of_another_store() -> None:
    alarm = Alarm("segment_dip", "segment", "vip", "It fell.", NOON, ("2026-03-01",))
    others = [replace(alarm, occurrence=("2026-03-02",)), replace(alarm, subject="lapsed")]
    ids = {alarm.id(STORE), alarm.id(StoreId("other")), *(one.id(STORE) for one in others)}
    assert len(ids) == 4
    assert replace(alarm, at=NOON + DAY, message="Again.").id(STORE) == alarm.id(STORE)


def test_a_run_that_is_stopped_is_told_of_once_for_each_stop() -> None:
    shop, heard = Shop(), Heard()
    run, chunk = one_chunk(shop, 120)
    refusing(shop)
    sending = replace(shop.send, sound=heard)
    sending(chunk, Handed(), shop.left)
    sending(chunk, Handed(), shop.left)
    ((_, alarm),) = heard.alarms
    assert (alarm.name, alarm.kind, alarm.subject, alarm.details) == (
        "run_stopped",
        "campaign",
        "spring",
        {"run_id": run.id},
    )
    shop.runs.set_state(STORE, run.id, "sending")
    sending(chunk, Handed(), shop.left)
    assert heard.ids == heard.ids[:1] * 2
    shop.runs.set_state(STORE, run.id, "sending", MINUTE)
    sending(chunk, Handed(), shop.left)
    assert len({*heard.ids}) == 2


def test_a_test_that_is_stopped_is_nobody_else_s_business() -> None:
    shop, heard = Shop(), Heard()
    run, chunk = one_chunk(shop, 120)
    shop.world.runs[STORE, run.id] = replace(run, source="test")
    refusing(shop)
    replace(shop.send, sound=heard)(chunk, Handed(), shop.left)
    assert heard.alarms == []


def test_a_run_is_stopped_also_where_nobody_can_be_told_and_that_is_told_as_soon_as_somebody_can() -> None:
    shop, heard = Shop(), Heard()
    run, chunk = one_chunk(shop, 120)
    refusing(shop)

    def down(*_: object) -> None:
        raise Unavailable("SQS does not answer")

    with pytest.raises(Unavailable):
        replace(shop.send, sound=down)(chunk, Handed(), shop.left)
    assert shop.world.runs[STORE, run.id].state == "paused"
    shop.clock.now += MINUTE
    with pytest.raises(Unavailable):
        replace(shop.send, sound=down)(chunk, Handed(), shop.left)
    for _ in range(2):
        replace(shop.send, sound=heard)(chunk, Handed(), shop.left)
    ((_, alarm),) = heard.alarms
    assert (alarm.name, alarm.at, alarm.details) == ("run_stopped", NOON, {"run_id": run.id})


@pytest.mark.parametrize("what", ["resumed", "cancelled"])
def test_a_stop_that_nobody_could_be_told_of_is_told_once_the_run_went_on_or_was_called_off(
    what: str,
) -> None:
    shop, heard = Shop(), Heard()
    run, chunk = one_chunk(shop, 120)
    refusing(shop)

    def down(*_: object) -> None:
        raise Unavailable("SQS does not answer")

    with pytest.raises(Unavailable):
        replace(shop.send, sound=down)(chunk, Handed(), shop.left)
    shop.push.answer = lambda _: PushAnswer(201)
    shop.clock.now += MINUTE
    shop.runs.set_state(STORE, run.id, "sending" if what == "resumed" else "cancelled", MINUTE)
    replace(shop.send, sound=heard)(chunk, Handed(), shop.left)
    ((_, alarm),) = heard.alarms
    assert alarm.id(STORE) == replace(alarm, occurrence=(run.id, "0")).id(STORE)


class Failing:
    def step(self, _: Job) -> Job:
        raise ValueError("what a visitor wrote")

    def drop(self, _: Job) -> None:
        """Nothing."""


@pytest.mark.parametrize("hops", [0, HOPS], ids=["its worker failed", "it went on for too long"])
def test_a_job_that_failed_is_told_of_however_often_its_message_comes(hops: int) -> None:
    shop, heard = Shop(), Heard()
    jobs = MemoryJobs(shop.world)
    jobs.save(Job(STORE, JOB, "export_visitor", "running", NOON, NOON, percent=40), expected=None)
    run = RunJobs(jobs, {"export_visitor": Failing()}, shop.rebuild_queue, shop.clock, heard)
    for _ in range(2):
        shop.clock.now += MINUTE
        run(JobWork(STORE, JOB, hops), lambda: 0 if hops else 60_000)
    alarm = heard.alarms[0][1]
    assert heard.ids == [alarm.id(STORE)] * 2
    assert alarm.at == NOON + MINUTE
    assert (alarm.name, alarm.subject, alarm.details) == (
        "job_failed",
        JOB,
        {"kind": "export_visitor", "percent": 40},
    )
    assert "wrote" not in alarm.message
