"""The door through which the engine invokes functions: its HTTP API's routes, and what it fires by itself."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from shopbell.local.loopback import Handler, Server
from shopbell.local.mappings.doors import Broke, Outcome, Returned
from shopbell.local.schedules.attributes import MARK
from shopbell.local.workers import FunctionPool

_API_ERROR: Final = json.dumps(
    {
        "statusCode": 500,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"message": "Internal Server Error"}),
    }
).encode()
"""What API Gateway answers when a function breaks; the engine would show the exception, as 502."""


class Unfilled(Protocol):
    """Told of an invocation that the engine's own scheduler made."""

    def __call__(self, function: str, payload: bytes) -> None: ...


@dataclass(slots=True)
class Door:
    """Open before the stack is deployed, since its address is in the template; `admit` names the functions after."""

    server: Server
    _pools: dict[str, FunctionPool]
    _unfilled: Unfilled

    def admit(self, pools: Mapping[str, FunctionPool], unfilled: Unfilled) -> None:
        """From now on /<logical id> invokes that pool."""
        self._unfilled = unfilled
        self._pools.update(pools)

    def invoke(self, logical: str, payload: bytes) -> Outcome | None:
        """None for an unknown function."""
        pool = self._pools.get(logical)
        if pool is None:
            return None
        event = _api_event(payload)
        if not event and MARK.encode() in payload:
            self._unfilled(pool.function.arn, payload)
            return Returned(b"null")
        outcome = pool.invoke(payload)
        return Returned(_API_ERROR) if event and isinstance(outcome, Broke) else outcome


def open_door(port: int = 0) -> Door:
    """A door on a loopback port."""
    rooms: list[Door] = []

    class Bound(_DoorHandler):
        doors = rooms

    server = Server(Bound, port)
    rooms.append(Door(server, {}, _ignored))
    server.start("door")
    return rooms[0]


def _ignored(function: str, payload: bytes) -> None:
    """Before the functions are admitted nothing can be fired."""


class _DoorHandler(Handler):
    """POST /<logical id>: the event in, the answer or the error out."""

    doors: Sequence[Door]
    """The one door, which is made with the server that this handler belongs to."""

    def do_POST(self) -> None:  # noqa: N802 - http.server calls it
        match self.doors[0].invoke(self.path.strip("/"), self.content()):
            case Returned(payload):
                self.answer(200, payload, (("Content-Type", "application/json"),))
            case Broke(payload):
                self.answer(500, payload, (("Content-Type", "application/json"),))
            case None:
                self.answer(404)


def _api_event(payload: bytes) -> bool:
    """True for a request of an HTTP API (payload 2.0), whose body may hold anything."""
    try:
        event: Any = json.loads(payload)
    except ValueError:
        return False
    return isinstance(event, dict) and isinstance(event.get("requestContext"), dict) and "rawPath" in event
