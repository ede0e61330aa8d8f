"""A stock Chromium, headless, with a profile of its own, driven by Playwright."""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page, Playwright, sync_playwright

from tests.e2e.browsers.fcm import Fcm

SWITCHES = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    # nothing may leave the machine
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


@dataclass(slots=True)
class Chromium:
    push: Fcm
    desktop_env: dict[str, str]
    binary: str = "/usr/bin/chromium"
    name: str = "chromium"
    _home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="chromium-")))
    _granted: set[str] = field(default_factory=set)
    _playwright: list[Playwright] = field(default_factory=list)
    _context: list[BrowserContext] = field(default_factory=list)

    def start(self) -> None:
        """Twice, if need be: a browser that does not come up is the machine's matter, and no test is about it."""
        if not self._playwright:
            self._playwright.append(sync_playwright().start())
        try:
            self._launch()
        except Error:
            self._launch()

    def _launch(self) -> None:
        """A persistent profile: without one Chromium is off the record, where push does not exist."""
        context = self._playwright[0].chromium.launch_persistent_context(
            self._profile,
            executable_path=self.binary,
            headless=True,
            args=SWITCHES + self.push.chromium_switches(),
            # root has no sandbox; everybody else keeps it
            chromium_sandbox=os.geteuid() != 0,
            env={**os.environ, **self.desktop_env, "HOME": str(self._home)},
        )
        context.set_default_timeout(60_000)
        self._context = [context]

    @property
    def _page(self) -> Page:
        return self._context[0].pages[0]

    @property
    def _profile(self) -> Path:
        return self._home / "profile"

    def ready(self) -> None:
        try:
            for page in self._context[0].pages[1:]:
                page.close()
            self._page.bring_to_front()
            self.open("about:blank")
        except (Error, IndexError):
            self.restart(lambda: None)

    def open(self, url: str) -> None:
        self._page.goto(url)

    def evaluate(self, expression: str) -> object:
        value: object = self._page.evaluate(f"async () => await ({expression})")
        return value

    def click(self, css: str) -> None:
        self._page.click(css)

    def has(self, css: str) -> bool:
        return self._page.query_selector(css) is not None

    def addresses(self) -> list[str]:
        """Asked of the browser: Playwright hears late of tabs that a service worker opened."""
        session = self._context[0].new_cdp_session(self._page)
        try:
            targets = session.send("Target.getTargets")["targetInfos"]
        finally:
            session.detach()
        return [str(target["url"]) for target in targets if target["type"] == "page"]

    def grant(self, origin: str) -> None:
        self._granted.add(origin)
        self._context[0].grant_permissions(["notifications"], origin=origin)

    def click_and_allow(self, css: str, origin: str) -> None:
        """Headless Chromium answers every permission question with no: the yes is given before the click."""
        self.grant(origin)
        self.click(css)

    def picture(self, path: Path) -> None:
        self._page.screenshot(path=path)

    def window(self) -> object:
        return self.addresses()

    def pause(self, seconds: float) -> None:
        if self._context:
            self._page.wait_for_timeout(seconds * 1000)
        else:
            time.sleep(seconds)

    def restart(self, meanwhile: Callable[[], None]) -> None:
        for context in self._context:
            context.close()
        self._context = []
        try:
            meanwhile()
        finally:
            self._keep_permissions()
            self.start()

    def stop(self) -> None:
        for context in self._context:
            context.close()
        for playwright in self._playwright:
            playwright.stop()
        shutil.rmtree(self._home, ignore_errors=True)

    def _keep_permissions(self) -> None:
        """Write what was granted into the closed profile.

        A grant by remote control dies with the session, and Chromium gives a subscription back when a message
        arrives for an origin without permission.
        """
        file = self._profile / "Default" / "Preferences"
        preferences = json.loads(file.read_text())
        node = preferences
        for name in ("profile", "content_settings", "exceptions", "notifications"):
            node = node.setdefault(name, {})
        for origin in self._granted:
            node[f"{origin},*"] = {"last_modified": "13300000000000000", "setting": 1}
        file.write_text(json.dumps(preferences))
