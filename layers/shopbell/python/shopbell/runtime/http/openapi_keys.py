"""The kinds of keys as the OpenAPI document describes them, and which of them a call takes."""

from typing import Any

from shopbell.runtime.http.operation import Keyed, Managed, Open, Operation

Json = dict[str, Any]


def security(one: Operation) -> list[Json]:
    """The kinds of keys that a call takes, as the document names them."""
    match one.access:
        case Open():
            return []
        case Managed():
            return [{"management": []}]
        case Keyed(kinds=kinds):
            browser: list[Json] = [{"browser": []}, {"beacon": []}] if "pub" in kinds else []
            return [*browser, {"server": []}]


def security_schemes() -> Json:
    """Each kind of key, described."""

    def bearer(prefix: str, words: str) -> Json:
        return {"type": "http", "scheme": "bearer", "description": f"A key that begins with {prefix}: {words}"}

    return {
        "browser": bearer("sb_pub_", "for pages of the store's origins; it may only report."),
        "beacon": {"type": "apiKey", "in": "query", "name": "key", "description": "A browser key, for beacons."},
        "server": bearer("sb_srv_", "for the shop's server; its events are trusted."),
        "management": bearer("sb_mgmt_", "for people and their tools, with a role: viewer, marketer, admin."),
    }
