"""Each night: statistics, scores, sizes and an audit of every store; by the schedule, then by queue `nightly`."""

from typing import Any

from shopbell.app.nightly.run import Nightly, StartNight
from shopbell.app.nightly.work import read_night
from shopbell.runtime import clock, wiring
from shopbell.runtime import nightly as night
from shopbell.runtime.observability import reporting
from shopbell.runtime.queues import Consumer


def handler(
    event: dict[str, Any],
    context: Any,
    start: StartNight | None = None,
    nightly: Nightly | None = None,
    consume: Consumer | None = None,
) -> dict[str, Any]:
    with reporting(context) as report:
        if "scheduled_time" in event:
            return dict(night.run(event, start or night.start(), report))
        walk, remaining = nightly or night.nightly(), clock.remaining(context)
        consume = consume or wiring.consumer()
        return dict(consume(event, report, read_night, lambda work, _: walk(work, remaining, report.say)))
