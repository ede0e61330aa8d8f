"""Queues `send-*`: post chunks of a run to the push services."""

from typing import Any

from shopbell.app.delivery.send import Send
from shopbell.app.work import read_chunk
from shopbell.runtime import clock, wiring
from shopbell.runtime.observability import reporting
from shopbell.runtime.queues import Answer, Consumer


def handler(event: dict[str, Any], context: Any, send: Send | None = None, consume: Consumer | None = None) -> Answer:
    with reporting(context) as report:
        post, remaining = send or wiring.send(), clock.remaining(context)
        consume = consume or wiring.consumer()
        return consume(event, report, read_chunk, lambda chunk, handed: post(chunk, handed, remaining))
