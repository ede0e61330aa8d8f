"""The machine, and for each test a store and a shop of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.browsers.push_services import PushServices
from tests.e2e.system.api import Shop
from tests.e2e.system.machine import Machine, started
from tests.e2e.system.shopfront import Shopfront


@pytest.fixture(scope="session")
def machine(push_services: PushServices, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with started(Path(tmp_path_factory.mktemp("machine")), push_services.push_env()) as running:
        yield running


@pytest.fixture
def shop(machine: Machine) -> Shop:
    return machine.open_store("Test shop")


@pytest.fixture
def shopfront(machine: Machine, shop: Shop, tmp_path: Path) -> Iterator[Shopfront]:
    with machine.shopfront(shop, tmp_path) as front:
        yield front
