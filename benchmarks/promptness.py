"""From an accepted event to its membership in the API, on one machine: 20 events a second through the whole template.

python -m benchmarks.promptness
"""

import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import urllib3
from shopbell.local.host import running
from shopbell.local.options import HostOptions
from shopbell.local.stores import create

PROJECT: Final = Path(__file__).parents[1]
RATE: Final = 20
SECONDS: Final = 15
ROUNDS: Final = 3
EVERY: Final = 0.25
"""Seconds between two looks at the segment: what the figures may be too high by."""
PATIENCE: Final = 120.0


@dataclass(frozen=True, slots=True)
class Caller:
    url: str
    http: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(maxsize=16, retries=False))

    def __call__(self, key: str, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        reply = self.http.request(method, self.url + path, body=data, headers=headers, timeout=60)
        if reply.status >= 300:
            raise SystemExit(f"{method} {path} answered {reply.status}: {reply.data.decode(errors='replace')}")
        return json.loads(reply.data)


@dataclass(frozen=True, slots=True)
class Shop:
    call: Caller
    publishable: str
    management: str

    def segment(self, product: str) -> str:
        """Who viewed the product; active."""
        rule = {"event": "product_view", "where": [{"field": "product_id", "op": "eq", "value": product}]}
        made = self.call(self.management, "POST", "/v1/segments", {"name": f"Viewed {product}", "rule": rule})
        self.call(self.management, "POST", f"/v1/segments/{made['id']}/activate")
        while self.call(self.management, "GET", f"/v1/segments/{made['id']}")["state"] != "active":
            time.sleep(EVERY)
        return str(made["id"])

    def view(self, visitor: str, product: str) -> float:
        """Sends one view; the moment at which it was accepted."""
        event = {"id": visitor, "type": "product_view", "visitor_id": visitor, "properties": {"product_id": product}}
        self.call(self.publishable, "POST", "/v1/events", {"events": [event]})
        return time.monotonic()

    def members(self, segment: str) -> Iterator[str]:
        cursor = ""
        while True:
            page = self.call(self.management, "GET", f"/v1/segments/{segment}/members?limit=100{cursor}")
            yield from (member["visitor_id"] for member in page["items"])
            if page["next_cursor"] is None:
                return
            cursor = f"&cursor={page['next_cursor']}"


def waits(shop: Shop, product: str) -> list[float]:
    """Seconds from accepted to seen, sorted, for RATE * SECONDS new visitors who view a product of their own."""
    segment, number = shop.segment(product), RATE * SECONDS
    start, accepted, seen = time.monotonic(), dict[str, float](), dict[str, float]()

    def send(place: int) -> None:
        time.sleep(max(0.0, start + place / RATE - time.monotonic()))
        visitor = f"{product}-{place}"
        accepted[visitor] = shop.view(visitor, product)

    with ThreadPoolExecutor(8) as pool:
        for place in range(number):
            pool.submit(send, place)
        while len(seen) < number:
            if time.monotonic() > start + SECONDS + PATIENCE:
                raise SystemExit(f"only {len(seen)} of {number} events showed within {PATIENCE:.0f} s")
            found = [one for one in shop.members(segment) if one not in seen]
            now = time.monotonic()
            seen.update(dict.fromkeys(found, now))
            time.sleep(EVERY)
    return sorted(seen[visitor] - at for visitor, at in accepted.items())


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        options = HostOptions(PROJECT, Path(folder), persist=False)
        with running(options) as session:
            access = create(session, "Promptness")
            shop = Shop(Caller(access.api_url), access.keys.publishable_key, access.keys.management_key)
            for place in range(ROUNDS):
                found = waits(shop, f"product-{place}")
                middle, p95 = statistics.median(found), found[int(len(found) * 0.95)]
                start = "" if place else "  (functions started cold)"
                print(
                    f"{RATE} events/s, {len(found)} visitors: p50 {middle:.2f} s, p95 {p95:.2f} s{start}", flush=True
                )


if __name__ == "__main__":
    main()
