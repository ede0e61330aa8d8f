"""The fixtures of every test that needs a real browser; a conftest imports the ones it wants by name."""

import shutil
from collections.abc import Iterator
from ctypes.util import find_library
from pathlib import Path

import pytest

from tests.e2e.browsers.background import BackgroundLoop
from tests.e2e.browsers.chromium import Chromium
from tests.e2e.browsers.desktop import Desktop, start_desktop
from tests.e2e.browsers.driver import Browser
from tests.e2e.browsers.firefox import Firefox
from tests.e2e.browsers.push_services import PushServices, start_push_services

NEEDED = {"firefox-esr": "firefox-esr", "chromium": "chromium", "dbus-daemon": "dbus-daemon"}
INSTALL = "apt-get install --no-install-recommends firefox-esr chromium dbus-daemon libnotify4 fonts-dejavu-core"


def missing() -> list[str]:
    """The packages that the browser tests lack on this machine."""
    absent = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    return absent if find_library("notify") else [*absent, "libnotify4"]


@pytest.fixture(scope="session")
def loop() -> Iterator[BackgroundLoop]:
    background = BackgroundLoop()
    yield background
    background.stop()


@pytest.fixture(scope="session")
def desktop(loop: BackgroundLoop) -> Iterator[Desktop]:
    absent = missing()
    if absent:
        pytest.fail(f"missing on this machine: {', '.join(absent)}; install with: {INSTALL}", pytrace=False)
    started = start_desktop(loop)
    yield started
    started.stop()


@pytest.fixture(scope="session")
def push_services(loop: BackgroundLoop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushServices]:
    """Both stand-ins; `push_env()` is what the system under test is started with."""
    started = start_push_services(loop, Path(tmp_path_factory.mktemp("push-services")))
    yield started
    started.stop()


@pytest.fixture(scope="session")
def firefox_process(push_services: PushServices, desktop: Desktop) -> Iterator[Firefox]:
    started = Firefox(push_services.firefox, desktop.env)
    started.start()
    yield started
    started.stop()


@pytest.fixture(scope="session")
def chromium_process(push_services: PushServices, desktop: Desktop) -> Iterator[Chromium]:
    started = Chromium(push_services.chromium, desktop.env)
    started.start()
    yield started
    started.stop()


@pytest.fixture
def firefox(firefox_process: Firefox) -> Firefox:
    """Nothing that an earlier test opened is left."""
    firefox_process.ready()
    return firefox_process


@pytest.fixture
def chromium(chromium_process: Chromium) -> Chromium:
    chromium_process.ready()
    return chromium_process


@pytest.fixture(scope="session", params=["firefox", "chromium"])
def browser_name(request: pytest.FixtureRequest) -> str:
    """Of the session, so that all tests of one browser follow each other."""
    name: str = request.param
    return name


@pytest.fixture
def browser(browser_name: str, request: pytest.FixtureRequest) -> Browser:
    """Each test once in Firefox and once in Chromium."""
    started: Browser = request.getfixturevalue(browser_name)
    return started
