"""What a failed test says about its browsers, whatever state they are in."""

import pytest

from tests.e2e.browsers.chromium import Chromium
from tests.e2e.browsers.desktop import Desktop
from tests.e2e.browsers.diagnosis import diagnosis
from tests.e2e.browsers.driver import Browser
from tests.e2e.browsers.firefox import Firefox
from tests.e2e.browsers.push_services import PushServices
from tests.e2e.sdk.conftest import Site

pytestmark = pytest.mark.browser


def test_a_browser_that_runs_says_where_it_is(browser: Browser, site: Site) -> None:
    browser.open(f"{site.origin}/")
    assert f'{browser.name} page: {{"address": "{site.origin}/"' in diagnosis(browser)


def test_a_browser_that_does_not_run_is_a_finding_and_no_fault(push_services: PushServices, desktop: Desktop) -> None:
    told = (
        diagnosis(Firefox(push_services.firefox, desktop.env)),
        diagnosis(Chromium(push_services.chromium, desktop.env)),
    )
    assert ["no answer" in each for each in told] == [True, True]
    assert "firefox page: no answer: MarionetteError: Firefox is not running" in told[0]


def test_what_happens_while_a_browser_is_closed_may_fail_and_leaves_it_running(browser: Browser) -> None:
    def fails() -> None:
        raise LookupError("this")

    with pytest.raises(LookupError, match="this"):
        browser.restart(fails)
    browser.open("about:blank")
    assert browser.addresses() == ["about:blank"]
