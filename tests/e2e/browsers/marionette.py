"""Firefox's own remote control: frames are `<length>:<JSON>`, a command is [0, id, name, parameters].

Documentation: firefox-source-docs, Marionette protocol 3. geckodriver would be one more program to download.
"""

import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass


class MarionetteError(Exception):
    """Firefox answered with an error, or not at all."""


@dataclass(slots=True)
class Marionette:
    _socket: socket.socket
    _buffer: bytes = b""
    _last: int = 0

    def command(self, name: str, **parameters: object) -> object:
        """The answer's value; MarionetteError with Firefox's own words."""
        self._last += 1
        frame = json.dumps([0, self._last, name, parameters]).encode()
        self._socket.sendall(f"{len(frame)}:".encode() + frame)
        answer = self._receive()
        if not isinstance(answer, list) or len(answer) != 4:
            raise MarionetteError(f"{name}: unexpected answer {answer!r}")
        if answer[2]:
            raise MarionetteError(f"{name}: {answer[2].get('error')}: {answer[2].get('message')}")
        value: object = answer[3]
        return value["value"] if isinstance(value, dict) and set(value) == {"value"} else value

    def script(self, code: str, *arguments: object) -> object:
        return self.command("WebDriver:ExecuteScript", script=code, args=list(arguments), newSandbox=False)

    def awaited(self, expression: str) -> object:
        """The value of an expression, awaited; a rejection is a MarionetteError."""
        code = (
            "const done = arguments[arguments.length - 1];"
            f"(async () => await ({expression}))().then(v => done({{v}}), e => done({{e: String(e)}}))"
        )
        answer = self.command("WebDriver:ExecuteAsyncScript", script=code, args=[], newSandbox=False)
        if not isinstance(answer, dict) or "e" in answer:
            raise MarionetteError(f"{expression}: {answer}")
        return answer.get("v")

    def in_browser_itself(self, code: str, *arguments: object) -> object:
        """Run in the browser's privileged scope instead of the page."""
        self.command("Marionette:SetContext", value="chrome")
        try:
            return self.script(code, *arguments)
        finally:
            self.command("Marionette:SetContext", value="content")

    def close(self) -> None:
        self._socket.close()

    def _receive(self) -> object:
        while b":" not in self._buffer:
            self._more()
        size, _, rest = self._buffer.partition(b":")
        self._buffer = rest
        while len(self._buffer) < int(size):
            self._more()
        frame, self._buffer = self._buffer[: int(size)], self._buffer[int(size) :]
        answer: object = json.loads(frame)
        return answer

    def _more(self) -> None:
        data = self._socket.recv(65_536)
        if not data:
            raise MarionetteError("Firefox closed the connection")
        self._buffer += data


def connect(port: Callable[[], int | None], alive: Callable[[], bool], seconds: float = 120) -> Marionette:
    """Wait for Firefox to say where it listens, then open a session."""
    deadline = time.monotonic() + seconds
    while (listening := port()) is None:
        if time.monotonic() > deadline or not alive():
            raise MarionetteError(f"Firefox {'is slow to' if alive() else 'ended before it would'} listen")
        time.sleep(0.05)
    link = socket.create_connection(("127.0.0.1", listening), 10)
    link.settimeout(120)
    marionette = Marionette(link)
    marionette._receive()  # the greeting, which answers no command
    marionette.command("WebDriver:NewSession", capabilities={})
    marionette.command("WebDriver:SetTimeouts", script=60_000, pageLoad=60_000, implicit=0)
    return marionette
