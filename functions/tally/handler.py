"""Members and events streams: keep the sizes of segments and the receipts of runs, exactly."""

from typing import Any

from shopbell.app.tallying import Tally
from shopbell.runtime import streams, wiring
from shopbell.runtime.observability import reporting


def handler(event: dict[str, Any], context: Any, tally: Tally | None = None) -> streams.Answer:
    with reporting(context) as report:
        return streams.tally(event, tally or wiring.tally(), report)
