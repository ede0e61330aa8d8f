"""Changes that somebody makes in their editor: read, edited, and written back only onto what was read."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from shopbell.local.client import documents
from shopbell.local.client.config.shapes import same
from shopbell.local.client.contract import shaped
from shopbell.local.client.http import RefusedError, UnreachableError
from shopbell.local.client.run import NotAskedError, Run
from shopbell.local.client.scenariobody import PUT, body_of

_EDITORS: Final = ("VISUAL", "EDITOR")
_PUT: Final = "PUT"


def edit(run: Run) -> int:
    """The fields of FILE; without a FILE those that somebody changes in their editor."""
    if run.asked.file is not None:
        run.show(run.send(run.body()).body)
        return 0
    read = run.call("GET", run.path())
    before = body_of(read.body) if run.command.call == PUT else shaped(run.command.call, read.body)
    file = _written(before)
    after = _edited(file, _editor())
    changed = {name: value for name, value in after.items() if name not in before or not same(before[name], value)}
    if not changed and after.keys() == before.keys():
        file.unlink()
        run.print("nothing was changed")
        return 0
    body = after if run.command.method == _PUT else changed
    try:
        told = run.call(run.command.method, run.path(), body, headers=run.onto(read))
    except (RefusedError, UnreachableError) as exc:
        raise NotAskedError(f"{exc}\n  what you wrote is in {file}") from exc
    file.unlink()
    run.show(told.body)
    return 0


def _editor() -> list[str]:
    found = next((os.environ[name] for name in _EDITORS if os.environ.get(name)), None)
    if found is None:
        raise NotAskedError("give a FILE, or set EDITOR to edit it there")
    return shlex.split(found)


def _written(body: Mapping[str, Any]) -> Path:
    text = yaml.safe_dump(dict(body), allow_unicode=True, sort_keys=False)
    with tempfile.NamedTemporaryFile("w", prefix="shopbell-", suffix=".yaml", delete=False, encoding="utf-8") as out:
        out.write(text)
    return Path(out.name)


def _edited(file: Path, editor: list[str]) -> dict[str, Any]:
    try:
        status = subprocess.run([*editor, str(file)], check=False).returncode
    except OSError as exc:
        raise NotAskedError(f"the editor {editor[0]} cannot be started: {exc}") from exc
    if status:
        raise NotAskedError(f"the editor ended with {status}: nothing was changed; what you wrote is in {file}")
    told = documents.read(str(file))
    if not isinstance(told, dict):
        raise documents.UnreadableError(f"{file}: must be fields with values")
    return told
