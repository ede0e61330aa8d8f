"""Queue `rebuild`: bring the visitors of one shard up to the live rules."""

from typing import Any

from shopbell.app.building import Rebuild
from shopbell.app.work import read_build
from shopbell.runtime import clock, wiring
from shopbell.runtime.observability import reporting
from shopbell.runtime.queues import Answer, Consumer


def handler(
    event: dict[str, Any], context: Any, rebuild: Rebuild | None = None, consume: Consumer | None = None
) -> Answer:
    with reporting(context) as report:
        build, remaining = rebuild or wiring.rebuild(), clock.remaining(context)
        consume = consume or wiring.consumer()
        return consume(event, report, read_build, lambda work, _: build(work, remaining))
