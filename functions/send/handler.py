"""Queues `send-*`: post chunks of a run, and steps of single visitors, to the push services."""

from typing import Any

from shopbell.app.delivery.posting import Posting, read_posting
from shopbell.runtime import clock, wiring
from shopbell.runtime.observability import reporting
from shopbell.runtime.queues import Answer, Consumer


def handler(
    event: dict[str, Any], context: Any, posting: Posting | None = None, consume: Consumer | None = None
) -> Answer:
    with reporting(context) as report:
        post, remaining = posting or wiring.posting(), clock.remaining(context)
        consume = consume or wiring.consumer()
        return consume(event, report, read_posting, lambda work, handed: post(work, handed, remaining))
