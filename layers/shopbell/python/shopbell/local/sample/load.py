"""Send the sample data to a running system as a shop's server would: products first, then events."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

import urllib3

from shopbell.domain.clock import Instant
from shopbell.domain.events import Json
from shopbell.local.sample.baskets import Household, households, products

T = TypeVar("T")

PRODUCTS: Final = 1_000
"""Of the catalogue; the households bought many more, but a demo shop with more pages helps nobody."""
EVENTS_PER_CALL: Final = 192
"""Three stored items of 64 events; a call stays far below the 1 MB that it may have."""
PRODUCTS_PER_CALL: Final = 250
SENDERS: Final = 4

Progress = Callable[[str, int, int], None]
"""(what, done, of)."""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What was sent and what the API said of it."""

    households: int
    products: int
    accepted: int
    rejected: int
    cut_lines: int


def load(api_url: str, server_key: str, *, shop_url: str, count: int, now: Instant, progress: Progress) -> LoadReport:
    """Replay `count` households. Loading twice changes nothing: every event has the id of its basket."""
    http = urllib3.PoolManager(maxsize=SENDERS, retries=urllib3.Retry(5, backoff_factor=0.2, allowed_methods=None))
    client = _Client(http, api_url, server_key)
    catalogue = list(products(count, PRODUCTS, shop_url))
    sent = 0
    for some in _chunks(catalogue, PRODUCTS_PER_CALL):
        client.call("PUT", "/v1/products", {"products": list(some)})
        sent += len(some)
        progress("products", sent, len(catalogue))
    everyone = list(households(count, now))
    accepted = rejected = done = 0
    with ThreadPoolExecutor(SENDERS) as pool:
        for answer in pool.map(client.replay, everyone):
            accepted, rejected, done = accepted + answer[0], rejected + answer[1], done + 1
            progress("households", done, len(everyone))
    return LoadReport(len(everyone), sent, accepted, rejected, sum(each.cut_lines for each in everyone))


@dataclass(frozen=True, slots=True)
class _Client:
    http: urllib3.PoolManager
    api_url: str
    key: str

    def replay(self, household: Household) -> tuple[int, int]:
        """(accepted, rejected) of all of one household's events, oldest first."""
        accepted = rejected = 0
        for some in _chunks(household.events, EVENTS_PER_CALL):
            answer = self.call("POST", "/v1/events", {"events": list(some), "backfill": True})
            accepted += int(str(answer.get("accepted", 0)))
            refused = answer.get("rejected")
            rejected += len(refused) if isinstance(refused, list) else 0
        return accepted, rejected

    def call(self, method: str, path: str, body: dict[str, Json]) -> dict[str, Json]:
        reply = self.http.request(
            method,
            f"{self.api_url}{path}",
            body=json.dumps(body),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        if reply.status >= 400:  # noqa: PLR2004 - HTTP's own border
            raise RuntimeError(
                f"{method} {path} answered {reply.status}: {reply.data[:500].decode(errors='replace')}"
            )
        answer = json.loads(reply.data)
        return answer if isinstance(answer, dict) else {}


def _chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    pieces = iter(items)
    while chunk := list(islice(pieces, size)):
        yield chunk
