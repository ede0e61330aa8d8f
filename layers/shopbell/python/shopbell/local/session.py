"""A machine that runs, as tests and commands see it: addresses, outputs, clients, and what it can be asked to do."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from shopbell.domain.clock import Instant
from shopbell.local.clients import Clients
from shopbell.local.mappings.doors import Outcome, Returned
from shopbell.local.state import StateFolder


class FunctionFailedError(RuntimeError):
    """An invoked function broke; the message is Lambda's error document."""


class Control(Protocol):
    """The running host, in this process or in another."""

    def tick(self, at: Instant | None) -> list[dict[str, str]]: ...

    def invoke(self, function: str, payload: bytes) -> Outcome | None:
        """None for an unknown function."""

    def stats(self) -> dict[str, Any]: ...

    def settle(self, seconds: float) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Address:
    """Everything that finds a running machine; `resources` maps logical to physical ids of its stack."""

    stage: str
    stack: str
    api_url: str
    engine_url: str
    outputs: Mapping[str, str]
    resources: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class LocalSession:
    """One running machine."""

    address: Address
    folder: StateFolder
    clients: Clients
    control: Control

    @property
    def api_url(self) -> str:
        return self.address.api_url

    @property
    def outputs(self) -> Mapping[str, str]:
        return self.address.outputs

    def client(self, service: str) -> Any:
        """A boto3 client of the engine with its administrator's keys."""
        make: Any = self.clients
        return make(service)

    def tick(self, at: Instant | None = None) -> list[dict[str, str]]:
        """Run `wake` and every recurring schedule now, with `at` (default: now) as their nominal time."""
        return self.control.tick(at)

    def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        """Call a function by its folder's name. FunctionFailedError when it breaks, KeyError for an unknown one."""
        outcome = self.control.invoke(function, json.dumps(event).encode())
        match outcome:
            case None:
                raise KeyError(function)
            case Returned(payload):
                return json.loads(payload or b"null")
            case _:
                raise FunctionFailedError(outcome.payload.decode(errors="replace"))

    def logs(self, function: str) -> str:
        """Everything that the function has printed."""
        path = self.folder.logs / f"{function}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def stats(self) -> dict[str, Any]:
        """Counters of mappings and schedules by subject, and what each holds."""
        return self.control.stats()

    def settle(self, seconds: float = 30) -> list[str]:
        """Wait until streams and queues are empty and no function runs; what is left after `seconds`."""
        return self.control.settle(seconds)
