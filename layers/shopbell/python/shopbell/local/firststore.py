"""The store that a new machine starts with: its keys, and its predefined segments switched on."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import urllib3

from shopbell.local.session import LocalSession
from shopbell.local.state import write_private

SAVED: Final = "host_store.json"
"""Lies with the engine's state, so that a crash takes store and keys back together."""
SAMPLE_CURRENCY: Final = "USD"
"""What the sample's prices are in; a rule on money looks at the store's currency only."""
_BUILD_SECONDS: Final = 120
_LOOK_SECONDS: Final = 1.0


class ApiRefusedError(RuntimeError):
    """The management API did not do what the start asked of it."""


@dataclass(frozen=True, slots=True)
class FirstStore:
    """The first store of a machine; `keys` as `shopbell store create --json` prints them."""

    session: LocalSession
    keys: dict[str, str]

    def activate_segments(self) -> list[tuple[str, int]]:
        """Switch on every draft segment and wait until each is built; names and sizes, largest first."""
        for segment in self._segments():
            if segment["state"] == "draft":
                self._ask("POST", f"/v1/segments/{segment['id']}/activate")
        deadline = time.monotonic() + _BUILD_SECONDS
        while True:
            segments = list(self._segments())
            building = [one["name"] for one in segments if one["state"] == "building"]
            if not building or time.monotonic() > deadline:
                sizes = [(one["name"], one["size"]["total"]) for one in segments if one["state"] == "active"]
                return sorted(sizes, key=lambda size: (-size[1], size[0]))
            time.sleep(_LOOK_SECONDS)

    def _segments(self) -> Iterator[dict[str, Any]]:
        cursor: str | None = ""
        while cursor is not None:
            page = self._ask("GET", f"/v1/segments?limit=100{f'&cursor={cursor}' if cursor else ''}")
            yield from page["items"]
            cursor = page["next_cursor"]

    def _ask(self, method: str, path: str) -> Any:
        reply = urllib3.request(
            method,
            f"{self.session.api_url}{path}",
            headers={"Authorization": f"Bearer {self.keys['management_key']}"},
            timeout=60,
        )
        if reply.status >= 400:  # noqa: PLR2004 - HTTP's own border
            raise ApiRefusedError(f"{method} {path} answered {reply.status}: {reply.data[:300].decode()}")
        return json.loads(reply.data or b"null")


def first_store(session: LocalSession, name: str) -> tuple[FirstStore, bool]:
    """The machine's first store and whether it was made just now."""
    saved = session.folder.engine / SAVED
    if saved.exists():
        return FirstStore(session, {**json.loads(saved.read_text()), "api_url": session.api_url}), False
    from shopbell.local import stores  # noqa: PLC0415 - it needs cryptography, which takes a moment

    keys = stores.create(session, name, currency=SAMPLE_CURRENCY).to_json()
    write_private(saved, keys)
    return FirstStore(session, keys), True
