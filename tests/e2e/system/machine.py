"""One running machine for all system tests, started with the push services that the browsers believe in."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shopbell.app.founding import NO_LIMITS
from shopbell.domain.clock import Instant
from shopbell.local.demo import Shop as DemoShop
from shopbell.local.demo import shop_server
from shopbell.local.host import now, running
from shopbell.local.loopback import Server
from shopbell.local.options import HostOptions
from shopbell.local.session import LocalSession
from shopbell.local.stores import LOOPBACK_ORIGINS, create

from tests.e2e.system.api import Api, Shop
from tests.e2e.system.shopfront import Shopfront

PROJECT: Final = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Machine:
    """The running machine, and new stores in it."""

    session: LocalSession

    def open_store(self, name: str, *, shards: int = 1, origins: tuple[str, ...] = LOOPBACK_ORIGINS) -> Shop:
        """No caps and no quiet hours: a test may run at any hour, and a few of them are of those themselves."""
        access = create(self.session, name, shards=shards, origins=origins, limits=NO_LIMITS)
        keys = access.keys
        return Shop(
            str(keys.store_id),
            Api(access.api_url, keys.publishable_key),
            Api(access.api_url, keys.server_key),
            Api(access.api_url, keys.management_key),
            keys.vapid_public_key,
        )

    @contextmanager
    def shopfront(self, shop: Shop, folder: Path) -> Iterator[Shopfront]:
        """The demo shop of a store on an origin of its own."""
        key = shop.storefront.key
        assert key is not None
        pages = PROJECT / "storefront" / "demo"
        server: Server = shop_server(DemoShop(pages, self.session.api_url, key, "Test shop", folder / "none"), 0)
        server.start("test-shop")
        try:
            yield Shopfront(server.url)
        finally:
            server.stop()

    def fire(self, at: Instant | None = None) -> None:
        """Run `wake` and every schedule as if their moment, or that one, had come; wait for all that follows."""
        self.session.tick(now() if at is None else at)
        self.settle()

    def settle(self) -> None:
        """Wait until everything that is under way is done."""
        left = self.session.settle(240)
        assert not left, left


@contextmanager
def started(state: Path, push_env: Mapping[str, str]) -> Iterator[Machine]:
    """A machine of stage local that enforces every role, so that whatever passes here has the permissions it needs.

    Its synthesis reads the push test settings from the environment (ruling 39).
    """
    before = {name: os.environ.get(name) for name in push_env}
    os.environ.update(push_env)
    try:
        options = HostOptions(PROJECT, state, persist=False, enforce_iam=True)
        with running(options) as session:
            yield Machine(session)
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
