"""HTTP API authorizer: from a key to its store, kind and role; it never denies."""

from typing import Any

from shopbell.runtime.http import authorize_wiring
from shopbell.runtime.http.authorizing import authorized
from shopbell.runtime.http.keyring import Keyring
from shopbell.runtime.observability import reporting


def handler(event: dict[str, Any], context: Any, keyring: Keyring | None = None) -> dict[str, Any]:
    with reporting(context) as report:
        found = authorized(event, keyring or authorize_wiring.keyring())
        report.count({f"keys_{found.outcome}": 1})
        return found.answer
