"""The function `wake`: fired each minute."""

import pytest
from shopbell.domain.clock import DAY, SECOND
from shopbell.runtime.schedules import UnfilledTimeError

from functions.wake.handler import handler
from tests.functions.lambda_events import context, counted
from tests.unit.app.shop import NOON, Shop

FIRED = {"scheduled_time": "2026-03-02T12:00:00Z"}


def test_what_falls_due_is_put_on_the_queue_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop()
    shop.segment("recent", {"event": "page_view", "window": {"last": "P30D"}})
    shop.visit("ann", NOON - 30 * DAY + 30 * SECOND)
    shop.due.take()
    assert handler(FIRED, context(), shop.wake) == {"visitors_due": 1}
    assert [message.delay for message in shop.due.messages] == [30]
    assert counted(capsys.readouterr().out) == {"visitors_due": 1, "invocations": 1}


@pytest.mark.parametrize("given", ["<aws.scheduler.scheduled-time>", "soon", None])
def test_a_time_that_is_none_is_refused_loudly(given: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match=r"scheduled_time|RFC 3339") as refused:
        handler({"scheduled_time": given}, context(), Shop().wake)
    assert isinstance(refused.value, UnfilledTimeError) is (given is not None and given.startswith("<aws."))
    assert counted(capsys.readouterr().out) == {"faults": 1, "invocations": 1}
