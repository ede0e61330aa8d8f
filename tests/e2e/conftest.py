"""One pair of browsers, one desktop and one pair of push services for all end-to-end tests of a session."""

from collections.abc import Generator

import pytest

from tests.e2e.browsers.chromium import Chromium
from tests.e2e.browsers.diagnosis import diagnosis
from tests.e2e.browsers.firefox import Firefox
from tests.e2e.browsers.fixtures import (
    browser,
    browser_name,
    chromium,
    chromium_process,
    desktop,
    firefox,
    firefox_process,
    loop,
    push_services,
)

__all__ = [
    "browser",
    "browser_name",
    "chromium",
    "chromium_process",
    "desktop",
    "firefox",
    "firefox_process",
    "loop",
    "push_services",
]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test says what its browsers looked like: their fixtures still stand at this moment."""
    report = yield
    used = getattr(item, "funcargs", {}).values()
    if report.when == "call" and report.failed:
        for each in used:
            if isinstance(each, Firefox | Chromium):
                report.sections.append((f"{each.name} as the test left it", diagnosis(each)))
    return report
