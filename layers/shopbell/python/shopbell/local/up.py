"""`shopbell up`: the whole machine in the foreground, until Ctrl-C."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

from shopbell.local.demo import Shop, shop_server
from shopbell.local.firststore import ApiRefusedError, FirstStore, first_store, write_catalogue
from shopbell.local.host import now, running
from shopbell.local.loopback import Server
from shopbell.local.options import HostOptions, Port, Signals
from shopbell.local.ports import choose
from shopbell.local.progress import Progress
from shopbell.local.session import LocalSession
from shopbell.local.state import write_private

STORE: Final = "Demo shop"
SETTLE_SECONDS: Final = 120.0
_SHOWN: Final = ("store_id", "publishable_key", "server_key", "management_key", "vapid_public_key")
_MOST: Final = 12


@dataclass(frozen=True, slots=True)
class UpOptions:
    """`households` of sample data are loaded into a new store; 0 loads none."""

    host: HostOptions
    shop_port: Port
    households: int


def up(options: UpOptions, progress: Progress) -> int:
    """Run until a signal (0), or until the engine ends by itself (1)."""
    signals = Signals()
    with caught(signals) as asked, running(options.host, progress.step, signals) as session:
        with progress.step("opening the store"):
            store, new = first_store(session, STORE)
        with _shop(session, store, options) as shop:
            if new and options.households:
                _fill(store, shop.url, options.households, progress)
            _show(session, store, shop, progress)
            signals.stop.wait()
        if not asked:
            progress.say(f"the engine ended by itself; see {session.folder.logs / 'engine.log'}")
    return 0 if asked else 1


@contextmanager
def caught(signals: Signals) -> Iterator[list[int]]:
    """The signals that came: the first one asks for a clean stop, the second for haste."""
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        del frame
        (signals.hurry if came else signals.stop).set()
        came.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _shop(session: LocalSession, store: FirstStore, options: UpOptions) -> Iterator[Server]:
    """The demo shop, served; its address and the store's keys are in local.json while and after it is."""
    port = choose(options.shop_port)
    products = session.folder.root / "products.json"
    folder = options.host.project / "storefront" / "demo"
    shop = Shop(folder, session.api_url, store.keys["publishable_key"], STORE, products)
    server = shop_server(shop, port)
    if options.households:
        write_catalogue(products, server.url, options.households)
    told = {**store.keys, "shop_url": server.url, "engine_url": session.address.engine_url}
    write_private(session.folder.local_file, told)
    server.start("demo-shop")
    try:
        yield server
    finally:
        server.stop()


def _fill(store: FirstStore, shop_url: str, households: int, progress: Progress) -> None:
    """Sample data and segments; a failure is told and leaves the machine running."""
    try:
        progress.say("loading sample data")
        progress.say(f"\n  {store.load_sample(shop_url, households, now(), progress.load)}")
        with progress.step("sorting everyone into segments"):
            store.session.settle(SETTLE_SECONDS)
            sizes = store.activate_segments()
    except (ApiRefusedError, RuntimeError) as exc:
        progress.say(f"the sample data are not complete: {exc}")
        return
    for name, size in sizes[:_MOST]:
        progress.say(f"  {size:6}  {name}")


def _show(session: LocalSession, store: FirstStore, shop: Server, progress: Progress) -> None:
    progress.say("\nShopbell runs. Ctrl-C stops it and keeps its state.\n")
    lines = {"demo shop": shop.url, "API": session.api_url, **{n: store.keys[n] for n in _SHOWN}}
    for name, value in lines.items():
        progress.say(f"  {name.replace('_', ' '):17}  {value}")
    progress.say(f"\n  also in {_short(session.folder.local_file)}; logs in {_short(session.folder.logs)}")


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
