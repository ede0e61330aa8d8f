"""Which tests share a process when they run side by side, and in which order: cheap levels first."""

from pathlib import Path
from typing import Final

import pytest

LEVELS: Final = ("unit", "contract", "functions", "infra", "sim", "e2e", "cloud")
HOME: Final = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file stays in one process, for its fixtures.

    So do all browser tests, for there is one desktop, and the quick tests of infra, for each process synthesises
    its own templates.
    """
    items.sort(key=_level)
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(_group(item)))


def _level(item: pytest.Item) -> int:
    first = item.path.relative_to(HOME).parts[0]
    return LEVELS.index(first) if first in LEVELS else len(LEVELS)


def _group(item: pytest.Item) -> str:
    if item.get_closest_marker("browser") is not None:
        return "browsers"
    place = item.path.relative_to(HOME)
    quick = item.get_closest_marker("slow") is None
    return "templates" if place.parts[0] == "infra" and quick else place.as_posix()
