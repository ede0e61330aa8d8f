"""The function `tally` tells webhooks of entries and exits, from the stream of the log."""

from dataclasses import replace

import pytest
from shopbell.app.webhooks.work import read_notice
from shopbell.domain.errors import Unavailable
from shopbell.domain.ids import SegmentId, VisitorId
from shopbell.domain.membership import Flip, merged_flip

from functions.tally.handler import handler
from tests.functions.lambda_events import context, counted, line_written, member_changed, stream_event
from tests.unit.app.hooking import VIP, Hooked, webhook
from tests.unit.app.shop import NOON


class Down:
    def send(self, _: object) -> None:
        raise Unavailable("SQS does not answer")


def records() -> list[dict[str, object]]:
    entered = Flip(VIP, 2, "entered", NOON, "event:e1", "and.0")
    return [
        line_written(VIP, "ann", 1, entered),
        member_changed(VIP, "ann", 2, None, True),
        line_written(VIP, "bob", 3, replace(entered, change="exited", cause="clock", leaf=None)),
        line_written(SegmentId(""), "c:7", 4, merged_flip(VisitorId("v7"), NOON)),
    ]


def test_lines_of_the_log_become_notices_however_often_they_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    hooked = Hooked()
    hooked.add(webhook())
    tally = replace(hooked.shop.tally, webhooks=hooked.announce)
    for _ in range(2):
        assert handler(stream_event(*records()), context(), tally) == {"batchItemFailures": []}
    assert counted(capsys.readouterr().out)["webhook_notices"] == 2
    told = [read_notice(one.body) for one in hooked.queue.take()]
    assert [one.event for one in told] == ["segment.entered", "segment.exited"] * 2
    assert [one.id for one in told[:2]] == [one.id for one in told[2:]]
    assert [one["visitor_id"] for each in told[:2] for one in each.data["changes"]] == ["ann", "bob"]  # type: ignore[union-attr,index,call-overload]


def test_a_queue_that_is_down_brings_the_batch_again_and_sizes_count_once(capsys: pytest.CaptureFixture[str]) -> None:
    hooked = Hooked()
    hooked.add(webhook())
    tally = replace(hooked.shop.tally, webhooks=hooked.announce)
    broken = replace(tally, webhooks=replace(hooked.announce, queue=Down()))
    with pytest.raises(Unavailable):
        handler(stream_event(*records()), context(), broken)
    handler(stream_event(*records()), context(), tally)
    capsys.readouterr()
    assert len(hooked.queue.messages) == 2
    assert hooked.shop.counters.total(webhook().store, "segment:vip") == {"total": 1, "reachable": 1}


def test_a_store_without_webhooks_has_nothing_queued(capsys: pytest.CaptureFixture[str]) -> None:
    hooked = Hooked()
    handler(stream_event(*records()), context(), replace(hooked.shop.tally, webhooks=hooked.announce))
    assert "webhook_notices" not in counted(capsys.readouterr().out)
    assert hooked.queue.messages == []
