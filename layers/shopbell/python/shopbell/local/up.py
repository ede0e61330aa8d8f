"""`shopbell up`: the whole machine in the foreground, until Ctrl-C."""

import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

from shopbell.local.demo import Shop, shop_server
from shopbell.local.firststore import ApiRefusedError, FirstStore, first_store
from shopbell.local.host import running
from shopbell.local.loopback import Server, loopback_url
from shopbell.local.options import HostOptions, Port
from shopbell.local.ports import choose
from shopbell.local.progress import Progress
from shopbell.local.session import LocalSession
from shopbell.local.state import write_private

CATALOGUE: Final = "products.json"
"""The sample's products, beside the state; the shop lists none until they are loaded."""
STORE: Final = "Demo shop"
SETTLE_SECONDS: Final = 120.0
_SHOWN: Final = ("store_id", "publishable_key", "server_key", "management_key", "vapid_public_key")
_MOST: Final = 12
_LOOK_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class UpOptions:
    """`households` of sample data are loaded into a new store; 0 loads none."""

    host: HostOptions
    shop_port: Port
    households: int


def up(options: UpOptions, progress: Progress) -> int:
    """Run until a signal (0), or until the engine ends by itself (1)."""
    stop = threading.Event()
    with running(options.host, progress.step, stop) as session, caught(stop) as asked:
        with progress.step("opening the store"):
            # After the machine has its own ports, of which the shop's may be the next.
            port = choose(options.shop_port)
            store, new = first_store(session, STORE, loopback_url(port))
        with _shop(session, store, options, port) as shop:
            _complete(store, options, progress, stop, new=new)
            _show(session, store, shop, progress)
            until(stop)
        if not asked:
            progress.say(f"the engine ended by itself; see {session.folder.logs / 'engine.log'}")
    return 0 if asked else 1


@contextmanager
def caught(stop: threading.Event) -> Iterator[list[int]]:
    """SIGINT and SIGTERM set `stop` and are listed; afterwards they interrupt again, which hurries a clean stop."""
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        del frame
        came.append(number)
        # not here: this interrupts whoever waits for `stop`, perhaps while it holds the lock that setting needs
        threading.Thread(target=stop.set, name="stop", daemon=True).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, note)
    try:
        yield came
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)


def until(stop: threading.Event) -> None:
    """Wait for it, looking up often: a signal that comes just before an endless wait would not end it."""
    while not stop.wait(_LOOK_SECONDS):
        pass


@contextmanager
def _shop(session: LocalSession, store: FirstStore, options: UpOptions, port: int) -> Iterator[Server]:
    """The demo shop, served; its address and the store's keys are in local.json while and after it is."""
    products = session.folder.root / CATALOGUE
    folder = options.host.project / "storefront" / "demo"
    shop = Shop(folder, session.api_url, store.keys["publishable_key"], STORE, products)
    server = shop_server(shop, port)
    told = {**store.keys, "shop_url": server.url, "engine_url": session.address.engine_url}
    write_private(session.folder.local_file, told)
    server.start("demo-shop")
    try:
        yield server
    finally:
        server.stop()


def _complete(store: FirstStore, options: UpOptions, progress: Progress, stop: threading.Event, *, new: bool) -> None:
    """Give the store what a first start gives it, unless it has it. A new one that is to stay empty, stays so."""
    if store.filled:
        return
    if not options.households:
        if new:
            store.note_filled()
        return
    if not new:
        progress.say("the first start was interrupted before the sample data were complete; loading them again")
    if _fill(store, options, progress, stop):
        store.note_filled()


def _fill(store: FirstStore, options: UpOptions, progress: Progress, stop: threading.Event) -> bool:
    """Sample data and segments; a failure (False) is told and leaves the machine running."""
    progress.say("loading sample data")
    if not _load(options, stop):
        progress.say("the sample data are not complete; the next start loads them again")
        return False
    try:
        with progress.step("sorting everyone into segments"):
            store.session.settle(SETTLE_SECONDS)
            store.activate_segments()
        with progress.step("scoring the buyers, as each night does"):
            store.pass_night()
            store.session.settle(SETTLE_SECONDS)
            sizes = store.activate_segments()
    except ApiRefusedError as exc:
        progress.say(f"the segments are not switched on: {exc}")
        return False
    for name, size in sizes[:_MOST]:
        progress.say(f"  {size:6}  {name}")
    return True


def _load(options: UpOptions, stop: threading.Event) -> bool:
    """Load in a process of its own, whose data frames then leave with it. False when it failed or was stopped."""
    command = [options.host.python, "-m", "shopbell.local.cli", "--state-dir", str(options.host.state)]
    child = subprocess.Popen([*command, "demo", "--households", str(options.households)], start_new_session=True)
    while child.poll() is None:
        if stop.wait(0.2):
            child.terminate()
            child.wait()
    return child.returncode == 0


def _show(session: LocalSession, store: FirstStore, shop: Server, progress: Progress) -> None:
    progress.say("\nShopbell runs. Ctrl-C stops it and keeps its state.\n")
    lines = {"demo shop": shop.url, "API": session.api_url, **{n: store.keys[n] for n in _SHOWN}}
    for name, value in lines.items():
        progress.say(f"  {name.replace('_', ' '):17}  {value}")
    progress.say(f"\n  also in {_short(session.folder.local_file)}; logs in {_short(session.folder.logs)}")


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
