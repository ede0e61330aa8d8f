"""One way to drive both browsers, so that one test says what both must do."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from tests.e2e.browsers.service import PushService


class Browser(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def push(self) -> PushService:
        """The push service that this browser is connected to."""
        ...

    def ready(self) -> None:
        """Leave one empty tab in the window in front; a browser that no longer answers is started again."""
        ...

    def open(self, url: str) -> None:
        """Load a page in the first tab and wait until it has loaded."""
        ...

    def evaluate(self, expression: str) -> object:
        """The JSON value of a JavaScript expression in the page; a promise is awaited."""
        ...

    def click(self, css: str) -> None:
        """A real click, which counts as the user's gesture."""
        ...

    def has(self, css: str) -> bool: ...

    def addresses(self) -> list[str]:
        """The address of every open tab."""
        ...

    def grant(self, origin: str) -> None:
        """Allow notifications without anybody being asked."""
        ...

    def click_and_allow(self, css: str, origin: str) -> None:
        """Click, and answer the browser's own permission question with yes."""
        ...

    def picture(self, path: Path) -> None:
        """A picture of the page."""
        ...

    def window(self) -> object:
        """What the browser's windows look like, for whoever wonders why a test failed."""
        ...

    def pause(self, seconds: float) -> None: ...

    def restart(self, meanwhile: Callable[[], None]) -> None:
        """Close the browser, do something, start it again with the same profile."""
        ...

    def stop(self) -> None: ...
