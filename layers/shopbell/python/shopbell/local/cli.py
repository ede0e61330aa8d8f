"""The `shopbell` command: one machine's life (up, status, tick, logs, reset), its stores and its sample data."""

import argparse
import json
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shopbell.domain.clock import parse_instant
from shopbell.local.options import API_PORT, ENGINE_PORT, SHOP_PORT, HostOptions, Port, default_project
from shopbell.local.progress import Progress
from shopbell.local.state import AlreadyRunningError, StateFolder

if TYPE_CHECKING:
    from shopbell.local.session import LocalSession

HOUSEHOLDS: Final = 200
_KEPT: Final = {"cdk.out", "cdk.out.inputs", "compiled", "lock"}
_TAIL: Final = 50
_INTERRUPTED: Final = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    asked = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = asked.command
    # A stop while something starts undoes it as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return command(asked)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except (RuntimeError, FileNotFoundError) as exc:
        print(f"shopbell: {exc}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="shopbell", description=__doc__)
    parser.add_argument("--stage", default="local", help="the stage that is synthesised (default: local)")
    parser.add_argument("--state-dir", type=Path, help="where the machine keeps its state (default: .shopbell)")
    parser.add_argument("--project", type=Path, default=default_project(), help=argparse.SUPPRESS)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _up_parser(commands.add_parser("up", help="start everything, in the foreground"))
    status = commands.add_parser("status", help="addresses, keys and counters of the running machine")
    status.add_argument("--json", action="store_true")
    status.set_defaults(command=_status)
    tick = commands.add_parser("tick", help="run wake and every schedule now")
    tick.add_argument("--at", help="their nominal time, RFC 3339 (default: now)")
    tick.set_defaults(command=_tick)
    logs = commands.add_parser("logs", help="what a function has printed")
    logs.add_argument("function", nargs="?", help="its folder's name; without it, which there are")
    logs.add_argument("--lines", type=int, default=_TAIL)
    logs.set_defaults(command=_logs)
    reset = commands.add_parser("reset", help="forget everything the machine has stored")
    reset.set_defaults(command=_reset)
    _store_parser(commands.add_parser("store", help="stores of the running machine"))
    demo = commands.add_parser("demo", help="load sample data into the first store of the running machine")
    demo.add_argument("--households", type=int, default=HOUSEHOLDS)
    demo.set_defaults(command=_demo)
    return parser


def _up_parser(up: argparse.ArgumentParser) -> None:
    up.add_argument("--port", type=int, help=f"of the API (default: {API_PORT}, or the next that is free)")
    up.add_argument("--engine-port", type=int, help=f"of the engine (default: {ENGINE_PORT}, likewise)")
    up.add_argument("--shop-port", type=int, help=f"of the demo shop (default: {SHOP_PORT}, likewise)")
    up.add_argument("--no-sample", action="store_true", help="leave a new store empty")
    up.add_argument("--households", type=int, default=HOUSEHOLDS, help="of sample data for a new store")
    up.add_argument("--assembly", type=Path, help="deploy this cloud assembly instead of synthesising")
    up.add_argument("--source", action=argparse.BooleanOptionalAction, default=True, help="run from source, live")
    up.add_argument("--enforce-iam", action="store_true", help="hold every function to its role")
    up.add_argument("--environments", type=int, default=4, help="processes per function, at most")
    up.set_defaults(command=_up)


def _store_parser(store: argparse.ArgumentParser) -> None:
    create = store.add_subparsers(required=True, metavar="COMMAND").add_parser("create", help="a new store")
    create.add_argument("name")
    create.add_argument("--origin", action="append", help="an origin that its pages come from; may be repeated")
    create.add_argument("--json", action="store_true")
    create.set_defaults(command=_create)


def _folder(asked: argparse.Namespace) -> StateFolder:
    return StateFolder((asked.state_dir or asked.project / ".shopbell").resolve())


def _port(number: int | None, default: int) -> Port:
    return Port(default) if number is None else Port(number, fixed=True)


def _up(asked: argparse.Namespace) -> int:
    from shopbell.local.up import UpOptions, up  # noqa: PLC0415 - other commands start faster without

    host = HostOptions(
        project=asked.project.resolve(),
        state=_folder(asked).root,
        stage=asked.stage,
        assembly=asked.assembly,
        source=asked.source and asked.assembly is None,
        api_port=_port(asked.port, API_PORT),
        engine_port=_port(asked.engine_port, ENGINE_PORT),
        enforce_iam=asked.enforce_iam,
        environments=asked.environments,
    )
    households = 0 if asked.no_sample else asked.households
    return up(UpOptions(host, _port(asked.shop_port, SHOP_PORT), households), Progress())


def _status(asked: argparse.Namespace) -> int:
    folder = _folder(asked)
    told: dict[str, object] = json.loads(folder.local_file.read_text()) if folder.local_file.exists() else {}
    told["running"] = folder.in_use()
    if asked.json:
        print(json.dumps(told, indent=2))
    else:
        _print(told)
        if told["running"]:
            _print(_session(asked).stats()["counts"])
    return 0 if told["running"] else 1


def _print(told: Mapping[str, object]) -> None:
    for name, value in told.items():
        print(f"{name:20} {value}")


def _tick(asked: argparse.Namespace) -> int:
    at = None if asked.at is None else parse_instant(asked.at)[0]
    told = _session(asked).tick(at)
    for one in told:
        print(f"{one['schedule']}: {one['outcome']}")
    return 0 if all(one["outcome"] == "done" for one in told) else 1


def _logs(asked: argparse.Namespace) -> int:
    folder = _folder(asked)
    if asked.function is None:
        print("\n".join(sorted(path.stem for path in folder.logs.glob("*.log"))))
        return 0
    lines = (folder.logs / f"{asked.function}.log").read_text(errors="replace").splitlines()
    print("\n".join(lines[-asked.lines :]))
    return 0


def _reset(asked: argparse.Namespace) -> int:
    folder = _folder(asked)
    if folder.in_use():
        raise AlreadyRunningError("stop the machine first (Ctrl-C where it runs)")
    for path in folder.root.glob("*"):
        if path.name not in _KEPT:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    return 0


def _create(asked: argparse.Namespace) -> int:
    from shopbell.local import stores  # noqa: PLC0415 - as above

    session = _session(asked)
    made = stores.create(session, asked.name, origins=tuple(asked.origin or stores.LOOPBACK_ORIGINS)).to_json()
    if asked.json:
        print(json.dumps(made, indent=2))
    else:
        _print(made)
    return 0


def _demo(asked: argparse.Namespace) -> int:
    from shopbell.local.sampling import load_sample  # noqa: PLC0415 - as above

    _session(asked)
    load_sample(_folder(asked), asked.households, Progress())
    return 0


def _session(asked: argparse.Namespace) -> "LocalSession":
    from shopbell.local.control import attach  # noqa: PLC0415 - boto3 takes a second to import

    return attach(_folder(asked))


if __name__ == "__main__":
    sys.exit(main())
