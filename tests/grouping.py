"""Which tests share a process when they run side by side, and in which order: cheap levels first."""

from pathlib import Path
from typing import Final

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

LEVELS: Final = ("unit", "contract", "functions", "infra", "sim", "e2e/broadcast", "e2e/system", "e2e", "cloud")
"""What takes longest in one piece comes before its like, so that no process is left alone with it at the end."""
HOME: Final = Path(__file__).parent
ALONE: Final = frozenset({"infra/test_command_line.py", "infra/test_toolchain.py", "infra/test_findings.py"})
"""Of infra those that take minutes, and share no template with the others."""
EACH: Final = "sim/broadcast/test_broadcast.py"
"""Its long form is hundreds of simulations that share nothing."""


class ByPlace(LoadScopeScheduling):  # type: ignore[misc]
    """Sends each group to one process, in the order in which tests were collected.

    By the ids of tests alone: a group that is told by a marker gets lost between pytest 9.2 and xdist 3.8.
    """

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByPlace:
    config.option.loadscopereorder = False  # the order is ours
    return ByPlace(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_level)


def group_of(nodeid: str) -> str:
    """A file stays in one process, for its fixtures.

    So do the quick tests of infra, for each process synthesises its own templates, and those that send to many,
    for their machine. Browser tests may run in both: each process has a desktop, browsers and a machine of its own.
    """
    place = nodeid.partition("::")[0].removeprefix("tests/")
    if place == EACH:
        return nodeid
    if place.startswith("infra/") and place not in ALONE:
        return "templates"
    return "broadcast" if place.startswith("e2e/broadcast/") else place


def _level(item: pytest.Item) -> int:
    place = item.path.relative_to(HOME).as_posix()
    found = [position for position, level in enumerate(LEVELS) if place.startswith(f"{level}/")]
    return min(found, default=len(LEVELS))
