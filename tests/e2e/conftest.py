"""One pair of browsers, one desktop and one pair of push services for all end-to-end tests of a session."""

from tests.e2e.browsers.fixtures import browser, chromium, desktop, firefox, loop, push_services

__all__ = ["browser", "chromium", "desktop", "firefox", "loop", "push_services"]
