"""`shopbell pushd`: the fake push service, in the foreground."""

import argparse
import asyncio
import time
from pathlib import Path
from typing import Final

PORT: Final = 9443
CONTROL_PORT: Final = 9444


def add_pushd(pushd: argparse.ArgumentParser) -> None:
    pushd.add_argument("--port", type=int, default=PORT, help=f"of the push service (default: {PORT}; 0: any)")
    pushd.add_argument("--control-port", type=int, default=CONTROL_PORT, help=f"default: {CONTROL_PORT}; 0: any")
    pushd.add_argument("--folder", type=Path, help="where its authority is kept (default: pushd in the state folder)")
    pushd.add_argument("--seed", type=int, default=0, help="of the faults that come by chance")
    pushd.add_argument("--json", action="store_true", help="one JSON object a line")


def run_pushd(asked: argparse.Namespace, state: Path) -> int:
    try:
        from shopbell.local.pushd import program  # noqa: PLC0415 - h2 is a developer's package
    except ModuleNotFoundError as exc:
        raise RuntimeError(f"pushd needs the package {exc.name}: see requirements/dev.in") from exc

    folder = (asked.folder or state / "pushd").resolve()
    options = program.Options(folder, asked.port, asked.control_port, asked.seed, asked.json)
    try:
        asyncio.run(program.serve(options, lambda: time.time_ns() // 1_000_000, program.Teller(asked.json)))
    except OSError as exc:
        raise RuntimeError(f"cannot listen: {exc}") from exc
    return 0
