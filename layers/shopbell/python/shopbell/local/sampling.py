"""Sample data for a machine that runs: its first store's events, and the catalogue that the demo shop lists."""

import json
import time
from pathlib import Path

from shopbell.local.progress import Progress
from shopbell.local.sample import load
from shopbell.local.sample.baskets import products
from shopbell.local.sample.load import PRODUCTS
from shopbell.local.state import StateFolder
from shopbell.local.up import CATALOGUE


def load_sample(folder: StateFolder, households: int, progress: Progress) -> None:
    """Replay households through the public API and list their products in the shop; says what was sent."""
    told = json.loads(folder.local_file.read_text())
    _write_catalogue(folder.root / CATALOGUE, told["shop_url"], households)
    report = load(
        told["api_url"],
        told["server_key"],
        shop_url=told["shop_url"],
        count=households,
        now=time.time_ns() // 1_000_000,
        progress=progress.load,
    )
    progress.say(f"\n  {report.households} households, {report.products} products, {report.accepted} events")


def _write_catalogue(into: Path, shop_url: str, households: int) -> None:
    into.write_text(json.dumps(list(products(households, PRODUCTS, shop_url))))
