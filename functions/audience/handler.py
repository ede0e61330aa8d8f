"""Queue `audience`: page through one shard of a run and queue its recipients in chunks."""

from typing import Any

from shopbell.app.delivery.audience import PageAudience
from shopbell.app.work import read_shard
from shopbell.runtime import clock, wiring
from shopbell.runtime.observability import reporting
from shopbell.runtime.queues import Answer, Consumer


def handler(
    event: dict[str, Any], context: Any, audience: PageAudience | None = None, consume: Consumer | None = None
) -> Answer:
    with reporting(context) as report:
        page, remaining = audience or wiring.audience(), clock.remaining(context)
        consume = consume or wiring.consumer()
        return consume(event, report, read_shard, lambda work, handed: page(work, handed, remaining))
