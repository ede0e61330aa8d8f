"""The running host's own small door for commands of other processes: loopback, and a token from the state folder."""

import hmac
import json
import secrets
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlsplit

from shopbell.domain.clock import Instant
from shopbell.local.clients import Clients
from shopbell.local.loopback import Handler, Server
from shopbell.local.mappings.doors import Broke, Outcome, Returned
from shopbell.local.session import Address, Control, LocalSession
from shopbell.local.state import StateFolder

_WAIT_SECONDS: Final = 900


class NotRunningError(RuntimeError):
    """No host runs with this state folder."""


@dataclass(frozen=True, slots=True)
class ControlDoor:
    """A served control door; the token is what a command must bring."""

    server: Server
    token: str


def serve(machine: Control) -> ControlDoor:
    """Serve the machine's control on a loopback port."""
    secret = secrets.token_urlsafe(32)

    class Bound(_ControlHandler):
        control = machine
        token = secret

    return ControlDoor(Server(Bound).start("control"), secret)


class _ControlHandler(Handler):
    """POST /<what> with a JSON body; only for who knows the token, so that no web page can reach it."""

    control: Control
    token: str

    def do_POST(self) -> None:  # noqa: N802 - http.server calls it
        asked = json.loads(self.content() or b"{}")
        if not hmac.compare_digest(self.headers.get("Authorization", ""), f"Bearer {self.token}"):
            self.answer(401)
            return
        self.answer(200, json.dumps(self._do(asked)).encode(), (("Content-Type", "application/json"),))

    def _do(self, asked: dict[str, Any]) -> Any:
        match self.path:
            case "/tick":
                return self.control.tick(asked.get("at"))
            case "/invoke":
                return _written(self.control.invoke(asked["function"], asked["payload"].encode()))
            case "/stats":
                return self.control.stats()
            case "/settle":
                return self.control.settle(asked["seconds"])
            case _:
                return None


def _written(outcome: Outcome | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    return {"broke": isinstance(outcome, Broke), "payload": outcome.payload.decode(errors="replace")}


@dataclass(frozen=True, slots=True)
class RemoteControl:
    """The control of a host in another process."""

    url: str
    token: str

    def tick(self, at: Instant | None) -> list[dict[str, str]]:
        told: list[dict[str, str]] = self._ask("/tick", {"at": at})
        return told

    def invoke(self, function: str, payload: bytes) -> Outcome | None:
        told = self._ask("/invoke", {"function": function, "payload": payload.decode()})
        if told is None:
            return None
        answer = str(told["payload"]).encode()
        return Broke(answer) if told["broke"] else Returned(answer)

    def stats(self) -> dict[str, Any]:
        told: dict[str, Any] = self._ask("/stats", {})
        return told

    def settle(self, seconds: float) -> list[str]:
        told: list[str] = self._ask("/settle", {"seconds": seconds})
        return told

    def _ask(self, path: str, asked: dict[str, Any]) -> Any:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=_WAIT_SECONDS)
        try:
            connection.request("POST", path, json.dumps(asked), {"Authorization": f"Bearer {self.token}"})
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status != 200:  # noqa: PLR2004
            raise NotRunningError(f"the host refused {path}: {answer.status}")
        return json.loads(content)


def attach(folder: StateFolder) -> LocalSession:
    """The session of the host that runs with this folder. NotRunningError when there is none, or it is not ready."""
    run = folder.run()
    if run is None or "control" not in run or not folder.in_use():
        raise NotRunningError(f"nothing runs with {folder.root}: start it with `shopbell up`")
    address = Address(**run["address"])
    return LocalSession(address, folder, Clients(address.engine_url), RemoteControl(**run["control"]))
