"""A private D-Bus session with a notification server: it sees what a browser shows, and presses it.

Desktop Notifications Specification 1.2. Without such a server Firefox's showNotification fails, and nobody
could press a notification anyway.
"""

import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from dbus_fast import Variant
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusSignature
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

from tests.e2e.browsers.background import BackgroundLoop

Text = Annotated[str, DBusSignature("s")]
Texts = Annotated[list[str], DBusSignature("as")]
Number = Annotated[int, DBusSignature("u")]
Signed = Annotated[int, DBusSignature("i")]
Hints = Annotated[dict[str, Variant], DBusSignature("a{sv}")]
CLOSED_BY_USER, CLOSED_BY_APP = 2, 3


@dataclass(frozen=True, slots=True)
class Shown:
    """One request to show something; `actions` is key to label, `replaces` the id whose place it takes."""

    id: int
    replaces: int
    title: str
    body: str
    actions: Mapping[str, str]


class _Server(ServiceInterface):
    def __init__(self) -> None:
        super().__init__("org.freedesktop.Notifications")
        self.shown: list[Shown] = []
        self.open: dict[int, Shown] = {}
        self._last = 0

    @dbus_method("GetCapabilities")
    def capabilities(self) -> Texts:
        return [
            "actions",
            "body",
            "body-images",
            "body-markup",
            "body-hyperlinks",
            "icon-static",
            "persistence",
        ]

    @dbus_method("GetServerInformation")
    def information(self) -> Annotated[tuple[str, str, str, str], DBusSignature("ssss")]:
        return ("test desktop", "shopbell", "1.0", "1.2")

    @dbus_method("Notify")
    def notify(
        self,
        _app: Text,
        replaces: Number,
        _icon: Text,
        summary: Text,
        body: Text,
        actions: Texts,
        _hints: Hints,
        _timeout: Signed,
    ) -> Number:
        if not replaces:
            self._last += 1
        labels = dict(zip(actions[::2], actions[1::2], strict=True))
        shown = Shown(replaces or self._last, replaces, summary, body, labels)
        self.shown.append(shown)
        self.open[shown.id] = shown
        return shown.id

    @dbus_method("CloseNotification")
    def close(self, notification: Number) -> None:
        if self.open.pop(notification, None):
            self.closed(notification, CLOSED_BY_APP)

    @dbus_signal("NotificationClosed")
    def closed(self, notification: int, reason: int) -> Annotated[tuple[int, int], DBusSignature("uu")]:
        return (notification, reason)

    @dbus_signal("ActionInvoked")
    def pressed(self, notification: int, key: str) -> Annotated[tuple[int, str], DBusSignature("us")]:
        return (notification, key)


@dataclass(slots=True)
class Desktop:
    """The desktop that both browsers believe in. `env` goes into a browser's environment."""

    loop: BackgroundLoop
    address: str
    _daemon: subprocess.Popen[str]
    _server: _Server = field(default_factory=_Server)
    _bus: list[MessageBus] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        return {"DBUS_SESSION_BUS_ADDRESS": self.address}

    def shown(self, title: str) -> list[Shown]:
        """Every time that this title was shown, also what is closed by now."""
        return [shown for shown in list(self._server.shown) if shown.title == title]

    def still_open(self, title: str) -> list[Shown]:
        return [shown for shown in list(self._server.open.values()) if shown.title == title]

    def clear(self) -> None:
        """Start with an empty desk; ids are not used again."""
        self._server.shown.clear()
        self._server.open.clear()

    def press(self, shown: Shown, label: str | None = None) -> None:
        """Press the notification, or its button of that label; like most desktops, drop the bubble then."""
        keys = {text: key for key, text in shown.actions.items()}
        key = "default" if label is None else keys[label]

        async def user() -> None:
            self._server.pressed(shown.id, key)
            if self._server.open.pop(shown.id, None):
                self._server.closed(shown.id, CLOSED_BY_USER)

        self.loop.run(user())

    def dismiss(self, shown: Shown) -> None:
        async def user() -> None:
            self._server.open.pop(shown.id, None)
            self._server.closed(shown.id, CLOSED_BY_USER)

        self.loop.run(user())

    async def _connect(self) -> None:
        bus = await MessageBus(bus_address=self.address).connect()
        bus.export("/org/freedesktop/Notifications", self._server)
        await bus.request_name("org.freedesktop.Notifications")
        self._bus.append(bus)

    async def _disconnect(self) -> None:
        for bus in self._bus:
            bus.disconnect()

    def stop(self) -> None:
        self.loop.run(self._disconnect())
        self._daemon.terminate()
        self._daemon.wait(10)
        if self._daemon.stdout:
            self._daemon.stdout.close()


def start_desktop(loop: BackgroundLoop) -> Desktop:
    """A dbus-daemon of our own; the session of the person who runs the tests is never touched."""
    daemon = subprocess.Popen(
        [
            "dbus-daemon",
            "--session",
            "--nofork",
            "--nopidfile",
            "--print-address=1",
            f"--address=unix:tmpdir={tempfile.gettempdir()}",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    address = daemon.stdout.readline().strip() if daemon.stdout else ""
    desktop = Desktop(loop, address, daemon)
    loop.run(desktop._connect())
    return desktop
