"""The local engine's process (MiniStack): started, awaited, stopped cleanly so that it saves its state."""

import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

from shopbell.local.ports import LOOPBACK

START_SECONDS: Final = 60
STOP_SECONDS: Final = 300
"""Saving 1 M items was measured at 54 s."""


class EngineError(RuntimeError):
    """The engine is not installed, ended while it started, or does not answer."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A running engine; `url` serves every AWS API."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """Ask it to save and end. False when it had to be killed, so that nothing of this run was saved."""
        if not self.alive:
            return False
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return False
        return True


def start(binary: Path, port: int, *, saved: Path | None, objects: Path, log: Path, enforce_iam: bool) -> Engine:
    """Start the engine and wait until it answers; `saved` is where its state persists, if it does.

    EngineError with the end of its log when it does not come up.
    """
    if not binary.exists():
        raise EngineError(f"the local engine is not installed: {binary} is missing (make setup)")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [binary],
            env=_environment(port, saved, objects, enforce_iam=enforce_iam),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            # Its own session: Ctrl-C reaches the host alone, which drains before it stops the engine.
            start_new_session=True,
        )
    engine = Engine(process, port)
    deadline = time.monotonic() + START_SECONDS
    while not _healthy(port):
        if not engine.alive or time.monotonic() > deadline:
            process.kill()
            process.wait()
            raise EngineError(f"the local engine did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)
    return engine


def _environment(port: int, saved: Path | None, objects: Path, *, enforce_iam: bool) -> Mapping[str, str]:
    # Only what it needs: the shell's secrets are none of its business.
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {
        **inherited,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": LOOPBACK,
        "MINISTACK_HOST": LOOPBACK,
        "AUTH": "true" if enforce_iam else "false",
        "PERSIST_STATE": "1" if saved else "0",
        "STATE_DIR": str(saved or objects),
        "S3_PERSIST": "1" if saved else "0",
        "S3_DATA_DIR": str(objects),
    }


def _healthy(port: int) -> bool:
    connection = HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == 200  # noqa: PLR2004
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
