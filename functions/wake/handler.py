"""Each minute: put what falls due in the next 75 seconds on the queue."""

from typing import Any

from shopbell.app.waking import WakeDue
from shopbell.runtime import schedules, wiring
from shopbell.runtime.observability import reporting


def handler(event: dict[str, Any], context: Any, wake: WakeDue | None = None) -> dict[str, int]:
    with reporting(context) as report:
        scheduled_at = schedules.scheduled_at(event)
        done = (wake or wiring.wake())()
        report.count(done.counts)
        report.say("woken", at=scheduled_at, outcomes=dict(done.counts))
        return dict(done.counts)
