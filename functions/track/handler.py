"""HTTP API: what storefronts send, answered when it is durable; also preflights, the document and the SDK."""

from typing import Any

from shopbell.runtime.http import track_wiring
from shopbell.runtime.http.api import HttpApi
from shopbell.runtime.observability import reporting


def handler(event: dict[str, Any], context: Any, api: HttpApi | None = None) -> dict[str, Any]:
    with reporting(context) as report:
        return (api or track_wiring.track())(event, context, report)
