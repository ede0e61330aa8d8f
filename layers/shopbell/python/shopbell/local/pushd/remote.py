"""`shopbell pushd` as another program uses it: a process of its own, and its control calls."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import urllib3

SETTINGS: Final = ("SHOPBELL_PUSH_CONNECT", "SHOPBELL_PUSH_CA", "SHOPBELL_EXTRA_PUSH_HOSTS")
_PAGE: Final = 1_000
_CAN_WAIT: Final = 60


class RemoteError(RuntimeError):
    """A control call was refused; the message says by what."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A push service that runs; `told` is its first line."""

    process: "subprocess.Popen[str]"
    told: Mapping[str, str]

    @property
    def environment(self) -> Mapping[str, str]:
        """With it a local stage sends here."""
        return {name: self.told[name] for name in SETTINGS}

    def call(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Any:
        """The answer's JSON; RemoteError with its status and text otherwise."""
        data, url = None if body is None else json.dumps(body), self.told["control"] + path
        answer = urllib3.request(method, url, body=data, headers=headers, retries=False, timeout=_CAN_WAIT)
        if answer.status not in (200, 201):
            raise RemoteError(f"{answer.status} {answer.data.decode()}")
        return answer.json()

    def subscribe(self, service: str, vapid_public_key: str, count: int = 1) -> list[Any]:
        wanted = {"service": service, "vapid_public_key": vapid_public_key, "count": count}
        return list(self.call("POST", "/v1/subscriptions", wanted)["items"])

    def switch(self, faults: Sequence[Mapping[str, object]]) -> None:
        self.call("PUT", "/v1/faults", faults)

    def messages(self) -> Iterator[Any]:
        """The delivered set, page by page."""
        skip = 0
        while page := self.call("GET", f"/v1/messages?skip={skip}&limit={_PAGE}")["items"]:
            yield from page
            skip += len(page)

    def summary(self) -> Any:
        return self.call("GET", "/v1/summary")

    def stop(self) -> list[Any]:
        """The rest of its lines, the last of which is the end's."""
        self.process.send_signal(signal.SIGTERM)
        out, _ = self.process.communicate(timeout=_CAN_WAIT)
        return [json.loads(line) for line in out.splitlines()]


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[Remote]:
    """On two free ports, until the block ends."""
    command = [sys.executable, "-m", "shopbell.local.cli", "pushd", "--json", "--port", "0", "--control-port", "0"]
    command += ["--folder", str(folder), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        first = process.stdout.readline() if process.stdout else ""
        if not first:
            raise RuntimeError("the push service did not start")
        yield Remote(process, json.loads(first))
    finally:
        process.kill()
        process.communicate()
