"""The project's own folders in place of the assembly's copies, and a watch on them so that an edit is live."""

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from shopbell.local.journal import Notes
from shopbell.local.workers import FunctionPool

PACKAGE: Final = "shopbell"
SCRIPTS: Final = ("shopbell.js", "shopbell-sw.js")
_LOOK_SECONDS: Final = 0.5
_WATCHED: Final = {".py", ".js", ".json"}

Print = frozenset[tuple[str, int]]


def package_from_source(project: Path, into: Path) -> Path:
    """A folder that imports as the package's layer does, made of links to the source and the storefront's scripts."""
    home = into / PACKAGE
    home.mkdir(parents=True, exist_ok=True)
    for old in home.iterdir():
        _unlink(old)
    for part in (project / "layers" / PACKAGE / "python" / PACKAGE).iterdir():
        if part.name not in {"local", "__pycache__"}:
            (home / part.name).symlink_to(part)
    (home / "sdk").mkdir()
    for name in SCRIPTS:
        (home / "sdk" / name).symlink_to(project / "storefront" / name)
    return into


def _unlink(old: Path) -> None:
    if old.is_symlink() or old.is_file():
        old.unlink()
    else:
        for inner in old.iterdir():
            inner.unlink()
        old.rmdir()


@dataclass(slots=True)
class Reloader:
    """Ends the environments of functions whose files have changed."""

    pools: Sequence[FunctionPool]
    notes: Notes
    _stop: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        threading.Thread(target=self._loop, name="reload", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def _loop(self) -> None:
        before = self._look()
        while not self._stop.wait(_LOOK_SECONDS):
            now = self._look()
            changed = {folder for folder, seen in now.items() if before[folder] != seen}
            for pool in self.pools:
                if changed & set(pool.function.path):
                    self.notes("reloaded", 1, function=pool.function.label)
                    pool.recycle()
            before = now

    def _look(self) -> Mapping[Path, Print]:
        return {folder: fingerprint(folder) for pool in self.pools for folder in pool.function.watched}


def fingerprint(folder: Path) -> Print:
    """Every source file below the folder with its time of change."""
    seen = set()
    for root, folders, files in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in files:
            path = f"{root}/{name}"
            if os.path.splitext(name)[1] in _WATCHED:  # noqa: PTH122 - twice a second over all files
                seen.add((path, _changed(path)))
    return frozenset(seen)


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - as above
    except FileNotFoundError:
        return 0
