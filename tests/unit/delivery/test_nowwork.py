"""A step on its queue: written and read without loss, and nothing else is taken for one."""

import json
from typing import Any

import pytest
from shopbell.app.nowwork import NowWork, is_now, now_message, read_now
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.scenarios.pending import PendingStep

STEP = PendingStep("scenario", "fly_mode:t1", "evt-1", 1, 3, 2, 9, run="r1", facts={"type": "search", "results": 0})
WORK = NowWork(StoreId("store00001"), VisitorId("ann"), STEP)


def test_a_step_comes_back_as_it_was_queued() -> None:
    body = json.loads(json.dumps(now_message(WORK).body))
    assert is_now(body)
    assert read_now(body) == WORK


def test_what_a_later_release_added_is_passed_over() -> None:
    body: dict[str, Any] = json.loads(json.dumps(now_message(WORK).body))
    body["now"]["colour"] = "red"
    assert read_now(body) == WORK


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="empty"),
        pytest.param({"store": "s", "visitor": "v", "now": []}, id="no step"),
        pytest.param({"store": "s", "visitor": "v", "now": {"key": "k"}}, id="half a step"),
    ],
)
def test_a_foreign_body_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_now(body)
