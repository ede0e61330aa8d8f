"""The store that a new machine starts with: its keys, and its predefined segments switched on."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import urllib3

from shopbell.app.turning import turned
from shopbell.domain.clock import format_instant
from shopbell.domain.ids import StoreId
from shopbell.local.session import LocalSession
from shopbell.local.state import write_private

SAVED: Final = "host_store.json"
"""Lies with the engine's state, so that a crash takes store and keys back together."""
_FILLED: Final = "filled"
_SHOP: Final = "shop_url"
SAMPLE_CURRENCY: Final = "USD"
"""What the sample's prices are in; a rule on money looks at the store's currency only."""
_BUILD_SECONDS: Final = 120
_LOOK_SECONDS: Final = 1.0


class ApiRefusedError(RuntimeError):
    """The management API did not do what the start asked of it."""


@dataclass(frozen=True, slots=True)
class FirstStore:
    """The first store of a machine; `keys` as `shopbell store create --json` prints them.

    `filled` once it has all that a first start gives it; a start that was interrupted before leaves it False.
    """

    session: LocalSession
    keys: dict[str, str]
    filled: bool

    def note_filled(self) -> None:
        """Remember that nothing is missing any more, as long as the engine keeps what it has now."""
        saved = self.session.folder.engine / SAVED
        write_private(saved, {**json.loads(saved.read_text()), _FILLED: True})

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

    def pass_night(self) -> None:
        """Begin the nightly pass now, so that scores and statistics need not wait for the first night."""
        self.session.invoke("nightly", {"scheduled_time": format_instant(time.time_ns() // 1_000_000)})

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


def first_store(session: LocalSession, name: str, shop_url: str) -> tuple[FirstStore, bool]:
    """The machine's first store and whether it was made just now; links of its messages lead to `shop_url`."""
    from shopbell.app.founding import NO_LIMITS  # noqa: PLC0415 - as below
    from shopbell.local import stores  # noqa: PLC0415 - it needs cryptography, which takes a moment

    saved = session.folder.engine / SAVED
    if not saved.exists():
        origins = (shop_url, *stores.LOOPBACK_ORIGINS)
        made = stores.create(session, name, origins=origins, currency=SAMPLE_CURRENCY, limits=NO_LIMITS)
        keys = made.to_json()
        write_private(saved, {**keys, _SHOP: shop_url})
        return FirstStore(session, keys, filled=False), True
    kept = json.loads(saved.read_text())
    filled, before = bool(kept.pop(_FILLED, False)), kept.pop(_SHOP, None)
    if before != shop_url:
        _move(session, StoreId(kept["store_id"]), shop_url, before)
        write_private(saved, {**kept, _SHOP: shop_url, _FILLED: filled})
    return FirstStore(session, {**kept, "api_url": session.api_url}, filled), False


def moved(origins: tuple[str, ...], shop_url: str, before: str | None) -> tuple[str, ...]:
    """The origins with the shop's in place of where it was `before`, else first: relative links begin with the first.

    An owner's own order stays.
    """
    if shop_url in origins:
        return tuple(one for one in origins if one != before)
    if before in origins:
        return tuple(shop_url if one == before else one for one in origins)
    return (shop_url, *origins)


def _move(session: LocalSession, store: StoreId, shop_url: str, before: str | None) -> None:
    from shopbell.adapters.dynamo.database import Dynamo  # noqa: PLC0415 - as above
    from shopbell.adapters.dynamo.stores import DynamoStores  # noqa: PLC0415 - as above

    stores = DynamoStores(Dynamo(session.client("dynamodb")), session.outputs["ConfigTableName"])
    if stores.get(store) is not None:
        turned(stores, store, lambda found: replace(found, origins=moved(found.origins, shop_url, before)))
