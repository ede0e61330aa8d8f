"""From User-Agent headers of real browsers to three words."""

import pytest
from shopbell.domain.incoming.agents import Agent, read_agent

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0"
AGENTS = (
    ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "firefox", "linux", "desktop"),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "firefox",
        "windows",
        "desktop",
    ),
    ("Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "firefox", "android", "mobile"),
    (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/140.0.0.0 Safari/537.36", "chrome", "linux", "desktop"),
    (
        f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/140.0.0.0 Mobile Safari/537.36",
        "chrome",
        "android",
        "mobile",
    ),
    (f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/140.0.0.0 Safari/537.36", "chrome", "android", "tablet"),
    (
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
        "edge",
        "windows",
        "desktop",
    ),
    (
        f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Chrome/140.0.0.0 Safari/537.36 OPR/120.0",
        "opera",
        "macos",
        "desktop",
    ),
    (
        f"Mozilla/5.0 (Linux; Android 14; SM-S9) {WEBKIT} SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36",
        "samsung",
        "android",
        "mobile",
    ),
    (
        f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Safari/605.1.15",
        "safari",
        "macos",
        "desktop",
    ),
    (
        f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {APPLE} Mobile/15E148 Safari/604.1",
        "safari",
        "ios",
        "mobile",
    ),
    (
        f"Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) {APPLE} Mobile/15E148 Safari/604.1",
        "safari",
        "ios",
        "tablet",
    ),
    (
        f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/140.0.0.0 Safari/537.36",
        "chrome",
        "chromeos",
        "desktop",
    ),
    ("curl/8.5.0", None, None, None),
    ("", None, None, None),
    ("x" * 10_000, None, None, None),
)


@pytest.mark.parametrize(("header", "browser", "os", "device"), AGENTS, ids=[row[0][:60] for row in AGENTS])
def test_a_browser_is_told_by_its_header(
    header: str, browser: str | None, os: str | None, device: str | None
) -> None:
    assert read_agent(header) == Agent(browser, os, device)
