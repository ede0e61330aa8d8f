"""Queue `webhook`: post what a store's own systems want to know to their addresses."""

from typing import Any

from shopbell.app.webhooks.deliver import Deliver
from shopbell.app.webhooks.work import read_notice
from shopbell.runtime import wiring
from shopbell.runtime.observability import reporting
from shopbell.runtime.queues import Answer, Consumer


def handler(
    event: dict[str, Any], context: Any, deliver: Deliver | None = None, consume: Consumer | None = None
) -> Answer:
    with reporting(context) as report:
        use = deliver or wiring.deliver()
        return (consume or wiring.consumer())(event, report, read_notice, use)
