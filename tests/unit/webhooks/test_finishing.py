"""A run that is through is told of once, whoever dies on the way."""

from dataclasses import replace
from typing import Any

import pytest
from shopbell.app.delivery.plan import run_id
from shopbell.app.ends import Done
from shopbell.app.watchwork import WatchWork, is_watch, read_watch, watch_message
from shopbell.domain.campaigns import Schedule
from shopbell.domain.clock import DAY, HOUR, MINUTE, SECOND
from shopbell.domain.errors import Unavailable
from shopbell.domain.webhooks.hook import CAMPAIGN_FINISHED

from tests.unit.app.shop import NOON, STORE
from tests.unit.app.timed import NAME
from tests.unit.webhooks.ending import at_noon, ending

TOLD, WAITS, BEFORE = Done({"finish_told": 1}), Done({"finish_waits": 1}), Done({"finish_told_before": 1})
AT = at_noon(1)


def test_a_run_that_was_sent_to_its_end_says_what_came_of_it() -> None:
    shop = ending("ann", "bob")
    shop.schedule(Schedule(at=AT))
    shop.fire(AT)
    assert shop.look(10 * SECOND) == [WAITS]
    shop.work()
    assert shop.look() == [TOLD]
    (told,) = shop.heard()
    assert told.event == CAMPAIGN_FINISHED
    assert told.data == {
        "campaign_id": NAME,
        "campaign_name": "Spring",
        "run_id": run_id(STORE, "campaign", NAME, AT),
        "scheduled_at": "2026-03-03T12:00:00Z",
        "started_at": "2026-03-03T12:00:00Z",
        "finished_at": "2026-03-03T12:00:20Z",
        "outcome": "sent",
        "reason": None,
        "counts": {
            "targeted": 2,
            "planned": 2,
            "left_out": {},
            "accepted": 2,
            "failed": 0,
            "failed_by": {},
            "retired": 0,
            "skipped": {},
            "open": 0,
        },
    }
    assert shop.planning.messages == []


def test_every_webhook_that_wants_it_is_told_under_an_id_of_its_own() -> None:
    shop = ending("ann")
    shop.works("campaign.finished", "alarm", name="wh_2")
    shop.goes(AT)
    first, second = shop.heard()
    assert {first.webhook, second.webhook} == {"wh_1", "wh_2"}
    assert first.id != second.id
    assert first.data == second.data


def test_each_run_of_what_comes_again_is_told_of() -> None:
    shop = ending("ann")
    shop.schedule(Schedule(cron="0 12 * * ? *", time_zone="UTC"))
    for day in (1, 2):
        shop.fire(at_noon(day))
        shop.work()
        assert shop.look() == [TOLD]
    first, second = shop.heard()
    assert first.id != second.id
    assert [one.data["scheduled_at"] for one in (first, second)] == ["2026-03-03T12:00:00Z", "2026-03-04T12:00:00Z"]


@pytest.mark.parametrize("dies_at", ["send", "tell"])
def test_whoever_dies_after_telling_tells_it_again_under_the_same_id(dies_at: str) -> None:
    shop = ending("ann")
    shop.schedule(Schedule(at=AT))
    shop.fire(AT)
    shop.work()
    (work,) = shop.watched()
    mortal = replace(shop.finish, marks=Broken()) if dies_at == "tell" else shop.broken_after_sending()
    with pytest.raises(Unavailable):
        mortal(work)
    assert shop.finish(work) == TOLD
    first, second = shop.heard()
    assert first.id == second.id
    assert shop.finish(work) == BEFORE
    assert shop.heard() == []


def test_a_queue_that_is_down_loses_nothing() -> None:
    shop = ending("ann")
    shop.schedule(Schedule(at=AT))
    shop.fire(AT)
    shop.work()
    (work,) = shop.watched()
    with pytest.raises(Unavailable):
        replace(shop.finish, tell=replace(shop.finish.tell, queue=Broken()))(work)
    assert shop.finish(work) == TOLD


def test_the_message_that_made_the_run_coming_again_tells_it_once() -> None:
    shop = ending("ann")
    shop.schedule(Schedule(at=AT))
    shop.clock.now = AT
    shop.firing.one(STORE, NAME, AT)
    plans = shop.planning.take()
    for _ in range(2):
        shop.plan_all(plans)
    assert len(shop.planning.messages) == 2
    shop.work()
    assert shop.look() == [TOLD, BEFORE]
    assert len(shop.heard()) == 1


def test_what_was_called_off_while_it_was_sent_is_told_of_with_what_is_open() -> None:
    shop = ending("ann", "bob")
    shop.schedule(Schedule(at=AT))
    shop.fire(AT)
    shop.page_all()
    shop.steer.cancel(STORE, NAME)
    assert set(map(str, shop.look(9 * SECOND))) == {str(WAITS)}
    assert shop.look(MINUTE) == [TOLD, BEFORE]
    (told,) = shop.heard()
    assert (told.data["outcome"], told.data["counts"]["open"]) == ("cancelled", 2)  # type: ignore[index,call-overload]


