"""One machine for all that is sent to many here, with push services that check everything."""

from collections.abc import Iterator

import pytest
from shopbell.local.pushd.remote import started

from benchmarks.broadcasting import Stage, staged


@pytest.fixture(scope="package")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("broadcast")
    with started(folder / "pushd", "--seed", "7") as push, staged(folder / "machine", push) as running:
        yield running


@pytest.fixture
def stage(machine: Stage) -> Stage:
    """Its push services have seen nothing yet, and nothing is wrong with them."""
    machine.push.switch(())
    machine.push.call("DELETE", "/v1/messages")
    return machine
