"""Machines for the host's tests: one for a whole session, others started by the test that needs them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from shopbell.local.host import running
from shopbell.local.options import HostOptions, default_project
from shopbell.local.session import LocalSession

from tests.e2e.host.assembly import write_assembly

PROJECT = default_project()


def options(root: Path, **changes: Any) -> HostOptions:
    """The small assembly with a state folder below `root`."""
    assembly = root / "assembly"
    if not assembly.exists():
        write_assembly(assembly, visibility=2)
    return HostOptions(project=PROJECT, state=root / "state", **{"assembly": assembly, **changes})


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSession]:
    """The small stack, running; nothing is kept."""
    if not options(tmp_path_factory.mktemp("probe")).engine_binary.exists():
        pytest.skip("the local engine is not installed: make install")
    with running(options(tmp_path_factory.mktemp("machine"), persist=False)) as session:
        yield session


@pytest.fixture
def item(machine: LocalSession) -> Callable[[str], dict[str, Any] | None]:
    """Reads an item of the small stack's table by its key."""

    def read(key: str) -> dict[str, Any] | None:
        found: dict[str, Any] = machine.client("dynamodb").get_item(
            TableName=machine.outputs["TableName"], Key={"pk": {"S": key}}, ConsistentRead=True
        )
        return found.get("Item")

    return read