def test_calling_off_again_tells_nothing_again() -> None:
    shop = ending("ann")
    shop.schedule(Schedule(at=AT))
    shop.fire(AT)
    for _ in range(2):
        shop.steer.cancel(STORE, NAME)
        shop.look(MINUTE)
    assert len(shop.heard()) == 1


def test_what_was_called_off_before_its_time_is_told_of_without_a_run() -> None:
    shop = ending("ann")
    shop.schedule(Schedule(at=AT))
    shop.steer.cancel(STORE, NAME)
    assert shop.look() == [TOLD]
    (told,) = shop.heard()
    assert (told.data["run_id"], told.data["outcome"]) == (None, "cancelled")
    assert (told.data["scheduled_at"], told.data["started_at"]) == ("2026-03-03T12:00:00Z", None)


def test_what_comes_again_and_is_called_off_between_two_runs_is_no_run_that_ends() -> None:
    shop = ending("ann")
    shop.schedule(Schedule(cron="0 12 * * ? *", time_zone="UTC"))
    shop.steer.cancel(STORE, NAME)
    assert shop.look() == [Done({"finish_other": 1})]
    assert shop.heard() == []


def test_whoever_died_before_calling_it_off_is_not_waited_for_for_long() -> None:
    shop = ending("ann")
    shop.schedule(Schedule(at=AT))
    shop.watch.called_off(STORE, NAME)
    assert shop.look() == [WAITS]
    assert shop.look(MINUTE) == [Done({"finish_gone": 1})]
    assert shop.planning.messages == []


def test_an_instant_that_was_missed_is_told_of_with_why() -> None:
    shop = ending("ann")
    shop.schedule(Schedule(at=AT))
    assert shop.fire_late(AT, 7 * HOUR) == "missed"
    assert shop.look() == [TOLD]
    (told,) = shop.heard()
    assert (told.data["outcome"], told.data["reason"], told.data["started_at"]) == ("given_up", "missed", None)
    assert told.data["counts"]["targeted"] == 0  # type: ignore[index,call-overload]


def test_what_its_time_ran_out_for_is_told_of_with_why() -> None:
    shop = ending("ann")
    shop.schedule(Schedule(at=AT))
    shop.fire(AT)
    chunks = shop.page_all()
    run = shop.mine()[0]
    shop.runs.warn(STORE, run.id, "refused", AT)
    shop.clock.now = run.ends_at + MINUTE
    shop.send_all(chunks)
    assert shop.look() == [TOLD]
    (told,) = shop.heard()
    assert (told.data["outcome"], told.data["reason"]) == ("expired", "refused")
    assert told.data["counts"]["skipped"] == {"expired": 1}  # type: ignore[index,call-overload]


def test_messages_that_nobody_ends_are_not_waited_for_for_ever() -> None:
    shop = ending("ann")
    shop.schedule(Schedule(at=AT))
    shop.fire(AT)
    shop.page_all()
    assert shop.look(12 * HOUR) == [WAITS]
    assert shop.look(2 * DAY) == [TOLD]
    (told,) = shop.heard()
    assert (told.data["outcome"], told.data["reason"]) == ("expired", "time_over")


def test_a_look_follows_each_look_and_no_message_grows_old() -> None:
    shop = ending("ann")
    shop.schedule(Schedule(at=AT))
    shop.fire(AT)
    delays = []
    for passed in (10 * SECOND, 4 * MINUTE, HOUR, DAY):
        shop.clock.now = AT + passed
        (work,) = shop.watched()
        shop.finish(work)
        delays.append(shop.planning.messages[0].delay)
    assert delays == [10, 30, 300, 300]


def test_what_is_no_campaign_s_is_nobody_s_business() -> None:
    shop = ending("ann")
    run = shop.run()
    shop.planning.take()
    for source in ("scenario", "test"):
        shop.watch(replace(run, source=source))
    assert shop.planning.messages == []


@pytest.mark.parametrize("run", [None, run_id(STORE, "campaign", NAME, AT)])
def test_what_lies_on_the_queue_is_read_as_it_was_written(run: Any) -> None:
    work = WatchWork(STORE, NAME, run, NOON)
    message = watch_message(work, 10)
    assert is_watch(message.body)
    assert (read_watch(message.body), message.group, message.delay) == (work, STORE, 10)


@pytest.mark.parametrize(
    "changes", [{"store": ""}, {"campaign": 7}, {"watch": "now"}, {"watch": True}, {"run": 7}], ids=str
)
def test_what_is_no_watch_is_not_read(changes: dict[str, Any]) -> None:
    body = dict(watch_message(WatchWork(STORE, NAME, None, NOON), 0).body)
    with pytest.raises(ValueError, match="must be"):
        read_watch({**body, **changes})


class Broken:
    """Answers nothing."""

    def send(self, _: object) -> None:
        raise Unavailable("SQS does not answer")

    def told_at(self, *_: object) -> None:
        return None

    def tell(self, *_: object) -> None:
        raise Unavailable("DynamoDB does not answer")
