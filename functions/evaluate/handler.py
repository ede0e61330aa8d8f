"""Events stream and queue `due`: keep profiles and memberships in step with what happened and with the time."""

from typing import Any

from shopbell.app.evaluate import Evaluate
from shopbell.app.work import read_due
from shopbell.runtime import streams, wiring
from shopbell.runtime.observability import reporting
from shopbell.runtime.queues import Answer, Consumer


def handler(
    event: dict[str, Any], context: Any, evaluate: Evaluate | None = None, consume: Consumer | None = None
) -> Answer:
    with reporting(context) as report:
        run = evaluate or wiring.evaluate()
        if streams.is_stream(event):
            return streams.evaluate(event, run, report)
        return (consume or wiring.consumer())(event, report, read_due, lambda work, _: run.wake(work))
