"""A picture of the notification itself, as Firefox draws it where the desktop does not."""

import base64
from collections.abc import Callable
from pathlib import Path

from tests.e2e.browsers.firefox import Firefox
from tests.e2e.browsers.marionette import MarionetteError
from tests.e2e.browsers.polling import eventually

DRAWN_BY = "Services.prefs.setBoolPref('alerts.useSystemBackend', arguments[0])"
# The title once the window has faded in; its picture is there by then, or there is none.
SAYS = """
const box = document.getElementById('alertBox');
const title = document.getElementById('alertTitleLabel');
return box && title && getComputedStyle(box).opacity === '1' ? title.value : '';
"""
CLOSE = "window.close()"


def photograph(firefox: Firefox, path: Path, send: Callable[[], object], title: str) -> None:
    """Have Firefox draw the notification that `send` causes, and write its picture to `path` (PNG).

    Only Firefox draws notifications itself; such a window has no action buttons.
    """
    firefox.marionette.in_browser_itself(DRAWN_BY, False)
    try:
        send()
        here = firefox.marionette.command("WebDriver:GetWindowHandle")
        firefox.marionette.command("Marionette:SetContext", value="chrome")
        eventually(lambda: _enter_alert(firefox, title), f"the window of {title!r}")
        taken = firefox.marionette.command("WebDriver:TakeScreenshot", full=False)
        path.write_bytes(base64.b64decode(str(taken)))
        firefox.marionette.script(CLOSE)
        firefox.marionette.command("Marionette:SetContext", value="content")
        firefox.marionette.command("WebDriver:SwitchToWindow", handle=here, focus=True)
    finally:
        firefox.marionette.command("Marionette:SetContext", value="content")
        firefox.marionette.in_browser_itself(DRAWN_BY, True)


def _enter_alert(firefox: Firefox, title: str) -> bool:
    """True when the alert of this title is the current window. Windows come and go while we look."""
    handles = firefox.marionette.command("WebDriver:GetWindowHandles")
    for handle in handles if isinstance(handles, list) else []:
        try:
            firefox.marionette.command("WebDriver:SwitchToWindow", handle=handle, focus=False)
            if firefox.marionette.script(SAYS) == title:
                return True
        except MarionetteError:
            continue
    return False
