"""Synthesise the CDK app for this machine, unless nothing that goes into it has changed."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

INPUTS: Final = ("infra", "functions", "layers/shopbell/python/shopbell", "storefront", "requirements")
FILES: Final = ("cdk.json",)
VARIABLES: Final = ("SHOPBELL_EXTRA_PUSH_HOSTS", "SHOPBELL_PUSH_CA", "SHOPBELL_PUSH_CONNECT")
_LEFT_OUT: Final = {"__pycache__", "local", "node_modules", "demo"}


class SynthesisError(RuntimeError):
    """The app did not synthesise; the message is the end of what it said."""


def synthesised(project: Path, stage: str, into: Path, python: str) -> bool:
    """Bring `into` up to date with the project. False when it already was. SynthesisError when the app fails."""
    wanted = digest(project, stage)
    mark = into.with_name(f"{into.name}.inputs")
    if into.is_dir() and mark.exists() and mark.read_text() == wanted:
        return False
    mark.unlink(missing_ok=True)
    shutil.rmtree(into, ignore_errors=True)
    done = subprocess.run(
        [python, "-m", "infra.app"],
        cwd=project,
        env={
            **os.environ,
            "SHOPBELL_STAGE": stage,
            "CDK_OUTDIR": str(into),
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20,22,24",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SynthesisError(f"the CDK app did not synthesise:\n{_told(done.stderr)}")
    mark.write_text(wanted)
    return True


def _told(printed: str) -> str:
    """The end of what it printed, without the banner about the age of Node."""
    return "\n".join(line for line in printed.splitlines() if not line.startswith("b'!!"))[-4000:]


def digest(project: Path, stage: str) -> str:
    """A hash over every input of synthesis, contents not times."""
    total = hashlib.sha256(f"{stage} {sys.version}".encode())
    for name in VARIABLES:
        total.update(f"{name}={os.environ.get(name, '')}\0".encode())
    for path in _inputs(project):
        content = path.read_bytes()
        total.update(f"{path.relative_to(project)} {len(content)}\0".encode() + content)
    return total.hexdigest()


def _inputs(project: Path) -> Iterator[Path]:
    for name in FILES:
        yield project / name
    for name in INPUTS:
        for path in sorted((project / name).rglob("*")):
            if path.is_file() and not _LEFT_OUT & set(path.relative_to(project).parts):
                yield path
