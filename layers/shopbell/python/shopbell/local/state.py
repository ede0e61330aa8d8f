"""The folder that one machine keeps between runs, and how it comes back after a crash.

engine/    what the engine saved at its last clean stop
clean/     that same state while a run is under way (hard links: the engine replaces files, it never edits them)
logs/      one file per function, and the engine's
local.json addresses and keys   run.json the processes and ports of the run that is under way
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Start = Literal["fresh", "clean", "crashed"]


class AlreadyRunningError(RuntimeError):
    """Another host uses this folder."""


@dataclass(frozen=True, slots=True)
class StateFolder:
    """Paths of a state folder and the promises about them."""

    root: Path

    @property
    def engine(self) -> Path:
        return self.root / "engine"

    @property
    def clean(self) -> Path:
        return self.root / "clean"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def run_file(self) -> Path:
        return self.root / "run.json"

    @property
    def local_file(self) -> Path:
        return self.root / "local.json"

    def claim(self) -> "Claim":
        """Take the folder for this process. After a crash the last clean state is back when this returns.

        AlreadyRunningError while another process holds it.
        """
        for folder in (self.root, self.engine, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        # The engine saves secrets there, readable by all.
        self.root.chmod(0o700)
        lock = _lock(self.root)
        if lock is None:
            raise AlreadyRunningError(f"{self.root} is in use by a running host; stop it or give --state-dir")
        crashed = self.run()
        if crashed is not None:
            self.end_orphan()
            self._restore()
        started: Start = "crashed" if crashed is not None else "clean" if any(self.engine.iterdir()) else "fresh"
        self._snapshot()
        write_private(self.run_file, {"host_pid": os.getpid()})
        return Claim(self, started, lock)

    def in_use(self) -> bool:
        """True while a live host holds the folder."""
        if not self.root.is_dir():
            return False
        lock = _lock(self.root)
        if lock is None:
            return True
        os.close(lock)
        return False

    def run(self) -> dict[str, Any] | None:
        """What the run that is under way (or that crashed) wrote about itself."""
        try:
            told: dict[str, Any] = json.loads(self.run_file.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return told

    def end_orphan(self) -> None:
        """End the engine that a crashed run has left behind; only for a folder that no live host holds."""
        _end_orphan((self.run() or {}).get("engine_pid"))

    def tell(self, **facts: Any) -> None:
        """Add facts about the run that is under way."""
        write_private(self.run_file, {**(self.run() or {}), **facts})

    def _snapshot(self) -> None:
        shutil.rmtree(self.clean, ignore_errors=True)
        self.clean.mkdir()
        for saved in self.engine.glob("*.json"):
            os.link(saved, self.clean / saved.name)

    def _restore(self) -> None:
        if not self.clean.is_dir():
            return
        for saved in self.engine.glob("*.json*"):
            saved.unlink()
        for saved in self.clean.glob("*.json"):
            os.link(saved, self.engine / saved.name)


@dataclass(frozen=True, slots=True)
class Claim:
    """A folder that this process holds; `started` says in which state it was found."""

    folder: StateFolder
    started: Start
    lock: int

    def release(self, *, saved: bool) -> None:
        """Let go. With `saved`, what the engine wrote is from now on the last clean state; else this run crashed."""
        if saved:
            self.folder.run_file.unlink(missing_ok=True)
            shutil.rmtree(self.folder.clean, ignore_errors=True)
        os.close(self.lock)


def write_private(path: Path, told: Mapping[str, Any]) -> None:
    """Write JSON that holds keys: readable by its owner only, replaced in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_suffix(".tmp")
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        json.dump(told, out, indent=2)
    written.replace(path)


def _lock(root: Path) -> int | None:
    """A lock that ends with its process, however it ends; None when another has it."""
    descriptor = os.open(root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _end_orphan(pid: int | None) -> None:
    # Killed, not asked to stop: a stop would save tables whose stream records nobody has read (ruling 37).
    if pid is not None and "ministack" in _command(pid):
        os.kill(pid, signal.SIGKILL)


def _command(pid: int) -> str:
    # -ww: a long path would be cut off before the name that tells an engine
    shown = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout
