"""A stock Firefox, headless, with a profile of its own."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.browsers.autopush import Autopush
from tests.e2e.browsers.firefox_prefs import preferences
from tests.e2e.browsers.marionette import Marionette, MarionetteError, connect
from tests.e2e.browsers.polling import eventually

GRANT = """
const principal = Services.scriptSecurityManager.createContentPrincipalFromOrigin(arguments[0]);
Services.perms.addFromPrincipal(principal, 'desktop-notification', Services.perms.ALLOW_ACTION);
"""
# The permission question is a panel of the browser's own window; its button is pressed as a user would.
PRESS_ALLOW = """
const window = Services.wm.getMostRecentWindow('navigator:browser');
const asked = window.PopupNotifications.getNotification('web-notifications', window.gBrowser.selectedBrowser);
const panel = window.document.getElementById('web-notifications-notification');
if (!asked || !panel || !panel.button || window.PopupNotifications.panel.state !== 'open') return false;
panel.button.click();
return true;
"""
TO_FRONT = "Services.wm.getMostRecentWindow('navigator:browser').focus()"
PATIENCE_S = 3
PORT_FILE = "MarionetteActivePort"
WINDOWS = """
return [...Services.wm.getEnumerator(null)].map(each => ({
  address: each.location.href,
  active: Services.focus.activeWindow === each,
  covered: each.isFullyOccluded,
  focus: each.document.commandDispatcher?.focusedElement?.localName,
  tabs: each.gBrowser?.tabs.map(tab => [tab.linkedBrowser.currentURI.spec, tab.selected]),
  panel: each.gBrowser ? each.PopupNotifications.panel.state : null,
  asked: each.gBrowser?.browsers
    .map(tab => each.PopupNotifications.getNotification('web-notifications', tab))
    .map(asked => asked && { dismissed: asked.dismissed, at: asked.browser.currentURI.spec }),
  dialogs: [...each.document.querySelectorAll('dialog[open], .dialogBox')].map(box => box.id),
}));
"""


@dataclass(slots=True)
class Firefox:
    push: Autopush
    desktop_env: dict[str, str]
    binary: str = "firefox-esr"
    name: str = "firefox"
    _profile: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="firefox-")))
    _running: list[tuple[subprocess.Popen[bytes], Marionette]] = field(default_factory=list)

    def start(self) -> None:
        """Twice, if need be: a browser that does not come up is the machine's matter, and no test is about it."""
        try:
            self._launch()
        except (MarionetteError, OSError):
            self._launch()

    def _launch(self) -> None:
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
            for name, value in preferences(self.push.socket_url).items()
        ]
        (self._profile / "user.js").write_text("".join(lines))
        (self._profile / PORT_FILE).unlink(missing_ok=True)
        # HOME is the profile because Firefox refuses to run as root in somebody else's.
        own = {"MOZ_CRASHREPORTER_DISABLE": "1", "HOME": str(self._profile)}
        process = subprocess.Popen(
            [
                self.binary,
                *("--profile", str(self._profile)),
                *("--no-remote", "--marionette", "--remote-allow-system-access", "--headless"),
            ],
            env={**os.environ, **self.desktop_env, **own},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._running = [(process, connect(self._port, lambda: process.poll() is None))]
        except BaseException:
            process.kill()
            process.wait(10)
            raise

    @property
    def marionette(self) -> Marionette:
        if not self._running:
            raise MarionetteError("Firefox is not running")
        return self._running[0][1]

    def _port(self) -> int | None:
        """The port that Firefox was given, once it listens: one that we pick could be somebody else's by then."""
        file = self._profile / PORT_FILE
        written = file.read_text() if file.exists() else ""
        return int(written) if written.isdigit() else None

    def ready(self) -> None:
        try:
            here = self.marionette.command("WebDriver:GetWindowHandle")
            for handle in self._handles():
                if handle != here:
                    self.marionette.command("WebDriver:SwitchToWindow", handle=handle, focus=False)
                    self.marionette.command("WebDriver:CloseWindow")
            self.marionette.command("WebDriver:SwitchToWindow", handle=here, focus=False)
            self._to_front()
            self.open("about:blank")
        except (MarionetteError, OSError):
            self.restart(lambda: None)

    def open(self, url: str) -> None:
        self.marionette.command("WebDriver:Navigate", url=url)

    def evaluate(self, expression: str) -> object:
        return self.marionette.awaited(expression)

    def click(self, css: str) -> None:
        found = self.marionette.command("WebDriver:FindElement", using="css selector", value=css)
        if not isinstance(found, dict):
            raise MarionetteError(f"{css}: {found!r}")
        self.marionette.command("WebDriver:ElementClick", id=next(iter(found.values())))

    def has(self, css: str) -> bool:
        return bool(self.marionette.script("return document.querySelector(arguments[0]) !== null", css))

    def addresses(self) -> list[str]:
        here = self.marionette.command("WebDriver:GetWindowHandle")
        found = []
        for handle in self._handles():
            self.marionette.command("WebDriver:SwitchToWindow", handle=handle, focus=False)
            found.append(str(self.marionette.command("WebDriver:GetCurrentURL")))
        self.marionette.command("WebDriver:SwitchToWindow", handle=here, focus=True)
        return found

    def grant(self, origin: str) -> None:
        self.marionette.in_browser_itself(GRANT, origin)

    def click_and_allow(self, css: str, origin: str) -> None:
        """A click can be lost on a page that is not painted yet, and a window that is not active keeps its question
        to itself: as a user would, go to the window and click again while there is something to click.
        """
        self.click(css)
        patience = time.monotonic() + PATIENCE_S

        def answered() -> object:
            nonlocal patience
            if self.marionette.in_browser_itself(PRESS_ALLOW):
                return True
            if time.monotonic() > patience:
                patience = time.monotonic() + PATIENCE_S
                self._to_front()
                if self.has(css):
                    self.click(css)
            return False

        eventually(answered, f"the permission question for {origin}")

    def picture(self, path: Path) -> None:
        taken = self.marionette.command("WebDriver:TakeScreenshot", full=False)
        path.write_bytes(base64.b64decode(str(taken)))

    def window(self) -> object:
        return self.marionette.in_browser_itself(WINDOWS)

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    def restart(self, meanwhile: Callable[[], None]) -> None:
        self._quit()
        try:
            meanwhile()
        finally:
            self.start()

    def stop(self) -> None:
        self._quit()
        shutil.rmtree(self._profile, ignore_errors=True)

    def _to_front(self) -> None:
        here = self.marionette.command("WebDriver:GetWindowHandle")
        self.marionette.command("WebDriver:SwitchToWindow", handle=here, focus=True)
        self.marionette.in_browser_itself(TO_FRONT)

    def _handles(self) -> list[object]:
        handles = self.marionette.command("WebDriver:GetWindowHandles")
        return handles if isinstance(handles, list) else []

    def _quit(self) -> None:
        if not self._running:
            return
        process, marionette = self._running.pop()
        try:
            marionette.command("Marionette:Quit", flags=["eForceQuit"])
            process.wait(60)
        except (MarionetteError, OSError, subprocess.TimeoutExpired):
            process.kill()
            process.wait(10)
        finally:
            marionette.close()
