"""HTTP API: what marketers do with segments, campaigns, scenarios and their store."""

from typing import Any

from shopbell.runtime.http import campaigns_wiring
from shopbell.runtime.http.api import HttpApi
from shopbell.runtime.observability import reporting


def handler(event: dict[str, Any], context: Any, api: HttpApi | None = None) -> dict[str, Any]:
    with reporting(context) as report:
        return (api or campaigns_wiring.campaigns())(event, context, report)
